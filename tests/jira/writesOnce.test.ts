import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { type JiraApp, startJiraApp } from './harness.ts';

let azurite: Azurite;
let alone: JiraApp;
let one: JiraApp;
let other: JiraApp;

beforeAll(async () => {
  azurite = await startAzurite();
  alone = await startJiraApp({ ACTION_TIMEOUT_MS: '2500' });
  [one, other] = await Promise.all([
    startJiraApp({ ...azurite.settings, ACTION_TIMEOUT_MS: '5000' }, alone.jira),
    startJiraApp({ ...azurite.settings, ACTION_TIMEOUT_MS: '5000' }, alone.jira),
  ]);
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await alone.stop();
  await azurite.stop();
});

const issues = (summary: string) => alone.jira.site.issues.filter(({ values }) => values.summary === summary);
const task = (summary: string) => ({ projectId: 'ATLAS', issueType: 'Task', summary });
const commentsOn = (key: string) => alone.jira.site.issues.find(each => each.key === key)?.comments ?? [];

/** Three calls, two of them at the same moment. */
async function threeTimes(summary: string, apps: [JiraApp, JiraApp, JiraApp]) {
  const [first, second, third] = apps;
  const pair = await Promise.all([
    first.write('createIssue', task(summary)),
    second.write('createIssue', task(summary)),
  ]);
  return [...pair, await third.write('createIssue', task(summary))];
}

describe('the same write', () => {
  it.each([
    ['in one process', () => [alone, alone, alone] as const],
    ['in two processes that share a ledger', () => [one, other, one] as const],
  ])('is made once when it is asked for three times, twice at the same moment, %s', async (where, apps) => {
    const [first, second, third] = apps();
    const replies = await threeTimes(`Once ${where}`, [first, second, third]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(issues(`Once ${where}`)).toHaveLength(1);
    expect(new Set(replies.map(({ body }) => body.issueKey)).size).toBe(1);
    expect(replies.filter(({ body }) => body.deduplicated)).toHaveLength(2);
  });

  it('is made once by twenty calls to two processes', async () => {
    const calls = Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? one : other).write('createIssue', task('Twenty')),
    );
    const replies = await Promise.all(calls);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(issues('Twenty')).toHaveLength(1);
    expect(replies.filter(({ body }) => !body.deduplicated)).toHaveLength(1);
  });

  it('of long texts and lists is answered whole', async () => {
    const long = { issueKey: 'ATLAS-12', comment: 'x'.repeat(30_000) };
    const [first, again] = [await one.write('addComment', long), await other.write('addComment', long)];
    expect(again.body).toEqual({ ...first.body, note: expect.any(String), deduplicated: true });
    expect(Object.keys(again.body)[0]).toBe('note');
    expect(again.body.note).toMatch(/^Nothing was done this time: .* second.* repeat: true/);
    const labels = Array.from({ length: 18 }, (_, index) => `${'l'.repeat(200)}${index}`).join(',');
    const wide = { ...task('Wide'), labels };
    const [made, repeated] = [await one.write('createIssue', wide), await other.write('createIssue', wide)];
    expect(made.status).toBe(200);
    expect(repeated.body).toEqual({ ...made.body, note: expect.any(String), deduplicated: true });
  });

  it('that sets is made each time: assigned to Ana, Li and Ana again is three', async () => {
    const assignees = ['Ana Ruiz', 'Li Wei', 'Ana Ruiz'];
    for (const app of [alone, one]) {
      alone.costs();
      for (const assignee of assignees) {
        const { body } = await app.write('assignIssue', { issueKey: 'ATLAS-12', assignee });
        expect([body.assignee, body.deduplicated]).toEqual([assignee, undefined]);
      }
    }
  });

  it('is made again on purpose', async () => {
    const input = { issueKey: 'ATLAS-4', comment: 'Ping' };
    const before = commentsOn('ATLAS-4').length;
    for (const more of [{}, {}, { repeat: true }, {}]) await one.write('addComment', { ...input, ...more });
    expect(commentsOn('ATLAS-4').length - before).toBe(2);
  });

  it.each([
    ['in memory', () => alone],
    ['in the table', () => one],
  ])('can be tried again at once after a refusal, with the ledger %s', async (where, app) => {
    const input = { issueKey: 'ATLAS-3', comment: `Refused once ${where}` };
    alone.jira.fail({ method: 'POST', path: '/comment$', status: 403, body: '{"errorMessages":["No."]}' });
    expect((await app().write('addComment', input)).body.code).toBe('forbidden');
    const { status, body } = await app().write('addComment', input);
    expect([status, body.deduplicated]).toEqual([200, undefined]);
  });

  it.each([
    ['in memory', () => [alone, alone] as const],
    ['in the table', () => [one, other] as const],
  ])('whose answer was lost is never sent again, with the ledger %s', async (where, apps) => {
    const [first, second] = apps();
    const input = { issueKey: 'ATLAS-5', comment: `Lost ${where}` };
    const before = commentsOn('ATLAS-5').length;
    alone.jira.fail({ method: 'POST', path: '/comment$', reset: 'after' });
    const { status, body } = await first.write('addComment', input);
    expect([status, body.code, body.retryable]).toEqual([504, 'upstream_timeout', false]);
    expect(body.detail).toContain('Check with a lookup');
    const { body: again } = await second.write('addComment', input);
    expect([again.code, again.retryable]).toEqual(['upstream_timeout', false]);
    expect(again.detail).toContain('Check with a lookup');
    expect(commentsOn('ATLAS-5')).toHaveLength(before + 1);
  });

  it.each([
    ['is not answered', { hang: true }, 504, 'upstream_timeout'],
    ['is answered 500', { status: 500 }, 502, 'upstream_error'],
    ['is answered with half of it', { reset: 'midBody' }, 504, 'upstream_timeout'],
    ['is answered with something unreadable', { status: 201, body: '<html>' }, 504, 'upstream_timeout'],
  ] as const)('that %s is not retryable', async (what, fault, expected, code) => {
    alone.jira.fail({ method: 'POST', path: '/issue$', ...fault });
    const { status, body } = await alone.write('createIssue', task(`Write that ${what}`));
    expect([status, body.code, body.retryable]).toEqual([expected, code, false]);
    if (code === 'upstream_timeout' && !('hang' in fault))
      expect(body.detail).toContain('Jira did not confirm the change,');
    expect(alone.jira.requests.filter(({ body }) => body.includes(`Write that ${what}`))).toHaveLength(1);
  });

  it('is confirmed even when Jira does not say how the issue is then', async () => {
    const numbers = alone.jira.site.issues
      .filter(({ key }) => key.startsWith('ATLAS-'))
      .map(({ key }) => Number(key.slice(6)));
    alone.jira.fail({ method: 'GET', path: `/issue/ATLAS-${Math.max(...numbers) + 1}$`, hang: true, times: 9 });
    const { status, body } = await alone.write('createIssue', task('Not read back'));
    expect(status).toBe(200);
    expect(body).toEqual({
      issueKey: issues('Not read back')[0]?.key,
      url: expect.stringContaining('/browse/ATLAS-'),
      note: expect.stringContaining('could not be read'),
    });
  });
});

