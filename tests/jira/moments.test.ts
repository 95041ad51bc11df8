import { beforeEach, describe, expect, it } from 'vitest';
import { principal } from '../support/principal.ts';
import { request } from '../support/request.ts';
import { type JiraApp, startJiraApp, useJiraApp } from './harness.ts';

/** The day in a zone, by a way that the product does not use: Sweden writes a date as ISO 8601 does. */
const dayIn = (timeZone: string, moment = new Date()) => moment.toLocaleDateString('sv-SE', { timeZone });
const clockIn = (timeZone: string, moment: string) => new Date(moment).toLocaleString('sv-SE', { timeZone });
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** Of these two, one has another day than UTC at any time. */
const elsewhere = ['Pacific/Kiritimati', 'Pacific/Honolulu'].find(zone => dayIn(zone) !== dayIn('UTC')) ?? '';

const updates = async (app: JiraApp, input: Record<string, string>, headers = {}) => {
  const { status, body } = await app.read('getProjectUpdates', { projectId: 'ATLAS', ...input }, headers);
  expect([status, body.detail]).toEqual([200, undefined]);
  return body;
};

describe('where nobody is known and no zone is set, the zone of the account', () => {
  const app = useJiraApp();

  it('decides where a day begins, and is asked for once', async () => {
    const day = daysAgo(9);
    const body = await updates(app, { since: day });
    expect(clockIn('Europe/Berlin', body.since)).toBe(`${day} 00:00:00`);
    expect(app.costs()).toEqual(['GET myself', 'POST search/jql']);
    await updates(app, { since: 'yesterday' });
    expect(app.costs()).toEqual(['POST search/jql']);
  });

  it('is not asked for where a time has its own, or is counted back from now', async () => {
    const other = await startJiraApp({}, app.jira);
    for (const since of ['24h', '2 weeks']) await updates(other, { since });
    const { status } = await other.read('searchIssues', {
      projectId: 'ATLAS',
      updatedSince: `${daysAgo(9)}T08:00:00+01:00`,
      dueBefore: daysAgo(-9),
    });
    expect(status).toBe(200);
    await other.read('getProjectSummary', { projectId: 'ATLAS' });
    expect(other.costs().filter(cost => cost === 'GET myself')).toEqual([]);
    await other.stop();
  });

  it('is UTC where Jira does not tell it', async () => {
    const other = await startJiraApp({}, app.jira);
    app.jira.fail({ path: '/myself', status: 403, body: '{"errorMessages":["No."]}' });
    const day = daysAgo(9);
    expect((await updates(other, { since: day })).since).toBe(`${day}T00:00:00.000Z`);
    await other.stop();
  });
});

describe('TIME_ZONE', () => {
  const zone = elsewhere;
  const app = useJiraApp({ TIME_ZONE: zone });

  it('decides what a day is, at no cost', async () => {
    const day = daysAgo(9);
    for (const since of [day, `${day}T00:00:00`, `${day} 00:00`, `{"$kind":"Date","value":"${day}"}`]) {
      const body = await updates(app, { since, until: daysAgo(3) });
      expect(clockIn(zone, body.since)).toBe(`${day} 00:00:00`);
      expect(clockIn(zone, body.until)).toBe(`${daysAgo(3)} 23:59:59`);
      expect(body.summary).toMatch(/between \d+ \w+ \d{4} and \d+ \w+ \d{4}/);
      const changes = body.updates.flatMap((update: { changes: { at: string }[] }) => update.changes);
      expect(changes.filter(({ at }: { at: string }) => at < body.since || at > body.until)).toEqual([]);
    }
    expect(clockIn(zone, (await updates(app, { since: 'today' })).since)).toBe(`${dayIn(zone)} 00:00:00`);
    expect(app.costs()).not.toContain('GET myself');
  });

  it('decides which day is shown', async () => {
    const { summary } = await updates(app, { since: `${daysAgo(9)}T11:00:00Z` });
    const [, date, month, year] = /since (\d+) (\w+) (\d{4})/.exec(summary) ?? [];
    expect(dayIn('UTC', new Date(`${month} ${date}, ${year} 12:00 UTC`))).toBe(
      dayIn(zone, new Date(`${daysAgo(9)}T11:00:00Z`)),
    );
  });

  it('decides when work began', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('logWork', { issueKey, timeSpent: '1h', startedAt: '2026-11-20T09:00:00' });
    expect(body.startedAt).toMatch(/^2026-11-20T09:00:00[+-]\d\d:\d\d$/);
    expect(clockIn(zone, body.startedAt)).toBe('2026-11-20 09:00:00');
    expect(clockIn(zone, String(app.sent('POST', /worklog$/).started))).toBe('2026-11-20 09:00:00');
  });

  it('decides what today is', async () => {
    await app.read('getProjectSummary', { projectId: 'ATLAS' });
    const queries = app.jira.requests.map(({ body }) => body).filter(body => body.includes('due <'));
    expect(queries).toEqual([expect.stringContaining(`due < \\"${dayIn(zone)}\\"`)]);
    const issueKey = await app.newTask();
    const { body } = await app.write('updateIssue', { issueKey, dueDate: 'Today' });
    expect(body.dueDate).toBe(dayIn(zone));
    await app.read('searchIssues', { projectId: 'ATLAS', dueBefore: 'today' });
    expect(app.sent('POST', /search\/jql$/).jql).toContain(`due < "${dayIn(zone)}"`);
  });

  it('is a problem of the settings where it is none, and only of what needs it', async () => {
    const wrong = await startJiraApp({ TIME_ZONE: 'Europe/Atlantis' }, app.jira);
    const { status, body } = await request<{ checks: { name: string; status: string; detail: string }[] }>(
      `${wrong.app.url}/api/health/ready`,
    );
    expect(status).toBe(503);
    expect(body.checks).toContainEqual({
      name: 'TIME_ZONE',
      status: 'failed',
      detail: expect.stringContaining('Set it to the name of a time zone in the IANA database'),
    });
    const failed = await wrong.read('getProjectUpdates', { projectId: 'ATLAS', since: daysAgo(2) });
    expect([failed.status, failed.body.code]).toEqual([500, 'misconfigured']);
    expect(failed.body.detail).toContain('TIME_ZONE');
    await updates(wrong, { since: '2d' });
    await wrong.stop();
  });
});

