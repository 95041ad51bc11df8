import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

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
      since: '2026-11-20T09:00:00Z',
      comment: 'Looked for it',
    });
    expect(body).toMatchObject({
      issueKey,
      timeSpent: '1h 30m',
      totalTimeSpent: '2h 15m',
      worklogId: expect.any(String),
    });
    expect(app.issue(issueKey).worklogs[1]?.started).toBe(Date.parse('2026-11-20T09:00:00Z'));
  });

  it.each(['soon', '1h 30', '-1h', '0m', '', '1y'])('refuses the time %j', async timeSpent => {
    const { status, body } = await app.write('logWork', { issueKey: 'ATLAS-12', timeSpent });
    expect([status, body.errors[0]?.field]).toEqual([400, 'timeSpent']);
    expect(app.costs()).toEqual([]);
  });
});

agreesWithOpenApi(() => app.jira);
