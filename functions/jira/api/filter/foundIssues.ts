import { Failure, invalidInput } from '../../../../shared/failure.ts';
import type { Issue } from '../issue.ts';
import type { Jira } from '../jira.ts';
import type { Jql } from '../jql.ts';
import type { IssuesMeant } from './issuesMeant.ts';

/** Where a page of a list begins, and how many items it may have. */
interface Place {
  limit: number;
  cursor: string | undefined;
}

/** A page of the issues that are meant, and where the list goes on. */
export interface FoundIssues {
  issues: Issue[];
  nextCursor: string | undefined;
  /** Where it goes on after so many of them; undefined where only Jira could tell. */
  cursorAfter: ((count: number) => string) | undefined;
  /** How many there are in all, where that is known for certain. */
  total: number | undefined;
  /** How many issues were looked at. */
  read: number;
}

/**
 * A page of the issues that are meant.
 * @param order What stands behind ORDER BY; undefined where the issues come as they were last updated, or as a caller's JQL says
 * @throws Failure `invalid_input` or `not_found` that names what is wrong with a filter
 */
export async function findIssues(
  meant: IssuesMeant,
  {
    jira,
    fields,
    order,
    isByUpdate,
  }: { jira: Jira; fields: readonly string[]; order: Jql | undefined; isByUpdate: boolean },
  place: Place,
): Promise<FoundIssues> {
  const search = (at: Place) =>
    jira.search({ jql: meant.jql(order), fields: [...new Set([...fields, ...meant.fields])], ...at });
  return meant.checked(
    () =>
      meant.isSparse ? foundAmong(search, meant.passes, place) : foundAtOnce(search, meant, { ...place, isByUpdate }),
    ({ read }) => read === 0 && place.cursor === undefined,
  );
}

type Search = (at: Place) => Promise<{ issues: Issue[]; nextCursor: string | undefined }>;

async function foundAtOnce(
  search: Search,
  { passes, isCutByUpdate }: IssuesMeant,
  { isByUpdate, ...place }: Place & { isByUpdate: boolean },
): Promise<FoundIssues> {
  const answer = await search(place);
  const issues = answer.issues.filter(passes);
  // In the order of their updates, the first that was updated too early is the end.
  const isOver = isByUpdate && isCutByUpdate && issues.length < answer.issues.length;
  const nextCursor = isOver ? undefined : answer.nextCursor;
  const total = nextCursor === undefined && place.cursor === undefined ? issues.length : undefined;
  return { issues, nextCursor, cursorAfter: undefined, total, read: answer.issues.length };
}

/** How many issues are meant in all, as Jira counts, whose count may lag; undefined where it cannot be counted. */
export async function countIfPossible(meant: IssuesMeant, jira: Jira): Promise<number | undefined> {
  if (meant.isSparse) return undefined;
  try {
    return await jira.count(await meant.jqlNow());
  } catch (error) {
    // The issues are found all the same.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Jira gives no more issues with fields at once. */
const PAGE_SIZE = 100;
/** How many pages are looked through for one answer. */
const MAX_PAGES = 5;

/**
 * The issues that pass, among many that a search finds and few of which may: page after page, until there are enough or
 * `MAX_PAGES` were read. A cursor says behind which issue of which page it goes on, so that none is lost or repeated; where
 * that issue is no longer on the page, another one stands in its place.
 */
async function foundAmong(
  search: Search,
  passes: (issue: Issue) => boolean,
  { limit, cursor }: Place,
): Promise<FoundIssues> {
  const begin = cursor === undefined ? { page: undefined, index: -1, key: '' } : readCursor(cursor);
  const found: { issue: Issue; cursor: string }[] = [];
  let [page, read] = [begin.page, 0];
  let isOver = false;
  for (let pages = 0; pages < MAX_PAGES && found.length < limit && !isOver; pages += 1) {
    const { issues, nextCursor } = await search({ limit: PAGE_SIZE, cursor: page });
    const from = pages === 0 && cursor !== undefined ? placeBehind(begin, issues) : 0;
    for (const [index, issue] of issues.entries()) {
      if (index >= from && passes(issue)) found.push({ issue, cursor: writeCursor({ page, index, key: issue.key }) });
    }
    read += issues.length - from;
    isOver = nextCursor === undefined;
    page = nextCursor;
  }
  const cursorAfter = (count: number) => found[count - 1]?.cursor ?? cursor ?? '';
  const goesOn = isOver ? undefined : writeCursor({ page, index: -1, key: '' });
  return {
    issues: found.slice(0, limit).map(({ issue }) => issue),
    nextCursor: found.length > limit ? cursorAfter(limit) : goesOn,
    cursorAfter,
    total: isOver && cursor === undefined ? found.length : undefined,
    read,
  };
}

interface Behind {
  /** Jira's cursor of the page; undefined for the first. */
  page: string | undefined;
  /** The last issue that was looked at; -1 for none. */
  index: number;
  key: string;
}

function placeBehind({ index, key }: Behind, issues: readonly Issue[]): number {
  if (index < 0) return 0;
  if (issues[index]?.key === key) return index + 1;
  const moved = issues.findIndex(issue => issue.key === key);
  return moved < 0 ? index : moved + 1;
}

const writeCursor = ({ page, index, key }: Behind) => `${index}.${key}.${page ?? ''}`;

function readCursor(text: string): Behind {
  const [, index, key = '', page] = /^(-1|\d{1,4})\.([\w-]{0,280})\.(.*)$/s.exec(text) ?? [];
  if (index === undefined) throw invalidInput([{ field: 'pageToken', message: 'It is of another list.' }]);
  return { page: page || undefined, index: Number(index), key };
}
