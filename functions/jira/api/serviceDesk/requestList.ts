import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { nameList } from '../../../../shared/filter/nameList.ts';
import { quoted } from '../../../../shared/text.ts';
import { meansAsker } from '../asker.ts';
import { listed } from '../choosing.ts';
import { wrongValues } from '../filter/issueFilter.ts';
import type { SearchField } from '../filter/searchField.ts';
import { isNone } from '../inputs.ts';
import type { Issue } from '../issue.ts';
import type { Jira } from '../jira.ts';
import { allOf, anyOf, inProject, Jql, jql, minutesFromNow, rawJql } from '../jql.ts';
import { jqlTokens, orderStart } from '../jqlTokens.ts';
import { type Desk, isCalled } from './desks.ts';
import { fieldsOfRequest, type RequestFields, requestFieldsOf } from './requestRow.ts';
import { cyclesOf, missedBy, type Sla, urgency } from './sla.ts';

export interface RequestFilters {
  queue?: string | undefined;
  status?: string | undefined;
  /** Names, `me` or `none`, separated by commas. */
  assignee?: string | undefined;
  requestType?: string | undefined;
  /** The name of the SLA that the next two are about; any unless given. */
  sla?: string | undefined;
  /** In minutes from now. */
  breachingWithin?: number | undefined;
  /** Whose latest clock has run over, whether or not it goes on. */
  breached?: boolean | undefined;
  /** Whose SLA was missed from then on, be it in a cycle before the latest. */
  breachedSince?: Date | undefined;
  waitingForApproval?: boolean | undefined;
  /** True unless given, except of a queue, which decides that itself. */
  openOnly?: boolean | undefined;
}

export type RequestOrder = 'oldest' | 'newest' | 'updated' | 'priority' | 'timeLeft';

/** A request with its SLAs. */
interface FoundRequest {
  issue: Issue;
  slas: Sla[];
}

export interface RequestPage {
  desk: Desk;
  fields: RequestFields;
  requests: FoundRequest[];
  nextCursor: string | undefined;
  /** What the list may lack, in a sentence. */
  note?: string | undefined;
  /** The cursor behind so many of the requests; undefined where only a whole page has one. */
  cursorAfter?: ((count: number) => string) | undefined;
}

/** A page of a search, and how many pages a list that is sorted by the time left looks through. */
const PAGE_SIZE = 100;
const MAX_PAGES = 5;
/** For what changes while a query waits to be asked. */
const SLACK_MINUTES = 60;
/** A query names each SLA. */
const MAX_SLAS = 25;

const orders: Readonly<Record<Exclude<RequestOrder, 'timeLeft'>, string>> = {
  oldest: 'created ASC, key ASC',
  newest: 'created DESC, key DESC',
  updated: 'updated DESC, key DESC',
  priority: 'priority DESC, created ASC, key ASC',
};

/**
 * The requests of a service desk. By the time that is left, or since when it is missed, they are sorted here, over all that match, up to 500; any
 * other list is Jira's own, a request a page.
 * @throws Failure
 */
