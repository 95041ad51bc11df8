import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { startSandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { startApp } from '../support/app.ts';
import { request } from '../support/request.ts';
import { type JiraApp, startJiraApp } from './harness.ts';

const ana = 'ana.ruiz@example.com';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

let contoso: JiraSandbox;
let fabrikam: JiraSandbox;
let app: JiraApp;

beforeAll(async () => {
  [contoso, fabrikam] = await Promise.all([
    startSandbox({ cloudId: 'c0c0c0c0-2222-4333-8444-555555555555' }),
    startSandbox({ cloudId: 'fafafafa-2222-4333-8444-555555555555' }),
  ]);
  app = await startJiraApp(
    {
      JIRA_AUTH: 'caller',
      JIRA_EMAIL: '',
      JIRA_API_TOKEN: '',
      JIRA_BASE_URL: `${contoso.url},${fabrikam.url}`,
      JIRA_CLOUD_ID: `${contoso.cloudId},${fabrikam.cloudId}`,
    },
    contoso,
  );
});
afterAll(() => Promise.all([app.stop(), contoso.close(), fabrikam.close()]));

const nameOf = ({ url }: JiraSandbox) => new URL(url).host;
let from = { contoso: 0, fabrikam: 0 };
beforeEach(() => {
  from = { contoso: contoso.requests.length, fabrikam: fabrikam.requests.length };
});
const asked = () => ({
  contoso: contoso.requests.slice(from.contoso),
  fabrikam: fabrikam.requests.slice(from.fabrikam),
});

describe('of several sites', () => {
  it('a call says which one is meant, and is told their names where it means none of them', async () => {
    const headers = bearer(contoso.tokenOf(ana));
    const { status, body } = await app.read('getIssue', { issueKey: 'ATLAS-1' }, headers);
    expect([status, body.errors.map(({ field }) => field)]).toEqual([400, ['site']]);
    const wrong = await app.read('getIssue', { issueKey: 'ATLAS-1', site: 'tailspin' }, headers);
    expect(wrong.status).toBe(400);
    for (const sandbox of [contoso, fabrikam]) expect(wrong.body.detail).toContain(nameOf(sandbox));
  });

  it('each answers for itself alone, by a token that its user chose it for', async () => {
    const issue = fabrikam.site.issues.find(({ key }) => key === 'ATLAS-1');
    if (!issue) throw new Error('There is no ATLAS-1');
    issue.values.summary = 'That of Fabrikam';
    const ours = bearer(contoso.tokenOf(ana));
    const theirs = bearer(fabrikam.tokenOf(ana));
    const query = { issueKey: 'ATLAS-1' };
    const first = await app.read('getIssue', { ...query, site: nameOf(contoso) }, ours);
    const second = await app.read('getIssue', { ...query, site: nameOf(fabrikam) }, theirs);
    expect([first.body.title, first.body.url]).not.toContain('That of Fabrikam');
    expect([second.body.title, second.body.url]).toEqual(['That of Fabrikam', `${fabrikam.url}/browse/ATLAS-1`]);
    const { contoso: one, fabrikam: other } = asked();
    expect(one.filter(({ path }) => path.includes(fabrikam.cloudId))).toEqual([]);
    expect(other.filter(({ path }) => path.includes(contoso.cloudId))).toEqual([]);
  });

  it('none answers by what another one has said', async () => {
    for (const sandbox of [contoso, fabrikam]) {
      const [priority] = sandbox.site.priorities;
      if (priority) priority.name = `Highest at ${nameOf(sandbox)}`;
    }
    for (const sandbox of [contoso, fabrikam]) {
      const query = { projectId: 'ATLAS', part: 'priorities', site: nameOf(sandbox) };
      const { body } = await app.read('describeProject', query, bearer(sandbox.tokenOf(ana)));
      expect(body.priorities?.[0]?.name).toBe(`Highest at ${nameOf(sandbox)}`);
    }
  });

  it('one that the token is not for is named, and hears nothing but whose token it is', async () => {
    const token = contoso.tokenOf(ana);
    const query = { issueKey: 'ATLAS-1', site: nameOf(fabrikam) };
    const { status, body } = await app.read('getIssue', query, bearer(token));
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect(asked().fabrikam.map(({ path }) => path)).toEqual([`/ex/jira/${fabrikam.cloudId}/rest/api/3/myself`]);
  });

  it('the last of many is found by a token for it alone', async () => {
    const others = await Promise.all(
      Array.from({ length: 7 }, () => startSandboxServer(() => ({ status: 401, json: { message: 'Unauthorized' } }))),
    );
    const sites = [...others.map(({ url }, at) => ({ url, cloudId: `other-${at}` })), contoso];
    const many = await startApp({
      env: {
        JIRA_AUTH: 'caller',
        JIRA_BASE_URL: sites.map(({ url }) => url).join(','),
        JIRA_CLOUD_ID: sites.map(({ cloudId }) => cloudId).join(','),
      },
    });
    const query = new URLSearchParams({ issueKey: 'ATLAS-1', site: nameOf(contoso) });
    const { status } = await request(`${many.url}/api/jira/getIssue?${query}`, {
      headers: bearer(contoso.tokenOf(ana)),
    });
    expect(status).toBe(200);
    await Promise.all([many.stop(), ...others.map(other => other.close())]);
  });
});
