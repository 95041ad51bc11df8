import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../../functions/everySystem.ts';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { principal } from '../../support/principal.ts';
import { request } from '../../support/request.ts';

const tenant = '11111111-1111-1111-1111-111111111111';
const user = (oid: string, more = {}) =>
  principal({ tid: tenant, oid, upn: `${oid}@contoso.com`, scp: 'user_impersonation', appid: 'agent-1', ...more });
const ana = user('ana');
const li = user('li');

interface Change {
  at: string;
  action: string;
  touched: string[];
  outcome: string;
  agent?: string;
}

let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let env: Record<string, string>;
let azurite: Azurite;
let app: RunningApp;
/** A Jira that never answers a comment. */
let silent: JiraSandbox;

beforeAll(async () => {
  env = { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'true' };
  sandboxes = await fillWithSandboxes(systems, env);
  silent = await startSandbox();
  silent.fail({ path: '/comment$', hang: true, times: 100 });
  azurite = await startAzurite();
  await azurite.createTable('audit');
  const { LEDGER_TABLE_ENDPOINT: endpoint = '', ...identity } = azurite.settings;
  env = { ...env, ...identity, AUDIT_TABLE_ENDPOINT: endpoint };
  app = await startApp({ env });
});
afterAll(async () => {
  await app.stop();
  await Promise.all([azurite.stop(), silent.close()]);
  await sandboxes.close();
});

const comment = (headers: Record<string, string>, issueKey: string, text: string) =>
  request(`${app.url}/api/jira/addComment`, { headers, json: { issueKey, comment: text } });

async function list(headers: Record<string, string>, input: Record<string, string> = {}, at = app) {
  const query = new URLSearchParams(input);
  const { status, body } = await request(`${at.url}/api/my-changes/listMyChanges?${query}`, { headers });
  return { status, body: body as typeof body & { changes: Change[]; nextPageToken?: string; code?: string } };
}

