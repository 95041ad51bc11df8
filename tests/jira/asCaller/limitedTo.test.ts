import { describe, expect, it } from 'vitest';
import type { PermissionCheck } from '../../../functions/jira/api/asCaller/guard.ts';
import { limitedTo } from '../../../functions/jira/api/asCaller/limitedTo.ts';
import type { JiraClient } from '../../../functions/jira/api/client.ts';

interface StandIn {
  id: string;
  key: string;
  fields?: Record<string, unknown>;
}

const account = 'ana';
const software = (key: string) => ({ id: '1', key, projectTypeKey: 'software' });
const desk = { id: '2', key: 'HELP', projectTypeKey: 'service_desk' };

/** Jira as the service sees it, and whom it grants what. */
function standIn(
  issues: readonly StandIn[],
  granted: {
    browse: readonly string[];
    agent?: readonly string[];
    participant?: readonly string[];
    projects?: string[];
  },
) {
  const checks: number[][] = [];
  const sent: { url: string; body: Record<string, unknown> }[] = [];
  const grantsOf = (ids: readonly number[]) =>
    new Map([
      ['BROWSE_PROJECTS', new Set(ids.filter(id => granted.browse.includes(String(id))))],
      ['SERVICEDESK_AGENT', new Set(ids.filter(id => granted.agent?.includes(String(id))))],
    ]);
  const check: PermissionCheck = Object.assign(
    async (_: string, __: readonly string[], ids: readonly number[]) => {
      checks.push([...ids]);
      return grantsOf(ids);
    },
    {
      projects: async (_: string, __: readonly string[], ids: readonly number[]) => {
        const { projects = ['1', '2', '3'] } = granted;
        return new Map([['BROWSE_PROJECTS', new Set(ids.filter(id => projects.includes(String(id))))]]);
      },
      globally: async () => false,
    },
  );
  const answer = (url: string, body: Record<string, unknown>): unknown => {
    if (url === '/rest/api/3/project/search')
      return { values: [software('ABC'), desk, { ...software('XYZ'), id: '3' }], isLast: true };
    if (url === '/rest/api/3/field') {
      const custom = 'com.atlassian.servicedesk:sd-request-participants';
      const schema = { type: 'array', items: 'user', custom, customId: 7 };
      return [{ id: 'customfield_7', name: 'Participants', clauseNames: ['cf[7]'], schema }];
    }
    if (url === '/rest/api/3/issue/bulkfetch') {
      return { issues: issues.filter(({ key }) => (body.issueIdsOrKeys as string[]).includes(key)) };
    }
    if (url.startsWith('/rest/api/3/issue/')) return issues.find(({ key }) => url.endsWith(`/${key}`));
    if (String(body.jql).startsWith('id in (')) {
      return { issues: issues.filter(({ id }) => granted.participant?.includes(id)) };
    }
    const found = String(body.jql).startsWith('project in ("ABC")')
      ? issues.filter(({ key }) => key.startsWith('ABC'))
      : issues;
    const from = Number(body.nextPageToken ?? 0);
    const to = from + Number(body.maxResults);
    return { issues: found.slice(from, to), ...(to < found.length && { nextPageToken: String(to) }) };
  };
  const client = {
    sendRequest: async ({ url, body = {} }: { url: string; body?: Record<string, unknown> }) => {
      sent.push({ url, body });
      return answer(url, body);
    },
    readAttachment: async () => ({ bytes: new Uint8Array() }),
  } as unknown as JiraClient;
  return { client: limitedTo({ client, accountId: account, check }), checks, sent };
}

const search = (client: JiraClient, body: Record<string, unknown>) =>
  client.sendRequest<{ issues: StandIn[]; nextPageToken?: string }>({
    url: '/rest/api/3/search/jql',
    method: 'POST',
    body: { jql: 'ORDER BY key', fields: ['summary'], maxResults: 50, ...body },
  });

const issue = (id: number, fields: Record<string, unknown> = {}): StandIn => ({
  id: String(id),
  key: `ABC-${id}`,
  fields: { project: software('ABC'), summary: `Issue ${id}`, ...fields },
});