export async function listRequests(
  jira: Jira,
  projectId: string | undefined,
  filters: RequestFilters,
  {
    order,
    limit,
    cursor,
    now,
  }: { order: RequestOrder | undefined; limit: number; cursor: string | undefined; now: Date },
): Promise<RequestPage> {
  const { queue: queueName, breachingWithin, breached = false, breachedSince } = filters;
  const [desk, siteFields] = await Promise.all([jira.desks.desk(projectId), jira.metadata.fields()]);
  const all = requestFieldsOf(siteFields);
  const fields = {
    ...all,
    slas: all.slas.filter(({ projectId: of }) => of === undefined || of === desk.projectId),
  };
  const queue = queueName === undefined ? undefined : await jira.desks.queue(desk, queueName);
  const slas = slasMeant(filters.sla, fields.slas);
  const own = queue && queueQuery(queue.jql, queue.name);
  const conditions = [
    ...(own?.conditions ? [new Jql(`(${own.conditions})`)] : []),
    inProject(desk.projectKey),
    ...(await conditionsOf(filters, { jira, desk, fields, slas, isQueue: queue !== undefined, now })),
  ];
  const byBreach = order === undefined && breachingWithin === undefined && breachedSince !== undefined;
  const byTime = byBreach || order === 'timeLeft' || (order === undefined && breachingWithin !== undefined);
  const orderBy = byTime ? 'created ASC, key ASC' : order !== undefined ? orders[order] : (own?.order ?? orders.newest);
  const text = `${allOf(conditions).text} ORDER BY ${orderBy}`;
  const query = own === undefined ? new Jql(text) : rawJql(text);

  const ends = now.getTime() + (breachingWithin ?? 0) * 60_000;
  const isMeant = ({ name }: Sla) =>
    slas.length === fields.slas.length || slas.some(({ label }) => isCalled(label, name));
  const isMissedThen = (sla: Sla) =>
    breachedSince !== undefined && sla.isBreached && missedBy(sla) >= breachedSince.getTime();
  const passes = (sla: Sla) =>
    isMeant(sla) &&
    ((breached && breachedSince === undefined && sla.isBreached) ||
      isMissedThen(sla) ||
      (breachingWithin !== undefined && breaksBefore(sla, ends, now)));
  const isFiltered = breachingWithin !== undefined || breached || breachedSince !== undefined;
  const isWanted = ({ slas: held }: FoundRequest) => !isFiltered || held.some(passes);
  const search = async (size: number, from: string | undefined) => {
    const asked = { jql: query, fields: fieldsOfRequest(fields), limit: size, cursor: from };
    const { issues, nextCursor } = await jira.search(asked).catch(async error => {
      await requireStatuses(error, filters.status, { jira, siteFields });
      throw queue === undefined ? error : ofQueue(error, queue);
    });
    const found = issues.map(issue => ({
      issue,
      // Of the cycles before the latest, those that are asked for.
      slas: cyclesOf(issue, fields.slas).flatMap(cycles =>
        cycles.filter((cycle, at) => at === cycles.length - 1 || isMissedThen(cycle)),
      ),
    }));
    return { found, nextCursor };
  };

  const noteOf = (shown: readonly FoundRequest[], ...others: (string | false)[]): string | undefined => {
    const untold = shown.filter(({ slas: held }) =>
      held.some(sla => isMeant(sla) && isMissedThen(sla) && sla.breachesAt === undefined),
    );
    const notes = [
      ...others,
      breached &&
        filters.openOnly === undefined &&
        isOpenOnly(filters, queue !== undefined) &&
        'Only open requests are listed: those that are done and missed an SLA come with openOnly false, or breachedSince.',
      untold.length > 0 &&
        `Jira does not tell when ${listed(untold.map(({ issue }) => issue.key))} missed an SLA: it may have been earlier.`,
    ].filter(note => note !== false);
    return notes.length > 0 ? notes.join(' ') : undefined;
  };

  if (!byTime) {
    const { found, nextCursor } = await search(limit, cursor);
    const requests = found.filter(isWanted);
    return { desk, fields, requests, nextCursor, note: noteOf(requests) };
  }
  const found: FoundRequest[] = [];
  let from: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const part = await search(PAGE_SIZE, from);
    found.push(...part.found.filter(isWanted));
    from = part.nextCursor;
    if (from === undefined) break;
  }
  const sorted = found
    .map(request => {
      const meant = request.slas.filter(isMeant);
      const rank = byBreach ? -Math.max(...meant.filter(isMissedThen).map(missedBy)) : urgency(meant);
      return { request, place: { urgency: Math.max(rank, -Number.MAX_SAFE_INTEGER), key: request.issue.key } };
    })
    .toSorted((one, other) => comparePlaces(one.place, other.place));
  const rest =
    cursor === undefined ? sorted : sorted.filter(({ place }) => comparePlaces(place, readPlace(cursor)) > 0);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const requests = shown.map(({ request }) => request);
  return {
    desk,
    fields,
    requests,
    nextCursor: last && rest.length > limit ? writePlace(last.place) : undefined,
    cursorAfter: count => {
      const end = shown[count - 1];
      return end ? writePlace(end.place) : (cursor ?? '');
    },
    note: noteOf(
      requests,
      from !== undefined &&
        `More than ${MAX_PAGES * PAGE_SIZE} requests match. Only the oldest ${MAX_PAGES * PAGE_SIZE} of them were looked through: give more filters.`,
    ),
  };
}

/** Whether a clock that runs will miss its goal by then, and has not yet. */
function breaksBefore(
  { isOngoing, isPaused, isBreached, breachesAt, remaining }: Sla,
  ends: number,
  now: Date,
): boolean {
  if (!isOngoing || isPaused || isBreached) return false;
  return (breachesAt ?? now.getTime() + (remaining ?? Number.POSITIVE_INFINITY)) <= ends;
}

async function conditionsOf(
  filters: RequestFilters,
  around: { jira: Jira; desk: Desk; fields: RequestFields; slas: readonly SearchField[]; isQueue: boolean; now: Date },
): Promise<Jql[]> {
  const { status, assignee, requestType, breachingWithin, breached, breachedSince, waitingForApproval } = filters;
  const { jira, desk, fields, slas, isQueue, now } = around;
  const conditions: Jql[] = [];
  if (status !== undefined) conditions.push(jql`status in ${nameList(status)}`);
  if (isOpenOnly(filters, isQueue)) conditions.push(jql`statusCategory != Done`);
  if (assignee !== undefined) conditions.push(await ofAssignee(assignee, jira));
  if (requestType !== undefined) {
    const kind = required(fields.kind, 'requestType', 'Request Type');
    const { name } = await jira.desks.requestType(desk, requestType);
    conditions.push(jql`${kind} = ${`${name} (${desk.projectKey})`}`);
  }
  if (waitingForApproval) {
    conditions.push(jql`${required(fields.approvals, 'waitingForApproval', 'Approvals')} = pending()`);
  }
  if (breachingWithin !== undefined || breached || breachedSince) {
    // A clock that has stopped since then was stopped by a change of the request.
    const since =
      breachedSince && minutesFromNow(Math.floor((breachedSince.getTime() - now.getTime()) / 60_000) - SLACK_MINUTES);
    const clauses = slas.slice(0, MAX_SLAS).map(field => required(field, 'sla', field.label));
    conditions.push(
      anyOf(
        clauses.flatMap(clause => [
          ...(breachingWithin === undefined
            ? []
            : [jql`(${clause} = running() AND ${clause} < remaining(${`${breachingWithin}m`}))`]),
          ...(since
            ? [jql`(${clause} = everBreached() AND (${clause} != completed() OR updated >= ${since}))`]
            : breached
              ? [jql`${clause} = breached()`]
              : []),
        ]),
      ),
    );
  }
  return conditions;
}

