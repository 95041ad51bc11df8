import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

// What Jira may answer by its documentation, or is known to answer, although its sandbox never does.
const readOdd = (fields: object, more: object = {}) => {
  app.answerNext('/issue/ODD-1$', { id: '1', key: 'ODD-1', fields: { summary: 'Odd', ...fields }, ...more });
  return app.read('getIssue', { issueKey: 'ODD-1' });
};

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
      attachments: [
        { attachmentId: '10600', name: 'double charge.png', mimeType: 'image/png', size: 309 },
        { attachmentId: '10601', name: 'network.har' },
      ],
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
    const { query } = app.jira.requests.findLast(({ path }) => path.endsWith('/issue/ATLAS-1')) ?? {};
    expect(query?.get('fields')).toContain('-worklog');
  });

  it('tells what is left of an epic by one more request, the open issues first', async () => {
    await app.read('getIssue', { issueKey: 'ATLAS-2' });
    app.costs();
    const { body } = await app.read('getIssue', { issueKey: 'ATLAS-1' });
    expect(app.costs()).toEqual(['GET issue/ATLAS-1', 'POST search/jql']);
    const { id } = app.issue('ATLAS-1');
    const below = app.jira.site.issues.filter(({ values }) => values.parent === id);
    const isDone = ({ values }: (typeof below)[number]) => values.status === '10003';
    const points = (issues: typeof below) =>
      String(issues.reduce((sum, { values }) => sum + Number(values.customfield_10016 ?? 0), 0));
    expect(body.progress).toEqual({
      children: below.length,
      done: below.filter(isDone).length,
      estimates: [
        {
          field: 'Story Points',
          total: points(below),
          done: points(below.filter(isDone)),
          withoutEstimate: below.filter(({ values }) => values.customfield_10016 == null).length,
        },
      ],
    });
    const statuses = body.children.map(({ status }: { status: string }) => status);
    expect(statuses).toHaveLength(below.length);
    expect(statuses.lastIndexOf('To Do')).toBeLessThan(statuses.indexOf('Done'));
    expect(statuses.filter((status: string) => status === 'Done')).toHaveLength(below.filter(isDone).length);
  });

  it('counts the sub-tasks of an issue without another request', async () => {
    const { body } = await app.read('getIssue', { issueKey: 'ATLAS-9' });
    expect(app.costs()).toEqual(['GET issue/ATLAS-9']);
    expect([body.progress, body.children]).toEqual([{ children: 2, done: 1 }, undefined]);
  });

  it('adds up estimates in time, and half points without the errors of fractions', async () => {
    const child = (key: string, status: string, points: number | null, seconds: number | null) => ({
      key,
      fields: {
        summary: key,
        status: { name: status, statusCategory: { name: 'Erledigt', key: status === 'Fertig' ? 'done' : 'new' } },
        customfield_10016: points,
        timeoriginalestimate: seconds,
      },
    });
    const issues = [
      child('ODD-2', 'Fertig', 0.1, 5_400),
      child('ODD-3', 'Neu', 0.2, null),
      child('ODD-4', 'Neu', null, 36_000),
    ];
    app.answerNext('/search/jql$', { issues, isLast: true });
    const { body } = await readOdd({ issuetype: { name: 'Epic', hierarchyLevel: 1 } });
    expect(body.progress).toEqual({
      children: 3,
      done: 1,
      estimates: [
        { field: 'Original Estimate', total: '11h 30m', done: '1h 30m', withoutEstimate: 1 },
        { field: 'Story Points', total: '0.3', done: '0.1', withoutEstimate: 1 },
      ],
    });
    expect(body.children.map(({ issueKey }: { issueKey: string }) => issueKey)).toEqual(['ODD-3', 'ODD-4', 'ODD-2']);
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

  it('tells estimates as people write them, and not once more in seconds', async () => {
    const { body } = await readOdd({
      timetracking: { originalEstimate: '1d', remainingEstimate: '4h', timeSpent: '4h' },
      timeoriginalestimate: 28_800,
      timeestimate: 14_400,
      aggregatetimeoriginalestimate: 28_800,
      aggregatetimeestimate: 14_400,
    });
    expect(body).toMatchObject({ originalEstimate: '1d', remainingEstimate: '4h', timeSpent: '4h' });
    expect(body).not.toHaveProperty('otherFields');
  });

  it.each([
    ['a moment', '2026-11-20T09:30:00.000+0100', '2026-11-20T08:30:00.000Z'],
    ['what only looks like a moment', '2026-99-20T09:30:00.000+0100', '2026-99-20T09:30:00.000+0100'],
    ['a thing with a title', { id: '1', title: 'Checkout' }, 'Checkout'],
    ['a kind of request', { requestType: { id: '1', name: 'Get help' }, currentStatus: {} }, 'Get help'],
    [
      'a running service agreement',
      {
        name: 'Time to resolution',
        completedCycles: [],
        ongoingCycle: { breached: false, remainingTime: { friendly: '2h 30m' } },
      },
      '2h 30m left',
    ],
    ['a kept one', { name: 'Time to resolution', completedCycles: [{ breached: false }] }, 'met'],
    ['a broken one', { name: 'Time to resolution', completedCycles: [{ breached: true }] }, 'breached'],
    [
      'one that is broken and goes on',
      { completedCycles: [], ongoingCycle: { breached: true, remainingTime: { friendly: '-1h 5m' } } },
      'breached by 1h 5m',
    ],
    [
      'one that rests, with its time in milliseconds alone',
      { completedCycles: [], ongoingCycle: { breached: false, paused: true, remainingTime: { millis: 5_400_000 } } },
      '1h 30m left, paused',
    ],
    [
      'a kind of request with its state',
      { requestType: { id: '1', name: 'Get help' }, currentStatus: { status: 'Waiting for support' } },
      'Get help (Waiting for support)',
    ],
    [
      'an approval',
      [
        {
          id: '1',
          name: 'By managers',
          finalDecision: 'pending',
          approvers: [
            { approver: { accountId: '1', displayName: 'Ana Ruiz' }, approverDecision: 'approved' },
            { approver: { accountId: '2', displayName: 'Li Wei' }, approverDecision: 'pending' },
          ],
        },
      ],
      'By managers: pending (Ana Ruiz approved, Li Wei pending)',
    ],
    ['satisfaction', { type: 'csat', rating: 4, comment: { body: 'Thanks' } }, '4 of 5: Thanks'],
    ['organisations', [{ id: '1', name: 'Acme Ltd', _links: {} }], 'Acme Ltd'],
    ['a choice in a choice', { id: '1', value: 'Europe', child: { id: '2', value: 'Spain' } }, 'Europe / Spain'],
    [
      'sprints as Jira wrote them once',
      [
        'com.atlassian.greenhopper.service.sprint.Sprint@1f[id=1,rapidViewId=2,state=CLOSED,name=Sprint 1, late,startDate=2016]',
        'com.atlassian.greenhopper.service.sprint.Sprint@2a[id=2,state=ACTIVE,goal=Ship,name=Sprint 2]',
      ],
      'Sprint 1, late, Sprint 2',
    ],
    ['what an app wrote as HTML', '<p>Call <b>back</b></p><ul><li>R&amp;D</li></ul>', 'Call back\n- R&D'],
    ['what an app escaped', 'R&amp;D &#39;24', "R&D '24"],
    ['what speaks of HTML', 'Shows &amp; for &', 'Shows &amp; for &'],
    [
      'a moment of the service desk',
      { iso8601: '2026-11-20T09:30:00+0100', friendly: 'Today' },
      '2026-11-20T08:30:00.000Z',
    ],
  ])('tells %s in words', async (_, value, told) => {
    const { body } = await readOdd({ customfield_1: value });
    expect(body.otherFields).toEqual([{ name: 'customfield_1', value: told }]);
  });

  it.each([
    ['a rank', '0|i000:'],
    ['a resource', 'ari:cloud:townsquare::goal/1'],
    ['an account', '712020:8e1ac5f8-0e7c-4b8a-8d2a-1f2e3d4c5b6a'],
    ['the ID of an option', { id: '10200' }],
    ['an object of Assets', [{ workspaceId: 'w', id: 'w:1', objectId: '1' }]],
    ['development', '{pullrequest={dataType=pullrequest, state=OPEN}, json={"cachedValue":{}}}'],
    ['time in statuses', '3_*:*_1_*:*_84600000_*|*_10001_*:*_1_*:*_0'],
    ['the inside of a program', 'com.atlassian.servicedesk.approval.Approval@1f2e3d'],
  ])('does not show %s', async (_, value) => {
    const { body } = await readOdd({ customfield_1: value, customfield_2: 'shown' });
    expect(body.otherFields).toEqual([{ name: 'customfield_2', value: 'shown' }]);
  });

  it('shows what people typed into a text field, whatever it looks like', async () => {
    const schema = { customfield_1: { custom: 'com.atlassian.jira.plugin.system.customfieldtypes:textfield' } };
    const { body } = await readOdd({ customfield_1: '5b10ac8d82e05b22cc7d4ef5' }, { schema });
    expect(body.otherFields).toEqual([{ name: 'customfield_1', value: '5b10ac8d82e05b22cc7d4ef5' }]);
  });

  it('escapes nothing in a text that Markdown reads as it is', async () => {
    const plain = 'Set a_b and _c in C:\\new, 5 * 3 < 7, **kwargs, ~5 min (#1, R&D)';
    const description = {
      type: 'doc',
      version: 1,
      content: [{ type: 'paragraph', content: [{ type: 'text', text: plain }] }],
    };
    expect((await readOdd({ description })).body.description).toBe(plain);
  });

  it('neither shows nor counts restricted comments', async () => {
    const comment = (id: string, more = {}) => ({ id, created: '2026-11-20T09:30:00.000+0000', body: null, ...more });
    const { body } = await readOdd({
      comment: { total: 2, comments: [comment('1'), comment('2', { visibility: { type: 'role', value: 'Admins' } })] },
    });
    expect(body.comments.map(({ commentId }: { commentId: string }) => commentId)).toEqual(['1']);
    expect(body.commentCount).toBe(1);
  });
});

