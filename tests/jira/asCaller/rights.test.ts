import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { principal } from '../../support/principal.ts';
import { marks, people, startRightsSite } from '../../support/rightsSite.ts';
import { type JiraAnswer, type JiraApp, startJiraApp } from '../harness.ts';
import { entra } from '../signedIn.ts';

let jira: JiraSandbox;
let site: JiraApp;
beforeAll(async () => {
  jira = await startRightsSite();
  jira.site.globalPermissions.USER_PICKER = jira.site.people
    .filter(({ email }) => email === people.ana)
    .map(({ accountId }) => accountId);
  site = await startJiraApp(
    {
      ...entra,
      JIRA_RUN_AS: 'caller',
      JIRA_PERMISSIONS_EMAIL: people.account,
      JIRA_PERMISSIONS_TOKEN: jira.apiTokenOf(people.account),
    },
    jira,
  );
});
afterAll(async () => {
  await site.stop();
  await jira.close();
});

const as = async (person: string, action: string, input: Record<string, string>) =>
  site.read(action, input, principal({ tid: 'tenant', oid: `oid-${person}`, scp: 'access', upn: person }));
const keys = ({ issues = [] }: Partial<JiraAnswer>) => issues.map(({ issueKey }) => issueKey).sort();

describe('with the rights of a caller', () => {
  it('people are found by those who may browse users, and by nobody else but themselves', async () => {
    const find = async (who: string, person: string) => (await as(who, 'findUsers', { person })).body.users;
    expect(await find(people.ana, 'zoe')).toHaveLength(1);
    expect(await find(people.tyler, 'zoe')).toEqual([]);
    expect(await find(people.carla, 'li')).toEqual([]);
    expect(await find(people.tyler, people.tyler)).toHaveLength(1);
  });

  it('a file that somebody attached with a restricted text is not shown, in the issue or its history', async () => {
    for (const person of [people.ana, people.tyler]) {
      for (const action of ['getIssue', 'getIssueHistory']) {
        const { status, body } = await as(person, action, { issueKey: 'ATLAS-107' });
        expect(status).toBe(200);
        expect(JSON.stringify(body)).not.toMatch(new RegExp(`${marks.ana}|${marks.tyler}`));
      }
    }
    const { status } = await as(people.tyler, 'getAttachment', { issueKey: 'ATLAS-107', attachmentId: '10609' });
    expect(status).toBe(404);
  });

  it('a history does not tell how many entries are left out', async () => {
    const { body } = await as(people.tyler, 'getIssueHistory', { issueKey: 'ATLAS-105' });
    expect(body).toMatchObject({ total: 0, history: [] });
    const seen = await as(people.ana, 'getIssueHistory', { issueKey: 'ATLAS-105' });
    expect(seen.body).toMatchObject({ total: 1, history: [{ changes: [{ field: 'Link' }] }] });
  });

  it.each([
    'priority = Medium',
    'priority != Medium',
    'NOT priority = High',
    'assignee IS EMPTY',
    'assignee IS NOT EMPTY',
    '"Time to resolution" = running()',
    'status WAS "To Do"',
    'labels IS EMPTY',
    'text !~ nothing',
    'issueLinkType IS EMPTY',
  ])('customers learn of no request whether %s', async condition => {
    const { status, body } = await as(people.tyler, 'searchIssues', { jql: `key = HELP-21 AND (${condition})` });
    expect([200, 400]).toContain(status);
    expect(keys(body)).toEqual([]);
    const { body: named } = await as(people.tyler, 'searchIssues', { jql: `project = HELP AND (${condition})` });
    expect(named.code).toMatch(/forbidden|invalid_input/);
  });

  it.each([
    'status = "To Do" AND created >= -1d',
    'text ~ flickers',
    'text ~ flickers OR summary ~ nothing',
    'reporter = currentUser()',
    '"Request Type" = "Get IT help (HELP)" AND reporter = currentUser()',
  ])('customers find their requests by %s', async condition => {
    const { body } = await as(people.tyler, 'searchIssues', { jql: `project = HELP AND (${condition})` });
    expect(keys(body).filter(key => key !== 'HELP-22')).toEqual(['HELP-21']);
  });

  it('customers see of the files of their requests those of customers, and no agent’s that nothing public shows', async () => {
    const { body: own } = await as(people.tyler, 'getIssue', { issueKey: 'HELP-21' });
    expect(own.attachments ?? []).toEqual([]);
    const { body: other } = await as(people.carla, 'getIssue', { issueKey: 'HELP-2' });
    expect(other.attachments).toMatchObject([{ name: 'vpn-error.png' }]);
    const { body: agents } = await as(people.ana, 'getIssue', { issueKey: 'HELP-21' });
    expect(agents.attachments).toHaveLength(1);
  });

  it('“me” is a customer, too', async () => {
    const { body } = await as(people.carla, 'searchIssues', { reporter: 'me' });
    expect(keys(body)).toEqual(['HELP-2', 'HELP-20', 'HELP-4', 'HELP-7']);
  });

  it('articles are looked for in one service project', async () => {
    const { body } = await as(people.carla, 'findHelpArticles', { term: 'VPN' });
    expect(body).toMatchObject({ code: 'invalid_input', errors: [{ field: 'projectId' }] });
    const { body: own } = await as(people.carla, 'findHelpArticles', { term: 'VPN', projectId: 'HELP' });
    expect(own.articles).toHaveLength(1);
  });

  it('who updated an issue, of which comments tell, cannot be searched', async () => {
    const { body } = await as(people.ana, 'searchIssues', { jql: `issue in updatedBy("${people.tyler}")` });
    expect(body).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('updatedBy()') });
  });
});
