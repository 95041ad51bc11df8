import { afterEach, describe, expect, it } from 'vitest';
import { useCallersApp } from './callers.ts';

const callers = useCallersApp();
afterEach(() => callers.jira.clearFaults());

const path = '/permissions/check$';
/** More IDs than the site has. */
const all = Array.from({ length: 30_000 }, (_, at) => at + 1);
const granted = (...projectPermissions: object[]) => ({
  body: JSON.stringify({ globalPermissions: [], projectPermissions }),
});
const browse = { permission: 'BROWSE_PROJECTS', issues: [], projects: [] };

describe('where Jira does not tell what the caller may see', () => {
  it.each<[string, object, string, string]>([
    ['refuses the credential', { status: 401 }, 'upstream_auth_failed', 'renew the secret jira-permissions-token'],
    ['forbids the question', { status: 403 }, 'upstream_auth_failed', 'Administer Jira'],
    ['limits the rate', { status: 429, headers: { 'retry-after': '600' } }, 'rate_limited', '600 seconds'],
    ['fails', { status: 500 }, 'upstream_error', 'Jira failed'],
    ['breaks off', { reset: 'before' }, 'upstream_error', 'connection'],
    ['answers a page', { body: '<html>Log in</html>' }, 'upstream_error', 'unreadable'],
    ['answers {}', { body: '{}' }, 'upstream_error', 'unreadable'],
    ['leaves out the IDs', granted({ permission: 'BROWSE_PROJECTS' }), 'upstream_error', 'unreadable'],
    ['grants nothing', granted(), 'not_found', 'no Jira'],
    ['grants other IDs', granted({ ...browse, issues: [1, 2], projects: [1, 2] }), 'not_found', 'no Jira'],
    [
      'grants another permission',
      granted({ ...browse, permission: 'EDIT_ISSUES', issues: all }),
      'not_found',
      'no Jira',
    ],
  ])('because it %s, nothing is shown, and the cause is told', async (_, fault, code, told) => {
    for (const [action, input] of [
      ['getIssue', { issueKey: 'ATLAS-12' }],
      ['countIssues', { projectId: 'ATLAS' }],
    ] as const) {
      callers.jira.fail({ path, times: 9, ...fault });
      const { body } = await callers.read('ana.ruiz', action, input);
      callers.jira.clearFaults();
      expect(body).toMatchObject({ code, detail: expect.stringContaining(told) });
      expect((await callers.read('ana.ruiz', action, input)).status).toBe(200);
    }
  });
});

it('more than 1,000 issues are checked 1,000 at a time, and none is counted that is in a batch without an answer', async () => {
  const { site } = callers.jira;
  const [model] = site.issues;
  if (!model) throw new Error('There is no issue');
  const added = Array.from({ length: 1_001 }, (_, at) => ({
    ...structuredClone(model),
    id: String(500_000 + at),
    key: `ATLAS-${5_000 + at}`,
    values: { ...model.values, labels: ['many'] },
    ...(at === 7 && { security: [] }),
  }));
  const count = async (howMany: number) => {
    const before = site.issues.length;
    site.issues.push(...added.slice(0, howMany));
    callers.site.costs();
    const { body } = await callers.read('ana.ruiz', 'countIssues', { jql: 'labels = many' });
    site.issues.length = before;
    return [body.issues ?? body.code, callers.site.costs().filter(each => each.endsWith('check')).length];
  };
  expect(await count(1_000)).toEqual([999, 1]);
  expect(await count(1_001)).toEqual([1_000, 2]);
  callers.jira.fail({ path, delayMs: 1 });
  callers.jira.fail({ path, body: '{}' });
  expect(await count(1_001)).toEqual(['upstream_error', 2]);
});

it('a change that is made is not told as a failure where what is allowed cannot be asked any more', async () => {
  const change = (priority: string) => callers.write('ana.ruiz', 'updateIssue', { issueKey: 'ATLAS-12', priority });
  const from = callers.jira.requests.length;
  await change('Low');
  const sent = callers.jira.requests.slice(from);
  const before = sent.slice(
    0,
    sent.findIndex(({ method }) => method === 'PUT'),
  );
  callers.jira.fail({ path, delayMs: 1, times: before.filter(each => each.path.endsWith('check')).length });
  callers.jira.fail({ path, status: 403, times: 9 });
  const { status, body } = await change('High');
  expect([status, body.note], body.detail).toEqual([200, expect.stringContaining('The change was made')]);
  callers.jira.clearFaults();
  expect((await callers.read('ana.ruiz', 'getIssue', { issueKey: 'ATLAS-12' })).body.priority).toBe('High');
});
