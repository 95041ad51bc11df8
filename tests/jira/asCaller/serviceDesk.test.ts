import { beforeEach, describe, expect, it } from 'vitest';
import { useCallersApp } from './callers.ts';

const callers = useCallersApp();
const { read, write, grant } = callers;

/** Zoe is the only agent; Carla and Maria are customers of the portal, and Ana has a licence but is no agent. */
beforeEach(() => grant('HELP', 'SERVICEDESK_AGENT', 'zoe.obrien'));

describe('a service desk with the rights of its caller', () => {
  it('shows customers the requests of which they are reporter or participant, and no others', async () => {
    for (const [who, own, others] of [
      ['carla', ['HELP-2', 'HELP-4', 'HELP-7'], ['HELP-1', 'HELP-3', 'HELP-5', 'HELP-6']],
      ['maria.keller', ['HELP-2', 'HELP-3', 'HELP-5', 'HELP-6'], ['HELP-1', 'HELP-4', 'HELP-7']],
    ] as const) {
      for (const issueKey of own) expect((await read(who, 'getRequest', { issueKey })).status, issueKey).toBe(200);
      for (const issueKey of others) {
        expect((await read(who, 'getRequest', { issueKey })).body.code, issueKey).toBe('not_found');
      }
      const { body } = await read(who, 'listRequests', { projectId: 'HELP', openOnly: 'false' });
      expect(body.requests.map(({ issueKey }: { issueKey: string }) => issueKey).sort(), who).toEqual([...own]);
    }
  });

  it('shows customers nothing of what agents say among themselves, nor how they keep their times', async () => {
    const { body } = await read('carla', 'getRequest', { issueKey: 'HELP-2' });
    const asAgent = await read('zoe.obrien', 'getRequest', { issueKey: 'HELP-2' });
    expect(asAgent.body.slas?.length).toBeGreaterThan(0);
    expect(body.slas ?? []).toEqual([]);
    const internal = callers.site.issue('HELP-2').comments.filter(({ isPublic }) => !isPublic);
    expect(internal.length).toBeGreaterThan(0);
    const comments = await read('carla', 'listComments', { issueKey: 'HELP-2' });
    for (const { id } of internal) expect(JSON.stringify(comments.body)).not.toContain(`"${id}"`);
    expect(JSON.stringify((await read('zoe.obrien', 'listComments', { issueKey: 'HELP-2' })).body)).toContain(
      `"${internal[0]?.id}"`,
    );
  });

  it.each<[string, object]>([
    ['addComment', { issueKey: 'HELP-2', comment: 'Note', audience: 'internal' }],
    ['updateIssue', { issueKey: 'HELP-2', summary: 'Other' }],
    ['updateIssue', { issueKey: 'HELP-2', priority: 'High' }],
    ['assignIssue', { issueKey: 'HELP-2', assignee: 'Zoë O’Brien' }],
    ['transitionIssue', { issueKey: 'HELP-2', status: 'In Progress' }],
    ['logWork', { issueKey: 'HELP-2', timeSpent: '1h' }],
    ['linkIssues', { issueKey: 'HELP-2', linkType: 'blocks', targetIssueKey: 'HELP-4' }],
    ['watchIssue', { issueKey: 'HELP-2', person: 'me' }],
    ['addParticipants', { issueKey: 'HELP-2', people: 'Sam Taylor' }],
    ['answerRequestApproval', { issueKey: 'HELP-2', decision: 'approve' }],
    ['createIssue', { projectId: 'HELP', issueType: 'Task', summary: 'New' }],
    ['createRequest', { requestType: 'Billing question', summary: 'For Maria', onBehalfOf: 'Maria Keller' }],
    ['createRequest', { requestType: 'Billing question', summary: 'Shared', participants: 'Maria Keller' }],
  ])('lets customers not do what is for its agents: %s %o', async (action, input) => {
    callers.changes();
    const { status, body } = await write('carla', action, input);
    expect(status, body.detail).toBeGreaterThanOrEqual(400);
    expect(['forbidden', 'not_found', 'invalid_input', 'conflict']).toContain(body.code);
    expect(callers.changes()).toEqual([]);
  });

  it('lets customers comment on their requests, publicly', async () => {
    const { status, body } = await write('carla', 'addComment', {
      issueKey: 'HELP-2',
      comment: 'Thanks',
      audience: 'public',
    });
    expect(status, body.detail).toBe(200);
  });

  it('makes a request for who asks, and for others where an agent asks', async () => {
    const own = await write('carla', 'createRequest', { requestType: 'Billing question', summary: 'Invoice' });
    expect(own.status, own.body.detail).toBe(200);
    expect(callers.site.issue(own.body.issueKey).values.reporter).toBe(callers.accountOf('carla'));
    const other = { requestType: 'Billing question', summary: 'For Maria', onBehalfOf: 'maria.keller@client.example' };
    const made = await write('zoe.obrien', 'createRequest', other);
    expect(made.status, made.body.detail).toBe(200);
    expect(callers.site.issue(made.body.issueKey).values.reporter).toBe(callers.accountOf('maria.keller'));
  });

  it('keeps its queues and others’ organisations for agents', async () => {
    const queue = { projectId: 'HELP', queue: 'Unassigned requests' };
    expect((await read('carla', 'listRequests', queue)).body.code).toBe('forbidden');
    expect((await read('zoe.obrien', 'listRequests', queue)).status).toBe(200);
  });

  it('is none for who may not use it, with its types and articles', async () => {
    grant('HELP', 'BROWSE_PROJECTS', 'zoe.obrien');
    const none = await read('ana.ruiz', 'listRequestTypes', { projectId: 'NOWHERE' });
    const hidden = await read('ana.ruiz', 'listRequestTypes', { projectId: 'HELP' });
    expect(hidden.body.detail.replaceAll('HELP', 'NOWHERE')).toBe(none.body.detail);
    const articles = await read('ana.ruiz', 'findHelpArticles', { term: 'VPN' });
    expect(articles.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(articles.body)).not.toContain('Reset your VPN');
    expect((await read('zoe.obrien', 'findHelpArticles', { term: 'VPN', projectId: 'HELP' })).status).toBe(200);
  });

  it('takes the answer to an approval of nobody', async () => {
    callers.changes();
    for (const who of ['carla', 'zoe.obrien', 'ana.ruiz'] as const) {
      const { body } = await write(who, 'answerRequestApproval', { issueKey: 'HELP-7', decision: 'approve' });
      expect(body.code).toMatch(/forbidden|not_found|conflict/);
    }
    expect(callers.changes()).toEqual([]);
  });
});
