import { beforeAll, describe, expect, it } from 'vitest';
import { toSearchField } from '../../functions/jira/api/filter/searchField.ts';
import { planningFields, toShownIssue } from '../../functions/jira/api/filter/shownIssue.ts';
import { readIssue } from '../../functions/jira/api/issue.ts';
import { useJiraApp } from './harness.ts';

const app = useJiraApp();

type SandboxIssue = (typeof app.jira.site.issues)[number];

const SPRINT = 'customfield_10020';
const POINTS = 'customfield_10016';
const DAY = 86_400_000;

const keysBy = async (query: Record<string, string>) =>
  (await app.readAll('searchIssues', 'issues', { limit: '100', ...query })).map(({ issueKey }) => String(issueKey));
const sortedBy = async (query: Record<string, string>) => (await keysBy(query)).toSorted();
const keysOf = (isMeant: (issue: SandboxIssue) => boolean) =>
  app.jira.site.issues
    .filter(isMeant)
    .map(({ key }) => key)
    .toSorted();
const sprintsOf = ({ values }: SandboxIssue) => (values[SPRINT] as string[] | null | undefined) ?? [];
const inStates = (...states: string[]) => {
  const ids = app.jira.site.sprints.filter(({ state }) => states.includes(state)).map(({ id }) => id);
  return (issue: SandboxIssue) => sprintsOf(issue).some(id => ids.includes(id));
};
const isDone = ({ values }: SandboxIssue) =>
  app.jira.site.statuses.find(({ id }) => id === values.status)?.category.key === 'done';
const componentId = (name: string) =>
  app.jira.site.projects.flatMap(({ components }) => components).find(each => each.name === name)?.id ?? '';
const versionId = (name: string) =>
  app.jira.site.projects.flatMap(({ versions }) => versions).find(each => each.name === name)?.id ?? '';
const has = (field: string, id: string) => (issue: SandboxIssue) =>
  ((issue.values[field] ?? []) as string[]).includes(id);
const isEmpty = (field: string) => (issue: SandboxIssue) => ((issue.values[field] ?? []) as string[]).length === 0;
const inAtlas = ({ key }: SandboxIssue) => key.startsWith('ATLAS-');
const personId = (name: string) => app.jira.site.people.find(each => each.displayName === name)?.accountId;

/** A new task of the sandbox, changed as a test needs it. */
async function taskWith(values: SandboxIssue['values']): Promise<string> {
  const key = await app.newTask();
  Object.assign(app.issue(key).values, values);
  return key;
}

