import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIssue, editIssue, moveIssue } from '../../../functions/jira/sandbox/changes.ts';
import type { Issue } from '../../../functions/jira/sandbox/model.ts';
import { addDays } from '../../../shared/time/timeZone.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { startJiraApp, useJiraApp } from '../harness.ts';

const app = useJiraApp({ TIME_ZONE: 'UTC' });

interface Group {
  name: string;
  issues: number;
  before?: number;
  covers?: string;
  created?: number;
  resolved?: number;
  measures?: { measure: string; sum?: string; mean?: string; median?: string; issues: number }[];
  groups?: Group[];
}

const count = async (query: Record<string, string>) => {
  const { status, body } = await app.read('countIssues', query);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body;
};
const numbers = (groups: Group[] = []) => Object.fromEntries(groups.map(({ name, issues }) => [name, issues]));

// What a person would count by hand, from what the sandbox holds.
const site = () => app.jira.site;
const all = () => site().issues;
const named = (list: readonly { id: string; name: string }[], ids: unknown) =>
  [ids].flat().flatMap(id => list.find(each => each.id === id)?.name ?? []);
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const mondayOf = (at: number) => {
  const date = new Date(at);
  return dayOf(at - ((date.getUTCDay() + 6) % 7) * 86_400_000);
};
const projectOf = ({ projectId }: Issue) => site().projects.find(({ id }) => id === projectId);
const isDone = ({ values }: Issue) => site().statuses.find(({ id }) => id === values.status)?.category.key === 'done';

const oracles: Record<string, (issue: Issue) => string[]> = {
  status: ({ values }) => named(site().statuses, values.status),
  'status category': ({ values }) => {
    const category = site().statuses.find(({ id }) => id === values.status)?.category.name;
    return category === undefined ? [] : [category];
  },
  type: ({ values }) => named(site().issueTypes, values.issuetype),
  priority: ({ values }) => named(site().priorities, values.priority),
  component: issue => named(projectOf(issue)?.components ?? [], issue.values.components),
  version: issue => named(projectOf(issue)?.versions ?? [], issue.values.fixVersions),
  sprint: ({ values }) => named(site().sprints, values.customfield_10020),
  label: ({ values }) => [values.labels ?? []].flat().map(String),
  assignee: ({ values }) =>
    site().people.flatMap(({ accountId, displayName }) => (accountId === values.assignee ? [displayName] : [])),
  project: issue => [`${projectOf(issue)?.name} (${projectOf(issue)?.key})`],
  parent: ({ values }) =>
    all().flatMap(({ id, key, values: { summary } }) => (id === values.parent ? [`${key} ${summary}`] : [])),
  Severity: ({ values }) =>
    named(site().fields.find(({ name }) => name === 'Severity')?.options ?? [], values.customfield_10030),
  'month of creation': ({ created }) => [dayOf(created).slice(0, 7)],
  'week of resolution': ({ resolved }) => (resolved === undefined ? [] : [mondayOf(resolved)]),
};

