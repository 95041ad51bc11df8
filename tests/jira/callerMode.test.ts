import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { type JiraApp, startJiraApp } from './harness.ts';

const ana = 'ana.ruiz@example.com';
const zoe = 'zoe.obrien@example.com';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** With nothing of an account of the service: neither an address nor a secret. */
const callersSignIn = { JIRA_AUTH: 'caller', JIRA_EMAIL: '', JIRA_API_TOKEN: '' };

let sandbox: JiraSandbox;
let site: JiraApp;

beforeAll(async () => {
  sandbox = await startSandbox();
  site = await startJiraApp({ ...callersSignIn, JIRA_CLOUD_ID: sandbox.cloudId }, sandbox);
});
afterAll(async () => {
  await site.stop();
  await sandbox.close();
});

const costs = () =>
  site
    .costs()
    .map(cost => cost.replace(`/ex/jira/${sandbox.cloudId}/rest/api/3/`, ''))
    .sort();
const as = (email: string) => bearer(sandbox.tokenOf(email));
const idOf = (email: string) => sandbox.site.people.find(person => person.email === email)?.accountId;

beforeEach(() => {
  site.costs();
});

/** As Entra ID issues them: nobody's whom Jira knows. */
const ofEntra = [
  { alg: 'RS256', kid: 'k' },
  { iss: 'https://login.microsoftonline.com/t/v2.0', upn: ana },
]
  .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('c2lnbmF0dXJl')
  .join('.');

describe('a token', () => {
  it.each([
    ['that has expired', () => sandbox.tokenOf(ana, { lifeSeconds: 0 })],
    ['for another audience', () => sandbox.tokenOf(ana, { audience: 'api.example.com' })],
    ['that is none', () => 'not-a-token'],
    ['of Entra ID', () => ofEntra],
  ])('%s is asked about once, and answered with 401 in both error modes', async (_, token) => {
    const headers = bearer(token());
    for (const mode of ['problem', 'inline']) {
      const { status, body } = await site.read(
        'searchIssues',
        { projectId: 'ATLAS' },
        { ...headers, 'x-error-mode': mode },
      );
      expect(status).toBe(401);
      expect(JSON.stringify(body)).toContain('sign in at Jira again');
      expect(JSON.stringify(body)).toContain('unauthenticated');
    }
    expect(costs()).toEqual(['GET myself']);
  });

  it('of another site is refused with 403 that names the site', async () => {
    const headers = bearer(sandbox.tokenOf(ana, { site: '99999999-2222-4333-8444-555555555555' }));
    const { status, body } = await site.read('searchIssues', { projectId: 'ATLAS' }, headers);
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(body.detail).toContain(`is not for ${sandbox.url}`);
    expect(costs()).toEqual(['GET myself']);
  });

  it('that lacks a scope is refused with 403 that names the scope, at once or where it is wanted', async () => {
    const nobody = bearer(sandbox.tokenOf(ana, { scopes: ['read:jira-work'] }));
    const unseen = await site.read('searchIssues', { projectId: 'ATLAS' }, nobody);
    expect([unseen.status, unseen.body.code]).toEqual([403, 'forbidden']);
    expect(unseen.body.detail).toContain('lacks the scope read:jira-user');
    const reader = bearer(sandbox.tokenOf(ana, { scopes: ['read:jira-user', 'read:jira-work'] }));
    expect((await site.read('getIssue', { issueKey: 'ATLAS-1' }, reader)).status).toBe(200);
    const refused = await site.write('addComment', { issueKey: 'ATLAS-1', comment: 'Hello' }, reader);
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect(refused.body.detail).toContain('lacks the scope write:jira-work');
  });

  it('that ends while it is used is answered with 401, and sent only once', async () => {
    const token = sandbox.tokenOf(ana);
    expect((await site.read('getIssue', { issueKey: 'ATLAS-1' }, bearer(token))).status).toBe(200);
    costs();
    sandbox.revokeTokens(token);
    const mode = { ...bearer(token), 'x-error-mode': 'inline' };
    expect((await site.read('getIssue', { issueKey: 'ATLAS-1' }, mode)).status).toBe(401);
    expect(costs()).toEqual(['GET issue/ATLAS-1']);
    // The next call asks whose it is before anything else.
    expect((await site.read('getIssue', { issueKey: 'ATLAS-1' }, mode)).status).toBe(401);
    expect(costs()).toEqual(['GET myself']);
    expect((await site.read('getIssue', { issueKey: 'ATLAS-1' }, as(ana))).status).toBe(200);
  });

  it('goes to the gateway of the one site alone, and never to where files are kept', async () => {
    const token = sandbox.tokenOf(ana);
    const from = sandbox.requests.length;
    const file = sandbox.site.issues.flatMap(({ attachments }) => attachments)[0];
    await site.read('getAttachment', { attachmentId: file?.id ?? '' }, bearer(token));
    await site.read('searchIssues', { projectId: 'ATLAS' }, bearer(token));
    await site.write('addComment', { issueKey: 'ATLAS-1', comment: 'Hello' }, bearer(token));
    const sent = sandbox.requests.slice(from);
    const carrying = sent.filter(request => JSON.stringify(request).includes(token));
    expect(carrying.length).toBeGreaterThan(3);
    for (const { path, headers } of sent) {
      const isGateway = path.startsWith(`/ex/jira/${sandbox.cloudId}/rest/`);
      expect(headers.authorization).toBe(isGateway ? `Bearer ${token}` : undefined);
    }
  });

  it('is in no answer, no log and no error, also where Jira repeats it', async () => {
    const token = sandbox.tokenOf(ana);
    expect((await site.read('getIssue', { issueKey: 'ATLAS-1' }, bearer(token))).status).toBe(200);
    const echo = { errorMessages: [`The token ${token} may not do that.`] };
    sandbox.fail({ path: 'issue/ATLAS-1', status: 400, body: JSON.stringify(echo) });
    const refused = await site.read('getIssue', { issueKey: 'ATLAS-1' }, bearer(token));
    expect(refused.status).toBe(400);
    sandbox.fail({ path: 'issue/ATLAS-1', status: 401, body: JSON.stringify({ message: `Bad token ${token}` }) });
    const ended = await site.read('getIssue', { issueKey: 'ATLAS-1' }, bearer(token));
    expect(ended.status).toBe(401);
    for (const told of [refused.body, ended.body, site.app.logs()]) expect(JSON.stringify(told)).not.toContain(token);
  });
});