describe('issues are found', () => {
  beforeAll(async () => {
    await taskWith({ [SPRINT]: ['2'] });
    await taskWith({ [SPRINT]: ['1', '3'] });
  });

  it.each<[string, Record<string, string>, () => (issue: SandboxIssue) => boolean]>([
    ['in an active sprint', { sprint: 'active' }, () => inStates('active')],
    ['in the current sprint, as other actions take it', { sprint: 'Current' }, () => inStates('active')],
    ['in the sprint of a name', { sprint: 'Sprint 42' }, () => issue => sprintsOf(issue).includes('2')],
    ['in one of several sprints', { sprint: 'closed, active' }, () => inStates('closed', 'active')],
    ['in one of a JSON list', { sprint: '["closed", "active"]' }, () => inStates('closed', 'active')],
    ['without labels', { label: 'none' }, () => isEmpty('labels')],
    [
      'with a label or without any, by a JSON list',
      { label: '["ops", "none"]' },
      () => issue => has('labels', 'ops')(issue) || isEmpty('labels')(issue),
    ],
    [
      'in no open or future sprint, also where a closed one left them behind',
      { sprint: 'none', projectId: 'ATLAS' },
      () => issue => inAtlas(issue) && !inStates('active', 'future')(issue),
    ],
    [
      'in none, or in a sprint of a name',
      { sprint: 'None,Sprint 43', projectId: 'ATLAS' },
      () => issue => inAtlas(issue) && (!inStates('active', 'future')(issue) || sprintsOf(issue).includes('3')),
    ],
    [
      'in any sprint that is not over, by a condition',
      { where: '{"Sprint":{"not":"none"}}' },
      () => inStates('active', 'future'),
    ],
    [
      'below a parent',
      { parent: 'atlas-1' },
      () =>
        ({ values }) =>
          values.parent === app.issue('ATLAS-1').id,
    ],
    [
      'below one of several parents',
      { parent: 'ATLAS-1,BEACON-1' },
      () =>
        ({ values }) =>
          [app.issue('ATLAS-1').id, app.issue('BEACON-1').id].includes(String(values.parent)),
    ],
    ['below none', { parent: 'none', projectId: 'ATLAS' }, () => issue => inAtlas(issue) && !issue.values.parent],
    ['in a version', { fixVersion: '2.4' }, () => has('fixVersions', versionId('2.4'))],
    [
      'in a version or none',
      { fixVersion: '2.4, none', projectId: 'ATLAS' },
      () => issue => inAtlas(issue) && (has('fixVersions', versionId('2.4'))(issue) || isEmpty('fixVersions')(issue)),
    ],
    [
      'in one of several components',
      { component: 'checkout,Search' },
      () => issue =>
        has('components', componentId('Checkout'))(issue) || has('components', componentId('Search'))(issue),
    ],
    [
      'in no component',
      { component: 'none', projectId: 'BEACON' },
      () => issue => issue.key.startsWith('BEACON-') && isEmpty('components')(issue),
    ],
    [
      'of a reporter',
      { reporter: "zoë o'brien", projectId: 'ATLAS' },
      () => issue => inAtlas(issue) && issue.values.reporter === personId("Zoë O'Brien"),
    ],
    [
      'created since',
      { createdSince: '20d' },
      () =>
        ({ created }) =>
          created >= Date.now() - 20 * DAY,
    ],
    [
      'resolved since',
      { resolvedSince: '14d' },
      () =>
        ({ resolved }) =>
          resolved !== undefined && resolved >= Date.now() - 14 * DAY,
    ],
    [
      'linked to an issue',
      { linked: 'atlas-12' },
      () =>
        ({ key }) =>
          ['ATLAS-16', 'ATLAS-30', 'BEACON-3'].includes(key),
    ],
  ])('%s', async (_, query, isMeant) => {
    const expected = keysOf(isMeant());
    expect(expected.length).toBeGreaterThan(0);
    expect(await sortedBy(query)).toEqual(expected);
  });

  it('in the backlog, which are in no sprint, not done, and neither epics nor sub-tasks, in the order of their rank', async () => {
    const [epic, story, subtask, done] = [
      await taskWith({}),
      await taskWith({}),
      await taskWith({}),
      await taskWith({}),
    ];
    const types = app.jira.site.issueTypes;
    const typeAt = (level: number) => types.find(type => type.level === level)?.id ?? '';
    // Not by their names, which a site may change.
    const epicType = types.find(({ level }) => level === 1);
    const name = epicType?.name ?? '';
    Object.assign(epicType ?? {}, { name: 'Initiative' });
    Object.assign(app.issue(epic).values, { issuetype: typeAt(1) });
    Object.assign(app.issue(subtask).values, { issuetype: typeAt(-1), parent: app.issue(story).id });
    Object.assign(app.issue(done).values, { status: app.jira.site.statuses.find(each => each.name === 'Done')?.id });
    const base = types.filter(({ level }) => level === 0).map(({ id }) => id);
    const isBacklog = (issue: SandboxIssue) =>
      inAtlas(issue) &&
      !isDone(issue) &&
      !inStates('active', 'future')(issue) &&
      base.includes(String(issue.values.issuetype));
    const query = { sprint: 'Backlog', projectId: 'ATLAS' };
    const found = await keysBy(query);
    expect(found.toSorted()).toEqual(keysOf(isBacklog));
    expect(found).toContain(story);
    const ranked = await keysBy({ ...query, orderBy: 'rank' });
    expect(found.length).toBeGreaterThan(1);
    expect(found).toEqual(ranked);
    expect(await sortedBy({ where: '{"Sprint":{"not":"backlog"}}', projectId: 'ATLAS' })).toEqual(
      keysOf(issue => inAtlas(issue) && !isBacklog(issue)),
    );
    const counted = await app.read('countIssues', query);
    expect(counted.body.issues).toBe(found.length);
    Object.assign(epicType ?? {}, { name });
  });

  it('in their status for a while, which a comment does not end and another status does', async () => {
    const [long, moved, young] = [await taskWith({}), await taskWith({}), await taskWith({})];
    const since = Date.now() - 6 * DAY;
    const ago = (days: number) => Date.now() - days * DAY;
    for (const key of [long, moved]) app.issue(key).created = ago(20);
    app.issue(young).created = ago(2);
    const toReview = (at: number) => ({
      id: '9',
      authorId: app.issue(long).creatorId,
      created: at,
      items: [
        {
          field: 'status',
          fieldtype: 'jira' as const,
          fieldId: 'status',
          from: '10000',
          fromString: 'To Do',
          to: '10001',
          toString: 'In Progress',
        },
      ],
    });
    app.issue(long).histories.push({ ...toReview(since), id: '91' });
    app.issue(moved).histories.push({ ...toReview(ago(2)), id: '92' });
    await app.write('addComment', { issueKey: long, comment: 'Any news?' });
    const query = { statusUnchangedFor: '5d', projectId: 'ATLAS', text: app.issue(long).values.summary as string };
    const { body } = await app.read('searchIssues', { ...query, limit: '100' });
    const keys = body.issues.map(({ issueKey }) => issueKey);
    expect(keys).toContain(long);
    expect(keys).not.toContain(moved);
    expect(keys).not.toContain(young);
    const row = body.issues.find(({ issueKey }) => issueKey === long);
    expect(row).toMatchObject({ statusSince: new Date(since).toISOString() });
    expect((await app.read('countIssues', query)).body.issues).toBe(keys.length);
  });

  it('in the next sprint, which is the first future one of the board', async () => {
    const key = await taskWith({ [SPRINT]: ['1', '4'] });
    expect(await keysBy({ sprint: 'next', projectId: 'ATLAS' })).toContain(key);
    expect(app.costs().filter(cost => cost.includes('agile')).length).toBeGreaterThan(0);
    expect(await sortedBy({ sprint: 'next', projectId: 'ATLAS' })).toEqual(
      keysOf(issue => sprintsOf(issue).includes('4')),
    );
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['the next sprint of no project', { sprint: 'next' }, 400, 'give projectId as well'],
    ['the next sprint of a project without any', { sprint: 'next', projectId: 'BEACON' }, 404, 'No board of BEACON'],
    ['what is no link', { linked: 'duplicates' }, 400, 'linked: It must be blocked, blocks, or the key'],
    ['a parent that is no key', { parent: 'Checkout redesign' }, 400, '"Parent" takes the key of an issue'],
    [
      'a version that is none',
      { fixVersion: '2.44' },
      400,
      '"Fix versions" has no value "2.44". The nearest are "2.4"',
    ],
    [
      'one of several that is none',
      { component: 'Search,Chekout' },
      400,
      'no value "Chekout". The nearest are "Checkout"',
    ],
    ['a reporter who is nobody', { reporter: 'Nobody At All' }, 404, 'No user in Jira matches "Nobody At All"'],
    ['a filter that is none', { filter: 'Checkout' }, 404, 'The nearest are Checkout bugs'],
    ['a filter beside JQL', { filter: 'Checkout bugs', jql: 'project = ATLAS' }, 400, 'cannot be combined with filter'],
  ])('but not by %s', async (_, query, status, told) => {
    const answer = await app.read('searchIssues', query);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(told);
  });

  it.each<[string, Record<string, string>]>([
    ['text', { text: '*' }],
    ['text', { text: '" -' }],
    ['where', { where: '{"Summary":{"contains":"***"}}' }],
    ['where', { where: '{"Summary":{"not":{"contains":"?"}}}' }],
    ['where', { where: '{"Description":["checkout","!"]}' }],
  ])('never by signs alone, which would find everything: %s %j', async (field, query) => {
    const { status, body } = await app.read('searchIssues', { projectId: 'ATLAS', ...query });
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  it('and a wrong one of several values is named even where Jira would pass over it', async () => {
    app.answerNext('search/jql$', { issues: [{ id: '1', key: 'ATLAS-1', fields: {} }], isLast: true });
    const { body } = await app.read('searchIssues', { projectId: 'ATLAS', status: 'Done,In Reveiw' });
    expect(body).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('has no value "In Reveiw"') });
    app.answerNext('search/jql$', { issues: [{ id: '1', key: 'ATLAS-1', fields: {} }], isLast: true });
    const { body: negated } = await app.read('searchIssues', { where: '{"Status":{"not":"In Reveiw"}}' });
    expect(negated.detail).toContain('has no value "In Reveiw"');
  });
});