describe('a search with the rights of a caller', () => {
  it('shows what the account may browse, in one more request', async () => {
    const { client, checks } = standIn([issue(1), issue(2), issue(3)], { browse: ['1', '3'] });
    expect((await search(client, {})).issues.map(({ key }) => key)).toEqual(['ABC-1', 'ABC-3']);
    expect(checks).toEqual([[1, 2, 3]]);
  });

  it('goes on until a page is full, and loses none', async () => {
    const all = Array.from({ length: 12 }, (_, at) => issue(at + 1));
    const { client } = standIn(all, { browse: ['2', '5', '9', '11', '12'] });
    const first = await search(client, { maxResults: 3 });
    const second = await search(client, { maxResults: 3, nextPageToken: first.nextPageToken });
    const shown = [first, second].map(({ issues }) => issues.map(({ id }) => id));
    expect(shown).toEqual([
      ['2', '5', '9'],
      ['11', '12'],
    ]);
    expect(second.nextPageToken).toBeUndefined();
  });

  it('passes by whole projects that may not be browsed, and goes on by the same query', async () => {
    const hidden = Array.from({ length: 40 }, (_, at) => ({
      id: String(100 + at),
      key: `XYZ-${at}`,
      fields: { project: { ...software('XYZ'), id: '3' } },
    }));
    const open = Array.from({ length: 30 }, (_, at) => issue(at + 1));
    const { client, sent } = standIn([...hidden, ...open], { browse: open.map(({ id }) => id), projects: ['1'] });
    const first = await search(client, { maxResults: 20 });
    const second = await search(client, { maxResults: 20, nextPageToken: first.nextPageToken });
    expect([...first.issues, ...second.issues].map(({ id }) => id)).toEqual(open.map(({ id }) => id));
    const queries = sent.filter(({ url }) => url.endsWith('/search/jql')).map(({ body }) => body.jql);
    expect(queries).toEqual(['ORDER BY key', 'project in ("ABC") ORDER BY key', 'project in ("ABC") ORDER BY key']);
  });

  it('finds no issue by a link to one that may not be browsed', async () => {
    const type = { name: 'Blocks', inward: 'is blocked by', outward: 'blocks' };
    const linked = (id: number, to: number) =>
      issue(id, { issuelinks: [{ type, outwardIssue: { id: String(to), key: `ABC-${to}` } }] });
    const { client } = standIn([linked(1, 9), linked(2, 1)], { browse: ['1', '2'] });
    const { issues } = await search(client, { jql: 'issueLinkType = blocks' });
    expect(issues).toEqual([expect.objectContaining({ id: '2', fields: { summary: 'Issue 2' } })]);
  });

  it('tells nothing of the issues beside one that may not be browsed', async () => {
    const hidden = { id: '9', key: 'ABC-9', fields: { summary: 'secret' } };
    const linked = issue(1, {
      parent: hidden,
      subtasks: [{ id: '2', key: 'ABC-2' }, hidden],
      issuelinks: [
        { id: '1', inwardIssue: hidden },
        { id: '2', outwardIssue: { id: '2', key: 'ABC-2' } },
      ],
      aggregatetimespent: 3600,
      customfield_1: 'ABC-9',
      customfield_2: { data: { key: 'ABC-9', summary: 'secret' } },
      customfield_3: 'ABC-2',
    });
    const { client, checks } = standIn([linked, issue(2), hidden], { browse: ['1', '2'] });
    const { issues } = await search(client, { fields: ['*all'] });
    expect(JSON.stringify(issues)).not.toMatch(/ABC-9|secret|3600/);
    expect(issues[0]?.fields).toMatchObject({
      subtasks: [{ key: 'ABC-2' }],
      issuelinks: [{ outwardIssue: { key: 'ABC-2' } }],
      customfield_3: 'ABC-2',
    });
    expect(checks).toEqual([[1, 9, 2]]);
  });

  it('shows of a service project to who is no agent their own requests alone', async () => {
    const request = (id: number, reporter: string) => ({
      id: String(id),
      key: `HELP-${id}`,
      fields: { project: desk, reporter: { accountId: reporter } },
    });
    const all = [request(1, account), request(2, 'zoe'), request(3, 'zoe'), request(4, 'zoe')];
    const { client, sent } = standIn(all, { browse: ['1', '2', '3', '4'], agent: ['4'], participant: ['3'] });
    const { issues } = await search(client, { fields: ['reporter'] });
    expect(issues.map(({ key }) => key)).toEqual(['HELP-1', 'HELP-3', 'HELP-4']);
    expect(sent.findLast(({ body }) => body.jql)?.body).toMatchObject({
      jql: 'id in (2, 3) AND (reporter = "ana" OR cf[7] = "ana")',
      reconcileIssues: [2, 3],
    });
  });
});

