import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { useJiraApp } from './harness.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const only = (project: string) => ({ systems: { jira: { projects: [project] } } });
const app = useJiraApp({
  POLICY: JSON.stringify({ keys: { [hash('help')]: only('HELP'), [hash('atlas')]: only('ATLAS') }, default: {} }),
});
/** Callers of policies of their own: what is known of desks is known for each alone. */
const help = { 'x-functions-key': 'help' };
const atlas = { 'x-functions-key': 'atlas' };

const desk = (id: string, projectKey: string, projectName: string) => ({
  id,
  projectId: `1001${id}`,
  projectKey,
  projectName,
});

it('asks which of several desks is meant, by name or key, and takes none for another', async () => {
  const values = [desk('7', 'HELP', 'Help desk'), desk('8', 'HR', 'People desk'), desk('9', 'HR2', 'People desk')];
  app.answerNext('/servicedesk$', { values, isLastPage: true });
  const { status, body } = await app.read('listRequests');
  expect([status, body.code]).toEqual([409, 'ambiguous']);
  expect(body.errors).toEqual([
    { field: 'projectId', message: expect.stringContaining('Help desk (HELP), People desk (HR), People desk (HR2)') },
  ]);
  const { body: people } = await app.write('createRequest', { projectId: 'people desk', requestType: 'Leave' });
  expect(people).toMatchObject({ code: 'ambiguous', detail: expect.stringContaining('People desk (HR2)') });
  expect((await app.read('listRequests', { projectId: 'help' })).body.projectKey).toBe('HELP');
  const { body: near } = await app.read('listRequests', { projectId: 'Help desc' });
  expect(near).toMatchObject({ code: 'not_found', detail: expect.stringContaining('nearest is "Help desk"') });
  const { body: other } = await app.read('listRequests', { projectId: 'ATLAS' });
  expect(other).toMatchObject({ code: 'not_found', detail: expect.stringContaining('no service desk "ATLAS"') });
  const { body: nowhere } = await app.read('listRequests', { projectId: 'NOPE' });
  expect(nowhere).toMatchObject({ code: 'not_found', detail: expect.stringContaining('no Jira project NOPE') });
});

it('tells a site without service desks from one that is gone', async () => {
  app.jira.fail({ path: '/servicedesk$', status: 404, body: '<html><body>Oops</body></html>' });
  const { body } = await app.read('listRequests', {}, help);
  expect(body).toMatchObject({
    code: 'not_found',
    detail: expect.stringContaining('Jira Service Management is not part'),
  });
  app.jira.fail({ path: '/(servicedesk|myself)$', status: 404, body: '<html><body>Oops</body></html>', times: 9 });
  expect((await app.read('listRequests', {}, help)).body.code).toBe('misconfigured');
  app.jira.clearFaults();
});

it('says that an agent is needed, and which scope is missing', async () => {
  const refused = {
    errorMessage: 'You are not an agent.',
    i18nErrorMessage: { i18nKey: 'sd.agent', parameters: [] },
  };
  app.jira.fail({ path: '/queue$', status: 403, body: JSON.stringify(refused) });
  const { status, body } = await app.read('listRequests', { queue: 'Unassigned requests' }, help);
  expect([status, body.code]).toEqual([403, 'forbidden']);
  expect(body.detail).toMatch(/Only its agents see the queues.*must make it one, with a licence.*You are not an agent/);
  const scope = '{"code":401,"message":"Unauthorized; scope does not match"}';
  app.jira.fail({ path: '/queue$', status: 401, body: scope });
  const { body: scoped } = await app.read('listRequests', { queue: 'Unassigned requests' }, help);
  expect(scoped).toMatchObject({
    code: 'upstream_auth_failed',
    detail: expect.stringContaining('read:servicedesk-request'),
  });
});

it('keeps a policy: nothing of a desk of a closed project is shown, by neither name nor count', async () => {
  const calls: [string, Record<string, string>][] = [
    ['listRequests', { projectId: 'HELP' }],
    ['listRequests', { projectId: 'Help desk' }],
    ['listRequests', { projectId: '10013', queue: 'Unassigned requests' }],
    ['listRequests', {}],
    ['getRequest', { issueKey: 'HELP-2' }],
    ['findHelpArticles', { term: 'vpn' }],
    ['findHelpArticles', { term: 'vpn', projectId: 'HELP' }],
  ];
  for (const [action, input] of calls) {
    const { status, body } = await app.read(action, input, atlas);
    expect([action, input, status >= 400]).toEqual([action, input, true]);
    expect(['forbidden', 'not_found']).toContain(body.code);
    expect(body.detail).not.toMatch(/VPN|Unassigned|Help desk \(|Hardware|\(HELP\)/);
  }
  const writes: [string, Record<string, string>][] = [
    ['createRequest', { projectId: 'HELP', requestType: 'Hardware', summary: 'x' }],
    ['addParticipants', { issueKey: 'HELP-2', people: 'Ana Ruiz' }],
  ];
  for (const [action, input] of writes)
    expect((await app.write(action, input, atlas)).status).toBeGreaterThanOrEqual(403);
  expect(app.costs().filter(each => /^(POST|PUT) \/?(rest\/servicedeskapi\/request|issue)/.test(each))).toEqual([]);
});

it('serves an open desk under a policy', async () => {
  expect((await app.read('listRequests', { breachingWithin: '2h' }, help)).body.requests).toHaveLength(2);
  const queue = await app.read('listRequests', { queue: 'Waiting for approval', requestType: 'Access request' }, help);
  expect(queue.body.requests).toHaveLength(2);
  expect((await app.read('findHelpArticles', { term: 'vpn' }, help)).body.articles).toHaveLength(1);
  const { body } = await app.write(
    'addParticipants',
    {
      issueKey: 'HELP-3',
      people: 'Ana Ruiz',
      organizations: 'Fabrikam',
    },
    help,
  );
  expect(body.added).toEqual(['Ana Ruiz', 'Fabrikam']);
  const made = await app.write('createRequest', { requestType: 'Get IT help', summary: 'No sound' }, help);
  expect(made.body.requestType).toBe('Get IT help');
});