describe('blocked issues', () => {
  const link = (sourceId: string, targetId: string) =>
    app.jira.site.links.push({ id: app.jira.site.nextId(), typeId: '10000', sourceId, targetId });

  it('are those that an issue blocks which is not done', async () => {
    const blocked = await app.newTask();
    const free = await app.newTask();
    link(app.issue('ATLAS-12').id, app.issue(blocked).id);
    link(app.issue('ATLAS-4').id, app.issue(free).id);
    const found = await keysBy({ linked: 'blocked', projectId: 'ATLAS' });
    expect(found).toEqual(expect.arrayContaining([blocked, 'ATLAS-16']));
    expect(found).not.toContain(free);
    const { body } = await app.read('searchIssues', { linked: 'is blocked by', projectId: 'ATLAS' });
    expect(body.total).toBe(found.length);
    expect(body.issues.find(({ issueKey }) => issueKey === blocked)).toMatchObject({
      links: ['is blocked by ATLAS-12 (In Progress)'],
    });
    const blocking = app.jira.site.links.filter(({ typeId }) => typeId === '10000').map(({ sourceId }) => sourceId);
    expect(await sortedBy({ linked: 'blocks' })).toEqual(keysOf(({ id }) => blocking.includes(id)));
  });

  /** Runs a test among so many more issues of COMET that are linked, the newest first. */
  const among = async (
    count: number,
    isBlocked: (index: number) => boolean,
    test: (keys: string[]) => Promise<void>,
  ) => {
    const { site } = app.jira;
    const [issues, links] = [[...site.issues], [...site.links]];
    const template = app.issue(await app.newTask());
    const blocked: string[] = [];
    const now = Date.now();
    for (let index = 0; index < count; index += 1) {
      const key = `COMET-${5000 + index}`;
      const id = site.nextId();
      site.issues.push({ ...template, id, key, projectId: '10012', updated: now - index });
      link(app.issue(isBlocked(index) ? 'ATLAS-12' : 'ATLAS-4').id, id);
      if (isBlocked(index)) blocked.push(key);
    }
    try {
      await test(blocked);
    } finally {
      [site.issues, site.links] = [issues, links];
    }
  };

  it('are found page by page among many, none lost and none twice', async () => {
    const isBlocked = (index: number) => index % 41 === 7 || (index > 600 && index < 640);
    await among(730, isBlocked, async expected => {
      const answers: { issues: { issueKey: string }[]; note?: string; total?: number }[] = [];
      for (let pageToken = ''; ; ) {
        const { body } = await app.read('searchIssues', {
          linked: 'blocked',
          projectId: 'COMET',
          limit: '9',
          pageToken,
        });
        answers.push(body);
        if (!body.nextPageToken) break;
        pageToken = body.nextPageToken;
      }
      expect(answers.flatMap(({ issues }) => issues.map(({ issueKey }) => issueKey))).toEqual(expected);
      expect(answers.every(({ issues }) => issues.length <= 9)).toBe(true);
      expect(answers.every(({ total }) => total === undefined)).toBe(true);
      expect(answers[0]?.note).toMatch(/^\d+ linked issues were looked at so far\.$/);
    });
  });

  it('are looked for in a bounded number of requests', async () => {
    const none = () => false;
    await among(650, none, async () => {
      app.costs();
      const { body } = await app.read('searchIssues', { linked: 'blocked', projectId: 'COMET' });
      expect(body.issues).toEqual([]);
      expect(body.note).toBe('500 linked issues were looked at so far.');
      expect(app.costs().filter(cost => cost === 'POST search/jql')).toHaveLength(5);
      const { body: rest } = await app.read('searchIssues', {
        linked: 'blocked',
        projectId: 'COMET',
        pageToken: body.nextPageToken,
      });
      expect([rest.issues, rest.nextPageToken]).toEqual([[], undefined]);
    });
  });
});