describe('an issue with the rights of a caller', () => {
  const get = (client: JiraClient, key: string, fields: string[]) =>
    client.sendRequest<StandIn>({ url: `/rest/api/3/issue/${key}`, method: 'GET', searchParams: { fields } });

  it('is none where the account may not browse it', async () => {
    const { client } = standIn([issue(1)], { browse: [] });
    const refused = String(await get(client, 'ABC-1', ['summary']).catch(String));
    expect(refused).toContain('There is no Jira issue ABC-1');
    expect(await get(client, 'ABC-2', ['summary']).catch(String)).toBe(refused.replace('ABC-1', 'ABC-2'));
  });

  it('tells of restricted comments and worklogs that they are there, and of their files nothing', async () => {
    const text = (content: unknown) => ({ type: 'doc', content: [content] });
    const visibility = { type: 'role', value: 'Secret role' };
    const comments = [
      { id: '1', created: '2026-01-01', body: text('open') },
      {
        id: '2',
        created: '2026-01-02',
        author: { displayName: 'Zoe' },
        body: text({ type: 'media', attrs: { id: 'x', alt: 'secret.png' } }),
        visibility,
      },
    ];
    const worklogs = [{ id: '3', started: '2026-01-03', timeSpentSeconds: 60, comment: text('secret'), visibility }];
    const attachment = [
      { id: '10', filename: 'open.png' },
      { id: '11', filename: 'secret.png' },
    ];
    const fields = { comment: { total: 2, comments }, worklog: { total: 1, worklogs }, attachment };
    const { client } = standIn([issue(1, fields)], { browse: ['1'] });
    const answer = await get(client, 'ABC-1', ['*all', '-worklog']);
    expect(JSON.stringify(answer)).not.toMatch(/secret|Secret|Zoe|worklog/);
    expect(answer.fields).toMatchObject({ comment: { total: 2, comments: [{ id: '1' }, { id: '2' }] } });
    expect(answer.fields?.attachment).toEqual([attachment[0]]);
    await expect(client.readAttachment('11', { from: 0, length: 1 })).rejects.toMatchObject({ code: 'forbidden' });
    await client.readAttachment('10', { from: 0, length: 1 });
  });
});

it('tells no field of a project that may not be browsed, by whatever it is called in queries', async () => {
  const field = (id: number, project?: string) => ({
    id: `customfield_${id}`,
    name: `Field ${id}`,
    clauseNames: [`cf[${id}]`, `Field ${id}[Dropdown]`],
    ...(project && { scope: { type: 'PROJECT', project: { id: project } } }),
  });
  const visibleFieldNames = [1, 2, 3].map(id => ({ value: `"Field ${id}[Dropdown]"`, cfid: `cf[${id}]` }));
  const client = {
    sendRequest: async ({ url }: { url: string }) =>
      url.endsWith('/field') ? [field(1), field(2, '20'), field(3, '30')] : { visibleFieldNames },
  } as unknown as JiraClient;
  const check: PermissionCheck = Object.assign(async () => new Map(), {
    projects: async () => new Map([['BROWSE_PROJECTS', new Set([20])]]),
    globally: async () => false,
  });
  const answer = await limitedTo({ client, accountId: account, check }).sendRequest({
    url: '/rest/api/3/jql/autocompletedata',
    method: 'GET',
  });
  expect(answer).toEqual({ visibleFieldNames: visibleFieldNames.slice(0, 2) });
});

it('refuses a request that has no rule', async () => {
  const { client, sent } = standIn([], { browse: [] });
  const asked = client.sendRequest({ url: '/rest/api/3/users', method: 'GET' });
  await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
  expect(sent).toEqual([]);
});
