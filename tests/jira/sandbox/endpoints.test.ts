import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { findJiraOpenApi, openApiCheck } from '../openApiCheck.ts';
import { call, type clientOf, expectRefusal, startWithClient } from './jiraClient.ts';

let sandbox: JiraSandbox;
let jira: ReturnType<typeof clientOf>;

beforeAll(async () => {
  ({ sandbox, jira } = await startWithClient());
});

afterAll(() => sandbox.close());

const accountIdOf = async (query: string) => (await jira.userSearch.findUsers({ query }))[0]?.accountId ?? '';

const note = (text: string) => ({
  type: 'doc' as const,
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

describe('reading', () => {
  it('says whose account it is', async () => {
    const me = await jira.myself.getCurrentUser();
    expect(me).toMatchObject({ emailAddress: 'agent@example.com', timeZone: 'Europe/Berlin', active: true });
  });

  it('finds projects by name and pages through them', async () => {
    const found = await jira.projects.searchProjects({ query: 'bea' });
    expect(found.values?.map(({ key }) => key)).toEqual(['BEACON']);
    const second = await jira.projects.searchProjects({ startAt: 2, maxResults: 1, orderBy: '-key', expand: 'lead' });
    expect(second).toMatchObject({
      total: sandbox.site.projects.length,
      isLast: false,
      values: [{ key: 'COMET', lead: { displayName: 'Priya Natarajan' } }],
    });
  });

  it('shows one project, by key or id, with its types, components and versions', async () => {
    const project = await jira.projects.getProject({ projectIdOrKey: 'ATLAS' });
    expect(project.issueTypes?.map(({ name }) => name)).toEqual(['Epic', 'Story', 'Task', 'Bug', 'Sub-task']);
    expect((await jira.projects.getProject({ projectIdOrKey: project.id ?? '' })).key).toBe('ATLAS');
    await expectRefusal(call(sandbox, 'GET', 'project/NOPE'), 404, {
      errorMessages: ["No project could be found with key 'NOPE'."],
    });
  });

  it('gives only the fields that are asked for, and only ids unless any are', async () => {
    const bare = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql: 'key = ATLAS-12' });
    expect(bare).toEqual({ issues: [{ id: expect.stringMatching(/^\d+$/) }], isLast: true });
    const { issues } = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: 'key = ATLAS-12',
      fields: ['summary', 'status', 'customfield_10030', 'nonsense'],
    });
    expect(Object.keys(issues?.[0]?.fields ?? {})).toEqual(['summary', 'status', 'customfield_10030']);
    expect(issues?.[0]).toMatchObject({
      key: 'ATLAS-12',
      fields: { status: { statusCategory: { key: 'indeterminate' } } },
    });
  });

  it('shows people as Jira does: without the address of those who hide it', async () => {
    const [li] = await jira.userSearch.findUsers({ query: 'li.wei@example.com' });
    expect(li).toMatchObject({ displayName: 'Li Wei' });
    expect(li?.emailAddress).toBeUndefined();
  });

  it('shows the names of the fields, the changes and the transitions of an issue when asked to', async () => {
    const issue = await jira.issues.getIssue({
      issueIdOrKey: 'ATLAS-12',
      fields: ['customfield_10016'],
      expand: 'names,changelog,transitions',
    });
    expect(issue.names).toEqual({ customfield_10016: 'Story Points' });
    expect(issue.changelog?.histories?.length).toBeGreaterThan(3);
    expect(issue.transitions?.map(({ name }) => name)).toEqual(['Stop work', 'Send to review', 'Finish']);
  });

  it('cuts long comments and changelogs inside search results, and says how many there are', async () => {
    const { issues } = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: 'key in (ATLAS-8, ATLAS-9) order by key',
      fields: ['comment'],
      expand: 'changelog',
    });
    const [busy, talked] = issues ?? [];
    expect(busy?.changelog).toMatchObject({ startAt: 0, maxResults: 40, total: 116 });
    expect(busy?.changelog?.histories).toHaveLength(40);
    expect(talked?.fields?.comment).toMatchObject({ startAt: 0, maxResults: 20, total: 26 });
    expect(talked?.fields?.comment.comments).toHaveLength(20);
  });

  it('gives the newest hundred changes with an issue, and all of them, oldest first, a page at a time', async () => {
    const issue = await jira.issues.getIssue({ issueIdOrKey: 'ATLAS-8', expand: 'changelog', fields: ['summary'] });
    expect(issue.changelog?.histories).toHaveLength(100);
    const times = issue.changelog?.histories?.map(({ created }) => created?.getTime() ?? 0) ?? [];
    expect(times).toEqual(times.toSorted((left, right) => right - left));
    const first = await jira.issues.getChangeLogs({ issueIdOrKey: 'ATLAS-8' });
    expect(first).toMatchObject({ total: 116, isLast: false, maxResults: 100 });
    const second = await jira.issues.getChangeLogs({ issueIdOrKey: 'ATLAS-8', startAt: 100 });
    expect(second.values).toHaveLength(16);
    expect(second.isLast).toBe(true);
  });

  it('shows everything of an issue unless told otherwise', async () => {
    const { fields, names } = await jira.issues.getIssue({ issueIdOrKey: 'atlas-12', expand: 'names' });
    expect(names?.customfield_10034).toBe('Affected platforms');
    expect(fields).toMatchObject({
      parent: { key: 'ATLAS-1' },
      customfield_10034: [{ value: 'Web' }, { value: 'iOS' }],
      customfield_10033: { displayName: 'Li Wei' },
      attachment: [{ filename: 'double charge.png' }, { filename: 'network.har' }],
      timetracking: { timeSpent: '3h 30m' },
      worklog: { total: 1 },
    });
    expect(fields?.issuelinks).toMatchObject([
      { type: { outward: 'blocks' }, outwardIssue: { key: 'ATLAS-16' } },
      { type: { name: 'Relates' }, inwardIssue: { key: 'BEACON-3' } },
      { type: { inward: 'is duplicated by' }, inwardIssue: { key: 'ATLAS-30' } },
    ]);
  });

  it('lists the types of links', async () => {
    expect((await jira.issueLinkTypes.getIssueLinkTypes()).issueLinkTypes?.[0]).toMatchObject({
      inward: 'is blocked by',
    });
  });

  it('says what a new issue of a type needs', async () => {
    const types = await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'BEACON' });
    const bug = types.issueTypes?.find(({ name }) => name === 'Bug');
    const { fields } = await jira.issues.getCreateIssueMetaIssueTypeId({
      projectIdOrKey: 'BEACON',
      issueTypeId: bug?.id ?? '',
    });
    const required = fields?.filter(field => field.required && !field.hasDefaultValue).map(({ name }) => name);
    expect(required).toEqual(['Project', 'Issue Type', 'Summary', 'Severity']);
    expect(fields?.find(({ name }) => name === 'Severity')?.allowedValues).toMatchObject([
      { value: 'Critical' },
      { value: 'Major' },
      { value: 'Minor' },
    ]);
  });

  it('says what of an issue can be edited, and what a transition asks for', async () => {
    const { fields } = await jira.issues.getEditIssueMeta({ issueIdOrKey: 'ATLAS-12' });
    expect(Object.keys(fields ?? {})).toContain('customfield_10034');
    const { transitions } = await jira.issues.getTransitions({
      issueIdOrKey: 'ATLAS-12',
      expand: 'transitions.fields',
    });
    expect(transitions?.find(({ name }) => name === 'Finish')?.fields?.resolution).toMatchObject({ required: true });
  });

  it('finds people by the start of a name or an address, accents aside', async () => {
    const names = async (query: string) =>
      (await jira.userSearch.findUsers({ query })).map(({ displayName }) => displayName);
    expect(await names('sam')).toEqual(['Sam Taylor', 'Sam Tyler']);
    expect(await names('zoe')).toEqual(["Zoë O'Brien"]);
    expect(await names('juergen.gross@example.com')).toEqual(['Jürgen Groß']);
    expect(await names('marta')).toEqual([]);
    const assignable = await jira.userSearch.findAssignableUsers({ project: 'ATLAS', query: '' });
    expect(assignable.map(({ displayName }) => displayName)).not.toContain('Automation for Jira');
  });

  it('counts what a query finds', async () => {
    expect(await jira.issueSearch.countIssues({ jql: 'project = COMET' })).toEqual({ count: 10 });
  });
});