describe('a saved filter', () => {
  it('is taken by its name, beside other filters, and in its own order', async () => {
    const found = await keysBy({ filter: 'checkout BUGS' });
    const bugs = app.jira.site.issues.filter(
      issue => inAtlas(issue) && issue.values.issuetype === '10103' && !isDone(issue),
    );
    const rank = ({ key, values }: SandboxIssue) => Number(values.priority) * 1e6 + Number(key.split('-')[1]);
    expect(found).toEqual(bugs.toSorted((one, other) => rank(one) - rank(other)).map(({ key }) => key));
    const high = await keysBy({ filter: 'Checkout bugs', priority: 'High', orderBy: 'key' });
    expect(high).toEqual(
      bugs
        .filter(({ values }) => values.priority === '2')
        .map(({ key }) => key)
        .toSorted((one, other) => Number(one.split('-')[1]) - Number(other.split('-')[1])),
    );
  });

  it('is never the first of several: they are told apart, and taken as they are told', async () => {
    const { status, body } = await app.read('searchIssues', { filter: 'Release watch' });
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    const choices = ["Release watch (ID 10702, of Zoë O'Brien)", 'Release watch (ID 10703, of Li Wei)'];
    for (const choice of choices) expect(body.detail).toContain(choice);
    const byChoice = await sortedBy({ filter: choices[1] ?? '' });
    expect(byChoice.length).toBeGreaterThan(0);
    expect(byChoice.every(key => key.startsWith('BEACON-'))).toBe(true);
    expect(await sortedBy({ filter: '10703' })).toEqual(byChoice);
  });

  it('that means its asker is refused where nobody knows who asks, instead of meaning this service', async () => {
    const { status, body } = await app.read('searchIssues', { filter: 'My open work' });
    expect([status, body.detail]).toEqual([400, expect.stringContaining('would mean the account of this service')]);
  });
});

