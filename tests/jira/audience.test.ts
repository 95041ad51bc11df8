import { describe, expect, it } from 'vitest';
import { startJiraApp, useJiraApp } from './harness.ts';

const app = useJiraApp();
const last = (issueKey: string) => app.issue(issueKey).comments.at(-1);
const route = /servicedeskapi\/request\/HELP-1\/comment$/;

describe('who reads a comment in a service project', () => {
  it.each([
    ['addComment', { issueKey: 'HELP-1', comment: 'Pays late' }],
    ['transitionIssue', { issueKey: 'HELP-1', comment: 'Pays late', status: 'In Progress' }],
  ])('%s writes nothing before it is told, and says who would read it', async (action, input) => {
    const before = app.issue('HELP-1').comments.length;
    const { status, body } = await app.write(action, input);
    expect([status, body.code, body.errors[0]?.field]).toEqual([400, 'invalid_input', 'audience']);
    expect(body.detail).toMatch(/public is read by the customer.*internal only by the agents/);
    expect(app.costs().filter(cost => !cost.startsWith('GET'))).toEqual([]);
    expect(app.issue('HELP-1').comments).toHaveLength(before);
  });

  it.each([
    ['internal', false],
    ['public', true],
  ])(
    'addComment writes one that is %s by the service desk, and tells what Jira made of it',
    async (audience, isPublic) => {
      const { body } = await app.write('addComment', { issueKey: 'HELP-1', comment: `**For** ${audience}`, audience });
      expect([body.audience, body.commentId, body.note]).toEqual([audience, last('HELP-1')?.id, undefined]);
      expect(last('HELP-1')?.isPublic).toBe(isPublic);
      expect(app.sent('POST', route)).toEqual({ body: `{*}For{*} ${audience}`, public: isPublic });
      expect(app.costs()).not.toContain('POST issue/HELP-1/comment');
    },
  );

  it('transitionIssue comments before it moves', async () => {
    const input = { issueKey: 'HELP-1', status: 'In Progress', comment: 'Costs us money', audience: 'internal' };
    const from = app.jira.requests.length;
    const { body } = await app.write('transitionIssue', input);
    expect([body.status, body.audience, last('HELP-1')?.isPublic]).toEqual(['In Progress', 'internal', false]);
    const posts = app.jira.requests.slice(from).filter(({ method }) => method === 'POST');
    expect(posts.map(({ path }) => path.split('/').at(-1))).toEqual(['comment', 'transitions']);
    expect(JSON.parse(posts[1]?.body ?? '')).not.toHaveProperty('update');
  });

  it('transitionIssue says that the comment is there when the move is refused', async () => {
    app.jira.fail({ method: 'POST', path: '/transitions$', status: 409, body: '{"errorMessages":["Busy."]}' });
    const input = { issueKey: 'HELP-1', status: 'In Review', comment: 'Once', audience: 'internal' };
    const { body } = await app.write('transitionIssue', input);
    expect(body.detail).toMatch(/internal comment was added to HELP-1, but .* without the comment/);
    expect(body.retryable).toBe(false);
  });

  it.each([
    ['addComment', {}],
    ['transitionIssue', { status: 'Done' }],
  ])(
    '%s refuses a comment that is too long in the markup of the service desk, before anything is written',
    async (action, more) => {
      const before = app.issue('HELP-1').comments.length;
      const input = { issueKey: 'HELP-1', comment: '[x]'.repeat(8_000), audience: 'internal', ...more };
      const { body } = await app.write(action, input);
      expect(body.errors).toEqual([
        { field: 'comment', message: expect.stringMatching(/40000 characters.*Nothing was/) },
      ]);
      expect(app.costs().filter(cost => !cost.startsWith('GET'))).toEqual([]);
      expect(app.issue('HELP-1').comments).toHaveLength(before);
    },
  );

  it('warns when Jira made a note public, and when it does not tell', async () => {
    const input = { issueKey: 'HELP-1', comment: 'Not for them', audience: 'internal' };
    app.jira.fail({ method: 'GET', path: '/comment/\\d+$', status: 200, body: '{"id":"1","jsdPublic":true}' });
    const made = await app.write('addComment', input);
    expect([made.body.audience, made.body.note]).toEqual(['public', expect.stringContaining('the customer can read')]);
    app.jira.fail({ method: 'GET', path: '/comment/\\d+$', status: 404, body: '{}' });
    const unread = await app.write('addComment', { ...input, comment: 'Nor this' });
    expect([unread.status, unread.body.audience]).toEqual([200, undefined]);
    expect(unread.body.note).toContain('did not confirm who can read it');
  });

  it.each([
    ['addComment', { comment: 'Hush' }],
    ['transitionIssue', { comment: 'Hush', status: 'In Progress' }],
  ])('%s refuses an internal comment elsewhere', async (action, input) => {
    const issueKey = await app.newTask();
    const { status, body } = await app.write(action, { issueKey, audience: 'internal', ...input });
    expect([status, body.errors[0]?.field]).toEqual([400, 'audience']);
    expect(app.issue(issueKey).comments).toHaveLength(0);
  });

  it('getIssue and getProjectUpdates mark each comment, and count those that are left out', async () => {
    const { body } = await app.read('getIssue', { issueKey: 'HELP-1' });
    const seen = body.comments.map(({ text, audience }: Record<string, string>) => [text, audience]);
    expect(seen).toContainEqual(['They pay late; no hurry.', 'internal']);
    expect(seen).toContainEqual(['We are looking into it.', 'public']);
    expect(JSON.stringify(seen)).not.toContain('Legal knows');
    expect(body.notShown).toBe(1);
    const { body: updates } = await app.read('getProjectUpdates', { projectId: 'HELP', since: '200d' });
    const { changes, notShown } = updates.updates[0];
    expect(notShown).toBe(1);
    expect(changes).toContainEqual(expect.objectContaining({ text: 'They pay late; no hurry.', audience: 'internal' }));
    const { body: other } = await app.read('getIssue', { issueKey: 'ATLAS-1' });
    expect(other.comments[0]).not.toHaveProperty('audience');
  });

  it('writes no note on an issue that is no customer request, where Jira may make it public', async () => {
    const task = { projectId: 'HELP', issueType: 'Task', summary: 'Order a printer' };
    const { body: made } = await app.write('createIssue', task);
    const input = { issueKey: made.issueKey, comment: '**Soon**' };
    const { status, body } = await app.write('addComment', { ...input, audience: 'internal' });
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toContain('Nothing was written');
    expect(app.issue(made.issueKey).comments).toEqual([]);
    const { body: told } = await app.write('addComment', { ...input, audience: 'public' });
    expect([told.audience, told.note, last(made.issueKey)?.isPublic]).toEqual(['public', undefined, true]);
  });

  it('asks the project where the issue does not say what kind of project it is in', async () => {
    const before = app.issue('HELP-1').comments.length;
    for (const fields of [{ project: { key: 'HELP', name: 'Help' } }, { summary: 'x' }]) {
      app.answerNext('issue/HELP-1$', { id: '1', key: 'HELP-1', fields });
      const { body } = await app.write('addComment', { issueKey: 'HELP-1', comment: 'Hush' });
      expect(body.errors[0]?.field).toBe('audience');
    }
    app.answerNext('issue/HELP-1$', { id: '1', key: 'HELP-1', fields: { project: { key: 'HELP', name: 'Help' } } });
    app.jira.fail({ method: 'GET', path: '/project/HELP$', status: 404, body: '{"errorMessages":["No."]}' });
    const { body } = await app.write('addComment', { issueKey: 'HELP-1', comment: 'Hush' });
    expect(body.errors[0]?.field).toBe('audience');
    expect(app.issue('HELP-1').comments).toHaveLength(before);
  });

  it('keeps a policy: a project that is closed takes no comment by the service desk either', async () => {
    const policy = (projects: string[]) => JSON.stringify({ default: { systems: { jira: { projects } } } });
    for (const [project, status] of [
      ['ATLAS', 403],
      ['HELP', 200],
    ] as const) {
      const restricted = await startJiraApp({ POLICY: policy([project]) });
      const input = { issueKey: 'HELP-1', comment: 'x', audience: 'internal' };
      expect((await restricted.write('addComment', input)).status).toBe(status);
      await restricted.stop();
    }
  });
});
