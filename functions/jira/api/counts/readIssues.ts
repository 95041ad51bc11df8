import type { Issue } from '../issue.ts';
import type { Jira } from '../jira.ts';
import type { Jql } from '../jql.ts';

/** More than Jira gives at once, so that each page is as large as it can be: 5,000 of keys alone, else about 100. */
const PAGE_SIZE = 5_000;
/** Requests of one search. */
const MAX_PAGES = 20;

export interface Found {
  issues: Issue[];
  /** False where the search goes on. */
  areAll: boolean;
}

/** Every issue that a query finds, as far as 20 requests lead. `checked` makes the first of them. */
export async function readIssues(
  query: { jql: Jql; fields: readonly string[] },
  jira: Pick<Jira, 'search'>,
  checked: (request: () => Promise<Page>, foundNothing: (page: Page) => boolean) => Promise<Page>,
): Promise<Found> {
  const fields = query.fields.length > 0 ? [...new Set(query.fields)] : ['key'];
  const load = (cursor: string | undefined) => jira.search({ jql: query.jql, fields, limit: PAGE_SIZE, cursor });
  const first = await checked(
    () => load(undefined),
    page => page.issues.length === 0,
  );
  const pages = [first.issues];
  let cursor = first.nextCursor;
  while (cursor !== undefined && pages.length < MAX_PAGES) {
    const page = await load(cursor);
    pages.push(page.issues);
    cursor = page.nextCursor;
  }
  return { issues: unique(pages.flat()), areAll: cursor === undefined };
}

type Page = Awaited<ReturnType<Jira['search']>>;

/** An issue that changes between two pages may be on both. */
function unique(issues: readonly Issue[]): Issue[] {
  return [...new Map(issues.map(issue => [issue.key, issue])).values()];
}