describe('a row', () => {
  it('tells points, components, versions, sprint, parent and links where they are set', async () => {
    const key = await taskWith({
      [POINTS]: 5,
      [SPRINT]: ['1', '3'],
      components: [componentId('Checkout')],
      fixVersions: [versionId('2.5')],
      parent: app.issue('ATLAS-1').id,
    });
    const { body } = await app.read('searchIssues', { where: JSON.stringify({ Key: key }) });
    expect(body).toMatchObject({ total: 1, pointsField: 'Story Points' });
    expect(body.issues[0]).toMatchObject({
      points: 5,
      sprint: 'Sprint 43',
      components: ['Checkout'],
      fixVersions: ['2.5'],
      parentKey: 'ATLAS-1',
    });
    expect(body.issues[0]).not.toHaveProperty('links');
    const left = await taskWith({ [SPRINT]: ['1', '2'] });
    const { body: behind } = await app.read('searchIssues', { where: JSON.stringify({ Key: left }) });
    expect(behind.issues[0]).toMatchObject({ sprint: 'Sprint 42 (closed)' });
    const { body: linked } = await app.read('searchIssues', { where: '{"Key":"ATLAS-30"}' });
    expect(linked.issues[0]).toMatchObject({ links: ['duplicates ATLAS-12 (In Progress)'] });
    const { body: plain } = await app.read('searchIssues', { where: '{"Key":"COMET-4"}' });
    expect(Object.keys(plain.issues[0] ?? {})).toEqual(
      expect.not.arrayContaining(['points', 'sprint', 'components', 'fixVersions', 'links', 'columns']),
    );
    expect(plain).not.toHaveProperty('pointsField');
  });

  it.each([
    ['has no points where two fields of the site differ, and tells both', 8, undefined],
    ['has the points where two fields of the site agree', 3, 3],
  ])('%s', async (_, other, points) => {
    const field = (customId: number, name: string) =>
      toSearchField({
        id: `customfield_${customId}`,
        name,
        searchable: true,
        clauseNames: [`cf[${customId}]`],
        schema: { type: 'number', items: undefined, custom: 'com.pyxis.greenhopper.jira:jsw-story-points', customId },
      });
    const fields = [field(10016, 'Story Points'), field(10099, 'Story point estimate')];
    const row = await toShownIssue(readIssue({ key: 'ABC-1', fields: { [POINTS]: 3, customfield_10099: other } }), [], {
      browseUrl: key => key,
      render: async () => '',
      rowFields: { ...planningFields(fields), moments: [] },
    });
    const told = [
      { name: 'Story Points', value: '3' },
      { name: 'Story point estimate', value: '8' },
    ];
    expect([row.points, row.columns]).toEqual([points, points === undefined ? told : undefined]);
  });

  it('leaves out a column that is empty, and tells once which are empty in all', async () => {
    const { body } = await app.read('searchIssues', {
      where: '{"Key":"ATLAS-15"}',
      columns: 'Key, Summary, Assignee, Reviewer, Status category, Original estimate, Resolution',
    });
    expect(body.issues[0]).toMatchObject({ columns: [{ name: 'Status Category', value: 'To Do' }] });
    expect(body.emptyColumns).toEqual(expect.arrayContaining(['Reviewer', 'Original Estimate', 'Resolution']));
    for (const column of ['Status Category', 'Key', 'Summary']) expect(body.emptyColumns).not.toContain(column);
    const dated = await app.read('searchIssues', { projectId: 'ATLAS', columns: 'Due date', limit: '100' });
    const dueDates = dated.body.issues.filter(row => 'dueDate' in row);
    expect([dueDates.length > 0, dated.body.emptyColumns]).toEqual([true, undefined]);
    expect(dated.body.issues.filter(row => 'columns' in row)).toEqual([]);
  });
});

