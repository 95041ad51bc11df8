import { describe, expect, it } from 'vitest';
import { forAsker } from '../../../functions/jira/api/asker.ts';
import { jqlCalls, jqlTokens } from '../../../functions/jira/api/jqlTokens.ts';

const filters: Record<string, string> = {
  10: 'assignee = currentUser() ORDER BY key',
  11: 'project = ABC',
  'My open': 'filter = 10 AND statusCategory != Done',
  loop: 'filter = loop AND assignee = currentUser()',
  all: '',
};

const asked = (query: string, account: string | undefined = '712020:1') =>
  forAsker(query, {
    findAccount: async () => account,
    readFilter: async idOrName => filters[idOrName] ?? '',
  });
const unknown = (query: string) =>
  forAsker(query, { findAccount: async () => undefined, readFilter: async id => filters[id] ?? '' });

describe('a query that means its asker', () => {
  it.each([
    ['assignee = currentUser()', 'assignee = "712020:1"'],
    ['assignee = CURRENTUSER ( ) AND project = ABC', 'assignee = "712020:1" AND project = ABC'],
    ['assignee = "currentUser"()', 'assignee = "712020:1"'],
    ['assignee in (\'currentuser\' (), "Ana")', 'assignee in ("712020:1", "Ana")'],
    ['assignee = \\u0063urrentUser()', 'assignee = "712020:1"'],
    [
      'assignee was currentUser() during ("2026-01-01","2026-02-01")',
      'assignee was "712020:1" during ("2026-01-01","2026-02-01")',
    ],
    ['issue in watchedIssues() ORDER BY key', 'watcher = "712020:1" ORDER BY key'],
    ['project = ABC AND key not in votedIssues()', 'project = ABC AND NOT (voter = "712020:1")'],
    ['project in projectsLeadByUser()', 'project in projectsLeadByUser("712020:1")'],
    ['component in componentsLeadByUser()', 'component in componentsLeadByUser("712020:1")'],
    [
      'approvals = myPending() OR approvals = myApproval()',
      'approvals = pendingBy("712020:1") OR approvals = approver("712020:1")',
    ],
    ['filter = 10 AND project = ABC', '((assignee = "712020:1")) AND project = ABC'],
    ['filter in (10, 11)', '((assignee = "712020:1") OR (project = ABC))'],
    ['savedFilter != 10', 'NOT ((assignee = "712020:1"))'],
    ['filter = "My open"', '((((assignee = "712020:1")) AND statusCategory != Done))'],
  ])('%s is written for the account of the user', async (query, expected) => {
    expect(await asked(query)).toBe(expected);
    await expect(unknown(query)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it.each([
    'issue in issueHistory()',
    'updated >= lastLogin()',
    'created >= currentLogin()',
    'project in projectsWhereUserHasPermission("Resolve Issues")',
    'project in projectsWhereUserHasRole("Developers")',
    'issue in (watchedIssues())',
  ])('%s is refused with what to use, also for a user who is known', async query => {
    await expect(asked(query)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/not the user\. Use .+ instead\.$/),
      errors: [{ field: 'jql' }],
    });
  });

  it.each([
    'project = ABC ORDER BY updated',
    'summary ~ "currentUser()"',
    'summary ~ \'currentUser()\' AND text ~ "\\"currentUser()"',
    'project in projectsLeadByUser("Ana")',
    'filter = 11',
    'filter in (11, all)',
    'sprint in openSprints() AND due < startOfWeek()',
    'summary ~ "unfinished AND assignee = currentUser()',
  ])('%s stays as it is', async query => {
    expect(await asked(query)).toBe(query);
    expect(await unknown(query)).toBe(query);
  });

  it('is refused when its filters are made of each other without end', async () => {
    await expect(asked('filter = loop')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('tokens', () => {
  it('are found in time that grows with the query alone', () => {
    const started = performance.now();
    for (const part of ['(', '"', '\\', ' ', 'f(', '"a" ', "'"]) jqlCalls(jqlTokens(part.repeat(50_000)) ?? []);
    // Quadratic work over 50,000 parts takes minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each(['a = "b', "a = 'b", '(a', 'a)', ')('])('of %s are none', query => {
    expect(jqlTokens(query)).toBeUndefined();
  });
});