describe('the user who signed in', () => {
  it('is me, without a look-up', async () => {
    const headers = as(ana);
    await site.read('getIssue', { issueKey: 'ATLAS-1' }, headers);
    costs();
    const { body } = await site.read('searchIssues', { assignee: 'me' }, headers);
    expect(new Set(body.issues.map(({ assignee }) => assignee))).toEqual(new Set(['Ana Ruiz']));
    expect(costs()).toEqual(['POST search/jql']);
  });

  it('is whom a query means by its asker, and the query goes out as it is', async () => {
    const jql = 'assignee = currentUser() ORDER BY key';
    const { body } = await site.read('searchIssues', { jql }, as(zoe));
    expect(new Set(body.issues.map(({ assignee }) => assignee))).toEqual(new Set(["Zoë O'Brien"]));
    expect(site.sent('POST', /search\/jql$/).jql).toContain('currentUser()');
  });

  it('is who Jira has for the author of what they write', async () => {
    const input = { projectId: 'ATLAS', issueType: 'Task', summary: 'Made by Zoë', assignee: 'me' };
    const { body } = await site.write('createIssue', input, as(zoe));
    expect(sandbox.site.issues.find(({ key }) => key === body.issueKey)?.values).toMatchObject({
      reporter: idOf(zoe),
      assignee: idOf(zoe),
    });
    await site.write('addComment', { issueKey: body.issueKey, comment: 'Mine' }, as(zoe));
    expect(site.sent('POST', /comment$/)).not.toHaveProperty('properties');
    expect(site.issue(body.issueKey).comments.at(-1)).toMatchObject({ authorId: idOf(zoe) });
  });

  it("changes comments that Jira has for theirs, and nobody else's", async () => {
    const issueKey = await site.newTask(as(ana));
    await site.write('addComment', { issueKey, comment: 'First' }, as(ana));
    await site.write('addComment', { issueKey, comment: 'Second' }, as(zoe));
    const edited = await site.write('editComment', { issueKey, comment: 'First, corrected' }, as(ana));
    expect(edited.status).toBe(200);
    const [first, second] = site.issue(issueKey).comments;
    expect(JSON.stringify(first?.body)).toContain('First, corrected');
    const input = { issueKey, commentId: second?.id, comment: 'Mine now' };
    const refused = await site.write('editComment', input, as(ana));
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect(refused.body.detail).toContain("was written by Zoë O'Brien");
  });

  it('has the days of their own time zone, at no cost', async () => {
    const person = sandbox.site.people.find(({ email }) => email === zoe);
    if (!person) throw new Error('There is no Zoë');
    person.timeZone = { name: 'Pacific/Kiritimati', offsetMinutes: 14 * 60 };
    const { status, body } = await site.read('searchIssues', { projectId: 'ATLAS', updatedSince: 'today' }, as(zoe));
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(costs().filter(cost => cost === 'GET myself')).toHaveLength(1);
    const [, minutes] = /updated >= "-(\d+)m"/.exec(String(site.sent('POST', /search\/jql$/).jql)) ?? [];
    const sinceMidnight = Math.floor((Date.now() / 60_000 + person.timeZone.offsetMinutes) % (24 * 60));
    // Jira reads its own clock, so that it is asked for an hour more, of which the rest is left out.
    expect(Number(minutes) - sinceMidnight).toBeGreaterThanOrEqual(0);
    expect(Number(minutes) - sinceMidnight).toBeLessThan(120);
  });
});