describe('a ledger that cannot be reached', () => {
  it('lets no write through, and every read', async () => {
    const lost = await startJiraApp(
      { ...azurite.settings, LEDGER_TABLE_ENDPOINT: 'https://127.0.0.1:1/devstoreaccount1' },
      alone.jira,
    );
    const { status, body } = await lost.write('createIssue', task('Without a ledger'));
    expect([status, body.code]).toEqual([503, 'upstream_unavailable']);
    expect(body.detail).toContain('Nothing was changed');
    expect(issues('Without a ledger')).toEqual([]);
    expect((await lost.read('getIssue', { issueKey: 'ATLAS-12' })).status).toBe(200);
    await lost.stop();
  });
});

describe('READ_ONLY', () => {
  it('refuses every write before anything is asked of Jira, and lets reads through', async () => {
    const readOnly = await startJiraApp({ READ_ONLY: 'true' }, alone.jira);
    readOnly.costs();
    for (const [action, input] of [
      ['createIssue', task('Read only')],
      ['updateIssue', { issueKey: 'ATLAS-12', summary: 'x' }],
      ['assignIssue', { issueKey: 'ATLAS-12', assignee: 'none' }],
      ['transitionIssue', { issueKey: 'ATLAS-12', status: 'Done' }],
      ['addComment', { issueKey: 'ATLAS-12', comment: 'x' }],
      ['linkIssues', { issueKey: 'ATLAS-12', linkType: 'blocks', targetIssueKey: 'ATLAS-2' }],
      ['logWork', { issueKey: 'ATLAS-12', timeSpent: '1h' }],
    ] as const) {
      const { status, body } = await readOnly.write(action, input);
      expect([action, status, body.code]).toEqual([action, 403, 'forbidden']);
    }
    expect(readOnly.costs()).toEqual([]);
    expect((await readOnly.read('getIssue', { issueKey: 'ATLAS-12' })).status).toBe(200);
    await readOnly.stop();
  });
});
