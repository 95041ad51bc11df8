import { describe, expect, it } from 'vitest';
import { useCallersApp } from './callers.ts';

const callers = useCallersApp();
const { write, grant } = callers;
const account = () => callers.accountOf('ana.ruiz');

/** Ana may do everything but this. */
const without = (permission: string, projectKey = 'ATLAS') => grant(projectKey, permission, 'zoe.obrien');

describe('a change with the rights of its caller', () => {
  it('is made, and says in the history of the issue for whom', async () => {
    const { status, body } = await write('ana.ruiz', 'updateIssue', { issueKey: 'ATLAS-15', priority: 'Low' });
    expect(status, body.detail).toBe(200);
    const [history] = callers.site.issue('ATLAS-15').histories.slice(-1);
    expect(history?.metadata).toMatchObject({
      description: 'For Ana Ruiz',
      actor: { id: account(), displayName: 'Ana Ruiz' },
    });
    expect(callers.app.logs()).toContain(`"onBehalfOf":["jira/${account()}"]`);
  });

  it.each([
    ['transitionIssue', { issueKey: 'ATLAS-15', status: 'In Progress' }],
    ['assignIssue', { issueKey: 'ATLAS-15', assignee: 'Sam Taylor' }],
  ])('by %s says so, too', async (action, input) => {
    const { status, body } = await write('ana.ruiz', action, input);
    expect(status, body.detail).toBe(200);
    const [history] = callers.site.issue('ATLAS-15').histories.slice(-1);
    expect(history?.metadata).toMatchObject({ description: 'For Ana Ruiz' });
  });

  it.each<[string, string, object]>([
    ['EDIT_ISSUES', 'updateIssue', { issueKey: 'ATLAS-16', summary: 'Other' }],
    ['SCHEDULE_ISSUES', 'updateIssue', { issueKey: 'ATLAS-16', dueDate: '2030-01-01' }],
    ['ASSIGN_ISSUES', 'updateIssue', { issueKey: 'ATLAS-16', assignee: 'Sam Taylor' }],
    ['RESOLVE_ISSUES', 'updateIssue', { issueKey: 'ATLAS-16', addFixVersions: '2.5' }],
    ['SCHEDULE_ISSUES', 'updateIssue', { issueKey: 'ATLAS-16', additionalFields: '{"Sprint": "Sprint 43"}' }],
    ['ASSIGN_ISSUES', 'assignIssue', { issueKey: 'ATLAS-16', assignee: 'Sam Taylor' }],
    ['TRANSITION_ISSUES', 'transitionIssue', { issueKey: 'ATLAS-16', status: 'In Progress' }],
    ['ADD_COMMENTS', 'addComment', { issueKey: 'ATLAS-16', comment: 'Hello' }],
    ['WORK_ON_ISSUES', 'logWork', { issueKey: 'ATLAS-16', timeSpent: '1h' }],
    ['LINK_ISSUES', 'linkIssues', { issueKey: 'ATLAS-16', linkType: 'blocks', targetIssueKey: 'ATLAS-18' }],
    ['MANAGE_WATCHERS', 'watchIssue', { issueKey: 'ATLAS-16', person: 'Sam Taylor' }],
    ['CREATE_ISSUES', 'createIssue', { projectId: 'ATLAS', issueType: 'Task', summary: 'New' }],
    ['ASSIGN_ISSUES', 'createIssue', { projectId: 'ATLAS', issueType: 'Task', summary: 'New', assignee: 'Sam Taylor' }],
    ['SCHEDULE_ISSUES', 'rankIssues', { issueKeys: 'ATLAS-16', aboveIssue: 'ATLAS-18' }],
    ['EDIT_ISSUES', 'moveToSprint', { issueKeys: 'ATLAS-16', sprint: 'next' }],
    ['MANAGE_SPRINTS_PERMISSION', 'createSprint', { projectId: 'ATLAS', name: 'Sprint X' }],
    ['MANAGE_SPRINTS_PERMISSION', 'updateSprint', { projectId: 'ATLAS', sprint: 'active', goal: 'Other' }],
    ['ADMINISTER_PROJECTS', 'createVersion', { projectId: 'ATLAS', name: '9.9' }],
    ['ADMINISTER_PROJECTS', 'updateVersion', { projectId: 'ATLAS', version: '2.5', description: 'Other' }],
    ['CREATE_ATTACHMENTS', 'addAttachment', { issueKey: 'ATLAS-16', fileName: 'a.txt', text: 'Hello' }],
  ])('is refused without %s: %s %o', async (permission, action, input) => {
    without(permission);
    callers.changes();
    const { body } = await write('ana.ruiz', action, input);
    expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining(permission) });
    expect(callers.changes()).toEqual([]);
  });

  it('is answered for an issue that may not be browsed as for one that there is not', async () => {
    callers.site.issue('ATLAS-19').security = [callers.accountOf('zoe.obrien')];
    const refused = async (issueKey: string) =>
      (await write('ana.ruiz', 'addComment', { issueKey, comment: 'Hi' })).body;
    const [hidden, none] = [await refused('ATLAS-19'), await refused('ATLAS-9999')];
    expect(hidden.code).toBe('not_found');
    expect(hidden.detail.replace('ATLAS-19', 'ATLAS-9999')).toBe(none.detail);
    const link = { issueKey: 'ATLAS-16', linkType: 'blocks', targetIssueKey: 'ATLAS-19' };
    expect((await write('ana.ruiz', 'linkIssues', link)).body.code).toBe('not_found');
    const below = { projectId: 'ATLAS', issueType: 'Sub-task', summary: 'New', parent: 'ATLAS-19' };
    expect((await write('ana.ruiz', 'createIssue', below)).body.code).toBe('not_found');
    expect(callers.changes()).toEqual([]);
  });

  it('is not made by a transition whose conditions may hold the caller back', async () => {
    const transition = callers.jira.site.transitions.find(({ name }) => name === 'Start work');
    if (transition) transition.onlyFor = [callers.accountOf('zoe.obrien')];
    const { body } = await write('ana.ruiz', 'transitionIssue', { issueKey: 'ATLAS-16', status: 'In Progress' });
    expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('conditions') });
    expect(callers.changes()).toEqual([]);
    if (transition) delete transition.onlyFor;
  });

  it('of a comment needs the permission for those of others: all are of the account of this service', async () => {
    const added = await write('ana.ruiz', 'addComment', { issueKey: 'ATLAS-18', comment: 'First' });
    const change = { issueKey: 'ATLAS-18', commentId: added.body.commentId, comment: 'Second' };
    without('EDIT_ALL_COMMENTS');
    expect((await write('ana.ruiz', 'editComment', change)).body).toMatchObject({ code: 'forbidden' });
    without('DELETE_ALL_COMMENTS');
    const { body: unplanned } = await write('ana.ruiz', 'deleteComment', { issueKey: 'ATLAS-18' });
    expect(unplanned).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('DELETE_ALL_COMMENTS') });
    grant('ATLAS', 'EDIT_ALL_COMMENTS', 'ana.ruiz');
    expect((await write('ana.ruiz', 'editComment', change)).body).toMatchObject({ issueKey: 'ATLAS-18' });
  });

  it('lets people watch for themselves', async () => {
    without('MANAGE_WATCHERS');
    const { status, body } = await write('ana.ruiz', 'watchIssue', { issueKey: 'ATLAS-16', person: 'me' });
    expect(status, body.detail).toBe(200);
  });
});

