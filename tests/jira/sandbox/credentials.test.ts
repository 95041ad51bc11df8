import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';

let now: number;
let sandbox: JiraSandbox;

beforeEach(async () => {
  now = Date.parse('2026-11-23T09:00:00Z');
  sandbox = await startSandbox({ now: () => new Date(now) });
});

afterEach(() => sandbox.close());

const get = (path: string, authorization?: string) =>
  fetch(`${sandbox.url}${path}`, authorization === undefined ? {} : { headers: { authorization } });

const basic = (apiToken: string, email = 'agent@example.com') =>
  `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;

const tokenAnswer = (changes: Record<string, string> = {}) =>
  fetch(`${sandbox.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: 'sandbox-client',
      client_secret: 'sandbox-secret',
      ...changes,
    }),
  });

const read = async (answer: Response) => JSON.parse(await answer.text());

const bearer = async () => `Bearer ${(await read(await tokenAnswer())).access_token}`;

const gateway = () => `/ex/jira/${sandbox.cloudId}/rest/api/3/myself`;

it('lets the account in with its API token, at the site and through the gateway', async () => {
  expect((await get('/rest/api/3/myself', basic('sandbox-token'))).status).toBe(200);
  const through = await get(gateway(), basic('sandbox-token'));
  expect((await read(through)).self).toContain(`/ex/jira/${sandbox.cloudId}/rest/api/3/user`);
});

it('keeps everybody else out, in plain text at the site and in JSON at the gateway', async () => {
  const strangers = [
    undefined,
    basic('wrong'),
    basic('sandbox-token', 'other@example.com'),
    'Basic nonsense',
    'Bearer made-up',
  ];
  for (const stranger of strangers) {
    const refused = await get('/rest/api/3/myself', stranger);
    expect(refused.status).toBe(401);
    expect(await refused.text()).toBe('Client must be authenticated to access this resource.');
    const turnedAway = await get(gateway(), stranger);
    expect(turnedAway.status).toBe(401);
    expect(await turnedAway.json()).toEqual({ code: 401, message: 'Unauthorized' });
  }
});

it('issues tokens to a service account that work through the gateway only, for an hour', async () => {
  const answer = await read(await tokenAnswer());
  expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  const authorization = `Bearer ${answer.access_token}`;
  expect((await get(gateway(), authorization)).status).toBe(200);
  expect((await get('/rest/api/3/myself', authorization)).status).toBe(401);
  now += 3600_000;
  expect((await get(gateway(), authorization)).status).toBe(401);
});

it('refuses a service account with a wrong secret, or another grant', async () => {
  const wrong = await tokenAnswer({ client_secret: 'wrong' });
  expect([wrong.status, await wrong.json()]).toEqual([
    401,
    { error: 'access_denied', error_description: 'Unauthorized' },
  ]);
  expect((await tokenAnswer({ grant_type: 'password' })).status).toBe(403);
});

it('revokes tokens and rotates secrets while it runs', async () => {
  const authorization = await bearer();
  sandbox.revokeTokens();
  expect((await get(gateway(), authorization)).status).toBe(401);
  expect((await get(gateway(), await bearer())).status).toBe(200);

  sandbox.rotateApiToken('rotated-token');
  expect((await get('/rest/api/3/myself', basic('sandbox-token'))).status).toBe(401);
  expect((await get('/rest/api/3/myself', basic('rotated-token'))).status).toBe(200);

  sandbox.rotateClientSecret('rotated-secret');
  expect((await tokenAnswer()).status).toBe(401);
  expect((await tokenAnswer({ client_secret: 'rotated-secret' })).status).toBe(200);
});