describe('getIssue, of an issue with an odd part', () => {
  it.each([
    { resolution: {} },
    { summary: 5 },
    { duedate: 5 },
    { assignee: 'Ana' },
    { project: { key: 'ODD' } },
    { components: [{ id: '1' }] },
    { fixVersions: [{}] },
    { attachment: [{}] },
    { issuelinks: [{ id: '1' }, null] },
    { subtasks: [{ id: '1' }] },
    { parent: { id: '1' } },
    { timetracking: { timeSpent: 5 } },
    { created: 'yesterday' },
  ])('tells the rest of %j', async odd => {
    const { status, body } = await readOdd({ status: { name: 'To Do' }, labels: [null, 'a'], ...odd });
    expect(status).toBe(200);
    expect(body).toMatchObject({ issueKey: 'ODD-1', status: 'To Do', labels: ['a'] });
  });

  it('tells a neighbour whose status is odd, and names the fields whose names it can read', async () => {
    const { body } = await readOdd(
      { parent: { key: 'ODD-2', fields: { summary: 'Two', status: 5 } }, customfield_1: 'one', customfield_2: 'two' },
      { names: { customfield_1: 'One', customfield_2: null }, schema: { customfield_1: null, customfield_2: 'text' } },
    );
    expect(body.parent).toMatchObject({ issueKey: 'ODD-2', title: 'Two' });
    expect(body.otherFields).toEqual([
      { name: 'One', value: 'one' },
      { name: 'customfield_2', value: 'two' },
    ]);
  });

  it('says so when it is no issue at all', async () => {
    for (const answer of [{ fields: {} }, { key: 'ODD-1' }, { key: 'ODD-1', fields: 'none' }]) {
      app.answerNext('/issue/ODD-1$', answer);
      expect((await app.read('getIssue', { issueKey: 'ODD-1' })).status).toBe(502);
    }
  });
});

agreesWithOpenApi(() => app.jira);