describe('paging a search', () => {
  const jql = 'project = ATLAS order by updated desc';

  const pages = async (maxResults: number, between: () => Promise<unknown> = async () => {}) => {
    const keys: string[] = [];
    let nextPageToken: string | undefined;
    do {
      const found = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
        jql,
        maxResults,
        fields: ['summary'],
        ...(nextPageToken !== undefined && { nextPageToken }),
      });
      keys.push(...(found.issues ?? []).map(({ key }) => key ?? ''));
      nextPageToken = found.nextPageToken ?? undefined;
      expect(found.isLast).toBe(nextPageToken === undefined);
      expect(found.issues?.length).toBeLessThanOrEqual(maxResults);
      await between();
    } while (nextPageToken !== undefined);
    return keys;
  };

  it('gives every issue once, in the same order, whatever the page size', async () => {
    const whole = await pages(5000);
    expect(whole).toHaveLength(34);
    for (const size of [1, 7, 17, 34]) expect(await pages(size)).toEqual(whole);
  });

  it('loses and repeats nothing when issues change between two pages', async () => {
    const whole = await pages(5000);
    const keys = await pages(5, () =>
      jira.issueComments.addComment({ issueIdOrKey: whole[20] ?? '', body: note('Meanwhile') }),
    );
    expect(keys.toSorted()).toEqual(whole.toSorted());
  });

  it('shows at most a hundred issues with their fields, and any number of bare ones', async () => {
    const sizes = async (fields: string[]) => {
      const found = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
        jql: 'created <= now()',
        maxResults: 5000,
        fields,
      });
      return found.issues?.length;
    };
    for (let number = 0; number < 50; number += 1) {
      await jira.issues.createIssue({
        fields: { project: { key: 'COMET' }, issuetype: { name: 'Task' }, summary: `${number}` },
      });
    }
    expect(await sizes(['summary'])).toBe(100);
    expect(await sizes(['key'])).toBeGreaterThan(100);
  });

  it('refuses a page token that it did not give, or that belongs to another query', async () => {
    const message = { errorMessages: ['The provided next page token is invalid or has expired.'] };
    await expectRefusal(call(sandbox, 'POST', 'search/jql', { jql, nextPageToken: 'made-up' }), 400, message);
    const { nextPageToken } = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql, maxResults: 1 });
    await expectRefusal(call(sandbox, 'POST', 'search/jql', { jql: 'project = BEACON', nextPageToken }), 400, message);
  });
});

