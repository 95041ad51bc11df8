import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { type JiraApp, startJiraApp } from '../harness.ts';

let app: JiraApp;
beforeAll(async () => {
  app = await startJiraApp();
});
afterAll(() => app.stop());
beforeEach(() => {
  app.costs();
});

/** Every item of a list, page by page. */
async function all(action: string, list: string, query: Record<string, string>): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for (let pageToken = '', pages = 0; pages < 60; pages += 1) {
    const { status, body } = await app.read(action, { ...query, pageToken });
    expect(status).toBe(200);
    items.push(...body[list]);
    if (!body.nextPageToken) return items;
    pageToken = body.nextPageToken;
  }
  throw new Error('The list does not end');
}

describe('listProjects', () => {
  it('lists projects by key in one request, and finds one by a part of its name', async () => {
    const { body } = await app.read('listProjects');
    expect(body.projects.map(({ key }: { key: string }) => key)).toEqual(['ATLAS', 'BEACON', 'COMET']);
    expect(app.costs()).toEqual(['GET project/search']);
    expect((await app.read('listProjects', { term: 'com' })).body.projects).toEqual([
      expect.objectContaining({ key: 'COMET', lead: 'Priya Natarajan', url: `${app.jira.url}/browse/COMET` }),
    ]);
  });

  it('goes on page by page', async () => {
    expect((await all('listProjects', 'projects', { limit: '1' })).map(({ key }) => key)).toEqual([
      'ATLAS',
      'BEACON',
      'COMET',
    ]);
  });
});

describe('getProjectSummary', () => {
  it('counts in parallel, in eight requests, what searches find', async () => {
    const { body } = await app.read('getProjectSummary', { projectId: 'ATLAS' });
    expect(app.costs()).toEqual(['GET project/ATLAS', ...Array(7).fill('POST search/approximate-count')]);
    const count = async (query: Record<string, string>) => (await all('searchIssues', 'issues', query)).length;
    expect(body).toMatchObject({
      project: { key: 'ATLAS', name: 'Atlas', url: `${app.jira.url}/browse/ATLAS` },
      toDo: await count({ jql: 'project = ATLAS AND status = "To Do"' }),
      inProgress: await count({ jql: 'project = ATLAS AND status IN ("In Progress", "In Review")' }),
      done: await count({ projectId: 'ATLAS', status: 'Done' }),
      overdue: await count({ jql: 'project = ATLAS AND due < startOfDay() AND resolution IS EMPTY' }),
      unassigned: await count({ projectId: 'ATLAS', status: 'not done', assignee: 'none' }),
      created: await count({ jql: 'project = ATLAS AND created >= -7d' }),
      resolved: await count({ jql: 'project = ATLAS AND resolved >= -7d' }),
    });
    expect(body.summary).toContain(`${body.done} done`);
  });

  it('says that there is no such project', async () => {
    const { status, body } = await app.read('getProjectSummary', { projectId: 'NOPE' });
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(body.detail).toContain('NOPE');
  });
});

