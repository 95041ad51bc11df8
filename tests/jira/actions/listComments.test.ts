import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

async function withComments(count: number): Promise<string> {
  const issueKey = await app.newTask();
  for (let index = 1; index <= count; index += 1) {
    await app.write('addComment', { issueKey, comment: `Comment **${index}**` });
  }
  app.costs();
  return issueKey;
}

const texts = (comments: Record<string, unknown>[]) => comments.map(({ text }) => text);
const numbered = (...numbers: number[]) => numbers.map(number => `Comment **${number}**`);

describe('listComments', () => {
  it('goes on to the first comment, page by page, whatever is added in the meantime', async () => {
    const issueKey = await withComments(5);
    const { body } = await app.read('listComments', { issueKey, limit: '2' });
    expect([texts(body.comments), body.commentCount]).toEqual([numbered(5, 4), 5]);
    expect(body.comments[0]).toMatchObject({ commentId: expect.any(String), by: 'Copilot Agent' });
    await app.write('addComment', { issueKey, comment: 'In the meantime' });
    const query = { issueKey, limit: '2' };
    const { body: second } = await app.read('listComments', { ...query, pageToken: body.nextPageToken });
    const { body: third } = await app.read('listComments', { ...query, pageToken: second.nextPageToken });
    expect([texts(second.comments), texts(third.comments)]).toEqual([numbered(3, 2), numbered(1)]);
    expect(third.nextPageToken).toBeUndefined();
  });

  it('begins with the oldest where asked', async () => {
    const issueKey = await withComments(3);
    const all = await app.readAll('listComments', 'comments', { issueKey, orderBy: 'oldest', limit: '2' });
    expect(texts(all)).toEqual(numbered(1, 2, 3));
  });

  it('has those that getIssue leaves out', async () => {
    const issueKey = await withComments(23);
    const { body } = await app.read('getIssue', { issueKey });
    const all = await app.readAll('listComments', 'comments', { issueKey });
    expect([body.comments.length, body.commentCount, all.length]).toEqual([20, 23, 23]);
  });

  it('marks who reads each comment, and leaves out what is restricted to a role', async () => {
    const { body } = await app.read('listComments', { issueKey: 'HELP-1', orderBy: 'oldest' });
    const seen = body.comments.map(({ text, audience }: Record<string, string>) => [text, audience]);
    expect(seen.slice(0, 2)).toEqual([
      ['We are looking into it.', 'public'],
      ['They pay late; no hurry.', 'internal'],
    ]);
    expect([JSON.stringify(body).includes('Legal knows'), body.notShown]).toEqual([false, 1]);
  });

  it('says that there is no such issue', async () => {
    const { body } = await app.read('listComments', { issueKey: 'ATLAS-9999' });
    expect(body.code).toBe('not_found');
  });
});

agreesWithOpenApi(() => app.jira);
