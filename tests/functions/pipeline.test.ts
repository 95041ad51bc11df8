import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { request } from '../support/request.ts';

let jira: JiraSandbox;
let app: RunningApp;

beforeAll(async () => {
  jira = await startSandbox();
  app = await startApp({ env: { ...jira.settings } });
});
afterAll(async () => {
  await app.stop();
  await jira.close();
});
beforeEach(() => {
  jira.requests.length = 0;
});

const path = '/api/jira/getProjectUpdates';
const get = (query: string, headers: Record<string, string> = {}) => request(`${app.url}${path}?${query}`, { headers });

describe('input', () => {
  it('that no action knows is refused by name, so that a misspelt one is not ignored', async () => {
    const { status, body } = await get('projectId=ATLAS&sinse=7d&limitt=2');
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { field: 'sinse', message: 'There is no such input; the inputs are projectId, since, until, limit, pageToken.' },
      { field: 'limitt', message: 'There is no such input; the inputs are projectId, since, until, limit, pageToken.' },
    ]);
    expect(jira.requests).toHaveLength(0);
  });

  it('that belongs to the platform passes', async () => {
    expect((await get('projectId=ATLAS&code=abc&clientId=default')).status).toBe(200);
  });

  it('that is missing is told with what it is for', async () => {
    const { body } = await get('since=7d');
    expect(body.errors).toEqual([
      { field: 'projectId', message: expect.stringMatching(/^It is required\. The ID of the project/) },
    ]);
  });

  it('that is blank counts as not given', async () => {
    const { status, body } = await get('projectId=ATLAS&since=&limit=&pageToken=');
    expect(status).toBe(200);
    expect(body.since).toBeDefined();
  });

  it.each(['0', '101', '2.5', 'ten', '-1', '1e2'])('limit=%s is refused', async limit => {
    const { status, body } = await get(`projectId=ATLAS&limit=${limit}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'limit', message: expect.any(String) }]);
  });

  it.each([
    ['limit', 'many', 'It must be a whole number from 1 to 100.'],
    ['term', 'x'.repeat(300), 'It must be at most 255 characters long, and has 300. Shorten it, or split it.'],
  ])('%s of %s is told in words that help', async (field, value, message) => {
    const { body } = await request(`${app.url}/api/jira/listProjects?${new URLSearchParams({ [field]: value })}`);
    expect(body.errors).toEqual([{ field, message }]);
  });

  it('that a model wrote as an object or a list is taken for the text of it', async () => {
    const { status, body } = await request(`${app.url}/api/jira/createIssue`, {
      json: {
        projectId: 'ATLAS',
        issueType: 'Story',
        summary: 'As an object',
        labels: ['one', 'two'],
        additionalFields: { 'Story Points': 3 },
      },
    });
    expect([status, body.labels]).toEqual([200, ['one', 'two']]);
  });

  it('that is wrong in several places is told all at once', async () => {
    const { body } = await get('projectId=a/b&since=never&limit=0&x=1');
    expect((body.errors as { field: string }[]).map(({ field }) => field).sort()).toEqual([
      'limit',
      'projectId',
      'since',
      'x',
    ]);
  });
});

describe('a page token', () => {
  const firstToken = async () => (await get('projectId=ATLAS&since=60d&limit=3')).body.nextPageToken as string;

  it('that was tampered with is refused', async () => {
    for (const token of [
      'nonsense',
      'e30',
      Buffer.from('{"s":-1}').toString('base64url'),
      `${await firstToken()}x`.slice(5),
    ]) {
      const { status, body } = await get(`projectId=ATLAS&since=60d&pageToken=${token}`);
      expect(status).toBe(400);
      expect(body.detail).toMatch(/^pageToken: /);
    }
    expect(jira.requests).toHaveLength(1);
  });

  it('of another list is refused', async () => {
    const { status, body } = await get(`projectId=BEACON&since=60d&pageToken=${await firstToken()}`);
    expect(status).toBe(400);
    expect(body.detail).toContain('other inputs');
  });

  it('goes with any limit', async () => {
    const token = await firstToken();
    const { status, body } = await get(`projectId=ATLAS&since=60d&limit=5&pageToken=${token}`);
    expect(status).toBe(200);
    expect(body.updates).toHaveLength(5);
  });
});

describe('a call', () => {
  it('carries its correlation ID and trace to Jira, and back', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const { headers } = await get('projectId=ATLAS', {
      'x-correlation-id': 'my-id.1',
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
    });
    expect(headers.get('x-correlation-id')).toBe('my-id.1');
    const sent = jira.requests[0]?.headers;
    expect(sent?.['x-correlation-id']).toBe('my-id.1');
    expect(sent?.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    expect(sent?.traceparent).not.toContain('b7ad6b7169203331');
  });

  it('gets a correlation ID of its own when the given one could forge a log line', async () => {
    const { headers } = await get('projectId=ATLAS', { 'x-correlation-id': 'x","code":"ok' });
    expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leaves one structured log line, without the values of its inputs', async () => {
    await get('projectId=SECRETPROJECT', { 'x-correlation-id': 'log-line-test' });
    const lines = app
      .logs()
      .split('\n')
      .filter(line => line.includes('log-line-test'))
      .map(line => JSON.parse(line.slice(line.indexOf('{'))));
    expect(lines).toEqual([
      {
        event: 'action',
        action: 'getProjectUpdates',
        system: 'jira',
        code: 'not_found',
        durationMs: expect.any(Number),
        upstreamCalls: 1,
        bytes: expect.any(Number),
        caller: 'key',
        correlationId: 'log-line-test',
      },
    ]);
    expect(app.logs()).not.toContain('SECRETPROJECT');
  });

  it('is answered with no-store, as it belongs to who asked', async () => {
    expect((await get('projectId=ATLAS')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('settings', () => {
  const startWith = async (env: Record<string, string>) => {
    const other = await startApp({ env });
    try {
      return {
        updates: await request(`${other.url}${path}?projectId=ATLAS`),
        health: await request(`${other.url}/api/health`),
        ready: await request<{ status: string; checks: { name: string; status: string; detail: string }[] }>(
          `${other.url}/api/health/ready`,
        ),
      };
    } finally {
      await other.stop();
    }
  };

  it('that are missing leave the app running and are all named, with the cure', async () => {
    const { updates, health, ready } = await startWith({ JIRA_EMAIL: 'not an address' });
    expect(health.body).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(updates.body.code).toBe('misconfigured');
    expect(updates.body.detail).toContain('JIRA_BASE_URL is not set. Set it to');
    expect(updates.body.detail).toContain('JIRA_EMAIL is wrong.');
    expect(updates.body.detail).not.toContain('not an address');
    expect(ready.status).toBe(503);
    const failed = ready.body.checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
    expect(failed).toEqual(['JIRA_BASE_URL', 'JIRA_EMAIL']);
  });

  it('of a secret that is missing are named', async () => {
    const { JIRA_API_TOKEN: _, ...settings } = jira.settings;
    const { updates } = await startWith(settings);
    expect(updates.body.code).toBe('misconfigured');
    expect(updates.body.detail).toContain('JIRA_API_TOKEN');
  });

  it('that are wrong for every action stop every action, and nothing else', async () => {
    const { updates, health, ready } = await startWith({ ...jira.settings, ACTION_TIMEOUT_MS: 'soon' });
    expect(updates.body.code).toBe('misconfigured');
    expect(updates.body.detail).toContain('ACTION_TIMEOUT_MS');
    expect(health.status).toBe(200);
    expect(ready.status).toBe(503);
  });

  it('that would send credentials over plain http are refused', async () => {
    const { updates } = await startWith({ ...jira.settings, JIRA_BASE_URL: 'http://jira.example.com' });
    expect(updates.body.code).toBe('misconfigured');
    expect(updates.body.detail).toContain('https');
  });

  it('that are good are checked against Jira itself', async () => {
    const { ready } = await startWith({ ...jira.settings });
    expect(ready.status).toBe(200);
    expect(ready.body.checks).toContainEqual({ name: 'jira', status: 'ok', detail: expect.any(String) });
  });
});

describe('Jira behind the gateway', () => {
  const updatesWith = async (settings: Record<string, string>) => {
    const { JIRA_API_TOKEN: _, ...base } = jira.settings;
    const other = await startApp({ env: { ...base, JIRA_CLOUD_ID: jira.cloudId, ...settings } });
    jira.requests.length = 0;
    const answers = [];
    for (let call = 0; call < 2; call += 1) answers.push(await request(`${other.url}${path}?projectId=ATLAS`));
    return { answers, stop: () => other.stop(), again: () => request(`${other.url}${path}?projectId=ATLAS`) };
  };
  const serviceAccount = () => ({
    JIRA_AUTH: 'service-account',
    JIRA_CLIENT_ID: 'sandbox-client',
    JIRA_TOKEN_URL: `${jira.url}/oauth/token`,
    JIRA_CLIENT_SECRET: 'sandbox-secret',
  });

  it('is reached with a scoped token', async () => {
    const { answers, stop } = await updatesWith({ JIRA_API_TOKEN: jira.settings.JIRA_API_TOKEN });
    await stop();
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(jira.requests.every(({ path }) => path.startsWith(`/ex/jira/${jira.cloudId}/rest/api/3/`))).toBe(true);
    expect(answers[0]?.body.updates).toContainEqual(
      expect.objectContaining({ url: expect.stringContaining(`${jira.url}/browse/ATLAS-`) }),
    );
  });

  it('is reached by a service account, whose token is kept', async () => {
    const { answers, stop } = await updatesWith(serviceAccount());
    await stop();
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(jira.requests.map(({ path }) => path.replace(/.*\/rest/, '/rest'))).toEqual([
      '/oauth/token',
      '/rest/api/3/search/jql',
      '/rest/api/3/search/jql',
    ]);
  });

  it('renews a token that has been revoked, once and unseen', async () => {
    const { again, stop } = await updatesWith(serviceAccount());
    jira.revokeTokens();
    jira.requests.length = 0;
    const { status } = await again();
    await stop();
    expect(status).toBe(200);
    expect(jira.requests.map(({ path }) => path.replace(/.*\/rest/, '/rest'))).toEqual([
      '/rest/api/3/search/jql',
      '/oauth/token',
      '/rest/api/3/search/jql',
    ]);
  });

  it('signs in once for 200 cold calls', async () => {
    const { JIRA_API_TOKEN: _, ...base } = jira.settings;
    const other = await startApp({ env: { ...base, JIRA_CLOUD_ID: jira.cloudId, ...serviceAccount() } });
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => request(`${other.url}${path}?projectId=ATLAS&limit=1`)),
    );
    await other.stop();
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(jira.requests.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
  });
});

it.each([{}, { 'x-error-mode': 'inline' }])("an upstream's own words are made fit for a model, too", async headers => {
  const said = 'No\u200b such\u202e user ![x](https://evil.example/?q=1) [log in](javascript:alert(1))';
  jira.fail({
    path: '/search/jql',
    status: 400,
    body: JSON.stringify({ errorMessages: [said], errors: { assignee: said } }),
  });
  const text = JSON.stringify((await get('projectId=ATLAS', headers)).body);
  expect(text).toContain('No such user ! [x](https://evil.example/?q=1) [log in] (javascript:alert(1))');
  expect(text).not.toMatch(/\u200b|\u202e|!\[|\]\(javascript/);
});