describe('two users', () => {
  const hidden = () => {
    const project = sandbox.site.projects.find(({ key }) => key === 'ATLAS');
    if (!project) throw new Error('There is no ATLAS');
    return project;
  };
  beforeAll(() => {
    hidden().permissions.BROWSE_PROJECTS = [idOf(ana) ?? ''];
  });
  afterAll(() => {
    delete hidden().permissions.BROWSE_PROJECTS;
  });

  it('see what each may see, whatever the other one has asked before', async () => {
    const [first, second] = [as(ana), as(zoe)];
    for (const action of ['describeProject', 'searchIssues', 'getProjectSummary', 'listVersions']) {
      const seen = await site.read(action, { projectId: 'ATLAS' }, first);
      expect([action, seen.status]).toEqual([action, 200]);
      const { status, body } = await site.read(action, { projectId: 'ATLAS' }, second);
      expect([action, status === 200 ? body.issues : []]).toEqual([action, []]);
    }
    const projects = async (headers: Record<string, string>) =>
      (await site.read('listProjects', {}, headers)).body.projects.map(({ key }: { key: string }) => key);
    expect(await projects(first)).toContain('ATLAS');
    expect(await projects(second)).not.toContain('ATLAS');
  });

  it('share neither the writes nor the pages of each other', async () => {
    const query = { projectId: 'BEACON', limit: '2' };
    const first = await site.read('searchIssues', query, as(ana));
    expect(first.body.nextPageToken).toBeDefined();
    const next = { ...query, pageToken: first.body.nextPageToken };
    expect((await site.read('searchIssues', next, as(zoe))).body).toMatchObject({ code: 'invalid_input' });
    // A token that was renewed is of the same account.
    expect((await site.read('searchIssues', next, as(ana))).status).toBe(200);
    const input = { projectId: 'BEACON', issueType: 'Task', summary: 'Once each' };
    const made = await site.write('createIssue', input, as(ana));
    expect((await site.write('createIssue', input, as(ana))).body).toMatchObject({
      issueKey: made.body.issueKey,
      deduplicated: true,
    });
    expect((await site.write('createIssue', input, as(zoe))).body.issueKey).not.toBe(made.body.issueKey);
  });
});
