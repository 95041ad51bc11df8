import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { request } from '../support/request.ts';
import { useSandboxedApp } from '../support/sandboxedApp.ts';

const modules = join(import.meta.dirname, '../../infra/modules');
const text = readFileSync(join(modules, 'workbook.json'), 'utf8');
const workbookSchema = z.object({
  version: z.literal('Notebook/1.0'),
  items: z.array(
    z.object({
      type: z.number(),
      name: z.string(),
      content: z.object({
        query: z.string().optional(),
        title: z.string().optional(),
        parameters: z.array(z.object({ name: z.string() })).optional(),
      }),
    }),
  ),
});
const { items } = workbookSchema.parse(JSON.parse(text));
const queries = items.flatMap(({ content: { title = '', query } }) => (query ? [{ title, query }] : []));

const running = useSandboxedApp();

/** Every field of the app's lines, with a dot before those within another: `caller.id`. */
function fieldsOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => [prefix + name, ...fieldsOf(part, `${prefix}${name}.`)]);
}

it('shows calls, failures by cause, the slowest, the quotas, who, and the audit', () => {
  expect(queries.map(({ title }) => title)).toEqual([
    'Calls, by system',
    'Actions',
    'Failures, by cause',
    'The slowest calls',
    "Salesforce: how much of the day's API calls is used",
    'Jira: limits that were near, and that refused a request',
    'Who, and by which agent',
    'Audit: what was changed, and who was refused',
  ]);
});

it('asks for fields that the lines of the app have, and so do the alerts', async () => {
  const { app, jira } = running;
  const headers = { 'x-functions-key': 'a key' };
  const limited = { 'retry-after': '0', 'ratelimit-reason': 'jira-burst-based', 'x-ratelimit-nearlimit': 'true' };
  jira.fail({ status: 429, headers: { ...limited, 'x-ratelimit-remaining': '1', 'x-ratelimit-limit': '100' } });
  await request(`${app.url}/api/jira/listProjects`, { headers });
  await request(`${app.url}/api/salesforce/findAccounts?name=contoso`, { headers });
  const comment = { issueKey: 'ATLAS-12', comment: 'The fix is released.' };
  for (const _ of [1, 2]) await request(`${app.url}/api/jira/addComment`, { json: comment, headers });
  jira.fail({ status: 500, times: 9 });
  await request(`${app.url}/api/jira/listProjects`, { headers });
  jira.clearFaults();
  const lines = () =>
    app
      .logs()
      .split('\n')
      .flatMap(line => (line.includes('{"event"') ? [JSON.parse(line.slice(line.indexOf('{'))) as unknown] : []));
  await expect.poll(() => lines().length, { timeout: 15_000 }).toBeGreaterThanOrEqual(7);
  const known = new Set(lines().flatMap(line => fieldsOf(line)));
  // A caller who signed in with Entra ID has these as well: see AuditEvent.
  known.add('caller.userName').add('onBehalfOf');
  const alerts = readFileSync(join(modules, 'alerts.bicep'), 'utf8');
  const asked = [...`${alerts}${queries.map(({ query }) => query).join()}`.matchAll(/\bline\.([\w.]+)/g)].map(
    ([, field]) => field,
  );
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.filter(field => !known.has(field ?? ''))).toEqual([]);
});

it('asks for columns that the table of traces has, and for parameters that the workbook has', () => {
  const parameters = items.flatMap(({ content }) => content.parameters ?? []).map(({ name }) => name);
  for (const { query } of queries) {
    expect(query.startsWith('AppTraces\n')).toBe(true);
    for (const [, name] of query.matchAll(/\{(\w+)(?::\w+)?\}/g)) expect(parameters).toContain(name);
    // https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces
    for (const [column] of query.matchAll(
      /\b(?:TimeGenerated|ItemCount|Message|SeverityLevel|timestamp|itemCount|message)\b/g,
    )) {
      expect(['TimeGenerated', 'ItemCount', 'Message']).toContain(column);
    }
  }
});
