import { describe, expect, it } from 'vitest';
import { adfErrors } from '../adfSchema.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { richMarkdown, useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('addComment', () => {
  it('comments in three requests when it mentions nobody who is not known, in valid ADF', async () => {
    const issueKey = await app.newTask();
    const { body } = await app.write('addComment', { issueKey, comment: richMarkdown });
    expect(body).toMatchObject({ issueKey, commentId: app.issue(issueKey).comments[0]?.id, status: 'To Do' });
    expect(app.costs().filter(cost => !cost.includes('user/search'))).toEqual([
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}`,
      `POST issue/${issueKey}/comment`,
    ]);
    expect(adfErrors(app.sent('POST', /comment$/).body)).toEqual([]);
  });

  it('takes a comment that was made for made, whoever Jira takes us for', async () => {
    const headers = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };
    app.jira.fail({ method: 'POST', path: '/comment$', status: 201, body: '{"id":"7"}', headers });
    const { status, body } = await app.write('addComment', { issueKey: 'ATLAS-12', comment: 'As nobody' });
    expect([status, body.commentId]).toEqual([200, '7']);
  });

  it.each([
    ['a comment that is too long', { comment: 'x'.repeat(32_768) }, 400, 'invalid_input'],
    ['no comment', {}, 400, 'invalid_input'],
    ['an issue that nobody may comment on', { issueKey: 'COMET-2', comment: 'x' }, 403, 'forbidden'],
    ['an issue that is not there', { issueKey: 'COMET-2222', comment: 'x' }, 404, 'not_found'],
  ])('refuses %s', async (_, input, expected, code) => {
    const { status, body } = await app.write('addComment', { issueKey: 'ATLAS-12', ...input });
    expect([status, body.code]).toEqual([expected, code]);
  });

  it('answers hostile Markdown in time, or refuses it', async () => {
    const issueKey = await app.newTask();
    const started = Date.now();
    const hostile = [
      '['.repeat(10_000),
      '> '.repeat(10_000),
      '*a'.repeat(15_000),
      '`'.repeat(30_000),
      'x'.repeat(900_000),
    ];
    const replies = await Promise.all(hostile.map(comment => app.write('addComment', { issueKey, comment })));
    expect(replies.every(({ status }) => status === 200 || status === 400)).toBe(true);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});

agreesWithOpenApi(() => app.jira);