describe('listMyChanges', () => {
  it('tells a user what was written in their name, and nobody else', async () => {
    await comment(ana, 'ATLAS-1', 'A canary of Ana.');
    await comment(li, 'ATLAS-2', 'Of Li.');
    const { status, body } = await list(ana);
    expect(status).toBe(200);
    expect(body.changes).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        action: 'addComment',
        system: 'jira',
        touched: expect.arrayContaining(['ATLAS-1']),
        outcome: 'done',
        agent: 'agent-1',
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('canary');
    expect((await list(li)).body.changes.map(({ touched }) => touched[0])).toEqual(['ATLAS-2']);
    expect((await list(user('nobody'))).body).toMatchObject({
      summary: expect.stringMatching(/^No changes in the user's name since /),
      changes: [],
    });
  });

  it('leaves out what was refused, failed, or answered from memory', async () => {
    const max = user('max');
    await comment(max, 'ATLAS-3', 'Once.');
    await comment(max, 'ATLAS-3', 'Once.');
    await comment(max, 'ATLAS-999999', 'Where?');
    await comment(max, '', '');
    expect((await list(max)).body.changes).toHaveLength(1);
  });

  it('tells of what may not have been made', async () => {
    const ute = user('ute');
    const cut = await startApp({ env: { ...env, JIRA_BASE_URL: silent.url, ACTION_TIMEOUT_MS: '1000' } });
    await request(`${cut.url}/api/jira/addComment`, { headers: ute, json: { issueKey: 'ATLAS-1', comment: 'Lost?' } });
    await cut.stop();
    expect((await list(ute)).body).toMatchObject({
      summary: expect.stringContaining('(1 of which may not have been made)'),
      changes: [{ action: 'addComment', touched: ['ATLAS-1'], outcome: 'unknown' }],
    });
  });

  it('goes on where a page ended, newest first, whatever is added meanwhile', async () => {
    const eva = user('eva');
    for (const at of [1, 2, 3, 4, 5]) await comment(eva, `ATLAS-${at}`, `Number ${at}.`);
    const first = await list(eva, { limit: '2' });
    await comment(eva, 'ATLAS-6', 'Later.');
    const second = await list(eva, { limit: '2', pageToken: first.body.nextPageToken ?? '' });
    const third = await list(eva, { limit: '2', pageToken: second.body.nextPageToken ?? '' });
    const keys = [first, second, third].map(({ body }) => body.changes.map(({ touched }) => touched[0]));
    expect(keys).toEqual([['ATLAS-5', 'ATLAS-4'], ['ATLAS-3', 'ATLAS-2'], ['ATLAS-1']]);
    expect(third.body.nextPageToken).toBeUndefined();
    expect([first, second, third].map(({ body }) => body.summary)).toEqual([
      expect.stringMatching(/^2 changes in the user's name since .* more, see nextPageToken\.$/),
      expect.stringMatching(/^2 earlier changes .* more, see nextPageToken\.$/),
      expect.stringMatching(/^1 earlier change in the user's name since [^;]*\+00:00\.$/),
    ]);
    // A page token is its caller's own.
    expect((await list(ana, { limit: '2', pageToken: first.body.nextPageToken ?? '' })).status).toBe(400);
  });

  it('takes both ends of a span', async () => {
    const rosa = user('rosa');
    await comment(rosa, 'ATLAS-1', 'Within.');
    const [change] = (await list(rosa)).body.changes;
    const at = change?.at ?? '';
    const later = new Date(Date.parse(at) + 1).toISOString();
    const before = new Date(Date.parse(at) - 1).toISOString();
    const count = async (input: Record<string, string>) => (await list(rosa, input)).body.changes.length;
    expect(await count({ since: at, until: at })).toBe(1);
    expect(await count({ since: later })).toBe(0);
    expect(await count({ until: before })).toBe(0);
    expect((await list(rosa, { since: '2031-01-01' })).body.code).toBe('invalid_input');
    const reversed = await list(rosa, { since: '1d', until: '2d' });
    expect(reversed.body).toMatchObject({ code: 'invalid_input', errors: [{ field: 'until' }] });
  });

  it('is refused to whoever is no user, who is not shown it either', async () => {
    const application = principal({ tid: tenant, oid: 'robot', roles: 'Actions.Call', appid: 'robot' });
    const { status, body } = await list(application);
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
    const tools = async (headers: Record<string, string>) => {
      const { body } = await request(`${app.url}/api/mcp/x/my-changes`, {
        headers,
        json: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      });
      return (body as unknown as { result: { tools: unknown[] } }).result.tools.length;
    };
    expect([await tools(application), await tools(ana)]).toEqual([0, 1]);
  });

  it('tells who signed in at a vendor what was done in their name there, beside its tools where it is not the whole app', async () => {
    const jira = await startSandbox();
    const { AUDIT_TABLE_ENDPOINT = '' } = env;
    const { LEDGER_TABLE_ENDPOINT: _, ...identity } = azurite.settings;
    const own = {
      ...identity,
      AUDIT_TABLE_ENDPOINT,
      JIRA_BASE_URL: jira.url,
      JIRA_CLOUD_ID: jira.cloudId,
      JIRA_AUTH: 'caller',
    };
    const [alone, beside] = await Promise.all([
      startApp({ env: own, keys: ['key'] }),
      startApp({ env: { ...own, SALESFORCE_LOGIN_URL: 'https://example.my.salesforce.com' }, keys: ['key'] }),
    ]);
    const by = (email: string) => ({ authorization: `Bearer ${jira.tokenOf(email)}` });
    const written = await request(`${beside.url}/api/jira/addComment`, {
      headers: by('ana.ruiz@example.com'),
      json: { issueKey: 'ATLAS-7', comment: 'As herself.' },
    });
    expect(written.status).toBe(200);

    const touched = async (email: string) =>
      (await list(by(email), {}, alone)).body.changes.map(({ touched: [key] }) => key);
    expect(await touched('ana.ruiz@example.com')).toEqual(['ATLAS-7']);
    expect(await touched('li.wei@example.com')).toEqual([]);
    expect((await list({ 'x-functions-key': 'key' }, {}, alone)).status).toBe(401);

    const overMcp = async (headers: Record<string, string>) => {
      const answer = await fetch(`${beside.url}/api/mcp/x/jira,my-changes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'listMyChanges', arguments: {} },
        }),
      });
      return answer.text();
    };
    expect(await overMcp(by('ana.ruiz@example.com'))).toContain('ATLAS-7');
    expect(await overMcp(by('li.wei@example.com'))).not.toContain('ATLAS-7');
    // Who holds a key is nobody whose changes these could be.
    expect((await list({ 'x-functions-key': 'key' }, {}, beside)).status).toBe(403);
    await Promise.all([alone.stop(), beside.stop()]);
    await jira.close();
  });

  it('needs the table, and says when it cannot be read', async () => {
    const { AUDIT_TABLE_ENDPOINT: _, ...without } = env;
    const bare = await startApp({ env: without });
    expect((await list(ana, {}, bare)).body).toMatchObject({
      code: 'misconfigured',
      detail: expect.stringContaining('AUDIT_TABLE_ENDPOINT'),
    });
    await bare.stop();
    const cut = await startApp({ env: { ...env, AUDIT_TABLE_ENDPOINT: 'https://127.0.0.1:1/account' } });
    expect((await list(ana, {}, cut)).body).toMatchObject({ code: 'upstream_unavailable' });
    await cut.stop();
  });
});