describe('writing', () => {
  it('makes an issue that the next read shows', async () => {
    const assignee = await accountIdOf('Ana');
    const { key } = await jira.issues.createIssue({
      fields: {
        project: { key: 'ATLAS' },
        issuetype: { name: 'Bug' },
        summary: 'The coupon box is gone',
        description: note('It was there yesterday.'),
        priority: { name: 'High' },
        assignee: { accountId: assignee },
        labels: ['coupons'],
        duedate: '2026-12-01',
        parent: { key: 'ATLAS-1' },
        customfield_10016: 3,
        customfield_10030: { value: 'Major' },
        customfield_10034: [{ value: 'Web' }],
      },
    });
    expect(key).toBe('ATLAS-35');
    const { issues } = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: 'labels = coupons and assignee = "Ana Ruiz" and Severity = Major and created >= -1d',
      fields: ['*all'],
    });
    expect(issues?.[0]).toMatchObject({
      key,
      fields: { summary: 'The coupon box is gone', customfield_10034: [{ value: 'Web' }], parent: { key: 'ATLAS-1' } },
    });
  });

  it('changes what is given, logs it, and answers with the issue when asked to', async () => {
    const changed = await jira.issues.editIssue({
      issueIdOrKey: 'ATLAS-15',
      returnIssue: true,
      fields: { summary: 'Delete the old basket', duedate: null },
      update: { labels: [{ add: 'soon' }, { remove: 'cleanup' }], comment: [{ add: { body: note('Renamed.') } }] },
    });
    expect(changed).toMatchObject({ fields: { summary: 'Delete the old basket', labels: ['soon'] } });
    const issue = await jira.issues.getIssue({ issueIdOrKey: 'ATLAS-15', expand: 'changelog' });
    expect(issue.fields?.comment.total).toBe(1);
    expect(issue.changelog?.histories?.[0]?.items).toMatchObject([
      { field: 'summary', fromString: 'Delete the old basket service', toString: 'Delete the old basket' },
      { field: 'labels', fromString: 'cleanup', toString: 'soon' },
    ]);
    expect((await call(sandbox, 'PUT', 'issue/ATLAS-15', { fields: { labels: [] } })).status).toBe(204);
  });

  it('assigns and unassigns', async () => {
    const accountId = await accountIdOf('sam.tyler');
    await jira.issues.assignIssue({ issueIdOrKey: 'ATLAS-15', accountId });
    expect((await jira.issues.getIssue({ issueIdOrKey: 'ATLAS-15' })).fields?.assignee.displayName).toBe('Sam Tyler');
    expect((await call(sandbox, 'PUT', 'issue/ATLAS-15/assignee', { accountId: null })).status).toBe(204);
    expect((await jira.issues.getIssue({ issueIdOrKey: 'ATLAS-15' })).fields?.assignee).toBeNull();
  });

  it('moves an issue along its workflow, with a resolution and a comment', async () => {
    await jira.issues.doTransition({
      issueIdOrKey: 'ATLAS-31',
      transition: { id: '41' },
      fields: { resolution: { name: "Won't Do" } },
      update: { comment: [{ add: { body: note('No need.') } }] },
    });
    const done = await jira.issues.getIssue({ issueIdOrKey: 'ATLAS-31' });
    expect(done.fields).toMatchObject({
      status: { name: 'Done' },
      resolution: { name: "Won't Do" },
      comment: { total: 1 },
    });
    expect(done.fields?.resolutiondate).toMatch(/^2026-11-23T10:00:00\.000\+0100$/);
    await jira.issues.doTransition({ issueIdOrKey: 'ATLAS-31', transition: { id: '51' } });
    expect((await jira.issues.getIssue({ issueIdOrKey: 'ATLAS-31' })).fields).toMatchObject({
      status: { name: 'To Do' },
      resolution: null,
      resolutiondate: null,
    });
    await expectRefusal(call(sandbox, 'POST', 'issue/ATLAS-31/transitions', { transition: { id: '41' } }), 400, {
      errorMessages: ["Transition id '41' is not valid for this issue."],
    });
  });

  it('comments', async () => {
    const made = await jira.issueComments.addComment({ issueIdOrKey: 'BEACON-4', body: note('Let us keep two.') });
    const { fields } = await jira.issues.getIssue({ issueIdOrKey: 'BEACON-4' });
    expect(fields?.comment.comments).toMatchObject([
      { id: made.id, author: { displayName: 'Copilot Agent' }, body: note('Let us keep two.') },
    ]);
  });

  it('links the inward issue of a request to the outward one, once', async () => {
    const link = { type: { name: 'Blocks' }, inwardIssue: { key: 'BEACON-4' }, outwardIssue: { key: 'BEACON-8' } };
    await jira.issueLinks.linkIssues(link);
    await jira.issueLinks.linkIssues(link);
    const blocker = await jira.issues.getIssue({ issueIdOrKey: 'BEACON-4' });
    expect(blocker.fields?.issuelinks).toMatchObject([
      { type: { outward: 'blocks' }, outwardIssue: { key: 'BEACON-8' } },
    ]);
    const blocked = await jira.issues.getIssue({ issueIdOrKey: 'BEACON-8', expand: 'changelog' });
    expect(blocked.fields?.issuelinks).toMatchObject([{ inwardIssue: { key: 'BEACON-4' } }]);
    expect(blocked.changelog?.histories?.[0]?.items).toMatchObject([
      { toString: 'This work item is blocked by BEACON-4' },
    ]);
  });

  it('logs work', async () => {
    const made = await jira.issueWorklogs.addWorklog({
      issueIdOrKey: 'BEACON-4',
      timeSpent: '1d 1h 30m',
      started: '2026-11-20T09:00:00.000+0000',
      comment: note('Tidied.'),
    });
    expect(made).toMatchObject({ timeSpent: '1d 1h 30m', timeSpentSeconds: 34_200 });
    const { fields } = await jira.issues.getIssue({ issueIdOrKey: 'BEACON-4' });
    expect(fields?.worklog.worklogs).toMatchObject([{ id: made.id }]);
  });
});

