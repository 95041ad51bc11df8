import * as z from 'zod';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { narrowed } from '../allowed.ts';
import { projectOfKey } from '../openQuery.ts';
import { askedFields } from './askedFields.ts';
import { type Guard, noProject } from './guard.ts';
import { type CheckedQuery, checkedQuery, knownQuery } from './query.ts';
import { type ShownIssue, shownIssues } from './shownIssues.ts';
import { workList } from './workCondition.ts';

/** A page of a search as Jira is asked for it: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ */
const searchRequest = z.looseObject({
  jql: z.string().catch(''),
  fields: z.array(z.string()).catch([]),
  maxResults: z.number().catch(50),
  nextPageToken: z.string().nullish(),
});

interface ShownPage {
  issues: ShownIssue[];
  isLast: boolean;
  nextPageToken?: string;
}

/** The most that Jira gives of issues with fields, and of keys alone. */
const FULL_PAGE = 100;
const KEYS_PAGE = 5_000;
/** How many pages are looked through for one that is shown; for one that is not empty, more. */
const MAX_ROUNDS = 10;
const MAX_EMPTY_ROUNDS = 30;
/** Issues with more work than a search shows, whose work is asked for one by one. */
const MAX_LONG = 20;

/**
 * A page of what a query finds of the issues that may be shown: as long as the one that was asked for where there are so many,
 * so that its length does not tell how many were left out.
 * @throws Failure `invalid_input` for a query that would tell of what may not be seen; `not_found` for a project
 */
export async function shownPage(
  request: unknown,
  guard: Guard,
  send: (body: Record<string, unknown>) => Promise<unknown>,
): Promise<ShownPage> {
  const { jql, nextPageToken, maxResults, fields: wanted, ...others } = searchRequest.parse(request);
  const query = await checkedQuery(jql, guard);
  const asked = askedFields(wanted, [...(query.work ? ['worklog'] : []), ...(query.links ? ['issuelinks'] : [])]);
  const size = asked.areKeysOnly ? KEYS_PAGE : FULL_PAGE;
  const most = Math.min(maxResults, size);
  let place = placeIn(nextPageToken ?? undefined);
  let projects = place.isNarrowed ? await guard.browsableProjects() : undefined;
  const ask = knownQuery(query.text, (text, body) =>
    send({ ...others, jql: projects ? narrowed(text, projects) : text, fields: asked.fields, ...body }),
  );
  const load = async (maxResults: number) => {
    const answer = await ask({ maxResults, ...(place.page !== undefined && { nextPageToken: place.page }) });
    const { issues, nextPageToken: next } = searchAnswer.parse(answer);
    const open = await shownIssues(issues ?? [], guard);
    const hidden = (issues ?? []).filter(({ id }) => !open.some(issue => issue.id === id));
    return { shown: behind(place, await passing(open, query, guard)), hidden, next: next ?? undefined };
  };

  const found: ShownIssue[] = [];
  for (let round = 0; ; round += 1) {
    const isFirst = round === 0 && place.after === undefined;
    const { shown, hidden, next } = await load(isFirst ? most : size);
    if (isFirst && place.page === undefined && next !== undefined && (await areElsewhere(hidden, guard))) {
      // Where whole projects are hidden, to look through them would take long.
      projects = await guard.browsableProjects();
      place = { ...place, isNarrowed: true };
      continue;
    }
    const room = most - found.length;
    found.push(...shown.slice(0, room));
    const last = shown[room - 1];
    if (shown.length > room && last) return pageOf(found.map(asked.strip), { ...place, after: last.id });
    if (found.length === 0 && nextPageToken == null) await requireProjects(query, guard);
    if (next === undefined) return pageOf(found.map(asked.strip), undefined);
    place = { ...place, page: next, after: undefined };
    const isEnough = found.length === most || round + 1 >= (found.length > 0 ? MAX_ROUNDS : MAX_EMPTY_ROUNDS);
    if (isEnough) return pageOf(found.map(asked.strip), place);
  }
}

/** How many issues are counted one by one. */
const MAX_COUNTED = 20_000;

/** How many issues a query finds of those that may be shown. @throws Failure `invalid_input` for more than can be looked at */
export async function shownCount(
  jql: unknown,
  guard: Guard,
  send: (body: Record<string, unknown>) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  let nextPageToken: string | undefined;
  for (let read = 0; read < MAX_COUNTED; read += KEYS_PAGE) {
    const page = await shownPage({ jql, fields: ['key'], maxResults: KEYS_PAGE, nextPageToken }, guard, send);
    count += page.issues.length;
    nextPageToken = page.nextPageToken;
    if (nextPageToken === undefined) return count;
  }
  const message = `It finds more than ${MAX_COUNTED.toLocaleString('en')} issues, each of which would have to be looked at for what the user may see. Narrow it, such as to a project.`;
  throw invalidInput([{ field: 'jql', message }]);
}

/** Where a page begins: a page of Jira's, and the last issue on it that was shown already. */
interface Place {
  page: string | undefined;
  after: string | undefined;
  /** Whether the query is narrowed to the projects that may be browsed. */
  isNarrowed: boolean;
}

const ownToken = /^(!?)(?:~(\d{1,18})~)?(.*)$/s;

