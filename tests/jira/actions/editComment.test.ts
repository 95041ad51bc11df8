import { describe, expect, it } from 'vitest';
import { ASKED_BY } from '../../../functions/jira/api/askedBy.ts';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { startJiraApp, useJiraApp } from '../harness.ts';
import { ana, entra, namesake, stranger, zoe } from '../signedIn.ts';

const app = useJiraApp(entra);
const last = (issueKey: string) => app.issue(issueKey).comments.at(-1);
const put = /\/comment\/\d+$/;

/** A comment that somebody asked for. @returns its ID */
async function commented(who: Record<string, string>, input: Record<string, string>): Promise<string> {
  const { status, body } = await app.write('addComment', { comment: 'First', ...input }, who);
  expect(status).toBe(200);
  app.costs();
  return body.commentId;
}

describe('editComment', () => {
  it('replaces the text of what the user asked for, and tells both texts', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey });
    const input = { issueKey, commentId, comment: '**Second**, see @li.wei@example.com' };
    const { body } = await app.write('editComment', input, ana);
    expect(body).toMatchObject({ issueKey, commentId, before: 'First', title: expect.any(String) });
    expect(body.after).toMatch(/^\*\*Second\*\*, see/);
    expect(JSON.stringify(last(issueKey)?.body)).toContain('"mention"');
    expect(app.costs().filter(cost => !cost.includes('user/search'))).toEqual([
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}`,
      `GET issue/${issueKey}/comment/${commentId}`,
      'POST comment/list',
      `PUT issue/${issueKey}/comment/${commentId}`,
    ]);
  });

  it('keeps whom an edited text mentions, and makes a mention of no @ that was none', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey, comment: 'Ask @"Li Wei" about it' });
    const { body: found } = await app.read('listComments', { issueKey }, ana);
    expect(found.comments.at(-1).text).toBe('Ask @Li Wei about it');
    const kept = JSON.stringify(last(issueKey)?.body.content?.[0]?.content?.[1]);
    app.costs();
    const { body } = await app.write('editComment', { issueKey, commentId, comment: '@Li Wei: **done**, @zz' }, ana);
    expect(body.after).toBe('@Li Wei: **done**, @zz');
    expect(JSON.stringify(last(issueKey)?.body.content?.[0]?.content?.[0])).toBe(kept);
    // Who is mentioned already is not looked up again, and what is no mention stays none.
    expect(app.costs().filter(cost => cost.includes('user/search'))).toHaveLength(1);
    await app.write('editComment', { issueKey, commentId, comment: 'Not @Li Wei, and @zz' }, ana);
    expect(app.costs().filter(cost => cost.includes('user/search'))).toEqual([]);
    expect(JSON.stringify(last(issueKey)?.body)).toContain(kept);
  });

  it('takes the latest one of the user where none is named, whoever commented since', async () => {
    const issueKey = await app.newTask(ana);
    await commented(ana, { issueKey, comment: 'Older' });
    const latest = await commented(ana, { issueKey, comment: 'Latest' });
    for (let at = 0; at < 3; at += 1) await commented(zoe, { issueKey, comment: `From Zoe ${at}` });
    const { body } = await app.write('editComment', { issueKey, comment: 'Corrected' }, ana);
    expect([body.commentId, body.before, body.after]).toEqual([latest, 'Latest', 'Corrected']);
    const { body: none } = await app.write('editComment', { issueKey, comment: 'Mine?' }, stranger);
    expect([none.code, none.detail]).toEqual(['not_found', expect.stringContaining('listComments')]);
  });

  it('refuses what somebody else asked for, also somebody of the same sign-in name', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey });
    for (const who of [zoe, stranger, namesake]) {
      const { status, body } = await app.write('editComment', { issueKey, commentId, comment: 'Forged' }, who);
      expect([status, body.code]).toEqual([403, 'forbidden']);
      expect(body.detail).toMatch(/somebody else/);
    }
    expect(app.costs().filter(cost => cost.startsWith('PUT'))).toEqual([]);
  });

  it('takes what the user wrote in Jira for theirs, and nothing else that has no mark', async () => {
    const [written] = app.issue('ATLAS-1').comments.filter(({ authorId }) => authorId.endsWith('004'));
    const input = { issueKey: 'ATLAS-1', commentId: written?.id, comment: 'Seen on three phones.' };
    const { body: refused } = await app.write('editComment', input, ana);
    expect([refused.code, refused.detail]).toEqual(['forbidden', expect.stringContaining("by Zoë O'Brien")]);
    expect((await app.write('editComment', input, stranger)).body.code).toBe('forbidden');
    const { body } = await app.write('editComment', input, zoe);
    expect(body).toMatchObject({ before: expect.any(String), after: 'Seen on three phones.' });
  });

  it('is for people alone, before Jira is asked: a key has no comments of its own', async () => {
    const keys = await startJiraApp({}, app.jira);
    app.costs();
    const { status, body } = await keys.write('editComment', { issueKey: 'ATLAS-12', comment: 'x' });
    expect([status, body.code, body.detail]).toEqual([403, 'forbidden', expect.stringContaining('signed in')]);
    expect(app.costs()).toEqual([]);
    // Nobody is kept who is not verified.
    await keys.write('addComment', { issueKey: 'ATLAS-12', comment: 'By a key' });
    expect(app.sent('POST', /comment$/)).not.toHaveProperty('properties');
    await keys.stop();
  });

  it('keeps no name and no ID of the person, and the same mark for the same person', async () => {
    const issueKey = await app.newTask(ana);
    for (const who of [ana, ana, zoe]) await commented(who, { issueKey, comment: `${Math.random()}` });
    const marks = app.issue(issueKey).comments.map(({ properties }) => JSON.stringify(properties?.[ASKED_BY]));
    expect(marks[0]).toBe(marks[1]);
    expect(marks[0]).not.toBe(marks[2]);
    expect(marks.join()).not.toMatch(/ana|oid|tenant/);
  });

  it.each([
    ['internal', false],
    ['public', true],
  ])('keeps a comment of a service project %s, with all that apps keep with it', async (audience, isPublic) => {
    const commentId = await commented(ana, { issueKey: 'HELP-1', audience, comment: `Text ${audience}` });
    const comment = last('HELP-1');
    if (comment) comment.properties = { ...comment.properties, 'another-app': { kept: true } };
    const input = { issueKey: 'HELP-1', commentId, comment: `New ${audience}` };
    const { body } = await app.write('editComment', input, ana);
    expect([body.audience, body.before, body.after, body.note]).toEqual([
      audience,
      `Text ${audience}`,
      `New ${audience}`,
      undefined,
    ]);
    expect([last('HELP-1')?.isPublic, last('HELP-1')?.properties?.['another-app']]).toEqual([isPublic, { kept: true }]);
    const { properties } = app.sent('PUT', put) as { properties: { key: string; value: unknown }[] };
    expect(properties).toContainEqual({ key: 'another-app', value: { kept: true } });
    if (!isPublic) expect(properties).toContainEqual({ key: 'sd.public.comment', value: { internal: true } });
  });

  it('keeps the restriction of a comment, and shows nothing of what it said', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey, comment: 'For few eyes' });
    const comment = last(issueKey);
    if (comment) comment.role = 'Administrators';
    const { status, body } = await app.write('editComment', { issueKey, commentId, comment: 'For few, too' }, ana);
    expect([status, body.before, body.after]).toEqual([200, undefined, undefined]);
    expect(body.note).toContain('restricted');
    expect([last(issueKey)?.role, JSON.stringify(last(issueKey)?.body)]).toEqual([
      'Administrators',
      expect.stringContaining('For few, too'),
    ]);
    const { body: other } = await app.write('editComment', { issueKey, commentId, comment: 'x' }, zoe);
    const { body: missing } = await app.write('editComment', { issueKey, commentId: '999', comment: 'x' }, zoe);
    expect([other.code, other.detail.replace(commentId, '999')]).toEqual(['not_found', missing.detail]);
  });

  it('says when Jira made it public, or took its restriction away', async () => {
    const commentId = await commented(ana, { issueKey: 'HELP-1', audience: 'internal', comment: 'Hush' });
    app.jira.fail({ method: 'PUT', path: put.source, status: 200, body: `{"id":"${commentId}","jsdPublic":true}` });
    const { body } = await app.write('editComment', { issueKey: 'HELP-1', commentId, comment: 'Hush, too' }, ana);
    expect(body.note).toContain('Jira made it public; it was internal. Tell the user at once.');
  });

  it('changes nothing where it reads so already, and says so', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey, comment: 'A **b**' });
    const { body } = await app.write('editComment', { issueKey, commentId, comment: 'A __b__' }, ana);
    expect(body.note).toContain('already');
    expect(app.costs().filter(cost => cost.startsWith('PUT'))).toEqual([]);
  });

  it('looks whether it was done when its answer is lost', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey });
    app.jira.fail({ method: 'PUT', path: put.source, reset: 'after' });
    const { body } = await app.write('editComment', { issueKey, commentId, comment: 'Done' }, ana);
    expect([body.before, body.after]).toEqual(['First', 'Done']);
    app.jira.fail({ method: 'PUT', path: put.source, reset: 'before' });
    const { body: lost } = await app.write('editComment', { issueKey, commentId, comment: 'Not done' }, ana);
    expect([lost.code, lost.retryable]).toEqual(['upstream_timeout', false]);
    // It sets, so the same call is carried out.
    expect((await app.write('editComment', { issueKey, commentId, comment: 'Not done' }, ana)).status).toBe(200);
  });

  it('tells that somebody else had edited it', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey });
    const comment = last(issueKey);
    if (comment) comment.edited = { by: '712020:00000000-0000-4000-8000-000000000003', at: Date.now() };
    const { body } = await app.write('editComment', { issueKey, commentId, comment: 'Mine again' }, ana);
    expect(body.note).toMatch(/^Li Wei had edited it/);
  });

  it.each([
    ['a comment of another issue', { issueKey: 'ATLAS-2' }, 404, 'not_found'],
    ['what is no ID', { commentId: '../12' }, 400, 'invalid_input'],
    ['no text', { comment: ' ' }, 400, 'invalid_input'],
    ['an issue that is not there', { issueKey: 'ATLAS-4040' }, 404, 'not_found'],
  ])('refuses %s', async (_, more, status, code) => {
    const commentId = await commented(ana, { issueKey: 'ATLAS-12', comment: `${Math.random()}` });
    const reply = await app.write('editComment', { issueKey: 'ATLAS-12', commentId, comment: 'x', ...more }, ana);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  it('is refused as forbidden where the account may not edit', async () => {
    const issueKey = await app.newTask(ana);
    const commentId = await commented(ana, { issueKey });
    app.issue(issueKey).frozen = true;
    const { body } = await app.write('editComment', { issueKey, commentId, comment: 'x' }, ana);
    expect(body.code).toBe('forbidden');
  });

  it("takes the comment of a move for the user's", async () => {
    const issueKey = await app.newTask(ana);
    // With and without a screen, by which Jira takes the comment with the move.
    for (const status of ['In Progress', 'In Review', 'Done']) {
      await app.write('transitionIssue', { issueKey, status, comment: `To ${status}` }, ana);
      const { body } = await app.write('editComment', { issueKey, comment: `In ${status}` }, ana);
      expect([body.before, body.after]).toEqual([`To ${status}`, `In ${status}`]);
    }
  });

  it('says where it could not be kept who asked for a comment', async () => {
    app.jira.fail({ method: 'PUT', path: `/properties/${ASKED_BY}$`, status: 403, body: '{"errorMessages":["No."]}' });
    const input = { issueKey: 'HELP-1', comment: 'Unmarked', audience: 'internal' };
    const { body } = await app.write('addComment', input, ana);
    expect([body.audience, body.note]).toEqual(['internal', expect.stringContaining('could not be kept')]);
    const { commentId } = body;
    const { body: refused } = await app.write('editComment', { issueKey: 'HELP-1', commentId, comment: 'x' }, ana);
    expect(refused.code).toBe('forbidden');
  });

  it('keeps a policy: nothing of a closed project', async () => {
    const commentId = await commented(ana, { issueKey: 'HELP-1', audience: 'internal', comment: 'Closed' });
    const POLICY = JSON.stringify({ default: { systems: { jira: { projects: ['ATLAS'] } } } });
    const restricted = await startJiraApp({ ...entra, POLICY }, app.jira);
    for (const more of [{ commentId }, {}]) {
      const input = { issueKey: 'HELP-1', comment: 'x', ...more };
      const { status, body } = await restricted.write('editComment', input, ana);
      expect([status, JSON.stringify(body).includes('Closed')]).toEqual([403, false]);
    }
    const issueKey = await app.newTask(ana);
    await commented(ana, { issueKey });
    expect((await restricted.write('editComment', { issueKey, comment: 'Open' }, ana)).body.after).toBe('Open');
    await restricted.stop();
  });
});

agreesWithOpenApi(() => app.jira);
