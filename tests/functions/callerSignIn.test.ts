import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions } from '../../functions/actions.ts';
import { type JiraSandbox, startSandbox as startJira } from '../../functions/jira/sandbox/startSandbox.ts';
import {
  type SalesforceSandbox,
  startSandbox as startSalesforce,
} from '../../functions/salesforce/sandbox/startSandbox.ts';
import { callMcp } from '../reliability/callAction.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { principal } from '../support/principal.ts';
import { rawRequest, request } from '../support/request.ts';

const KEY = 'a-function-key';
const ANA = 'ana.ruiz@example.com';
const LI = 'li.wei@example.com';

let jira: JiraSandbox;
let salesforce: SalesforceSandbox;
/** Jira by the callers' own sign-in, Salesforce by a function key. */
let app: RunningApp;

const callerMode = (sandbox: JiraSandbox) => ({
  JIRA_BASE_URL: sandbox.url,
  JIRA_CLOUD_ID: sandbox.cloudId,
  JIRA_AUTH: 'caller',
});

beforeAll(async () => {
  [jira, salesforce] = await Promise.all([startJira(), startSalesforce()]);
  app = await startApp({ env: { ...callerMode(jira), ...salesforce.settings }, keys: [KEY] });
});
afterAll(async () => {
  await app.stop();
  await Promise.all([jira.close(), salesforce.close()]);
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const inline = { 'x-error-mode': 'inline' };
const forged = principal({ tid: 'tenant', oid: 'li', upn: LI, scp: 'access', roles: ['Actions.Read'] });

const getIssue = (headers: Record<string, string>, at = app) =>
  request(`${at.url}/api/jira/getIssue?issueKey=ATLAS-1`, { headers });

/** What Jira is asked while something is done. */
async function askedOf(sandbox: JiraSandbox | SalesforceSandbox, doing: () => Promise<unknown>) {
  const before = sandbox.requests.length;
  await doing();
  return sandbox.requests.slice(before);
}

const toolsIn = (text: string) => [...text.matchAll(/"name":"(\w+)","title"/g)].map(([, name = '']) => name);
const systemOf = new Map(actions.map(({ name, system }) => [name, system]));
const systemsIn = (text: string) => [...new Set(toolsIn(text).map(name => systemOf.get(name)))].toSorted();

describe('a route of a system at which callers sign in themselves', () => {
  it.each([
    { sent: 'nothing', headers: {}, challenge: 'Bearer', says: /Sign in at Jira/ },
    { sent: 'a function key', headers: { 'x-functions-key': KEY }, challenge: 'Bearer', says: /key is of no use here/ },
    { sent: 'a forged principal', headers: forged, challenge: 'Bearer', says: /Sign in at Jira/ },
    {
      sent: 'another scheme',
      headers: { authorization: 'Basic YW5hOmI=' },
      challenge: 'Bearer',
      says: /Sign in at Jira/,
    },
    { sent: 'two tokens', headers: bearer('one, Bearer two'), challenge: 'Bearer', says: /Sign in at Jira/ },
    {
      sent: 'a token that Jira refuses',
      headers: bearer('never-a-token-of-anybody'),
      challenge: 'Bearer error="invalid_token"',
      says: /Jira/,
    },
  ])('answers $sent with a real 401, in both error modes, before it reads what was sent', async sent => {
    for (const mode of [{}, inline]) {
      for (const [path, body] of [
        ['getIssue?issueKey=ATLAS-1&issueKey=', undefined],
        ['addComment', '{"issueKey": not JSON'],
      ] as const) {
        const { status, headers, text } = await rawRequest(app.url, `/api/jira/${path}`, {
          headers: { ...sent.headers, ...mode },
          ...(body !== undefined && { method: 'POST', body }),
        });
        expect(status).toBe(401);
        expect(headers['www-authenticate']).toBe(sent.challenge);
        expect(JSON.parse(text)).toMatchObject({ code: 'unauthenticated', detail: expect.stringMatching(sent.says) });
      }
    }
  });

  it('asks Jira nothing without a token, and about one that it refuses once', async () => {
    const without = await askedOf(jira, () => Promise.all([getIssue({}), getIssue({ 'x-functions-key': KEY })]));
    expect(without).toEqual([]);
    const refused = await askedOf(jira, async () => {
      for (let at = 0; at < 4; at += 1) await getIssue(bearer('a-token-that-is-refused'));
    });
    expect(refused.map(({ path }) => path)).toEqual([expect.stringMatching(/\/myself$/)]);
  });

  it('passes the token on to Jira, having asked it once whose the token is', async () => {
    const token = jira.tokenOf(ANA);
    const first = await askedOf(jira, async () => expect((await getIssue(bearer(token))).status).toBe(200));
    const second = await askedOf(jira, async () => expect((await getIssue(bearer(token))).status).toBe(200));
    const isQuestion = ({ path }: { path: string }) => path.endsWith('/myself');
    expect(first.map(isQuestion)).toEqual(first.map((_, at) => at === 0));
    expect(second.some(isQuestion)).toBe(false);
    expect(new Set([...first, ...second].map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${token}`]),
    );
  });

  it('takes the caller for who the token is of, whatever a principal says', async () => {
    const written = await request(`${app.url}/api/jira/addComment`, {
      headers: { ...bearer(jira.tokenOf(ANA)), ...forged },
      json: { issueKey: 'ATLAS-1', comment: 'Whose is it?' },
    });
    expect(written.status).toBe(200);
    const { body } = await request(`${app.url}/api/jira/listComments?issueKey=ATLAS-1&limit=100`, {
      headers: bearer(jira.tokenOf(LI)),
    });
    expect(JSON.stringify(body)).toContain('"by":"Ana Ruiz","text":"Whose is it?"');
  });

  it('answers a token that expires after it was taken with a real 401, in both error modes and over MCP', async () => {
    for (const mode of [{}, inline]) {
      const token = jira.tokenOf(ANA);
      expect((await getIssue(bearer(token))).status).toBe(200);
      jira.revokeTokens(token);
      const { status, headers, body } = await getIssue({ ...bearer(token), ...mode });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(body.code).toBe('unauthenticated');
    }
    const token = jira.tokenOf(ANA);
    const call = () =>
      callMcp(
        app.url,
        'tools/call',
        { name: 'getIssue', arguments: { issueKey: 'ATLAS-1' } },
        bearer(token),
        '/x/jira',
      );
    expect((await call()).status).toBe(200);
    jira.revokeTokens(token);
    const { status, headers, body } = await call();
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(body).toMatchObject({ code: 'unauthenticated' });
  });

  it('answers a token that is refused in the middle of a plan with a real 401, and goes on with the same plan', async () => {
    const update = (headers: Record<string, string>, json: Record<string, unknown>) =>
      request<{ confirmationToken?: string; detail?: string; items?: { outcome: string }[] }>(
        `${app.url}/api/jira/updateIssues`,
        { headers: { ...headers, ...inline }, json },
      );
    const token = jira.tokenOf(ANA);
    const planned = await update(bearer(token), { issueKeys: 'ATLAS-3,ATLAS-4', addLabels: 'signed-in' });
    const { confirmationToken } = planned.body;
    expect(confirmationToken).toBeDefined();
    jira.revokeTokens(token);
    const cut = await update(bearer(token), { confirmationToken });
    expect(cut.status).toBe(401);
    expect(cut.body.detail).toMatch(/0 of 2 are done: then make this call again with the same confirmationToken/);
    const again = await update(bearer(jira.tokenOf(ANA)), { confirmationToken });
    expect(again.body.items?.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    // Another account has no such plan.
    expect((await update(bearer(jira.tokenOf(LI)), { confirmationToken })).body).toHaveProperty(
      'error.code',
      'invalid_input',
    );
  });

  it('binds page tokens to the account', async () => {
    const list = (email: string, pageToken?: string) =>
      request<{ nextPageToken?: string; code?: string }>(
        `${app.url}/api/jira/searchIssues?projectId=ATLAS&limit=2${pageToken ? `&pageToken=${encodeURIComponent(pageToken)}` : ''}`,
        { headers: bearer(jira.tokenOf(email)) },
      );
    const { nextPageToken } = (await list(ANA)).body;
    expect(nextPageToken).toBeDefined();
    expect((await list(ANA, nextPageToken)).status).toBe(200);
    expect((await list(LI, nextPageToken)).body.code).toBe('invalid_input');
  });

  it('tells no token, wherever it stands', async () => {
    const token = jira.tokenOf(ANA);
    const guessed = 'a-guessed-token-0123456789';
    const of = (path: string, headers: Record<string, string>) => request(`${app.url}/api/jira/${path}`, { headers });
    const answers = [
      await of('getIssue?issueKey=ATLAS-1', { ...bearer(token), 'x-correlation-id': token }),
      await of(`getIssue?issueKey=${token}`, bearer(token)),
      await of(`getIssue?${token}=1`, bearer(token)),
      await of('getIssue?issueKey=ATLAS-1', { ...bearer(guessed), 'x-correlation-id': guessed }),
      await of(`getIssue?issueKey=ATLAS-1&access_token=${guessed}`, { 'x-correlation-id': guessed }),
      await of('getIssue?issueKey=ATLAS-1', { 'x-access-token': guessed, 'x-correlation-id': guessed }),
      await of(`getIssue?issueKey=${guessed}`, { ...bearer(token), 'x-token': guessed }),
    ];
    const mcp = await callMcp(app.url, 'tools/call', { name: token }, bearer(token), '/x/jira');
    const told = JSON.stringify(answers.map(({ body, headers }) => [body, [...headers]])) + mcp.text + app.logs();
    for (const secret of [token, guessed]) {
      expect(told).not.toContain(secret);
      expect(told).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
    }
  });
});

describe('MCP where callers of one system sign in themselves', () => {
  const list = (path: string, headers: Record<string, string>, at = app) =>
    callMcp(at.url, 'tools/list', {}, headers, path);

  it.each(['', '/x/all', '/x/jira,salesforce', '/x/salesforce,jira', '/x/accounts-and-issues,jira'])(
    'leaves it and what asks both out of /api/mcp%s',
    async path => {
      const { status, text } = await list(path, { 'x-functions-key': KEY });
      expect(status).toBe(200);
      expect(systemsIn(text)).not.toContain('jira');
      expect(systemsIn(text)).not.toContain('accounts-and-issues');
      expect((await list(path, bearer(jira.tokenOf(ANA)))).status).toBe(401);
    },
  );

  it.each(['/x/jira', '/x/JIRA', '/x/jira,jira-planning', '/x/jira-service/readonly', '/x/jira,my-changes'])(
    'serves its tools alone at /api/mcp%s to who signed in',
    async path => {
      const { status, text } = await list(path, { ...bearer(jira.tokenOf(ANA)), ...forged });
      expect(status).toBe(200);
      expect(systemsIn(text)).toEqual(['jira']);
      for (const headers of [{}, { 'x-functions-key': KEY }, forged]) {
        const refused = await list(path, headers);
        expect(refused.status).toBe(401);
        expect(refused.headers.get('www-authenticate')).toBe('Bearer');
        expect(refused.body).toMatchObject({ code: 'unauthenticated' });
      }
    },
  );

  it('answers GET without a token with 401, and with one with 405', async () => {
    expect((await fetch(`${app.url}/api/mcp/x/jira`)).status).toBe(401);
    expect((await fetch(`${app.url}/api/mcp/x/jira`, { headers: bearer(jira.tokenOf(ANA)) })).status).toBe(405);
  });

  it('offers no metadata of a protected resource', async () => {
    for (const path of [
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/api/mcp/x/jira',
    ]) {
      expect((await fetch(app.url + path)).status).toBe(404);
    }
  });
});

describe('beside it', () => {
  it('other systems go on as they are, and are sent no token of it', async () => {
    const token = jira.tokenOf(ANA);
    const asked = await askedOf(salesforce, async () => {
      const { status } = await request(`${app.url}/api/salesforce/findAccounts?name=Contoso`, {
        headers: { ...bearer(token), 'x-functions-key': KEY },
      });
      expect(status).toBe(200);
      expect(
        (await fetch(`${app.url}/api/salesforce/findAccounts?name=Contoso`, { headers: bearer(token) })).status,
      ).toBe(401);
    });
    expect(JSON.stringify(asked)).not.toContain(token);
  });

  it('actions that ask two systems are off, and say why', async () => {
    const { status, body } = await request(`${app.url}/api/accounts-and-issues/searchEverything?term=Contoso`, {
      headers: { 'x-functions-key': KEY },
    });
    expect(status).toBe(500);
    expect(body).toMatchObject({
      code: 'misconfigured',
      detail: expect.stringMatching(
        /asks Jira and Salesforce, but each user signs in at Jira themselves \(JIRA_AUTH=caller\)/,
      ),
    });
  });

  it('readiness tells of both, and which credential there is none of', async () => {
    const { status, body } = await request<{ checks: { name: string; status: string; detail: string }[] }>(
      `${app.url}/api/health/ready`,
      { headers: { 'x-functions-key': KEY } },
    );
    expect(status).toBe(200);
    const of = (name: string) => body.checks.filter(check => check.name === name);
    expect(of('jira')).toEqual([
      { name: 'jira', status: 'ok', detail: expect.stringMatching(/^each caller.*no credential to check/) },
      { name: 'jira', status: 'off', detail: expect.stringMatching(/not in \/api\/mcp.*served at \/api\/jira and/) },
    ]);
    expect(of('accounts-and-issues')).toContainEqual({
      name: 'accounts-and-issues',
      status: 'off',
      detail: expect.stringMatching(
        /^createIssueFromCase, .*searchEverything.*: off, because a call asks Jira and Salesforce/,
      ),
    });
  });
});

describe('a token where a key is wanted', () => {
  it('is refused with that cause, and the key alone lets in', async () => {
    const local = await startApp({ env: { ...jira.settings } });
    const refused = await getIssue(bearer(jira.tokenOf(ANA)), local);
    expect(refused.status).toBe(401);
    expect(refused.body.detail).toMatch(/bearer token is of no use here.*function key/);
    expect((await callMcp(local.url, 'tools/list', {}, bearer('any-token-at-all'), '')).status).toBe(401);
    expect((await getIssue({ 'x-functions-key': KEY }, local)).status).toBe(200);
    expect((await getIssue({ 'x-functions-key': KEY, ...bearer('any-token-at-all') }, local)).status).toBe(200);
    await local.stop();
  });
});

describe('the only system that is configured', () => {
  it('has the whole app, at /api/mcp too, and nobody but who signed in there', async () => {
    const alone = await startApp({ env: callerMode(jira), keys: [KEY] });
    for (const path of ['', '/x/all', '/x/jira', '/readonly']) {
      const { status, text } = await callMcp(alone.url, 'tools/list', {}, bearer(jira.tokenOf(ANA)), path);
      expect(status).toBe(200);
      expect(systemsIn(text)).toEqual(['jira']);
      expect((await callMcp(alone.url, 'tools/list', {}, { 'x-functions-key': KEY }, path)).status).toBe(401);
    }
    await alone.stop();
  });
});

describe('with Entra ID for the other systems', () => {
  const entra = { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'true' };

  it('no principal is believed on a path that the platform may let through', async () => {
    const mixed = await startApp({ env: { ...callerMode(jira), ...salesforce.settings, ...entra } });
    expect((await getIssue(forged, mixed)).status).toBe(401);
    expect((await getIssue({ ...forged, ...bearer(jira.tokenOf(ANA)) }, mixed)).status).toBe(200);
    const asked = await askedOf(salesforce, async () => {
      for (const path of ['/x/jira', '/x/jira/readonly']) {
        expect((await callMcp(mixed.url, 'tools/list', {}, forged, path)).status).toBe(401);
      }
      for (const path of [
        '/x/jira,salesforce',
        '/x/JIRA-planning,salesforce',
        '/x/%6aira,salesforce',
        '/x/jira%20,all',
      ]) {
        const { status, body } = await callMcp(mixed.url, 'tools/list', {}, forged, path);
        expect([status, body?.code]).toEqual([403, 'forbidden']);
      }
    });
    expect(asked).toEqual([]);
    const { status, text } = await callMcp(mixed.url, 'tools/list', {}, forged, '/x/salesforce,jira');
    expect(status).toBe(200);
    expect(systemsIn(text)).toEqual(['salesforce']);
    await mixed.stop();
  });

  it('a policy names who signed in by its default alone, and app roles let none of them in', async () => {
    const POLICY = JSON.stringify({ default: { effects: ['reads'] }, roles: { 'Actions.Read': {} } });
    const [limited, byRole] = await Promise.all([
      startApp({ env: { ...callerMode(jira), ...salesforce.settings, ...entra, POLICY } }),
      startApp({ env: { ...callerMode(jira), ...salesforce.settings, ...entra, REQUIRE_ROLES: 'true' } }),
    ]);
    const headers = bearer(jira.tokenOf(ANA));
    expect((await getIssue(headers, limited)).status).toBe(200);
    const write = await request(`${limited.url}/api/jira/addComment`, {
      headers,
      json: { issueKey: 'ATLAS-1', comment: 'No.' },
    });
    expect([write.status, write.body.code]).toEqual([403, 'forbidden']);
    const refused = await getIssue({ ...headers, ...forged }, byRole);
    expect(refused.status).toBe(403);
    expect(refused.body.detail).toMatch(/REQUIRE_ROLES.*who signs in at a vendor has none/);
    await Promise.all([limited.stop(), byRole.stop()]);
  });
});

describe('where callers sign in at two systems', () => {
  it('the token of the one opens nothing of the other, and is asked about there once', async () => {
    const { SALESFORCE_LOGIN_URL = '' } = salesforce.settings;
    const both = await startApp({
      env: { ...callerMode(jira), SALESFORCE_LOGIN_URL, SALESFORCE_AUTH: 'caller' },
      keys: [KEY],
    });
    const tokens = { jira: jira.tokenOf(ANA), salesforce: salesforce.tokenOf(ANA) };
    const statusOf = async (path: string, token: string) =>
      (await fetch(`${both.url}/api/${path}`, { headers: bearer(token) })).status;
    const [issue, accounts] = ['jira/getIssue?issueKey=ATLAS-1', 'salesforce/findAccounts?name=Contoso'];
    expect(await statusOf(issue, tokens.jira)).toBe(200);
    expect(await statusOf(accounts, tokens.salesforce)).toBe(200);
    const asked = await askedOf(salesforce, async () => {
      for (let at = 0; at < 3; at += 1) expect(await statusOf(accounts, tokens.jira)).toBe(401);
    });
    expect(asked.map(({ path }) => path)).toEqual(['/services/oauth2/userinfo']);
    for (let at = 0; at < 3; at += 1) expect(await statusOf(issue, tokens.salesforce)).toBe(401);

    const list = (path: string, headers: Record<string, string>) => callMcp(both.url, 'tools/list', {}, headers, path);
    expect(systemsIn((await list('/x/salesforce', bearer(tokens.salesforce))).text)).toEqual(['salesforce']);
    expect((await list('/x/salesforce', bearer(tokens.jira))).status).toBe(401);
    for (const path of ['', '/x/all', '/x/jira,salesforce', '/x/salesforce,jira']) {
      expect((await list(path, bearer(tokens.jira))).status).toBe(401);
      const { status, text } = await list(path, { 'x-functions-key': KEY });
      expect([status, systemsIn(text)]).toEqual([200, []]);
    }
    await both.stop();
  });
});

describe('several sites', () => {
  it('are chosen among by an input of every action, each with accounts and lists of its own', async () => {
    const other = await startJira({ cloudId: 'another-cloud' });
    const sites = await startApp({
      env: {
        ...callerMode(jira),
        JIRA_BASE_URL: `http://localhost:${new URL(jira.url).port},${other.url}`,
        JIRA_CLOUD_ID: `${jira.cloudId},${other.cloudId}`,
      },
    });
    const { host } = new URL(other.url);
    const headers = bearer(jira.tokenOf(ANA));
    const search = (site: string | undefined, pageToken?: string) =>
      request<{ nextPageToken?: string; detail?: string; code?: string }>(
        `${sites.url}/api/jira/searchIssues?${new URLSearchParams({ projectId: 'ATLAS', limit: '2', ...(site && { site }), ...(pageToken && { pageToken }) })}`,
        { headers },
      );

    const { text } = await callMcp(sites.url, 'tools/list', {}, headers, '/x/jira');
    const { result } = JSON.parse(text) as {
      result: {
        tools: { name: string; inputSchema: { required?: string[]; properties: { site?: { enum: string[] } } } }[];
      };
    };
    expect(result.tools.length).toBeGreaterThan(10);
    for (const { inputSchema } of result.tools) {
      expect(inputSchema.required).toContain('site');
      expect(inputSchema.properties.site?.enum).toEqual(['localhost', host]);
    }

    const first = await search('localhost');
    expect(first.status).toBe(200);
    expect((await search(undefined)).body.detail).toMatch(/^site: It is required/);
    expect((await search('elsewhere')).body.code).toBe('invalid_input');
    expect((await search('localhost', first.body.nextPageToken)).status).toBe(200);
    // A token of the one site is none of the other, and a list of the one goes on there alone.
    expect((await search(host)).status).toBe(401);
    const there = bearer(other.tokenOf(ANA));
    const elsewhere = await request<{ code: string }>(
      `${sites.url}/api/jira/searchIssues?${new URLSearchParams({ projectId: 'ATLAS', limit: '2', site: host, pageToken: first.body.nextPageToken ?? '' })}`,
      { headers: there },
    );
    expect(elsewhere.body.code).toBe('invalid_input');

    const update = (json: Record<string, unknown>) =>
      request<{ confirmationToken?: string; items?: { outcome: string }[] }>(`${sites.url}/api/jira/updateIssues`, {
        headers: there,
        json,
      });
    const planned = await update({ site: host, issueKeys: 'ATLAS-3', addLabels: 'of-a-site' });
    const done = await update({ site: host, confirmationToken: planned.body.confirmationToken });
    expect(done.body.items?.map(({ outcome }) => outcome)).toEqual(['done']);
    const asked = JSON.stringify(jira.requests.map(({ body }) => body));
    expect(asked).not.toContain('of-a-site');
    await sites.stop();
    await other.close();
  });
});
