import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { startJiraApp, useJiraApp } from '../harness.ts';
import { ana, entra, stranger, zoe } from '../signedIn.ts';

const app = useJiraApp(entra);
const texts = (issueKey: string) => app.issue(issueKey).comments.map(({ body }) => JSON.stringify(body));
const deletions = () => app.jira.requests.filter(({ method }) => method === 'DELETE').length;

async function commented(who: Record<string, string>, issueKey: string, ...comments: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const comment of comments) ids.push((await app.write('addComment', { issueKey, comment }, who)).body.commentId);
  return ids;
}

const plan = (input: Record<string, unknown>, who = ana) => app.write('deleteComment', input, who);
const confirm = ({ confirmationToken }: Record<string, string>, who = ana) =>
  app.write('deleteComment', { confirmationToken }, who);

describe('deleteComment', () => {
  it('shows the latest comment of the user, whole, and deletes it when that is confirmed', async () => {
    const issueKey = await app.newTask(ana);
    const long = `For **another** ticket. ${'x'.repeat(9_000)}`;
    await commented(ana, issueKey, 'Kept', long);
    await commented(zoe, issueKey, 'From Zoe');
    const { body: planned } = await plan({ issueKey });
    expect(planned.summary).toContain(`A comment of ${issueKey} would be deleted for good`);
    expect(planned.items).toEqual([
      { key: issueKey, outcome: 'planned', message: expect.stringContaining(JSON.stringify(long)) },
    ]);
    expect(texts(issueKey)).toHaveLength(3);
    const { body: done } = await confirm(planned);
    expect(done.items).toEqual([{ key: issueKey, outcome: 'done', message: planned.items[0].message }]);
    expect(texts(issueKey).join()).not.toContain('another');
    expect(texts(issueKey)).toHaveLength(2);
  });

  it('deletes one comment, however often it is confirmed', async () => {
    const issueKey = await app.newTask(ana);
    const [, commentId] = await commented(ana, issueKey, 'One', 'Two');
    const [{ body: planned }, { body: other }] = [await plan({ issueKey }), await plan({ issueKey, commentId })];
    await confirm(planned);
    await confirm(planned);
    const { body: late } = await confirm(other);
    expect(late.items).toMatchObject([{ outcome: 'notDone', message: expect.stringContaining('deleted already') }]);
    expect(texts(issueKey)).toHaveLength(1);
    const { status, body } = await plan({ issueKey, commentId });
    expect([status, body.code, body.detail]).toEqual([404, 'not_found', expect.stringContaining('deleted already')]);
  });

  it('leaves alone what was edited since it was shown', async () => {
    const issueKey = await app.newTask(ana);
    const [commentId] = await commented(ana, issueKey, 'Seen');
    const { body: planned } = await plan({ issueKey });
    await app.write('editComment', { issueKey, commentId, comment: 'Not seen' }, ana);
    const { body } = await confirm(planned);
    expect(body.items).toMatchObject([{ outcome: 'notDone', message: expect.stringContaining('has changed') }]);
    expect(texts(issueKey)).toHaveLength(1);
  });

  it("refuses somebody else's comment and somebody else's plan", async () => {
    const issueKey = await app.newTask(ana);
    const [commentId] = await commented(ana, issueKey, "Ana's");
    for (const who of [zoe, stranger]) {
      const { status, body } = await plan({ issueKey, commentId }, who);
      expect([status, body.code]).toEqual([403, 'forbidden']);
      expect(JSON.stringify(body)).not.toContain("Ana's");
    }
    const { body: planned } = await plan({ issueKey });
    expect((await confirm(planned, zoe)).body.code).toBe('invalid_input');
    expect(texts(issueKey)).toHaveLength(1);
  });

  it.each([
    ['was made', { reset: 'after' }, 'done', 0],
    ['was not made', { reset: 'before' }, 'unknown', 1],
  ] as const)('looks whether a deletion %s whose answer is lost', async (_, fault, outcome, left) => {
    const issueKey = await app.newTask(ana);
    await commented(ana, issueKey, 'Gone?');
    const { body: planned } = await plan({ issueKey });
    const before = deletions();
    app.jira.fail({ method: 'DELETE', path: '/comment/\\d+$', ...fault });
    const { body } = await confirm(planned);
    expect(body.items).toMatchObject([{ outcome }]);
    expect([texts(issueKey).length, deletions() - before]).toEqual([left, 1]);
  });

  it('shows nothing of a comment that is restricted', async () => {
    const issueKey = await app.newTask(ana);
    await commented(ana, issueKey, 'For few eyes');
    const [comment] = app.issue(issueKey).comments;
    if (comment) comment.role = 'Administrators';
    const { body: planned } = await plan({ issueKey });
    const { body: done } = await confirm(planned);
    expect(JSON.stringify([planned, done])).not.toContain('few eyes');
    expect([done.items[0].outcome, done.items[0].message]).toEqual(['done', expect.stringContaining('restricted')]);
  });

  it('says why where the account may not delete', async () => {
    const issueKey = await app.newTask(ana);
    await commented(ana, issueKey, 'Stays');
    const { body: planned } = await plan({ issueKey });
    app.issue(issueKey).frozen = true;
    const { body } = await confirm(planned);
    expect(body.items).toMatchObject([{ outcome: 'notDone', message: expect.stringContaining('may not delete') }]);
  });

  it('keeps a policy: nothing of a closed project, also where it was closed since', async () => {
    const issueKey = await app.newTask(ana);
    await commented(ana, issueKey, 'Closed');
    const POLICY = JSON.stringify({ default: { systems: { jira: { projects: ['BEACON'] } } } });
    const restricted = await startJiraApp({ ...entra, POLICY }, app.jira);
    const { status, body } = await restricted.write('deleteComment', { issueKey }, ana);
    expect([status, JSON.stringify(body).includes('Closed')]).toEqual([403, false]);
    await restricted.stop();
  });
});

agreesWithOpenApi(() => app.jira);
