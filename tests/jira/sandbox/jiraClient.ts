import { createCloudClient } from 'jira.js/cloud';
import { expect } from 'vitest';
import { buildSite } from '../../../functions/jira/sandbox/buildSite.ts';
import { readDataFiles } from '../../../functions/jira/sandbox/dataFiles.ts';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';

/** A Monday, so that `startOfWeek()` is today. */
export const monday = new Date('2026-11-23T09:00:00Z');

/** The default site, without a server, at a time. */
export const siteAt = async (time: Date) => buildSite(await readDataFiles(), () => time.getTime());

/** A sandbox whose clock stands still, and jira.js talking to it, refusing every answer that differs from its schemas. */
export async function startWithClient() {
  const sandbox = await startSandbox({ now: () => monday });
  return { sandbox, jira: clientOf(sandbox) };
}

export const clientOf = ({ settings }: JiraSandbox) =>
  createCloudClient({
    host: settings.JIRA_BASE_URL,
    auth: { type: 'basic', email: settings.JIRA_EMAIL, apiToken: settings.JIRA_API_TOKEN },
    onSchemaMismatch: 'throw',
  });

/** Calls an endpoint as itself, for what jira.js does not have or would not send. */
export async function call(sandbox: JiraSandbox, method: string, path: string, body?: unknown) {
  const { JIRA_BASE_URL, JIRA_EMAIL, JIRA_API_TOKEN } = sandbox.settings;
  const response = await fetch(`${JIRA_BASE_URL}/rest/api/3/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${JIRA_EMAIL}:${JIRA_API_TOKEN}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Calls an endpoint as one of the site's people. */
export async function callAs(sandbox: JiraSandbox, email: string, method: string, path: string, body?: unknown) {
  const token = Buffer.from(`${email}:${sandbox.apiTokenOf(email)}`).toString('base64');
  const url = path.startsWith('/') ? `${sandbox.url}${path}` : `${sandbox.url}/rest/api/3/${path}`;
  const response = await fetch(url, {
    method,
    headers: { authorization: `Basic ${token}`, 'content-type': 'application/json', 'x-experimentalapi': 'opt-in' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** What Jira answers to a request that it refuses. */
export async function expectRefusal(
  answer: ReturnType<typeof call>,
  status: number,
  expected: { errorMessages?: string[]; errors?: Record<string, string> },
) {
  expect(await answer).toEqual({ status, body: { errorMessages: [], errors: {}, ...expected } });
}
