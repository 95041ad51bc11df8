import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { startJiraApp, useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('logWork', () => {
  it('logs in two requests, and tells the time so far', async () => {
    const issueKey = await app.newTask();
    await app.write('logWork', { issueKey, timeSpent: '45m' });
    expect(app.costs()).toEqual([`GET issue/${issueKey}`, `POST issue/${issueKey}/worklog`]);
    // Jira asks for the beginning of the work.
    expect(app.sent('POST', /worklog$/).started).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+\+0000$/);
    const { body } = await app.write('logWork', {
      issueKey,
      timeSpent: '1H30M',
      startedAt: '2026-11-20T09:00:00Z',
      comment: 'Looked for it',
    });
    expect(body).toMatchObject({
      issueKey,
      timeSpent: '1h 30m',
      by: 'Copilot Agent',
      note: expect.stringContaining('the time of Copilot Agent'),
      startedAt: '2026-11-20T09:00:00.000Z',
      totalTimeSpent: '2h 15m',
      worklogId: expect.any(String),
    });
    expect(app.issue(issueKey).worklogs[1]?.started).toBe(Date.parse('2026-11-20T09:00:00Z'));
  });

  it.each([
    ['90 minutes', '1h 30m', 90],
    ['1.5 hours', '1h 30m', 90],
    ['1d 2h', '1d 2h', 600],
  ])('takes %s, and lets the work have started so long ago', async (timeSpent, told, minutes) => {
    const issueKey = await app.newTask();
    const before = Date.now();
    const { body } = await app.write('logWork', { issueKey, timeSpent });
    expect(body.timeSpent).toBe(told);
    const started = app.issue(issueKey).worklogs[0]?.started ?? 0;
    expect(started + minutes * 60_000).toBeGreaterThanOrEqual(before);
    expect(started + minutes * 60_000).toBeLessThanOrEqual(Date.now());
  });

  it('takes the hours of a day from the site', async () => {
    const other = await startJiraApp();
    try {
      const timeTrackingConfiguration = { workingHoursPerDay: 6, workingDaysPerWeek: 5 };
      other.answerNext('/configuration$', { timeTrackingConfiguration });
      const { body } = await other.write('logWork', { issueKey: 'ATLAS-12', timeSpent: '1d' });
      const ago = Date.now() - Date.parse(body.startedAt);
      expect(Math.floor(ago / 3_600_000)).toBe(6);
    } finally {
      await other.stop();
    }
  });

  it.each(['8d 1h 5w', '99999h', '169h'])(
    'asks when %s of work began: nobody has just done so much',
    async timeSpent => {
      const { status, body } = await app.write('logWork', { issueKey: 'ATLAS-12', timeSpent });
      expect([status, body.errors[0]?.field, body.detail]).toEqual([
        400,
        'timeSpent',
        expect.stringContaining('startedAt'),
      ]);
      const issueKey = await app.newTask();
      expect((await app.write('logWork', { issueKey, timeSpent, startedAt: '2026-01-01' })).status).toBe(200);
    },
  );

  it('takes the beginning under its former name', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('logWork', { issueKey, timeSpent: '1h', since: '2026-11-20T09:00:00Z' });
    expect(body.startedAt).toBe('2026-11-20T09:00:00.000Z');
  });

  it.each(['soon', '1h 30', '-1h', '0m', '', '1y'])('refuses the time %j', async timeSpent => {
    const { status, body } = await app.write('logWork', { issueKey: 'ATLAS-12', timeSpent });
    expect([status, body.errors[0]?.field]).toEqual([400, 'timeSpent']);
    expect(app.costs()).toEqual([]);
  });
});

agreesWithOpenApi(() => app.jira);