describe('an estimate', () => {
  it('in time is a filter and a column as well', async () => {
    const key = await taskWith({ timetracking: { original: 5 * 3600, remaining: 3600 } });
    const query = { where: '{"Original estimate":{"from":"4h"}}', columns: 'original estimate,Remaining estimate' };
    const { body } = await app.read('searchIssues', query);
    expect(body.issues).toEqual([
      expect.objectContaining({
        issueKey: key,
        columns: [
          { name: 'Original Estimate', value: '5h' },
          { name: 'Remaining Estimate', value: '1h' },
        ],
      }),
    ]);
  });

  it('is missing where neither points nor a time is given, which the answer says', async () => {
    const timed = await taskWith({ timetracking: { original: 3600, remaining: 3600 } });
    const query = { projectId: 'ATLAS', missing: 'estimate', limit: '100' };
    const { body } = await app.read('searchIssues', query);
    expect(body.note).toBe(
      'Without an estimate are those in which all of "Original Estimate", "Story Points" are empty; for one of them give missing its name.',
    );
    const found = body.issues.map(({ issueKey }) => issueKey);
    expect(found).not.toContain(timed);
    expect(await keysBy({ ...query, missing: 'Story Points' })).toEqual(expect.arrayContaining([...found, timed]));
  });
});

