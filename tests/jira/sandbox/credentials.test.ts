import { afterEach, beforeEach, expect, it } from 'vitest';
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

it('fails on demand, and records what it was asked', async () => {
  sandbox.fail({ path: '/myself$', status: 429, headers: { 'retry-after': '3' } });
  const limited = await get('/rest/api/3/myself', basic('sandbox-token'));
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
  expect((await get('/rest/api/3/myself', basic('sandbox-token'))).status).toBe(200);
  expect(sandbox.requests.map(({ path }) => path)).toEqual(['/rest/api/3/myself', '/rest/api/3/myself']);
  expect(sandbox.exchanges.map(({ status }) => status)).toEqual([200]);
});