describe('a caller whose account is not known', () => {
  it('is refused, and told what an administrator must add', async () => {
    const { body } = await callers.site.write(
      'addComment',
      { issueKey: 'ATLAS-16', comment: 'Hi' },
      (await import('../signedIn.ts')).stranger,
    );
    expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('JIRA_USER_MAP') });
  });
});

describe('an edit of fields on a screen', () => {
  it('is refused for want of the permission, and not for want of the field', async () => {
    without('EDIT_ISSUES');
    const { body } = await write('ana.ruiz', 'updateIssue', { issueKey: 'ATLAS-16', priority: 'Low' });
    expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('EDIT_ISSUES') });
  });
});

describe('a change of many with the rights of its caller', () => {
  const closeTo = (issueKey: string) => {
    const issue = callers.site.issue(issueKey);
    issue.security = [callers.accountOf('zoe.obrien')];
    return () => {
      delete issue.security;
    };
  };

  it('tells in its plan what the caller may not change, and changes the others alone', async () => {
    without('EDIT_ISSUES', 'BEACON');
    const input = { issueKeys: 'ATLAS-20, BEACON-4', priority: 'Low' };
    const { body: plan } = await write('ana.ruiz', 'updateIssues', input);
    expect(plan.items).toMatchObject([
      { key: 'ATLAS-20' },
      { key: 'BEACON-4', message: expect.stringContaining('EDIT_ISSUES') },
    ]);
    callers.changes();
    const { body } = await write('ana.ruiz', 'updateIssues', { confirmationToken: plan.confirmationToken });
    expect(body.items).toMatchObject([{ key: 'ATLAS-20', outcome: 'done' }]);
    expect(callers.changes()).toEqual(['PUT /rest/api/3/issue/ATLAS-20']);
  });

  it('asks again when it is carried out', async () => {
    const input = { issueKeys: 'ATLAS-21, ATLAS-22', priority: 'Lowest' };
    const { body: plan } = await write('ana.ruiz', 'updateIssues', input);
    const open = closeTo('ATLAS-22');
    callers.changes();
    const { body } = await write('ana.ruiz', 'updateIssues', { confirmationToken: plan.confirmationToken });
    expect(body.items).toMatchObject([
      { key: 'ATLAS-21', outcome: 'done' },
      { key: 'ATLAS-22', outcome: 'notDone' },
    ]);
    expect(callers.changes()).toEqual(['PUT /rest/api/3/issue/ATLAS-21']);
    open();
  });

  it('makes no plan of issues where the caller may create none', async () => {
    without('CREATE_ISSUES');
    const { body } = await write('ana.ruiz', 'createIssues', {
      projectId: 'ATLAS',
      issueType: 'Task',
      issues: '[{"summary": "One"}, {"summary": "Two"}]',
    });
    expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('CREATE_ISSUES') });
    expect(callers.changes()).toEqual([]);
  });
});