function placeIn(token: string | undefined): Place {
  const [, mark, after, page] = ownToken.exec(token ?? '') ?? [];
  return { page: page || undefined, after, isNarrowed: mark === '!' };
}

function pageOf(issues: ShownIssue[], place: Place | undefined): ShownPage {
  if (!place) return { issues, isLast: true };
  const { page = '', after, isNarrowed } = place;
  const nextPageToken = `${isNarrowed ? '!' : ''}${after === undefined ? '' : `~${after}~`}${page}`;
  return { issues, isLast: false, nextPageToken };
}

/** An issue that changed since may stand elsewhere: then the page is told from its beginning, and none is lost. */
function behind({ after }: Place, issues: ShownIssue[]): ShownIssue[] {
  const at = after === undefined ? -1 : issues.findIndex(({ id }) => id === after);
  return issues.slice(at + 1);
}

/** Those that pass also what Jira found by more than may be seen. */
async function passing(issues: ShownIssue[], query: CheckedQuery, guard: Guard): Promise<ShownIssue[]> {
  const { work, links, asksWatchers } = query;
  let passed = await foundOnPortal(issues, query, guard);
  if (asksWatchers) {
    const open = await guard.holdsOn(
      'VIEW_VOTERS_AND_WATCHERS',
      passed.map(({ id }) => id),
    );
    passed = passed.filter(({ id }) => open.has(id));
  }
  if (links) {
    passed = passed.filter(({ id, fields }) => !guard.memory.cutLinks.has(id) || links.isMet(fields?.issuelinks));
  }
  if (!work) return passed;
  const isLong = ({ total, worklogs }: z.output<typeof workList>) => (total ?? 0) > (worklogs?.length ?? 0);
  const held = passed.map(issue => ({ issue, list: workList.parse(issue.fields?.worklog ?? {}) }));
  const long = held.filter(({ list }) => isLong(list)).slice(0, MAX_LONG);
  const whole = new Map(
    await Promise.all(
      long.map(async ({ issue: { id } }) => {
        const answer = await guard.ask(`/rest/api/3/issue/${id}/worklog`, { maxResults: KEYS_PAGE });
        return [id, workList.parse(answer)] as const;
      }),
    ),
  );
  return held
    .filter(({ issue: { id }, list }) => !guard.isAsCustomer(id) && work.isMet((whole.get(id) ?? list).worklogs ?? []))
    .map(({ issue }) => issue);
}

/** Without requests of which their customers do not see by what they were found. */
async function foundOnPortal(
  issues: ShownIssue[],
  { beyondPortal, onPortal }: CheckedQuery,
  guard: Guard,
): Promise<ShownIssue[]> {
  const own = issues.filter(({ id }) => guard.isAsCustomer(id)).map(({ id }) => id);
  if (own.length === 0 || (beyondPortal.length === 0 && onPortal === undefined)) return issues;
  const found = new Set<string>();
  for (let from = 0; beyondPortal.length === 0 && from < own.length; from += MAX_IN_QUERY) {
    const jql = `id in (${own.slice(from, from + MAX_IN_QUERY).join(', ')}) AND (${onPortal})`;
    const ask = knownQuery(jql, (text, body) => guard.lookUp('/rest/api/3/search/jql', { ...body, jql: text }));
    const { issues: those } = searchAnswer.parse(await ask({ fields: ['key'], maxResults: MAX_IN_QUERY }));
    for (const { id } of those ?? []) found.add(id);
  }
  return issues.filter(({ id }) => found.has(id) || !guard.isAsCustomer(id));
}

/** How many issues are named in one query. */
const MAX_IN_QUERY = 1_000;

/** A query names no more projects than these. */
const MAX_PROJECTS = 500;

/** Whether any of these issues, which may not be shown, is in a project that may not be browsed. */
async function areElsewhere(hidden: readonly { key?: string | undefined }[], guard: Guard): Promise<boolean> {
  if (hidden.length === 0) return false;
  const projects = await guard.browsableProjects();
  if (projects.size === 0 || projects.size > MAX_PROJECTS) return false;
  return hidden.some(({ key }) => key !== undefined && !projects.has(projectOfKey(key).toUpperCase()));
}

/** Where nothing is found, a project that may not be browsed is told as one that there is not. */
async function requireProjects({ projects, beyondPortal }: CheckedQuery, guard: Guard): Promise<void> {
  for (const project of new Set(projects)) {
    if (!(await guard.isShownProject(project))) throw noProject(project);
    if (beyondPortal.length === 0) continue;
    const { isAsCustomer, key } = await guard.requireProject(project);
    if (isAsCustomer) throw notOnPortal(key, beyondPortal);
  }
}

function notOnPortal(projectKey: string, fields: readonly string[]): Failure {
  return new Failure(
    'forbidden',
    `${projectKey} is a service project where the user is a customer and no agent. Customers do not see ${[...new Set(fields)].join(', ')} of their requests, so they cannot be searched by that. Search by status, reporter, texts, type or dates.`,
  );
}

const searchAnswer = z.looseObject({
  issues: z.array(z.looseObject({ id: z.string(), key: z.string().optional() })).nullish(),
  nextPageToken: z.string().nullish(),
});
