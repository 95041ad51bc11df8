import { expect, test } from 'vitest';
import { useSandboxedApp } from '../support/sandboxedApp.ts';

const running = useSandboxedApp();

/** The log line of a call whose first request Jira answered with these headers. */
async function lineOf(correlationId: string, fault: { status: number; headers: Record<string, string> }) {
  running.jira.fail(fault);
  const url = `${running.app.url}/api/jira/listProjects`;
  await fetch(url, { headers: { 'x-correlation-id': correlationId } });
  const find = () =>
    running.app
      .logs()
      .split('\n')
      .find(line => line.includes(correlationId));
  await expect.poll(find).toBeDefined();
  const line = find() ?? '';
  return JSON.parse(line.slice(line.indexOf('{')));
}

test('the log line of a call tells which limit of Jira refused a request, and how many are left', async () => {
  const headers = {
    'retry-after': '0',
    'ratelimit-reason': 'jira-burst-based',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-limit': '100',
    'x-ratelimit-nearlimit': 'true',
  };
  expect(await lineOf('near-limit', { status: 429, headers })).toMatchObject({
    code: 'ok',
    retries: 1,
    rateLimitRemaining: '0/100',
    rateLimitNear: 'true',
    rateLimitReason: 'jira-burst-based',
  });
});

test('what is no limit is not told', async () => {
  const headers = { 'retry-after': '0', 'ratelimit-reason': 'See "here"', 'x-ratelimit-remaining': '-1' };
  const line = await lineOf('odd-limit', { status: 429, headers });
  expect(Object.keys(line).filter(name => name.startsWith('rateLimit'))).toEqual([]);
});