describe('every request and answer so far', () => {
  const path = findJiraOpenApi();
  const why = 'the OpenAPI document is not on this machine: JIRA_OPENAPI says where it is';

  it("agrees with Atlassian's own OpenAPI document", context => {
    if (path === undefined) return context.skip(why);
    const problems = sandbox.exchanges.flatMap(openApiCheck(path));
    expect(sandbox.exchanges.length).toBeGreaterThan(80);
    expect([...new Set(problems)]).toEqual([]);
  });

  it('would be found out if it did not agree', context => {
    if (path === undefined) return context.skip(why);
    const check = openApiCheck(path);
    const [whole] = sandbox.exchanges.filter(({ request }) => request.path.endsWith('/search/jql'));
    if (!whole) throw new Error('There was no search');
    const { request } = whole;
    expect(check({ ...whole, request: { ...request, path: '/rest/api/3/nonsense' } })).toHaveLength(1);
    expect(check({ ...whole, request: { ...request, query: new URLSearchParams({ nonsense: '1' }) } })).toHaveLength(1);
    expect(check({ ...whole, request: { ...request, body: '{"jql":1}' } })).toHaveLength(1);
    expect(check({ ...whole, status: 202 })).toHaveLength(1);
    expect(check({ ...whole, body: '{"issues":[{"key":1}]}' })).toHaveLength(1);
    expect(check({ ...whole, body: '{"total":1}' })).toHaveLength(1);
  });
});