describe('tokens of people', () => {
  const me = async (token: string) => {
    const answer = await get(gateway(), `Bearer ${token}`);
    return { status: answer.status, body: await read(answer) };
  };

  it('let each in as themselves, through the gateway only', async () => {
    const ana = sandbox.tokenOf('ana.ruiz@example.com');
    expect((await me(ana)).body.emailAddress).toBe('ana.ruiz@example.com');
    expect((await get('/rest/api/3/myself', `Bearer ${ana}`)).status).toBe(401);
    const apiToken = sandbox.apiTokenOf('sam.taylor@example.com');
    expect(sandbox.apiTokenOf('sam.taylor@example.com')).toBe(apiToken);
    const site = await get('/rest/api/3/myself', basic(apiToken, 'sam.taylor@example.com'));
    expect((await read(site)).displayName).toBe('Sam Taylor');
    expect((await get('/rest/api/3/myself', basic(apiToken, 'ana.ruiz@example.com'))).status).toBe(401);
    expect(() => sandbox.tokenOf('nobody@example.com')).toThrow('nobody@example.com');
  });

  it('are refused where they have expired, were revoked, are of another audience or somebody who has left', async () => {
    const unauthorized = { status: 401, body: { code: 401, message: 'Unauthorized' } };
    const short = sandbox.tokenOf('ana.ruiz@example.com', { lifeSeconds: 60 });
    const [revoked, kept] = [sandbox.tokenOf('ana.ruiz@example.com'), sandbox.tokenOf('ana.ruiz@example.com')];
    expect((await me(short)).status).toBe(200);
    now += 60_000;
    sandbox.revokeTokens(revoked);
    expect(await me(short)).toEqual(unauthorized);
    expect(await me(revoked)).toEqual(unauthorized);
    expect((await me(kept)).status).toBe(200);
    expect(await me(sandbox.tokenOf('ana.ruiz@example.com', { audience: 'api.example.com' }))).toEqual(unauthorized);
    expect(await me(sandbox.tokenOf('marta.olsen@example.com'))).toEqual(unauthorized);
  });

  it('are refused at a site that they are not for, and at one that is not there', async () => {
    const elsewhere = sandbox.tokenOf('ana.ruiz@example.com', { site: 'another-site' });
    expect(await me(elsewhere)).toEqual({
      status: 403,
      body: { errorMessages: ['The app is not installed on this instance.'] },
    });
    const path = '/ex/jira/99999999-2222-4333-8444-555555555555/rest/api/3/myself';
    const nowhere = await get(path, `Bearer ${sandbox.tokenOf('ana.ruiz@example.com')}`);
    expect(nowhere.status).toBe(404);
    expect((await get(path, 'Bearer made-up')).status).toBe(401);
  });

  it('are refused where they have none of the scopes of a route', async () => {
    const reader = `Bearer ${sandbox.tokenOf('ana.ruiz@example.com', { scopes: ['read:jira-work'] })}`;
    const base = `/ex/jira/${sandbox.cloudId}`;
    expect((await get(`${base}/rest/api/3/project/search`, reader)).status).toBe(200);
    for (const path of ['/rest/api/3/myself', '/rest/agile/1.0/board', '/rest/servicedeskapi/servicedesk']) {
      const refused = await get(`${base}${path}`, reader);
      expect([refused.status, await refused.json()]).toEqual([
        401,
        { code: 401, message: 'Unauthorized; scope does not match' },
      ]);
    }
  });

  it('are given from outside of the process, too', async () => {
    const ask = async (body: object) => {
      const answer = await fetch(`${sandbox.url}/_sandbox/tokens`, { method: 'POST', body: JSON.stringify(body) });
      return { status: answer.status, body: await read(answer) };
    };
    const { accessToken, apiToken } = (await ask({ email: 'ana.ruiz@example.com', lifeSeconds: 60 })).body;
    expect((await me(accessToken)).body.displayName).toBe('Ana Ruiz');
    expect(apiToken).toBe(sandbox.apiTokenOf('ana.ruiz@example.com'));
    expect([(await ask({ email: 'nobody@example.com' })).status, (await ask({})).status]).toEqual([404, 400]);
  });

  it('tell the site that they are for', async () => {
    const resources = async (token: string) => {
      const answer = await get('/oauth/token/accessible-resources', `Bearer ${token}`);
      return { status: answer.status, body: await read(answer) };
    };
    const scopes = ['read:jira-user'];
    expect(await resources(sandbox.tokenOf('ana.ruiz@example.com', { scopes }))).toMatchObject({
      status: 200,
      body: [{ id: sandbox.cloudId, url: sandbox.url, scopes }],
    });
    const elsewhere = sandbox.tokenOf('ana.ruiz@example.com', { site: 'fabrikam' });
    expect((await resources(elsewhere)).body).toMatchObject([
      { id: 'fabrikam', url: 'https://fabrikam.atlassian.net' },
    ]);
    expect((await resources('made-up')).status).toBe(401);
  });
});

it('is a site of its own by its cloud ID', async () => {
  const other = await startSandbox({ cloudId: 'fabrikam' });
  const answer = await fetch(`${other.url}/ex/jira/fabrikam/rest/api/3/myself`, {
    headers: { authorization: `Bearer ${other.tokenOf('ana.ruiz@example.com')}` },
  });
  expect(answer.status).toBe(200);
  await other.close();
});

it('fails on demand, and records what it was asked', async () => {
  sandbox.fail({ path: '/myself$', status: 429, headers: { 'retry-after': '3' } });
  const limited = await get('/rest/api/3/myself', basic('sandbox-token'));
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
  expect((await get('/rest/api/3/myself', basic('sandbox-token'))).status).toBe(200);
  expect(sandbox.requests.map(({ path }) => path)).toEqual(['/rest/api/3/myself', '/rest/api/3/myself']);
  expect(sandbox.exchanges.map(({ status }) => status)).toEqual([200]);
});