function direct(issues: readonly Issue[], by: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const issue of issues) {
    const names = oracles[by]?.(issue) ?? [];
    for (const name of new Set(names.length > 0 ? names : ['none'])) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('countIssues', () => {
  it('counts in each group what one would count by hand, for any filters', async () => {
    const filters = fc.record({
      projectId: fc.constantFrom('ATLAS', 'BEACON', 'COMET', undefined),
      issueType: fc.constantFrom('Bug', 'Story,Task', undefined),
      openOnly: fc.constantFrom('true', undefined),
      priority: fc.constantFrom('High,Highest', undefined),
    });
    const groupings = fc.uniqueArray(fc.constantFrom(...Object.keys(oracles)), { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(filters, groupings, async (given, groupBy) => {
        const { projectId, issueType, openOnly, priority } = given;
        if (!projectId && !issueType && !openOnly && !priority) return;
        const isOf = (issue: Issue, by: string, names: string | undefined) =>
          !names || oracles[by]?.(issue).some(name => names.split(',').includes(name)) === true;
        const meant = all().filter(
          issue =>
            (!projectId || projectOf(issue)?.key === projectId) &&
            isOf(issue, 'type', issueType) &&
            isOf(issue, 'priority', priority) &&
            (!openOnly || !isDone(issue)),
        );
        const query = Object.entries({ ...given, groupBy: groupBy.join(', ') }).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value] as const],
        );
        const body = await count(Object.fromEntries(query));
        const withoutGaps = (groups: Group[] = []) => numbers(groups.filter(({ issues }) => issues > 0));
        expect([body.issues, withoutGaps(body.groups)]).toEqual([meant.length, direct(meant, groupBy[0] ?? '')]);
        if (!groupBy[1]) return;
        for (const group of (body.groups ?? []) as Group[]) {
          const within = meant.filter(issue => {
            const names = oracles[groupBy[0] ?? '']?.(issue) ?? [];
            return group.name === 'none' ? names.length === 0 : names.includes(group.name);
          });
          expect(numbers(group.groups)).toEqual(direct(within, groupBy[1]));
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('counts at any date what the histories of the issues say of it', async () => {
    // As each issue was then: what was changed since, undone one by one.
    const asOf = (issue: Issue, at: number): Issue => {
      const values = { ...issue.values };
      for (const { created, items } of issue.histories.toReversed()) {
        if (created <= at) break;
        for (const { fieldId, from, to } of items) {
          const list = [values[fieldId] ?? []].flat().map(String);
          if (fieldId !== 'components' && fieldId !== 'fixVersions') values[fieldId] = from;
          else values[fieldId] = [...list.filter(id => id !== to), ...(from === null ? [] : [from])];
        }
      }
      return { ...issue, values };
    };
    const [one] = all().filter(issue => projectOf(issue)?.key === 'ATLAS');
    for (const [days, components] of [
      [20, ['10400', '10401']],
      [10, ['10401']],
    ] as const) {
      const values = { components: [...components] };
      if (one) editIssue(site(), one, values, { by: site().me.accountId, at: Date.now() - days * 86_400_000 });
    }
    const groupings = fc.constantFrom('status', 'status category', 'priority', 'assignee', 'component', 'version');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), fc.boolean(), groupings, async (days, openOnly, groupBy) => {
        const at = Date.parse(`${dayOf(Date.now() - days * 86_400_000)}T23:59:59.999Z`);
        const then = all().flatMap(issue =>
          projectOf(issue)?.key === 'ATLAS' && issue.created <= at ? [asOf(issue, at)] : [],
        );
        const meant = then.filter(issue => !openOnly || !isDone(issue));
        const query = { projectId: 'ATLAS', groupBy, asOf: dayOf(at), ...(openOnly && { openOnly: 'true' }) };
        const { issues, groups } = await count(query);
        expect([issues, numbers(groups)]).toEqual([meant.length, direct(meant, groupBy)]);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('counts in one request, with the fields that it groups by alone', async () => {
    await count({ projectId: 'ATLAS', groupBy: 'status' });
    app.costs();
    const { note } = await count({ projectId: 'ATLAS', groupBy: 'status' });
    expect([app.costs(), note]).toEqual([['POST search/jql'], undefined]);
    expect(app.sent('POST', /search\/jql$/).fields).toEqual(['status']);
    await count({ projectId: 'ATLAS' });
    expect(app.sent('POST', /search\/jql$/).fields).toEqual(['key']);
  });

  it('says that an issue of several components is in each of their groups', async () => {
    const issue = app.issue('ATLAS-18');
    const before = issue.values.components ?? null;
    issue.values.components = (projectOf(issue)?.components ?? []).slice(0, 2).map(({ id }) => id);
    const { issues, groups, note } = await count({ projectId: 'ATLAS', groupBy: 'component' });
    const sum = (groups as Group[]).reduce((total, group) => total + group.issues, 0);
    expect([sum, note]).toEqual([Number(issues) + 1, expect.stringContaining('counts in each')]);
    issue.values.components = before;
  });

  it('tells side by side what was created and what was resolved in each week', async () => {
    const since = dayOf(Date.now() - 30 * 86_400_000);
    const { groups, created, resolved, summary, ...told } = await count({ issueType: 'Bug', groupBy: 'week', since });
    const start = Date.parse(since);
    const bugs = all().filter(issue => oracles.type?.(issue).includes('Bug'));
    const inWeek = (moments: (number | undefined)[], name: string) =>
      moments.filter(at => at !== undefined && at >= start && mondayOf(at) === name).length;
    const weeks = groups as Group[];
    expect(weeks.some(week => 'issues' in week)).toBe(false);
    for (const week of weeks) {
      expect([week.name, week.created, week.resolved]).toEqual([
        week.name,
        inWeek(
          bugs.map(bug => bug.created),
          week.name,
        ),
        inWeek(
          bugs.map(bug => bug.resolved),
          week.name,
        ),
      ]);
    }
    expect(weeks.map(({ name }) => name)).toEqual(
      [0, 1, 2, 3, 4, 5]
        .map(week => dayOf(Date.parse(mondayOf(start)) + week * 7 * 86_400_000))
        .filter(day => Date.parse(day) <= Date.now()),
    );
    const sum = (of: 'created' | 'resolved') => weeks.reduce((total, week) => total + (week[of] ?? 0), 0);
    expect([sum('created'), sum('resolved')]).toEqual([created, resolved]);
    expect(created + resolved).toBeGreaterThan(0);
    expect([told.issues, summary]).toEqual([undefined, `${created} created, ${resolved} resolved.`]);
  });

  it('marks the weeks that a period cuts, and tells what was created and resolved of each type too', async () => {
    const thursday = addDays(mondayOf(Date.now() - 14 * 86_400_000), 3);
    const since = { projectId: 'ATLAS', since: thursday, until: addDays(thursday, 9) };
    const weeks = (await count({ ...since, groupBy: 'week' })).groups as Group[];
    expect(weeks.map(({ name, covers }) => [name, covers])).toEqual([
      [addDays(thursday, -3), `${thursday} to ${addDays(thursday, 3)}`],
      [addDays(thursday, 4), `${addDays(thursday, 4)} to ${addDays(thursday, 9)}`],
    ]);
    for (const groupBy of ['week,type', 'type,week']) {
      const { groups, created, resolved } = await count({ ...since, groupBy });
      const inner = (groups as Group[]).flatMap(group => group.groups ?? []);
      for (const list of [groups as Group[], inner]) {
        const sum = (of: 'created' | 'resolved') => list.reduce((total, group) => total + (group[of] ?? 0), 0);
        expect([sum('created'), sum('resolved'), list.some(group => 'issues' in group)]).toEqual([
          created,
          resolved,
          false,
        ]);
      }
    }
  });

  it('tells of a period too long to tell whole what happened, up to its end', async () => {
    const short = await count({ projectId: 'ATLAS', groupBy: 'week', since: '2026-01-01', measure: 'points' });
    expect(short.note).toContain('counts in each period in which one was');
    expect(short.note).not.toContain('left out');
    const long = await count({ projectId: 'ATLAS', groupBy: 'week', since: '2016-01-01' });
    const some = (groups: Group[]) => groups.filter(({ created = 0, resolved = 0 }) => created + resolved > 0);
    expect(long.groups.map(({ name }: Group) => name)).toEqual(some(short.groups).map(({ name }) => name));
    expect(long.note).toContain('Periods in which there are none are left out here.');
  });

  it('tells the latest days of a type that has too many, and says so', async () => {
    const made: Issue[] = [];
    for (let day = 0; day < 60; day += 1) {
      const issue = app.issue(await app.newTask());
      issue.created = site().now() - day * 24 * 3_600_000;
      made.push(issue);
    }
    const { groups, note } = await count({ projectId: 'ATLAS', issueType: 'Task', groupBy: 'type, day of creation' });
    site().issues = site().issues.filter(issue => !made.includes(issue));
    const days = groups[0].groups.map(({ name }: Group) => name);
    expect([days.length, days.at(-1)]).toEqual([50, new Date(made[0]?.created ?? 0).toISOString().slice(0, 10)]);
    expect(note).toContain('Of the groups within "Task" the earliest are left out here.');
  });

  it('has a table of some weeks where no period is given', async () => {
    const { groups } = await count({ projectId: 'ATLAS', groupBy: 'week' });
    const weeks = (groups as Group[]).map(({ name }) => name);
    expect([weeks.length, weeks.at(-1)]).toEqual([5, mondayOf(Date.now())]);
  });

  it('adds up points, and tells the mean and the median of times to resolution', async () => {
    const measure = 'points, time to resolution';
    const { measures, groups, note } = await count({
      projectId: 'ATLAS',
      issueType: 'Story',
      groupBy: 'status',
      measure,
    });
    const stories = all().filter(issue => projectOf(issue)?.key === 'ATLAS' && oracles.type?.(issue).includes('Story'));
    const points = stories.flatMap(({ values }) => values.customfield_10016 ?? []);
    expect(measures[0]).toEqual({
      measure: 'points',
      sum: String(points.reduce<number>((sum, value) => sum + Number(value), 0)),
      issues: points.length,
    });
    expect(measures[1].issues).toBe(stories.filter(({ resolved }) => resolved !== undefined).length);
    expect(note).toContain('days of 24 hours');
    const toDo = (groups as Group[]).find(({ name }) => name === 'To Do');
    expect(toDo?.measures?.map(each => each.measure)).toEqual(['points']);
  });

  it.each([
    [[1, 3], '2d', '2d'],
    [[1, 2, 6], '3d', '2d'],
    [[0.25, 0.5], '9h', '9h'],
  ])('tells of spans of %j days the mean %s and the median %s', async (days, mean, median) => {
    const created = Date.parse('2025-01-01T00:00:00Z');
    const issues = days.map((day, index) => ({
      key: `ODD-${index + 1}`,
      fields: {
        created: new Date(created).toISOString(),
        resolutiondate: new Date(created + day * 86_400_000).toISOString(),
      },
    }));
    app.answerNext('/search/jql$', { issues, isLast: true });
    const { measures } = await count({ projectId: 'ATLAS', measure: 'time to resolution' });
    expect(measures).toEqual([{ measure: 'time to resolution', mean, median, issues: days.length }]);
  });

  it('groups by request type', async () => {
    const field = { id: 'customfield_10010', name: 'Request Type', searchable: true, clauseNames: ['cf[10010]'] };
    const request = (key: string, name?: string) => ({
      key,
      fields: { customfield_10010: name && { requestType: { id: '1', name }, currentStatus: { status: 'Waiting' } } },
    });
    const issues = [request('HELP-1', 'Get help'), request('HELP-2', 'Get help'), request('HELP-3')];
    const fresh = await startJiraApp();
    try {
      fresh.answerNext('/rest/api/3/field$', [field]);
      fresh.answerNext('/search/jql$', { issues, isLast: true });
      const { body } = await fresh.read('countIssues', { projectId: 'HELP', groupBy: 'request type' });
      expect(numbers(body.groups)).toEqual({ 'Get help': 2, none: 1 });
    } finally {
      await fresh.stop();
    }
  });

  it('compares with a date in the past by the histories of the issues, also of those that were reopened', async () => {
    const day = 86_400_000;
    const at = (days: number) => ({ by: site().me.accountId, at: Date.now() - days * day });
    const id = (list: readonly { id: string; name: string }[], name: string) =>
      list.find(each => each.name === name)?.id ?? '';
    const [toDo, done] = ['To Do', 'Done'].map(name => id(site().statuses, name));
    const issuetype = id(site().issueTypes, 'Bug');
    const issue = (
      key: string,
      created: number,
      priority: string,
      ...moves: [days: number, status: string | undefined][]
    ) => {
      const project = site().projects.find(each => each.key === key);
      if (!project) throw new Error(`There is no ${key}`);
      const values = { issuetype, summary: 'Past', labels: ['past'], priority: id(site().priorities, priority) };
      const made = createIssue(site(), project, values, at(created));
      for (const [days, status] of moves) moveIssue(site(), made, status ?? '', {}, at(days));
      return made;
    };
    const lowered = issue('ATLAS', 60, 'High');
    editIssue(site(), lowered, { priority: id(site().priorities, 'Low') }, at(10));
    issue('ATLAS', 60, 'High', [50, done], [20, toDo]); // It was done then, and is open again.
    issue('ATLAS', 60, 'High', [50, done], [40, toDo], [5, done]); // It was open then, for the second time.
    issue('BEACON', 60, 'High', [50, done]);
    issue('BEACON', 60, 'Low', [29, done], [28, toDo], [27, done]);
    issue('BEACON', 15, 'Low');
    const query = { label: 'past', openOnly: 'true', groupBy: 'project, priority', compareWith: '30d' };
    app.costs();
    const body = await count(query);
    const shown = (body.groups as Group[]).map(({ name, issues, before, groups }) => [
      name,
      issues,
      before,
      ...(groups ?? []).map(group => [group.name, group.issues, group.before]),
    ]);
    expect([body.issues, body.before]).toEqual([3, 3]);
    expect(shown).toEqual([
      ['Atlas (ATLAS)', 2, 2, ['High', 1, 2], ['Low', 1, 0]],
      ['Beacon (BEACON)', 1, 1, ['Low', 1, 1]],
    ]);
    expect(body.note).toContain("by the issues' histories");
    expect(app.costs().filter(cost => cost.includes('bulkfetch'))).toHaveLength(1);
    const { groups } = await count({ label: 'past', groupBy: 'status', asOf: '30d' });
    expect(numbers(groups)).toEqual({ 'To Do': 3, Done: 2 });
    const { issues } = await count({ label: 'past', status: 'Done', asOf: '30d' });
    expect(issues).toBe(2);
  });

  it('takes a field by two names once, a list in JSON, and a status by its ID at a date', async () => {
    const once = (await count({ projectId: 'ATLAS', groupBy: 'status' })).groups;
    for (const groupBy of ['status,Status', '["status"]'])
      expect((await count({ projectId: 'ATLAS', groupBy })).groups).toEqual(once);
    const done = site().statuses.find(({ name }) => name === 'Done')?.id ?? '';
    const at = (status: string) => count({ projectId: 'ATLAS', asOf: '5d', status });
    const { issues } = await at('Done');
    expect(issues).toBeGreaterThan(0);
    expect((await at(done)).issues).toBe(issues);
  });

  it('goes on page by page to the end, and says so where that is too far', async () => {
    const page = (at: number, next: boolean) => ({
      issues: [{ id: `${at}`, key: `MANY-${at}`, fields: { status: { name: 'Open' } } }],
      isLast: !next,
      ...(next && { nextPageToken: `t${at}` }),
    });
    for (let at = 1; at <= 3; at += 1) app.answerNext('/search/jql$', page(at, at < 3));
    const whole = await count({ projectId: 'ATLAS', groupBy: 'status' });
    expect([numbers(whole.groups), whole.partial]).toEqual([{ Open: 3 }, undefined]);
    for (let at = 1; at <= 20; at += 1) app.answerNext('/search/jql$', page(at, true));
    app.answerNext('/search/approximate-count$', { count: 12_345 });
    const cut = await count({ projectId: 'ATLAS', groupBy: 'status' });
    expect([cut.issues, cut.partial]).toEqual([20, expect.stringContaining('Only 20 of about 12345 issues')]);
  });

  it.each([
    [{ projectId: 'ATLAS', groupBy: 'stauts' }, 'groupBy', '"Status"'],
    [{ projectId: 'ATLAS', groupBy: 'summary' }, 'groupBy', 'cannot be grouped'],
    [{ projectId: 'ATLAS', groupBy: 'created' }, 'groupBy', 'week of Created'],
    [{ projectId: 'ATLAS', groupBy: 'week of assignee' }, 'groupBy', 'no days'],
    [{ projectId: 'ATLAS', groupBy: 'status, type, priority' }, 'groupBy', 'one or 2'],
    [{ projectId: 'ATLAS', measure: 'assignee' }, 'measure', 'no numbers'],
    [{ projectId: 'ATLAS', since: '7d' }, 'since', 'createdSince'],
    [{ projectId: 'ATLAS', asOf: 'tomorrow' }, 'asOf', 'in the past'],
    [{ projectId: 'ATLAS', compareWith: '30d', overdue: 'true' }, 'overdue', 'look at the past'],
    [{ projectId: 'ATLAS', compareWith: '30d', where: '{"Status":"Done"}' }, 'where', 'openOnly'],
    [{ groupBy: 'status' }, 'projectId', 'at least one filter'],
    [{ projectId: 'ATLAS', priority: 'Hihg' }, 'priority', '"High"'],
  ])('refuses %j', async (query, field, told) => {
    const { status, body } = await app.read('countIssues', query);
    expect([status, body.errors?.[0]?.field, body.detail]).toEqual([400, field, expect.stringContaining(told)]);
  });
});

agreesWithOpenApi(() => app.jira);