/** A queue decides it itself, as a status does; what was missed in a time is told of all. */
const isOpenOnly = ({ openOnly, status, breachedSince }: RequestFilters, isQueue: boolean) =>
  openOnly ?? (!isQueue && status === undefined && breachedSince === undefined);

async function ofAssignee(text: string, { people }: Jira): Promise<Jql> {
  const names = nameList(text);
  const accounts = await Promise.all(names.filter(name => !isNone(name)).map(name => people.inJql(name)));
  return anyOf([
    ...(accounts.length > 0 ? [jql`assignee in ${accounts}`] : []),
    ...(accounts.length < names.length ? [jql`assignee IS EMPTY`] : []),
  ]);
}

function required(field: SearchField | undefined, input: string, label: string): Jql {
  if (field?.clause !== undefined) return new Jql(field.clause);
  const message = `This site has no field ${quoted(label)} that could be searched, or the account signed in to Jira is no agent and does not see it.`;
  throw invalidInput([{ field: input, message }]);
}

/** The SLAs that are meant: all of the desk unless one is named. */
function slasMeant(name: string | undefined, slas: readonly SearchField[]): readonly SearchField[] {
  if (name === undefined) return slas;
  const found = slas.filter(({ label }) => isCalled(label, name));
  if (found.length > 0) return found;
  const known =
    slas.length > 0 ? `There are ${listed([...new Set(slas.map(({ label }) => label))])}.` : 'There are none.';
  throw invalidInput([{ field: 'sla', message: `There is no SLA ${quoted(name)}. ${known}` }]);
}

/** The conditions and the order of a queue. */
function queueQuery(text: string, name: string): { conditions: string; order: string | undefined } {
  const tokens = jqlTokens(text);
  if (!tokens) {
    throw new Failure(
      'conflict',
      `The JQL of the queue ${quoted(name)} cannot be read. Its administrator must mend it.`,
    );
  }
  const start = orderStart(tokens, text);
  const order = text
    .slice(start)
    .replace(/^\s*order\s+by\s+/i, '')
    .trim();
  return { conditions: text.slice(0, start).trim(), order: order || undefined };
}

/** Where a query was refused, for a status that there is not. @throws Failure `invalid_input` that names those there are */
async function requireStatuses(
  error: unknown,
  status: string | undefined,
  { jira, siteFields }: { jira: Jira; siteFields: readonly SearchField[] },
): Promise<void> {
  const field = siteFields.find(({ id }) => id === 'status');
  if (status === undefined || !field || !(error instanceof Failure) || error.code !== 'invalid_input') return;
  const test = { kind: 'oneOf', values: nameList(status), orEmpty: false } as const;
  const wrong = await wrongValues([{ field, test, isNot: false, input: 'status' }], { jira });
  if (wrong.length > 0) throw invalidInput(wrong);
}

/** What is said of a query is said of the queue that has it. */
function ofQueue(error: unknown, { name, jql: query }: { name: string; jql: string }): unknown {
  if (!(error instanceof Failure) || error.code !== 'invalid_input') return error;
  const message = meansAsker(query)
    ? `The queue ${quoted(name)} shows everybody their own requests, and this service does not know the Jira account of the user. Leave queue out, and give assignee with the name or the e-mail address of the user, for which ask them.`
    : `The query of the queue ${quoted(name)} cannot be asked for the user: ${error.errors?.[0]?.message ?? error.message}`;
  return invalidInput([{ field: 'queue', message }]);
}

/** Where a request stands in a list by time left: how urgent it is, and its number among those that are as urgent. */
interface Place {
  urgency: number;
  key: string;
}

const comparePlaces = (one: Place, other: Place) =>
  one.urgency - other.urgency || one.key.localeCompare(other.key, 'en', { numeric: true });

const writePlace = ({ urgency: at, key }: Place) => `${at} ${key}`;

function readPlace(cursor: string): Place {
  const [at = '', key = ''] = cursor.split(' ');
  return { urgency: Number(at), key };
}
