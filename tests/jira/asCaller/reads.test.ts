import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraAnswer, type JiraApp, startJiraApp } from '../harness.ts';
import { ana, zoe } from '../signedIn.ts';
import { SECRET, secretSite } from './secretSite.ts';

let jira: JiraApp;
beforeAll(async () => {
  const { sandbox, env } = await secretSite();
  jira = await startJiraApp(env, sandbox);
});
afterAll(async () => {
  await jira.stop();
  await jira.jira.close();
});

const asAna = (action: string, input: Record<string, string>) => jira.read(action, input, ana);

/** What an answer says, whatever it calls what was asked for. */
function said(answer: Partial<JiraAnswer>, names: RegExp): string {
  return JSON.stringify({ ...answer, correlationId: '' }).replace(names, '*');
}

describe('with the rights of a caller, a search', () => {
  it.concurrent.each([
    ['project = BEACON', 'project = NOPE'],
    ['project in (ATLAS, BEACON)', 'project in (ATLAS, NOPE)'],
    [`project = "${SECRET} project"`, 'project = "Nope project"'],
    ['project != BEACON', 'project != NOPE'],
    ['key = BEACON-1', 'key = NOPE-1'],
    ['id = 10035', 'id = 99999'],
    ['key in (ATLAS-12, ATLAS-16)', 'key in (ATLAS-12, ATLAS-99)'],
    ['parent = BEACON-1', 'parent = NOPE-1'],
    ['issue in linkedIssues(BEACON-3)', 'issue in linkedIssues(NOPE-3)'],
    [`component = "${SECRET} part"`, 'component = "Nope part"'],
    [`component != "${SECRET} part"`, 'component != "Nope part"'],
    [`fixVersion = "${SECRET} 1"`, 'fixVersion = "Nope 1"'],
    [`project = ATLAS AND fixVersion < "${SECRET} 1"`, 'project = ATLAS AND fixVersion < "Nope 1"'],
    [`filter = "${SECRET} filter"`, 'filter = "Nope filter"'],
    ['filter = 90003', 'filter = 99999'],
    [`text ~ ${SECRET}comment`, 'text ~ Nopecomment'],
    [`project = ATLAS AND text !~ ${SECRET}comment`, 'project = ATLAS AND text !~ Nopecomment'],
    [`comment ~ ${SECRET}comment`, 'comment ~ Nopecomment'],
    [`worklogComment ~ ${SECRET}work`, 'worklogComment ~ Nopework'],
    [`summary ~ ${SECRET}`, 'summary ~ Nope'],
  ])('says of %j what it says of %j', async (secret, none) => {
    const names = new RegExp(`${SECRET}|Nope|BEACON|NOPE|10035|99999|90003|ATLAS-(?:16|99)\\b`, 'gi');
    const [one, other] = await Promise.all([secret, none].map(jql => asAna('searchIssues', { jql })));
    expect(said({ ...one?.body, nextPageToken: '' }, names)).toBe(said({ ...other?.body, nextPageToken: '' }, names));
    expect(one?.status).toBe(other?.status);
  });

  it('pages through all that may be seen, and counts no more', async () => {
    const keys: string[] = [];
    let pageToken = '';
    do {
      const { body } = await asAna('searchIssues', {
        jql: 'summary IS NOT EMPTY ORDER BY key',
        limit: '25',
        pageToken,
      });
      expect(body.issues.length === 25 || body.nextPageToken === undefined).toBe(true);
      keys.push(...body.issues.map(({ issueKey }) => issueKey));
      pageToken = body.nextPageToken ?? '';
    } while (pageToken !== '');
    const { site } = jira.jira;
    const open = site.issues.filter(({ key }) => !/^(?:BEACON-\d+|ATLAS-1[67]|HELP-\d+)$/.test(key));
    const own = keys.filter(key => key.startsWith('HELP-'));
    expect(keys.toSorted()).toEqual([...open.map(({ key }) => key), ...own].toSorted());
    for (const key of own) expect(JSON.stringify(jira.issue(key))).toContain(site.people[1]?.accountId);
    expect((await asAna('countIssues', { jql: 'summary IS NOT EMPTY' })).body.issues).toBe(keys.length);
  });
});

describe('with the rights of a caller, no byte is told of what they may not see by', () => {
  it.concurrent.each([
    ['getIssue', { issueKey: 'ATLAS-12' }],
    ['getIssue', { issueKey: 'ATLAS-1' }],
    ['getIssueHistory', { issueKey: 'ATLAS-12' }],
    ['getIssueHistory', { issueKey: 'ATLAS-1' }],
    ['listComments', { issueKey: 'ATLAS-12' }],
    ['listWorklogs', { startedSince: '90d' }],
    ['getProjectUpdates', { projectId: 'ATLAS', since: '30d' }],
    ['getProjectSummary', { projectId: 'ATLAS', since: '30d' }],
    ['searchIssues', { sprint: 'Sprint 42' }],
    ['searchIssues', { projectId: 'ATLAS', columns: 'Parent,Linked Issues,Comment,Attachment,Worklog,Sprint' }],
    ['searchIssues', { where: '{"Component":"Secret part"}' }],
    ['getSprint', { projectId: 'ATLAS' }],
    ['getSprint', { projectId: 'ATLAS', sprint: 'Sprint 42' }],
    ['listSprints', { projectId: 'ATLAS' }],
    ['listSprints', { board: 'Secret' }],
    ['getSprint', {}],
    ['listVersions', { projectId: 'ATLAS' }],
    ['describeProject', { projectId: 'ATLAS' }],
    ['describeProject', { projectId: 'HELP' }],
    ['listProjects', {}],
    ['listFilters', {}],
    ['findUsers', { person: 'zoe' }],
  ])('%s %j', async (action, input) => {
    const { status, body } = await asAna(action, input as Record<string, string>);
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`${SECRET}|BEACON|ATLAS-1[67]\\b`, 'i'));
    expect(status).not.toBe(500);
  });

  it.concurrent.each(['getIssue', 'getIssueHistory', 'listComments', 'listWorklogs', 'getAttachment', 'getRequest'])(
    '%s, for which an issue that may not be browsed is none',
    async action => {
      const ask = (issueKey: string) =>
        asAna(action, { issueKey, ...(action === 'getAttachment' && { attachmentId: '10601' }) });
      for (const [secret, none] of [
        ['ATLAS-16', 'ATLAS-99'],
        ['BEACON-3', 'NOPE-3'],
      ] as const) {
        const [one, other] = await Promise.all([ask(secret), ask(none)]);
        expect(said(one.body, new RegExp(secret, 'g'))).toBe(said(other.body, new RegExp(none, 'g')));
        expect(one.status).toBe(404);
      }
    },
  );
  it.concurrent.each([
    'listVersions',
    'describeProject',
    'listSprints',
    'getSprint',
    'getProjectSummary',
    'getProjectUpdates',
  ])('%s, for which a project that may not be browsed is none', async action => {
    const [one, other] = await Promise.all([
      asAna(action, { projectId: 'BEACON' }),
      asAna(action, { projectId: 'NOPE' }),
    ]);
    expect(said(one.body, /BEACON/g)).toBe(said(other.body, /NOPE/g));
    expect(one.status).toBe(404);
  });
});

it('shows to somebody else all that they may see', async () => {
  const { body } = await jira.read('getIssue', { issueKey: 'BEACON-3' }, zoe);
  expect(JSON.stringify(body)).toContain(`${SECRET} of BEACON`);
});