describe('where it is known who asks', () => {
  const app = useJiraApp({ INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True', TIME_ZONE: 'America/New_York' });
  const day = daysAgo(9);
  const user = (name: string) => principal({ oid: name, scp: 'user_impersonation', upn: `${name}@example.com` });
  const tellsOf = (name: string, timeZone: string | null) =>
    app.answerNext('/user/search', [
      { accountId: `712020:${name}`, accountType: 'atlassian', emailAddress: `${name}@example.com`, timeZone },
    ]);

  it('that user’s zone decides, and is asked for once', async () => {
    tellsOf('one', 'Pacific/Auckland');
    const body = await updates(app, { since: day }, user('one'));
    expect(clockIn('Pacific/Auckland', body.since)).toBe(`${day} 00:00:00`);
    expect(app.costs()).toEqual(['GET user/search', 'POST search/jql']);
    const today = await updates(app, { since: 'today' }, user('one'));
    expect(clockIn('Pacific/Auckland', today.since)).toBe(`${dayIn('Pacific/Auckland')} 00:00:00`);
    // Just after midnight nothing has changed yet, and the project is read as well.
    expect(app.costs()).not.toContain('GET user/search');
  });

  it.each([
    ['two', null],
    ['three', 'Mars/Olympus'],
  ])('TIME_ZONE decides for user %s, of whom Jira tells %s', async (name, zone) => {
    tellsOf(name, zone);
    const body = await updates(app, { since: day }, user(name));
    expect(clockIn('America/New_York', body.since)).toBe(`${day} 00:00:00`);
  });

  it('a zone is not guessed where Jira fails', async () => {
    for (let tries = 0; tries < 5; tries += 1) app.jira.fail({ path: '/user/search', status: 503, body: '' });
    const { status } = await app.read('getProjectUpdates', { projectId: 'ATLAS', since: day }, user('four'));
    expect(status).toBeGreaterThanOrEqual(500);
  });
});

describe('a due date', () => {
  const app = useJiraApp({ TIME_ZONE: 'Asia/Kathmandu' });
  let issueKey = '';
  beforeEach(async () => {
    issueKey = await app.newTask();
  });

  it.each([
    '2026-12-30',
    '2026-12-30T00:00:00',
    '2026-12-30T00:00:00.000Z',
    '2026-12-30T00:00:00-08:00',
    '2026-12-29T20:00:00Z',
    { $kind: 'Date', value: '2026-12-30' },
    { $kind: 'DateTime', value: '2026-12-30T00:00:00' },
    '{"$kind":"Date","value":"2026-12-30"}',
  ])('is the day that is meant by %j', async dueDate => {
    const { body } = await app.write('updateIssue', { issueKey, dueDate });
    expect(body.dueDate).toBe('2026-12-30');
    const created = await app.write('createIssue', {
      projectId: 'ATLAS',
      issueType: 'Task',
      summary: 'x',
      dueDate,
      repeat: true,
    });
    expect(created.body.dueDate).toBe('2026-12-30');
  });

  it.each([
    '2026-02-30',
    '2026-02-30T00:00:00',
    { $kind: 'Date', value: '2027-02-29' },
    '30/12/2026',
    '7d',
    '2026-12-30T25:00',
  ])('is not %j', async dueDate => {
    const { status, body } = await app.write('updateIssue', { issueKey, dueDate });
    expect([status, body.errors[0]?.field]).toEqual([400, 'dueDate']);
    expect(app.costs()).toEqual([]);
  });

  it('is removed by none', async () => {
    await app.write('updateIssue', { issueKey, dueDate: '2026-12-30' });
    const { body } = await app.write('updateIssue', { issueKey, dueDate: { $kind: 'String', value: 'none' } });
    expect([body.issueKey, body.dueDate]).toEqual([issueKey, undefined]);
  });
});
