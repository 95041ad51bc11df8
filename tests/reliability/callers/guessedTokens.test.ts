import { expect, it } from 'vitest';
import { startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';

it('whoever guesses tokens has few of a thousand different ones asked about that come at once', async () => {
  const jira = await startSandbox();
  const app = await startApp({
    env: { JIRA_BASE_URL: jira.url, JIRA_CLOUD_ID: jira.cloudId, JIRA_AUTH: 'caller' },
  });
  const guess = async (_: unknown, at: number) => {
    const headers = { authorization: `Bearer guessed-token-${at}` };
    return (await request(`${app.url}/api/jira/getIssue?issueKey=ATLAS-1`, { headers })).status;
  };
  const startedAt = Date.now();
  const statuses = await Promise.all(Array.from({ length: 1_000 }, guess));
  // On a slow machine some are not answered in time.
  expect(new Set(statuses.filter(status => status !== 504))).toEqual(new Set([401, 429]));
  // What brings no token only looks whether Jira is there.
  const asked = jira.requests.filter(({ headers }) => headers.authorization !== undefined);
  expect(asked.every(({ path }) => path.endsWith('/myself'))).toBe(true);
  // Sixty, five more a second, and what a slow machine has asked twice.
  expect(asked.length).toBeLessThanOrEqual(100 + 5 * Math.ceil((Date.now() - startedAt) / 1000));
  await app.stop();
  await jira.close();
}, 60_000);