describe('searchIssues', () => {
  it('finds by every filter at once, with the person looked up beforehand', async () => {
    const { body } = await app.read('searchIssues', {
      projectId: 'ATLAS',
      text: 'charged twice',
      status: 'In Progress',
      assignee: 'ana ruiz',
      issueType: 'Bug',
      priority: 'High',
      label: 'customer',
      since: '30d',
      before: new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10),
    });
    expect(body.issues).toEqual([
      expect.objectContaining({ issueKey: 'ATLAS-12', assignee: 'Ana Ruiz', url: `${app.jira.url}/browse/ATLAS-12` }),
    ]);
    expect(app.costs()).toEqual(['GET user/search', 'POST search/jql']);
  });

  it('asks once about a person, and only for the fields that a row shows', async () => {
    await app.read('searchIssues', { assignee: 'Li Wei' });
    app.costs();
    const { body } = await app.read('searchIssues', { assignee: 'li wei', projectId: 'ATLAS' });
    expect(app.costs()).toEqual(['POST search/jql']);
    expect(new Set(body.issues.map(({ assignee }) => assignee))).toEqual(new Set(['Li Wei']));
    expect(app.sent('POST', /search\/jql$/).fields).toHaveLength(10);
  });

  it('goes through all pages without losing or repeating an issue, the last updated first', async () => {
    const whole = await all('searchIssues', 'issues', { projectId: 'ATLAS', limit: '100' });
    const paged = await all('searchIssues', 'issues', { projectId: 'ATLAS', limit: '7' });
    expect(paged).toEqual(whole);
    const times = whole.map(({ updatedAt }) => String(updatedAt));
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('leaves out what was updated before the window', async () => {
    const since = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const issues = await all('searchIssues', 'issues', { projectId: 'ATLAS', since, limit: '5' });
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.filter(({ updatedAt }) => String(updatedAt) < since)).toEqual([]);
  });

  it('runs JQL as it is', async () => {
    const { body } = await app.read('searchIssues', { jql: 'project = BEACON ORDER BY key ASC', limit: '2' });
    expect(body.issues.map(({ issueKey }) => issueKey)).toEqual(['BEACON-1', 'BEACON-2']);
  });

  it.each([
    ['no filter', {}, 'at least one filter'],
    ['JQL besides a filter', { jql: 'project = ATLAS', status: 'Done' }, 'cannot be combined with status'],
    ['JQL that restricts nothing', { jql: 'ORDER BY created' }, 'Unbounded'],
    ['JQL that is not JQL', { jql: 'project = = ATLAS' }, 'Jira refused it'],
    ['a status that Jira does not have', { status: 'Frobbed' }, 'Frobbed'],
    ['me, when nobody in particular calls', { assignee: 'me' }, 'name or e-mail'],
  ])('refuses %s and says why', async (_, query, told) => {
    const { status, body } = await app.read('searchIssues', query as Record<string, string>);
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(told);
  });

  it('lists the candidates when several people match, and takes what it lists', async () => {
    const { status, body } = await app.read('searchIssues', { assignee: 'Sam' });
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    expect(body.detail).toContain('Sam Taylor (sam.taylor@example.com), Sam Tyler (sam.tyler@example.com)');
    const { body: found } = await app.read('searchIssues', { assignee: 'sam.tyler@example.com' });
    expect(new Set(found.issues.map(({ assignee }) => assignee))).toEqual(new Set(['Sam Tyler']));
  });

  it('finds a person whose address is hidden by that address', async () => {
    const { body } = await app.read('searchIssues', { assignee: 'li.wei@example.com' });
    expect(body.issues[0]?.assignee).toBe('Li Wei');
  });

  it('says that nobody is called so', async () => {
    const { status, body } = await app.read('searchIssues', { assignee: 'Nobody At All' });
    expect([status, body.code]).toEqual([404, 'not_found']);
  });
});

describe('getIssue', () => {
  it('tells in one request what a person would read', async () => {
    const { body } = await app.read('getIssue', { issueKey: 'atlas-12' });
    expect(app.costs()).toEqual(['GET issue/ATLAS-12']);
    expect(body).toMatchObject({
      issueKey: 'ATLAS-12',
      url: `${app.jira.url}/browse/ATLAS-12`,
      project: 'Atlas',
      type: 'Bug',
      status: 'In Progress',
      statusCategory: 'In Progress',
      assignee: 'Ana Ruiz',
      reporter: "Zoë O'Brien",
      labels: ['checkout', 'customer'],
      parent: { issueKey: 'ATLAS-1', title: 'Checkout redesign' },
      attachments: ['double charge.png', 'network.har'],
      components: ['Checkout'],
      timeSpent: '3h 30m',
      commentCount: 3,
    });
    expect(body.links).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ link: 'blocks', issueKey: 'ATLAS-16' }),
        expect.objectContaining({ link: 'is duplicated by', issueKey: 'ATLAS-30' }),
      ]),
    );
    expect(body.otherFields).toEqual(
      expect.arrayContaining([
        { name: 'Severity', value: 'Critical' },
        { name: 'Affected platforms', value: 'Web, iOS' },
        { name: 'Reviewer', value: 'Li Wei' },
        { name: 'Story Points', value: '3' },
      ]),
    );
    expect(body.comments[0].text).toContain('Fix is in review');
    expect(body.comments[1].text).toContain('```js');
  });

  it('shows the latest comments, how many there are, and sub-tasks', async () => {
    const { body } = await app.read('getIssue', { issueKey: 'ATLAS-9' });
    expect(body.commentCount).toBe(26);
    expect(body.comments[0].text).toContain('Status call 26');
    expect(body.comments).toHaveLength(20);
    expect(body.subtasks.map(({ issueKey }: { issueKey: string }) => issueKey)).toEqual(['ATLAS-10', 'ATLAS-11']);
  });

  it('does not ask Jira for what it does not show', async () => {
    await app.read('getIssue', { issueKey: 'ATLAS-1' });
    const { query } = app.jira.requests.at(-1) ?? {};
    expect(query?.get('fields')).toContain('-worklog');
  });

  it.each(['ATLAS-9999', 'NOPE-1'])('says that there is no %s', async issueKey => {
    const { status, body } = await app.read('getIssue', { issueKey });
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(body.detail).toContain(issueKey);
  });

  it.each([
    'ATLAS',
    '../myself',
    'ATLAS-1/comment/10?',
    'ATLAS-1%2Fcomment',
    'ATLAS-1 OR key = X-1',
    'ATLAS-0',
    '-1',
    '٣-٣',
  ])('never sends the key %j upstream', async issueKey => {
    const { status, body } = await app.read('getIssue', { issueKey });
    expect([status, body.errors[0]?.field]).toEqual([400, 'issueKey']);
    expect(app.costs()).toEqual([]);
  });
});