describe('the total', () => {
  it('is that of all pages, for which Jira is asked where they are more than one', async () => {
    const { body } = await app.read('searchIssues', { projectId: 'ATLAS', limit: '5' });
    expect(body.total).toBe(keysOf(inAtlas).length);
    expect(app.costs()).toEqual(expect.arrayContaining(['POST search/approximate-count', 'POST search/jql']));
    const { body: second } = await app.read('searchIssues', {
      projectId: 'ATLAS',
      limit: '5',
      pageToken: body.nextPageToken,
    });
    expect(second).not.toHaveProperty('total');
    expect(app.costs()).toEqual(['POST search/jql']);
  });

  it('leaves out what a query for several pages finds beside what is meant, and rows tell the moment', async () => {
    const since = Date.now() - 5 * 3_600_000;
    for (const minutes of [-40, -3, 3, 20, 40]) app.issue(await app.newTask()).created = since + minutes * 60_000;
    const query = { projectId: 'ATLAS', createdSince: new Date(since).toISOString(), orderBy: 'created asc' };
    const { body } = await app.read('searchIssues', { ...query, limit: '2' });
    expect(body.total).toBe(keysOf(issue => inAtlas(issue) && issue.created >= since).length);
    const rows = await app.readAll('searchIssues', 'issues', { ...query, limit: '2' });
    expect(rows).toHaveLength(body.total);
    expect(rows[0]).toMatchObject({ createdAt: new Date(since + 3 * 60_000).toISOString() });
  });

  it('costs no request where one page has them all', async () => {
    await app.read('searchIssues', { projectId: 'COMET' });
    app.costs();
    const { body } = await app.read('searchIssues', { projectId: 'COMET', limit: '100' });
    expect(body.total).toBe(body.issues.length);
    expect(app.costs()).toEqual(['POST search/jql']);
  });

  it('is told of JQL with an order as well, and left out where Jira does not count', async () => {
    const jql = 'project = ATLAS ORDER BY created ASC';
    expect((await app.read('searchIssues', { jql, limit: '3' })).body.total).toBe(keysOf(inAtlas).length);
    app.jira.fail({ path: 'approximate-count', status: 500, body: '{}', times: 10 });
    const { status, body } = await app.read('searchIssues', { jql, limit: '4' });
    expect([status, body.issues.length, body.total]).toEqual([200, 4, undefined]);
  });
});

describe('a condition on an SLA or on approvals', () => {
  const found = (where: object) => sortedBy({ where: JSON.stringify({ Project: 'HELP', ...where }) });

  it('takes the functions of JQL as words, and a span for what is left', async () => {
    const resolution = 'Time to resolution';
    const late = await found({ [resolution]: 'breached' });
    expect(late).toEqual(['HELP-1', 'HELP-7']);
    for (const word of ['Breached', 'breached()', 'everBreached', 'missed'])
      expect(await found({ [resolution]: word })).toEqual(late);
    expect(await found({ [resolution]: 'paused' })).toEqual(['HELP-5']);
    expect(await found({ [resolution]: 'met' })).toEqual(['HELP-6']);
    expect(await found({ [resolution]: ['met', 'paused'] })).toEqual(['HELP-5', 'HELP-6']);
    expect(await found({ [resolution]: { not: 'breached' } })).not.toContain('HELP-1');
    expect(await found({ [resolution]: { not: 'breached' } })).toContain('HELP-6');
    expect(await found({ [resolution]: { from: '0m', to: '2 hours' } })).toEqual(['HELP-3']);
    expect(await found({ Approvals: 'pending' })).toEqual(['HELP-4', 'HELP-5']);
  });

  it('says what it takes, and where a time of breach is asked for', async () => {
    for (const value of ['late', '2h', { contains: 'breach' }, { from: 'breached' }, { not: ['late'] }]) {
      const { body } = await app.read('searchIssues', { where: JSON.stringify({ 'Time to resolution': value }) });
      expect(body.errors).toEqual([
        {
          field: 'where',
          message: expect.stringMatching(/takes breached, everBreached.*listRequests with breachedSince/),
        },
      ]);
    }
    const { body } = await app.read('searchIssues', { where: '{"Approvals":{"not":"pending"}}' });
    expect(body.errors).toEqual([{ field: 'where', message: expect.stringContaining('takes pending or approved') }]);
  });
});

