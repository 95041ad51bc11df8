import { describe, expect, it } from 'vitest';
import { allIssues } from '../../../functions/jira/api/allIssues.ts';
import { unreadIssue } from '../../../functions/jira/api/issue.ts';
import { jql } from '../../../functions/jira/api/jql.ts';

/** A Jira with so many pages of one issue, each of which takes a while. */
function slowJira({ pages, pageMs, timeMs }: { pages: number; pageMs: number; timeMs: number }) {
  let left = timeMs;
  return {
    timeLeft: () => left,
    async search({ cursor }: { cursor?: string | undefined }) {
      left -= pageMs;
      const page = Number(cursor ?? 1);
      return { issues: [unreadIssue(`ABC-${page}`)], nextCursor: page < pages ? String(page + 1) : undefined };
    },
  };
}

describe('all issues of a search', () => {
  const query = { jql: jql`project = ABC`, fields: [] };

  it.each([
    ['all are read where there is time', { pages: 9, pageMs: 1_000, timeMs: 60_000 }, 9, true],
    ['it ends with what it has before its time is over', { pages: 9, pageMs: 1_000, timeMs: 5_000 }, 3, false],
    ['the first page is read however little time there is', { pages: 9, pageMs: 1_000, timeMs: 1_000 }, 1, false],
    ['it ends after so many pages', { pages: 99, pageMs: 1, timeMs: 60_000 }, 20, false],
  ])('%s', async (_, parts, count, areAll) => {
    const found = await allIssues(query, slowJira(parts));
    expect([found.issues.length, found.areAll]).toEqual([count, areAll]);
  });

  it('has an issue once that moved from one page to the next', async () => {
    const jira = { ...slowJira({ pages: 3, pageMs: 1, timeMs: 9_000 }) };
    const search = async (request: { cursor?: string | undefined }) => ({
      ...(await jira.search(request)),
      issues: [unreadIssue('ABC-1')],
    });
    expect(await allIssues(query, { ...jira, search })).toMatchObject({ issues: [{ key: 'ABC-1' }], areAll: true });
  });
});
