import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';
import { ana, entra, stranger } from '../signedIn.ts';

const app = useJiraApp(entra);
const li = '712020:00000000-0000-4000-8000-000000000003';
const changes = () => app.costs().filter(cost => !cost.startsWith('GET'));

describe('watchIssue', () => {
  it('lets the user watch, and tells that they do already', async () => {
    const issueKey = await app.newTask(ana);
    const { body } = await app.write('watchIssue', { issueKey }, ana);
    expect(body).toMatchObject({ issueKey, person: 'Ana Ruiz', watching: true, already: false, watchCount: 1 });
    // The account ID is a JSON text by itself.
    const posted = app.jira.requests.findLast(({ method }) => method === 'POST');
    expect(posted?.body).toMatch(/^"712020:.*02"$/);
    expect(app.costs()).toContain(`POST issue/${issueKey}/watchers`);
    const { body: again } = await app.write('watchIssue', { issueKey }, ana);
    expect(again).toMatchObject({ watching: true, already: true, watchCount: 1 });
    expect(changes()).toEqual([]);
  });

  it('lets somebody else watch, and stop it', async () => {
    const issueKey = await app.newTask(ana);
    await app.write('watchIssue', { issueKey }, ana);
    const { body } = await app.write('watchIssue', { issueKey, person: 'li wei' }, ana);
    expect(body).toMatchObject({ person: 'Li Wei', watchCount: 2, watchers: ['Ana Ruiz', 'Li Wei'] });
    expect((await app.read('getIssue', { issueKey }, ana)).body.watchCount).toBe(2);
    const off = { issueKey, person: 'li wei', watching: false };
    expect((await app.write('watchIssue', off, ana)).body).toMatchObject({
      watching: false,
      already: false,
      watchCount: 1,
    });
    app.costs();
    expect((await app.write('watchIssue', off, ana)).body).toMatchObject({ already: true, watchCount: 1 });
    expect(changes()).toEqual([]);
    expect(app.issue(issueKey).watcherIds).not.toContain(li);
  });

  it.each([
    ['several people', { person: 'sam' }, 'ambiguous', 'Sam Taylor'],
    ['nobody', { person: 'Nemo Nobody' }, 'not_found', 'Nemo Nobody'],
    ['who has left', { person: 'Marta Olsen' }, 'not_found', 'Marta Olsen'],
    ['a customer', { person: 'Carla Client' }, 'invalid_input', 'is a customer'],
    ['an app', { person: 'Automation for Jira' }, 'invalid_input', 'is an app'],
    [
      'an account that there is not',
      { person: '712020:00000000-0000-4000-8000-0000000000ff' },
      'not_found',
      'may not see',
    ],
    ['an issue that is not there', { issueKey: 'ATLAS-4040' }, 'not_found', 'ATLAS-4040'],
  ])('refuses %s', async (_, input, code, told) => {
    const { body } = await app.write('watchIssue', { issueKey: 'ATLAS-12', ...input }, ana);
    expect([body.code, body.detail]).toEqual([code, expect.stringContaining(told)]);
  });

  it('asks who the user is where Jira does not know them', async () => {
    const { body } = await app.write('watchIssue', { issueKey: 'ATLAS-12' }, stranger);
    expect([body.code, body.detail]).toEqual(['invalid_input', expect.stringContaining('Ask the user')]);
    expect(changes()).toEqual([]);
  });

  it('says which permission is missing', async () => {
    const { body } = await app.write('watchIssue', { issueKey: 'COMET-2' }, ana);
    expect([body.code, body.detail]).toEqual(['forbidden', expect.stringContaining('Manage watchers')]);
  });

  it('does not say that it was so before where Jira does not tell who watches', async () => {
    app.answerNext('/watchers$', { isWatching: false, watchCount: 3, watchers: [] });
    const { body } = await app.write('watchIssue', { issueKey: 'ATLAS-2' }, ana);
    expect([body.watching, body.already]).toEqual([true, undefined]);
    expect(app.issue('ATLAS-2').watcherIds).toHaveLength(1);
  });
});

agreesWithOpenApi(() => app.jira);