describe('what an issue has several of', () => {
  it('is told by its number: comments, worklogs, watchers and votes', async () => {
    const key = await taskWith({});
    await app.write('addComment', { issueKey: key, comment: 'First.' });
    await app.write('addComment', { issueKey: key, comment: 'Second.' });
    await app.write('logWork', { issueKey: key, timeSpent: '1h' });
    app.issue(key).watcherIds = [app.jira.site.me.accountId];
    const { body } = await app.read('searchIssues', {
      where: JSON.stringify({ Key: key }),
      columns: 'Comments,Worklog,Watchers,Votes',
    });
    expect(body.issues[0]).toMatchObject({
      columns: [
        { name: 'Comment', value: '2' },
        { name: 'Log Work', value: '1' },
        { name: 'Watchers', value: '1' },
        { name: 'Votes', value: '0' },
      ],
    });
  });

  it('finds issues by who watches them and by how many do, and shows and adds up how many', async () => {
    const key = await taskWith({});
    app.issue(key).watcherIds = [personId('Ana Ruiz') ?? '', personId('Li Wei') ?? ''];
    expect(await keysBy({ where: '{"Watcher": "ana ruiz"}' })).toEqual([key]);
    expect(await keysBy({ where: '{"Watchers": {"from": 2}}' })).toEqual([key]);
    const { body } = await app.read('countIssues', { where: '{"Watchers": {"from": 2}}', measure: 'Watchers' });
    expect(body.measures).toEqual([{ measure: 'Watchers', sum: '2', issues: 1 }]);
    const refused = await app.read('searchIssues', { projectId: 'ATLAS', columns: 'Watcher' });
    expect([refused.status, refused.body.detail]).toEqual([
      400,
      'columns: Jira does not show "Watcher" in lists: "Watchers" shows how many there are, and where finds issues by one, {"Watcher": "Ana Ruiz"}.',
    ]);
  });

  it.each([
    ['Comment desc', /cannot sort by "Comment"\. It can by "updated", "created"/],
    ['Log Work', /cannot sort by "Log Work"\. It can by .*"updated", "created"/],
    ['Watcher', /cannot sort by "Watcher"\. It can by "Watchers"/],
  ])('is nothing that Jira sorts by: %s', async (orderBy, message) => {
    const { status, body } = await app.read('searchIssues', { projectId: 'ATLAS', orderBy });
    expect([status, body.detail]).toEqual([400, expect.stringMatching(message)]);
    expect(app.costs()).not.toContain('POST search/jql');
  });

  it('does not keep lists from being sorted by other fields, such as the number of watchers', async () => {
    const { body } = await app.read('searchIssues', { projectId: 'ATLAS', orderBy: 'Watchers desc', limit: '1' });
    const most = Math.max(...app.jira.site.issues.filter(inAtlas).map(({ watcherIds = [] }) => watcherIds.length));
    expect(app.issue(body.issues[0]?.issueKey ?? '').watcherIds).toHaveLength(most);
    expect((await app.read('searchIssues', { projectId: 'ATLAS', orderBy: 'Story Points' })).status).toBe(200);
  });
});

describe('what an answer says of the way there', () => {
  it('names the status that leads on, the leads of a project, and whose an issue below an epic is', async () => {
    const key = await taskWith({ assignee: personId('Li Wei') ?? null });
    const [status] = app.jira.site.statuses.filter(({ name }) => name === 'To Do');
    Object.assign(app.issue(key).values, { status: status?.id });
    const moved = await app.write('transitionIssue', { issueKey: key, status: 'Done' });
    expect(moved.body.detail).toMatch(
      /has the status To Do.*If the workflow goes on from there to "Done", move it first to/,
    );
    const assigned = await app.write('assignIssue', { issueKey: key, assignee: 'Component lead' });
    expect(assigned.body.detail).toContain('"Component lead" is no person. Leads are told by describeProject');
    Object.assign(app.issue(key).values, { parent: app.issue('ATLAS-1').id });
    const epic = await app.read('getIssue', { issueKey: 'ATLAS-1' });
    expect(epic.body.children).toContainEqual(expect.objectContaining({ issueKey: key, assignee: 'Li Wei' }));
  });
});
