import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('transitionIssue', () => {
  it('moves by the name of the status in three requests, and one more for a resolution, which goes along with the comment in the same transition', async () => {
    const issueKey = await app.newTask();
    await app.write('transitionIssue', { issueKey, status: 'in progress' });
    expect(app.costs()).toEqual([
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}`,
      `POST issue/${issueKey}/transitions`,
    ]);
    const { body } = await app.write('transitionIssue', {
      issueKey,
      status: 'Done',
      resolution: 'Duplicate',
      comment: 'Same as **ATLAS-12**',
    });
    expect(body).toMatchObject({ status: 'Done', resolution: 'Duplicate', url: `${app.jira.url}/browse/${issueKey}` });
    expect(body.changes).toContainEqual({ field: 'Comment', to: 'Same as **ATLAS-12**' });
    expect(app.costs()).toHaveLength(4);
    const { body: read } = await app.read('getIssue', { issueKey });
    expect(read.comments[0].text).toBe('Same as **ATLAS-12**');
  });

  it('takes the name of the transition, and comments by itself where the transition has no screen', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('transitionIssue', { issueKey, status: 'Start work', comment: 'Off we go' });
    expect(body.status).toBe('In Progress');
    expect(app.costs()).toContain(`POST issue/${issueKey}/comment`);
    expect(app.issue(issueKey).comments).toHaveLength(1);
  });

  it('names the possible transitions when none leads to that status', async () => {
    const issueKey = await app.newTask();
    const { status, body } = await app.write('transitionIssue', { issueKey, status: 'Done' });
    expect([status, body.errors[0]?.field]).toEqual([400, 'status']);
    expect(body.detail).toContain('In Progress (by "Start work")');
  });

  it('says that the issue has that status already', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('transitionIssue', { issueKey, status: 'to do' });
    expect(body.code).toBe('conflict');
  });

  it('says what was done and what was not when only the comment is refused', async () => {
    const issueKey = await app.newTask();
    app.jira.fail({ method: 'POST', path: '/comment$', status: 403, body: '{"errorMessages":["No comments."]}' });
    const { status, body } = await app.write('transitionIssue', { issueKey, status: 'In Progress', comment: 'Going' });
    expect([status, body.code, body.retryable]).toEqual([403, 'forbidden', false]);
    expect(body.detail).toContain(`${issueKey} was moved to In Progress, but the comment was not added`);
  });

  it.each([
    ['limited', { status: 429, headers: { 'retry-after': '3' } }, 'was not added', 'rate_limited', 3],
    ['refused', { status: 400, body: '{"errorMessages":["Too rude."]}' }, 'was not added', 'invalid_input', undefined],
    ['lost', { reset: 'after' }, 'did not confirm the comment', 'upstream_timeout', undefined],
    ['failed', { status: 500 }, 'did not confirm the comment', 'upstream_error', undefined],
  ] as const)('never moves again when the comment was %s', async (_, fault, told, code, retryAfterSeconds) => {
    const input = { issueKey: await app.newTask(), status: 'Start work', comment: 'Going' };
    app.jira.fail({ method: 'POST', path: '/comment$', ...fault });
    const { body } = await app.write('transitionIssue', input);
    expect(body).toMatchObject({ code, retryable: false });
    expect(body.retryAfterSeconds).toBe(retryAfterSeconds);
    expect(body.detail).toContain(told);
    expect(body.detail).toContain('addComment');
    expect(body.detail).not.toContain('Try again');
    const { body: again } = await app.write('transitionIssue', input);
    expect([again.code, again.retryable]).toEqual(['upstream_timeout', false]);
    expect(app.costs().filter(cost => cost.endsWith('/transitions'))).toHaveLength(1);
  });

  it('names the fields that the transition requires, and keeps what Jira says besides', async () => {
    const issueKey = await app.newTask();
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    const errors = { resolution: 'Not that one.', comment: 'Comment is required.', customfield_10100: 'Is required.' };
    const body = JSON.stringify({ errorMessages: ['The workflow says no.'], errors });
    app.jira.fail({ method: 'POST', path: '/transitions$', status: 400, body });
    const { body: refused } = await app.write('transitionIssue', { issueKey, status: 'Done' });
    expect(refused.errors).toEqual([
      { field: '', message: 'The workflow says no.' },
      { field: 'resolution', message: expect.stringMatching(/^Not that one\. It takes Done, /) },
      { field: 'comment', message: 'Comment is required.' },
      { field: 'additionalFields', message: 'The transition "Finish" needs "customfield_10100": Is required.' },
    ]);
  });

  it('says that there is no such resolution', async () => {
    const issueKey = await app.newTask();
    await app.write('transitionIssue', { issueKey, status: 'In Progress' });
    const { body } = await app.write('transitionIssue', { issueKey, status: 'Done', resolution: 'Magic' });
    expect([body.code, body.errors[0]?.field]).toEqual(['invalid_input', 'resolution']);
  });
});

agreesWithOpenApi(() => app.jira);