describe('getIssueHistory', () => {
  it('tells the latest changes in one request', async () => {
    const { body } = await app.read('getIssueHistory', { issueKey: 'ATLAS-12' });
    expect(app.costs()).toEqual(['GET issue/ATLAS-12']);
    expect(body.url).toBe(`${app.jira.url}/browse/ATLAS-12`);
    expect(body.total).toBe(body.history.length);
    expect(body.history.flatMap(({ changes }: { changes: unknown[] }) => changes)).toContainEqual({
      field: 'priority',
      from: 'Medium',
      to: 'High',
    });
  });

  it('goes back to the first of more changes than Jira shows at once, each page in one request', async () => {
    const history = await all('getIssueHistory', 'history', { issueKey: 'ATLAS-8', limit: '50' });
    expect(app.costs()).toHaveLength(3);
    const times = history.map(({ at }) => String(at));
    expect(times).toHaveLength(app.jira.site.issues.find(({ key }) => key === 'ATLAS-8')?.histories.length ?? 0);
    expect(times).toEqual(times.toSorted().toReversed());
  });
});

describe('findUsers', () => {
  it('finds people, not apps and not who has left', async () => {
    const { body } = await app.read('findUsers', { person: 'sam' });
    expect(body.users).toEqual([
      { accountId: expect.any(String), name: 'Sam Taylor', email: 'sam.taylor@example.com' },
      { accountId: expect.any(String), name: 'Sam Tyler', email: 'sam.tyler@example.com' },
    ]);
    expect((await app.read('findUsers', { person: 'Automation' })).body.users).toEqual([]);
    expect((await app.read('findUsers', { person: 'Marta' })).body.users).toEqual([]);
  });

  it('goes on page by page', async () => {
    expect((await all('findUsers', 'users', { person: 'sam', limit: '1' })).map(({ name }) => name)).toEqual([
      'Sam Taylor',
      'Sam Tyler',
    ]);
  });
});

describe('listIssueTypes', () => {
  it('tells each type with the fields that it must have, and asks Jira for them once', async () => {
    const { body } = await app.read('listIssueTypes', { projectId: 'BEACON' });
    expect(app.costs()).toHaveLength(6);
    const bug = body.issueTypes.find(({ name }: { name: string }) => name === 'Bug');
    expect(bug.requiredFields).toEqual([
      { name: 'Summary' },
      { name: 'Severity', allowedValues: ['Critical', 'Major', 'Minor'] },
    ]);
    expect(bug.otherFields).toContain('Story Points');
    expect(body.issueTypes.find(({ name }: { name: string }) => name === 'Sub-task')).toMatchObject({
      isSubtask: true,
    });
    await app.read('listIssueTypes', { projectId: 'BEACON' });
    expect(app.costs()).toEqual([]);
  });
});

agreesWithOpenApi(() => app.jira);
