import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { principal } from '../support/principal.ts';
import { type JiraApp, startJiraApp } from './harness.ts';

const entra = { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' };
let site: JiraApp;

beforeAll(async () => {
  site = await startJiraApp(entra);
});
afterAll(() => site.stop());

const user = (upn: string, more: Record<string, string> = {}) =>
  principal({ oid: upn, scp: 'user_impersonation', upn, ...more });
const mine = async (headers: Record<string, string>, at = site) =>
  (await at.read('searchIssues', { assignee: 'me' }, headers)).body;
const assigneesOf = ({ issues }: { issues: { assignee?: string }[] }) =>
  new Set(issues.map(({ assignee }) => assignee));

describe('me', () => {
  it('is the account with the whole sign-in name as its visible address, whatever the case of its letters', async () => {
    for (const upn of ['ana.ruiz@example.com', 'Ana.Ruiz@Example.COM']) {
      expect(assigneesOf(await mine(user(upn)))).toEqual(new Set(['Ana Ruiz']));
    }
  });

  it.each([
    ['whose address is hidden', 'li.wei@example.com'],
    ['whose address begins so', 'ana.ruiz@example'],
    ['whose address differs by an accent', 'aná.ruiz@example.com'],
    ['whose address differs by a character without width', 'ana.ruiz\u200b@example.com'],
    ['whose address differs by a letter that looks alike', 'аna.ruiz@example.com'],
    ['who is somewhere else', 'ana.ruiz@elsewhere.example'],
    ['who is a guest', 'ana.ruiz_example.com#EXT#@contoso.onmicrosoft.com'],
  ])('is nobody %s: the user is asked', async (_, upn) => {
    expect(await mine(user(upn))).toMatchObject({
      code: 'invalid_input',
      detail: expect.stringContaining('Ask the user'),
    });
  });

  it('is nobody by a name that anybody could give themselves', async () => {
    for (const claim of ['preferred_username', 'unique_name', 'email', 'name']) {
      const headers = principal({ oid: 'mallory', scp: 'user_impersonation', [claim]: 'ana.ruiz@example.com' });
      expect(await mine(headers)).toMatchObject({ code: 'invalid_input' });
    }
  });

  it('is nobody by a display name that looks like an address', async () => {
    const sandbox = await startSandboxServer(({ path }) => ({
      json: path.endsWith('/user/search')
        ? [{ accountId: '712020:1', accountType: 'atlassian', active: true, displayName: 'ana.ruiz@example.com' }]
        : { issues: [], isLast: true },
    }));
    const impostor = await startJiraApp({ ...entra, JIRA_BASE_URL: sandbox.url }, site.jira);
    expect(await mine(user('ana.ruiz@example.com'), impostor)).toMatchObject({ code: 'invalid_input' });
    await impostor.stop();
    await sandbox.close();
  });

  it('is whom JIRA_USER_MAP says, by address or account ID, and nobody else', async () => {
    const li = site.jira.site.people.find(({ displayName }) => displayName === 'Li Wei');
    const map = `*@corp.example=*@example.com, boss@corp.example=ana.ruiz@example.com, li@corp.example=${li?.accountId}`;
    const mapped = await startJiraApp({ ...entra, JIRA_USER_MAP: map }, site.jira);
    expect(assigneesOf(await mine(user('zoe.obrien@corp.example'), mapped))).toEqual(new Set(["Zoë O'Brien"]));
    expect(assigneesOf(await mine(user('Boss@corp.example'), mapped))).toEqual(new Set(['Ana Ruiz']));
    expect(assigneesOf(await mine(user('li@corp.example'), mapped))).toEqual(new Set(['Li Wei']));
    expect(await mine(user('ana.ruiz@example.com'), mapped)).toMatchObject({ code: 'invalid_input' });
    await mapped.stop();
  });

  it('has writes of its own', async () => {
    const input = { projectId: 'ATLAS', issueType: 'Task', summary: 'Mine', assignee: 'me' };
    const [ana, zoe] = [user('ana.ruiz@example.com'), user('zoe.obrien@example.com')];
    expect((await site.write('createIssue', input, ana)).body.assignee).toBe('Ana Ruiz');
    expect((await site.write('createIssue', input, zoe)).body.assignee).toBe("Zoë O'Brien");
    expect((await site.write('createIssue', input, zoe)).body.deduplicated).toBe(true);
  });
});

describe('a query that means its asker', () => {
  const jql = 'project = ATLAS AND assignee = currentUser()';

  it("finds the user's own issues, never those of this service's account", async () => {
    const { body } = await site.read('searchIssues', { jql }, user('zoe.obrien@example.com'));
    expect(assigneesOf(body)).toEqual(new Set(["Zoë O'Brien"]));
  });

  it('is refused for a user whose account is not known, before Jira is asked', async () => {
    site.costs();
    const { body } = await site.read('searchIssues', { jql }, user('stranger@elsewhere.example'));
    expect(body).toMatchObject({ code: 'invalid_input', errors: [{ field: 'jql' }] });
    expect(site.costs().filter(request => request.includes('search/jql'))).toEqual([]);
  });
});

describe('a mention by e-mail address', () => {
  it('reaches the account with exactly that address, also where it is hidden, and nobody else', async () => {
    const comment = 'For @zoe.obrien@example.com, @li.wei@example.com and @zoe.obrien@example.co';
    const input = { issueKey: 'ATLAS-12', comment };
    const { body } = await site.write('addComment', input, user('ana.ruiz@example.com'));
    const sent = JSON.stringify(site.sent('POST', /comment$/));
    expect(sent.match(/"type":"mention"/g)).toHaveLength(2);
    expect(sent).toContain('@zoe.obrien@example.co');
    expect(body.note).toBe('@zoe.obrien@example.co notified nobody: no person in Jira matches it.');
  });
});
