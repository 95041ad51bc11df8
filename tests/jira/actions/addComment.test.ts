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

  it.each([
    ['@Ana Ruiz, look', 'Ana Ruiz', ', look'],
    ['@"li wei" look', 'Li Wei', ' look'],
    ['@Priya Please look', undefined, 'no person in Jira matches it'],
    ["@Zoë O'Brien's part", "Zoë O'Brien", "'s part"],
    ['@Sam, look', undefined, 'several people match: Sam Taylor (sam.taylor@example.com), Sam Tyler'],
    ['@Marta Olsen', undefined, 'no person in Jira matches it'],
    ['@"Carla Client"', undefined, 'Carla Client (carla@client.example, a customer) cannot be notified'],
    ['[~accountid:712020:00000000-0000-4000-8000-000000000002] look', 'Ana Ruiz', ' look'],
    ['@[Ana](accountid:712020:00000000-0000-4000-8000-000000000002) look', 'Ana Ruiz', ' look'],
    ['@An, look', undefined, '@An notified nobody'],
    ['Write to li.wei@example.com', undefined, undefined],
    ['`@Ana Ruiz`', undefined, undefined],
  ])('%j mentions %s', async (comment, name, rest) => {
    const { body } = await app.write('addComment', { issueKey: 'ATLAS-12', comment });
    const sent = JSON.stringify(app.sent('POST', /comment$/));
    const mentioned = /"type":"mention","attrs":{"id":"[^"]+","text":"@([^"]+)"/.exec(sent)?.[1];
    expect(mentioned).toBe(name);
    if (name) expect([sent, body.note]).toEqual([expect.stringContaining(`"text":"${rest}"`), undefined]);
    else if (rest) expect(body.note).toContain(rest);
    else expect(body.note).toBeUndefined();
  });

  it('has the lines of a text that was escaped twice', async () => {
    await app.write('addComment', { issueKey: 'ATLAS-12', comment: 'First.\\n\\n- one\\n- two' });
    const { content } = app.sent('POST', /comment$/).body as { content: { type: string }[] };
    expect(content.map(({ type }) => type)).toEqual(['paragraph', 'bulletList']);
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
