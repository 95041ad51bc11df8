import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';

// What Jira may answer by its documents, or is known to, although its sandbox never does.

/** What Jira answers, by the end of the path. */
let answers: Record<string, unknown> = {};
let stub: SandboxServer;
let app: RunningApp;

beforeAll(async () => {
  stub = await startSandboxServer(({ path }) => {
    const known = Object.keys(answers).find(end => path.endsWith(end));
    return known ? { json: answers[known] } : { status: 404, json: { errorMessages: ['Nothing here.'] } };
  });
  app = await startApp({
    env: { JIRA_BASE_URL: stub.url, JIRA_EMAIL: 'agent@example.com', JIRA_API_TOKEN: 'not-a-real-token' },
  });
});
afterAll(async () => {
  await app.stop();
  await stub.close();
});
beforeEach(() => {
  stub.requests.length = 0;
});

const read = (action: string, query: Record<string, string>) =>
  // biome-ignore lint/suspicious/noExplicitAny: an answer's own fields are what each test is about.
  request<any>(`${app.url}/api/jira/${action}?${new URLSearchParams(query)}`);

const issue = (fields: object, more: object = {}) => {
  answers = { 'issue/ODD-1': { id: '1', key: 'ODD-1', fields: { summary: 'Odd', ...fields }, ...more } };
  return read('getIssue', { issueKey: 'ODD-1' });
};

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
    const { status, body } = await issue({ status: { name: 'To Do' }, labels: [null, 'a'], ...odd });
    expect(status).toBe(200);
    expect(body).toMatchObject({ issueKey: 'ODD-1', status: 'To Do', labels: ['a'] });
  });

  it('tells a neighbour whose status is odd, and names the fields whose names it can read', async () => {
    const { body } = await issue(
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
      answers = { 'issue/ODD-1': answer };
      expect((await read('getIssue', { issueKey: 'ODD-1' })).status).toBe(502);
    }
  });
});

describe('getIssue', () => {
  it('tells estimates as people write them, and not once more in seconds', async () => {
    const { body } = await issue({
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
  ])('tells %s in words', async (_, value, told) => {
    const { body } = await issue({ customfield_1: value });
    expect(body.otherFields).toEqual([{ name: 'customfield_1', value: told }]);
  });

  it('neither shows nor counts restricted comments', async () => {
    const comment = (id: string, more = {}) => ({ id, created: '2026-11-20T09:30:00.000+0000', body: null, ...more });
    const { body } = await issue({
      comment: { total: 2, comments: [comment('1'), comment('2', { visibility: { type: 'role', value: 'Admins' } })] },
    });
    expect(body.comments.map(({ commentId }: { commentId: string }) => commentId)).toEqual(['1']);
    expect(body.commentCount).toBe(1);
  });
});

describe('listIssueTypes', () => {
  const field = (fieldId: string, more: object = {}) => ({
    fieldId,
    name: fieldId.toUpperCase(),
    required: true,
    schema: { type: 'option' },
    ...more,
  });

  it('is not stopped by odd fields and odd values, and leaves out what cannot be given', async () => {
    answers = {
      'createmeta/ODD/issuetypes': { issueTypes: [{ id: '1', name: 'Bug', description: 5, subtask: 'no' }] },
      'createmeta/ODD/issuetypes/1': {
        fields: [
          field('numbers', { allowedValues: [{ id: 12, value: 'Internal' }, { id: 13, value: 7 }, null] }),
          field('texts', { allowedValues: ['a', 5] }),
          field('nameless', { name: null, required: 'yes', schema: null }),
          field('attachment', { schema: { type: 'array', items: 'attachment' } }),
          field('issuelinks', { required: false, schema: { type: 'array', items: 'issuelinks' } }),
        ],
      },
    };
    const { status, body } = await read('listIssueTypes', { projectId: 'ODD' });
    expect(status).toBe(200);
    expect(body.issueTypes).toEqual([
      {
        name: 'Bug',
        requiredFields: [
          { name: 'NUMBERS', allowedValues: ['Internal', '7'] },
          { name: 'TEXTS', allowedValues: ['a', '5'] },
        ],
        otherFields: ['nameless'],
      },
    ]);
    expect(body.url).toBe(`${stub.url}/browse/ODD`);
  });

  it('leads to the page of a project that was given by its numeric ID', async () => {
    answers = {
      'createmeta/10000/issuetypes': { issueTypes: [] },
      'project/10000': { id: '10000', key: 'ODD', name: 'Odd' },
    };
    const { body } = await read('listIssueTypes', { projectId: '10000' });
    expect(body).toEqual({ projectId: '10000', issueTypes: [], url: `${stub.url}/browse/ODD` });
  });
});

describe('updateIssue', () => {
  it('takes a value whose ID is a number, beside a field that is odd', async () => {
    answers = {
      'issue/ODD-1/editmeta': {
        fields: {
          customfield_1: {
            name: 'Audience',
            required: false,
            schema: { type: 'option' },
            allowedValues: [{ id: 12, value: 'Internal' }],
          },
          customfield_2: { name: 5, required: 'no', allowedValues: [true] },
        },
      },
      'issue/ODD-1': { id: '1', key: 'ODD-1', fields: {} },
    };
    const { status } = await request(`${app.url}/api/jira/updateIssue`, {
      json: { issueKey: 'ODD-1', additionalFields: '{"Audience": "internal"}' },
    });
    expect(status).toBe(200);
    const { body } = stub.requests.find(({ method }) => method === 'PUT') ?? {};
    expect(JSON.parse(body ?? '{}').fields).toEqual({ customfield_1: { id: '12' } });
  });
});

describe('people', () => {
  const noIssues = { 'search/jql': { issues: [], isLast: true } };

  it.each(['qm:8e1ac5f8-0e7c-4b8a-8d2a-1f2e3d4c5b6a:12345', '712020:8E1AC5F8-0E7C-4B8A-8D2A-1F2E3D4C5B6A'])(
    'are found by the account ID %s, in capitals or not',
    async accountId => {
      answers = { ...noIssues, 'user/search': [{ accountId, accountType: 'atlassian', displayName: 'Ana' }] };
      const given = accountId.toLowerCase();
      expect((await read('searchIssues', { assignee: given })).status).toBe(200);
      expect(stub.requests[0]?.query.get('accountId')).toBe(given);
      expect(JSON.parse(stub.requests[1]?.body ?? '{}').jql).toContain(`assignee = "${accountId}"`);
    },
  );

  it('are looked for among as many as Jira lets us', async () => {
    answers = { ...noIssues, 'user/search': [{ accountId: '1', accountType: 'atlassian', displayName: 'Li' }] };
    await read('searchIssues', { assignee: 'Li' });
    expect(stub.requests[0]?.query.get('maxResults')).toBe('1000');
  });
});

describe('searchIssues', () => {
  it.each([
    ['Open', 'status = "Open"'],
    ['not done', 'statusCategory != Done'],
  ])('looks for the status %s as %s', async (status, condition) => {
    answers = { 'search/jql': { issues: [], isLast: true } };
    await read('searchIssues', { status });
    expect(JSON.parse(stub.requests[0]?.body ?? '{}').jql).toBe(`${condition} ORDER BY updated DESC, key DESC`);
  });
});
