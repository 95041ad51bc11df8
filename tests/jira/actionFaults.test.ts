import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions } from '../../functions/actions.ts';
import { type SandboxReply, type SandboxServer, startSandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { request } from '../support/request.ts';

interface Problem {
  code: string;
  detail: string;
  retryAfterSeconds?: number;
}

let jira: SandboxServer;
let app: RunningApp;
let answer: SandboxReply = { json: {} };

beforeAll(async () => {
  jira = await startSandboxServer(() => answer);
  app = await startApp({
    env: { JIRA_BASE_URL: jira.url, JIRA_EMAIL: 'agent@example.com', JIRA_API_TOKEN: 'not-a-real-token' },
  });
});
afterAll(async () => {
  await app.stop();
  await jira.close();
});

const faults: [string, SandboxReply, string[]][] = [
  ['limits how often it is called', { status: 429, headers: { 'retry-after': '30' }, json: {} }, ['rate_limited']],
  ['refuses our credentials', { status: 401, text: 'Client must be authenticated.' }, ['upstream_auth_failed']],
  ['does not let us', { status: 403, json: { errorMessages: ['Not you.'] } }, ['forbidden']],
  ['has no such thing', { status: 404, json: { errorMessages: ['Nothing here.'] } }, ['not_found']],
  ['refuses a value', { status: 400, json: { errorMessages: ['Not that.'], errors: {} } }, ['invalid_input']],
  // Of a write that it answers so, nobody knows whether it was made.
  [
    'answers with a page of HTML',
    { status: 200, text: '<html>not-a-real-token</html>' },
    ['upstream_error', 'upstream_timeout'],
  ],
];

describe.each(faults)('when Jira %s', (_, reply, codes) => {
  it.each(actions.filter(({ system }) => system === 'jira').map(({ name }) => name))('%s says so', async name => {
    const entry = actions.find(action => action.name === name);
    const { default: action } = (await entry?.load()) ?? {};
    const url = `${app.url}/api/jira/${name}`;
    const input = { ...action?.example };
    const query = new URLSearchParams(
      Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)])),
    );
    answer = reply;
    const { status, body } = await (action?.access === 'read'
      ? request<Problem>(`${url}?${query}`)
      : request<Problem>(url, { json: input }));
    expect(codes).toContain(body.code);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.detail).not.toContain('not-a-real-token');
    if (body.code === 'rate_limited') expect(body.retryAfterSeconds).toBe(30);
  });
});
