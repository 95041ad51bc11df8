import type { Issue } from './issue.ts';
import type { Jira } from './jira.ts';
import type { Jql } from './jql.ts';

/** More than Jira gives at once, so that each page is as large as it can be: 5,000 of keys alone, else about 100. */
const PAGE_SIZE = 5_000;
const MAX_PAGES = 20;
/** What is left of a call when the last page was read, to tell what was found. */
const RESERVE_MS = 500;

export interface Found {
  issues: Issue[];
  /** False where the search goes on. */
  areAll: boolean;
}

type Page = Awaited<ReturnType<Jira['search']>>;

/** Makes the first request, and may say of an answer without issues, or of one that failed, what is wrong with the query. */
type Checked = (request: () => Promise<Page>, foundNothing: (page: Page) => boolean) => Promise<Page>;

/** Every issue that a query finds, as far as some requests and the time of the call lead. */
export async function allIssues(
  query: { jql: Jql; fields: readonly string[]; maxPages?: number; checked?: Checked },
  jira: Pick<Jira, 'search' | 'timeLeft'>,
): Promise<Found> {
  const { jql, maxPages = MAX_PAGES, checked = request => request() } = query;
  const fields = query.fields.length > 0 ? [...new Set(query.fields)] : ['key'];
  const load = (cursor: string | undefined) => jira.search({ jql, fields, limit: PAGE_SIZE, cursor });
  let left = jira.timeLeft();
  let longest = 0;
  const timed = async (request: () => Promise<Page>) => {
    const page = await request();
    const now = jira.timeLeft();
    longest = Math.max(longest, left - now);
    left = now;
    return page;
  };
  const first = await timed(() =>
    checked(
      () => load(undefined),
      page => page.issues.length === 0,
    ),
  );
  const pages = [first.issues];
  let cursor = first.nextCursor;
  // A page that may come too late would lose what was read before.
  while (cursor !== undefined && pages.length < maxPages && left > 2 * longest + RESERVE_MS) {
    const page = await timed(() => load(cursor));
    pages.push(page.issues);
    cursor = page.nextCursor;
  }
  return { issues: unique(pages.flat()), areAll: cursor === undefined };
}

/** An issue that changes between two pages may be on both. */
function unique(issues: readonly Issue[]): Issue[] {
  return [...new Map(issues.map(issue => [issue.key, issue])).values()];
}
