import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { actions } from '../../../functions/actions.ts';
import { scopeFor } from '../../../functions/jira/api/scopes.ts';
import { needsOf } from '../../../shared/action/defineAction.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { startApp } from '../../support/app.ts';
import { answerOf, putBack } from '../../support/examples.ts';
import { request } from '../../support/request.ts';
import { useSandboxedApp } from '../../support/sandboxedApp.ts';

const running = useSandboxedApp();

const reportSchema = z.object({
  systems: z.record(z.string(), z.string()),
  checks: z.array(z.object({ name: z.string(), status: z.string(), detail: z.string() })),
});

async function ready(url = running.app.url) {
  const { status, body } = await request<unknown>(`${url}/api/health/ready`);
  const { systems, checks } = reportSchema.parse(body);
  return { status, systems, checks };
}

describe('readiness', () => {
  it('tells a sandbox from the real thing, and from what is not configured', async () => {
    const app = await startApp({
      env: { ...running.jira.settings, SANDBOX_URLS: `http://127.0.0.1:7 ${running.jira.url}` },
    });
    const elsewhere = await startApp({
      env: { ...running.jira.settings, ...running.salesforce.settings, SANDBOX_URLS: 'http://127.0.0.1:9' },
    });
    expect((await ready(app.url)).systems).toEqual({ jira: 'sandbox', salesforce: 'off' });
    expect((await ready(elsewhere.url)).systems).toEqual({ jira: 'real', salesforce: 'real' });
    await Promise.all([app.stop(), elsewhere.stop()]);
  });

  it('names the permission that the account of Jira lacks, and the actions that need it', async () => {
    const permissions = { LINK_ISSUES: { havePermission: false }, SERVICEDESK_AGENT: { havePermission: false } };
    running.jira.fail({ path: '/mypermissions$', status: 200, body: JSON.stringify({ permissions }) });
    const { status, checks } = await ready();
    const warnings = checks.filter(check => check.status === 'warning').map(({ detail }) => detail);
    expect(status).toBe(200);
    expect(warnings.sort().reverse()).toEqual([
      expect.stringMatching(/SERVICEDESK_AGENT.*addComment in a service project/),
      expect.stringMatching(/Link issues \(LINK_ISSUES\).*linkIssues/),
    ]);
  });

  it('asks for each permission where the site does not know one of them, as one without a service desk does not', async () => {
    running.jira.fail({ path: '/mypermissions$', status: 400, body: '{"errorMessages":["Unrecognized permission"]}' });
    running.jira.fail({
      path: '/mypermissions$',
      status: 200,
      body: '{"permissions":{"BROWSE_PROJECTS":{"havePermission":false}}}',
    });
    const { checks } = await ready();
    const warnings = checks.filter(check => check.status === 'warning');
    expect(warnings).toEqual([expect.objectContaining({ detail: expect.stringContaining('Browse projects') })]);
  });

  it.each([403, 404, 500])('takes nothing for lacking where Jira does not tell (%i)', async status => {
    running.jira.fail({ path: '/mypermissions$', status, body: '{"errorMessages":["No."]}', times: 30 });
    const { status: told, checks } = await ready();
    running.jira.clearFaults();
    expect(told).toBe(200);
    expect(checks.filter(check => check.status !== 'ok')).toEqual([]);
  });

  it('names what the user of Salesforce lacks on objects', async () => {
    const sobjects = [
      { name: 'Account', label: 'Account', labelPlural: 'Accounts', queryable: true, createable: false },
      { name: 'Task', label: 'Task', labelPlural: 'Tasks', queryable: true, createable: false },
    ];
    const app = await startApp({ env: running.salesforce.settings });
    running.salesforce.fail({ path: '/sobjects$', status: 200, body: JSON.stringify({ sobjects }) });
    const { checks } = await ready(app.url);
    await app.stop();
    const warnings = checks.filter(check => check.status === 'warning').map(({ detail }) => detail);
    expect(warnings).toEqual(
      expect.arrayContaining(
        ['findCases', 'findContacts', 'findLeads', 'findOpportunities', 'logActivity'].map(name =>
          expect.stringMatching(new RegExp(`without which .*\\b${name}\\b.* will be refused`)),
        ),
      ),
    );
    expect(warnings.join()).not.toContain('Read on accounts');
  });
});

describe('soon after the start', () => {
  it('the log tells what is real, what is a sandbox, and what is wrong, a line each', async () => {
    const { jira, salesforce } = running;
    const env = { ...jira.settings, ...salesforce.settings, SANDBOX_URLS: jira.url, START_REPORT_MS: '1' };
    const [good, bad] = await Promise.all([
      startApp({ env }),
      startApp({ env: { ...env, JIRA_EMAIL: 'nobody', SALESFORCE_CLIENT_SECRET: 'made-up-secret' } }),
    ]);
    await vi.waitUntil(() => [good, bad].every(app => /^Wrong: /m.test(app.logs())), 10_000);
    await Promise.all([good.stop(), bad.stop()]);
    const linesOf = (logs: string) => logs.split('\n').filter(line => /^(Real|Sandbox|Wrong)/.test(line));
    expect(linesOf(good.logs())).toEqual([
      expect.stringMatching(/^Real: Salesforce as Integration User/),
      'Sandbox with made-up data: Jira.',
      'Wrong: nothing.',
    ]);
    expect(linesOf(bad.logs())).toEqual([
      'Real: Salesforce.',
      'Sandbox with made-up data: Jira.',
      expect.stringMatching(/^Wrong: JIRA_EMAIL is wrong/),
      expect.stringMatching(/^Wrong: salesforce: upstream_auth_failed: .*salesforce-client-secret/),
    ]);
    expect(bad.logs()).not.toContain('made-up-secret');
  });

  it('nothing of that is looked at unless somebody is to see it', async () => {
    const app = await startApp({ env: running.jira.settings });
    const before = running.jira.requests.length;
    await request(`${app.url}/api/health`);
    await app.stop();
    expect([app.logs().includes('Real:'), running.jira.requests.length - before]).toEqual([false, 0]);
  });
});

it('every action that asks Jira says that it needs the scopes of what it asks Jira for', {
  timeout: 60_000,
}, async () => {
  const lacking: string[] = [];
  const env = { ...running.jira.settings, ...running.salesforce.settings, ...sandboxUser.settings };
  const app = await startApp({ env });
  const { headers } = sandboxUser;
  for (const { name, system, access, load } of actions) {
    const action = (await load()).default;
    if (!action.uses.some(used => used.name === 'jira')) continue;
    const { example } = action;
    const needs = needsOf(action, 'jira');
    const said = new Set([needs, ...(needs?.also ?? [])].flatMap(grant => grant?.scopes ?? []));
    const before = running.jira.requests.length;
    const url = `${app.url}/api/${system}/${name}`;
    const query = new URLSearchParams(
      Object.entries(example).map(([key, value]): [string, string] => [key, String(value)]),
    );
    const { status, body } = await (access === 'read'
      ? request(`${url}?${query}`, { headers })
      : request(url, { json: example, headers }));
    expect(status, answerOf(action, body)).toBe(200);
    putBack(action, running.jira, running.salesforce);
    for (const { method, path } of running.jira.requests.slice(before)) {
      const changes = method !== 'GET' && !/search|jql|bulkfetch/.test(path);
      for (const scope of scopeFor(path, changes).split(' ')) {
        if (!said.has(scope)) lacking.push(`${name}: ${scope} for ${method} ${path}`);
      }
    }
  }
  await app.stop();
  expect(lacking).toEqual([]);
});
