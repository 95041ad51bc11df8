import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('searchIssues', () => {
  it('finds by every filter at once, with the person looked up beforehand', async () => {
    const { body } = await app.read('searchIssues', {
      projectId: 'ATLAS',
      text: 'charged twice',
      status: 'In Progress',
      assignee: 'ana ruiz',
      issueType: 'Bug',
      priority: 'High',
      label: 'customer',
      updatedSince: '30d',
      dueBefore: new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10),
    });
    expect(body.issues).toEqual([
      expect.objectContaining({ issueKey: 'ATLAS-12', assignee: 'Ana Ruiz', url: `${app.jira.url}/browse/ATLAS-12` }),
    ]);
    expect(app.costs()).toEqual(['GET user/search', 'POST search/jql']);
  });

  it('asks once about a person, and only for the fields that a row shows', async () => {
    await app.read('searchIssues', { assignee: 'Li Wei' });
    app.costs();
    const { body } = await app.read('searchIssues', { assignee: 'li wei', projectId: 'ATLAS' });
    expect(app.costs()).toEqual(['POST search/jql']);
    expect(new Set(body.issues.map(({ assignee }) => assignee))).toEqual(new Set(['Li Wei']));
    expect(app.sent('POST', /search\/jql$/).fields).toHaveLength(10);
  });

  it('goes through all pages without losing or repeating an issue, the last updated first', async () => {
    const whole = await app.readAll('searchIssues', 'issues', { projectId: 'ATLAS', limit: '100' });
    const paged = await app.readAll('searchIssues', 'issues', { projectId: 'ATLAS', limit: '7' });
    expect(paged).toEqual(whole);
    const times = whole.map(({ updatedAt }) => String(updatedAt));
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('leaves out what was updated before the window', async () => {
    const since = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const issues = await app.readAll('searchIssues', 'issues', { projectId: 'ATLAS', updatedSince: since, limit: '5' });
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.filter(({ updatedAt }) => String(updatedAt) < since)).toEqual([]);
  });

  it('runs JQL as it is', async () => {
    const { body } = await app.read('searchIssues', { jql: 'project = BEACON ORDER BY key ASC', limit: '2' });
    expect(body.issues.map(({ issueKey }) => issueKey)).toEqual(['BEACON-1', 'BEACON-2']);
  });

  it.each([
    ['no filter', {}, 'at least one filter'],
    ['JQL besides a filter', { jql: 'project = ATLAS', status: 'Done' }, 'cannot be combined with status'],
    ['JQL that restricts nothing', { jql: 'ORDER BY created' }, 'Unbounded'],
    ['JQL that is not JQL', { jql: 'project = = ATLAS' }, 'Jira refused it'],
    ['a status that Jira does not have', { status: 'Frobbed' }, 'Frobbed'],
    ['me, when the caller is not known', { assignee: 'me' }, 'name or e-mail'],
  ])('refuses %s and says why', async (_, query, told) => {
    const { status, body } = await app.read('searchIssues', query as Record<string, string>);
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(told);
  });

  it('lists the candidates when several people match, and takes what it lists', async () => {
    const { status, body } = await app.read('searchIssues', { assignee: 'Sam' });
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    expect(body.detail).toContain('Sam Taylor (sam.taylor@example.com), Sam Tyler (sam.tyler@example.com)');
    const { body: found } = await app.read('searchIssues', { assignee: 'sam.tyler@example.com' });
    expect(new Set(found.issues.map(({ assignee }) => assignee))).toEqual(new Set(['Sam Tyler']));
  });

  it('finds a person whose address is hidden by that address', async () => {
    const { body } = await app.read('searchIssues', { assignee: 'li.wei@example.com' });
    expect(body.issues[0]?.assignee).toBe('Li Wei');
  });

  it('says that no user matches', async () => {
    const { status, body } = await app.read('searchIssues', { assignee: 'Nobody At All' });
    expect([status, body.code]).toEqual([404, 'not_found']);
  });

  it.each([
    ['Open', 'status = "Open"'],
    ['not done', 'statusCategory != Done'],
  ])('looks for the status %s as %s', async (status, condition) => {
    app.answerNext('search/jql$', { issues: [], isLast: true });
    await app.read('searchIssues', { status });
    expect(app.sent('POST', /search\/jql$/).jql).toBe(`${condition} ORDER BY updated DESC, key DESC`);
  });
});

describe('people', () => {
  const searchBy = async (assignee: string, person: object) => {
    app.answerNext('user/search$', [{ accountType: 'atlassian', ...person }]);
    app.answerNext('search/jql$', { issues: [], isLast: true });
    const { status } = await app.read('searchIssues', { assignee });
    return { status, asked: app.jira.requests.at(-2)?.query, jql: app.sent('POST', /search\/jql$/).jql };
  };

  it.each(['qm:8e1ac5f8-0e7c-4b8a-8d2a-1f2e3d4c5b6a:12345', '712020:8E1AC5F8-0E7C-4B8A-8D2A-1F2E3D4C5B6A'])(
    'are found by the account ID %s, in capitals or not',
    async accountId => {
      const given = accountId.toLowerCase();
      const { status, asked, jql } = await searchBy(given, { accountId, displayName: 'Ana' });
      expect(status).toBe(200);
      expect(asked?.get('accountId')).toBe(given);
      expect(jql).toContain(`assignee = "${accountId}"`);
    },
  );

  it('are looked for among as many as Jira lets us', async () => {
    const { asked } = await searchBy('Li', { accountId: '1', displayName: 'Li' });
    expect(asked?.get('maxResults')).toBe('1000');
  });
});

agreesWithOpenApi(() => app.jira);
