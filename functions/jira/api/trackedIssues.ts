import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import type { FieldChange } from './changelogs.ts';
import { type Estimation, hoursOf } from './estimation.ts';
import type { Issue } from './issue.ts';
import type { Jira } from './jira.ts';
import { jql } from './jql.ts';

/** What a field was until it changed, and since then. */
export interface Change<Value> {
  at: Date;
  from: Value;
  to: Value;
}

/** An issue as the figures of a sprint need it: how it is now, and how it came to be so. */
export interface TrackedIssue {
  key: string;
  title: string | undefined;
  status: string | undefined;
  assignee: string | undefined;
  /** Jira's reports count the estimates of sub-tasks nowhere. */
  isSubtask: boolean;
  createdAt: Date;
  /** Why it is stuck: `Flagged`, or the keys of open issues that block it. */
  blockedBy: string[];
  statusId: string | undefined;
  /** What the statuses that it has or had are called, by their IDs. */
  statusNames: ReadonlyMap<string, string>;
  sprintIds: ReadonlySet<number>;
  /** In points, hours, or issues; undefined where it has none. */
  estimate: number | undefined;
  /** The oldest first. */
  statusChanges: Change<string | undefined>[];
  sprintChanges: Change<ReadonlySet<number>>[];
  estimateChanges: Change<number | undefined>[];
  /** When it came to its status, and to its assignee; undefined where either never changed. */
  lastChange: Record<'status' | 'assignee', Date | undefined>;
  /** When each of the sprints that it is or was in was closed, as far as that is known. */
  closedSprints: ReadonlyMap<number, Date>;
}

export interface TrackedIssues {
  issues: TrackedIssue[];
  /** What is not in them, and why. */
  notShown: string[];
}

const PAGE_SIZE = 100;
/** More issues in the sprints of one answer are not read. */
const MAX_ISSUES = 1_000;
const SUBTASK_LEVEL = -1;

/** The issues that are in some sprints, with the changes that their figures follow from. */
export async function trackedIssues(
  jira: Pick<Jira, 'search' | 'metadata' | 'fieldChanges'>,
  sprintIds: readonly number[],
  estimation: Estimation,
): Promise<TrackedIssues> {
  const notShown: string[] = [];
  const fields = await jira.metadata.fields();
  const sprintField = fields.find(({ kind, custom }) => kind === 'sprint' && custom !== undefined)?.id;
  if (sprintIds.length === 0) return { issues: [], notShown };
  if (sprintField === undefined) {
    const message =
      'Jira does not show its field Sprint to this service, so that nothing can be told of what is in a sprint. An administrator must see to it.';
    throw new Failure('forbidden', message);
  }
  const flags = fields.filter(({ label, isList }) => isList && label.toLowerCase() === 'flagged').map(({ id }) => id);
  const own = { sprint: sprintField, estimate: estimation.fieldId, flags };

  const found: Issue[] = [];
  let cursor: string | undefined;
  do {
    const page = await jira.search({
      jql: jql`sprint in ${sprintIds} ORDER BY key ASC`,
      fields: [
        ...['summary', 'status', 'issuetype', 'assignee', 'created', 'issuelinks', sprintField, ...flags],
        ...(estimation.fieldId === undefined ? [] : [estimation.isTime ? 'timetracking' : estimation.fieldId]),
      ],
      limit: PAGE_SIZE,
      cursor,
    });
    found.push(...page.issues);
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < MAX_ISSUES);
  if (cursor !== undefined) notShown.push(`Only the first ${found.length} issues were read; there are more.`);

  // An issue that changes while it is read may be on two pages.
  const byId = new Map(found.flatMap(issue => (issue.id === undefined ? [] : [[issue.id, issue]])));
  const fieldIds = ['status', 'assignee', sprintField, ...(own.estimate === undefined ? [] : [own.estimate])];
  const { changes, isWhole } = await jira.fieldChanges([...byId.keys()], fieldIds);
  if (!isWhole) notShown.push('Some changes were not read, because there are too many.');
  const issues = [...byId].flatMap(([id, issue]) => toTracked(issue, changes.get(id) ?? [], own, estimation));
  return { issues, notShown };
}

interface OwnFields {
  sprint: string;
  estimate: string | undefined;
  flags: readonly string[];
}

const sprintsIn = z
  .array(z.object({ id: z.number(), completeDate: z.string().nullish() }).nullable().catch(null))
  .catch([]);
function toTracked(
  issue: Issue,
  changes: readonly FieldChange[],
  { sprint, estimate, flags }: OwnFields,
  estimation: Estimation,
): TrackedIssue[] {
  const { key, values, createdAt } = issue;
  if (!createdAt) return [];
  const sprints = sprintsIn.parse(values[sprint]).filter(each => each !== null);
  const of = (fieldId: string) => changes.filter(change => change.fieldId === fieldId);
  const isFlagged = flags.some(id => Array.isArray(values[id]) && values[id].length > 0);
  return [
    {
      key,
      title: issue.summary,
      status: issue.status,
      assignee: issue.assignee,
      isSubtask: issue.hierarchyLevel === SUBTASK_LEVEL,
      createdAt,
      blockedBy: [...(isFlagged ? ['Flagged'] : []), ...blockersOf(issue)],
      statusId: issue.statusId,
      statusNames: namesIn(of('status'), issue),
      sprintIds: new Set(sprints.map(({ id }) => id)),
      estimate: estimateIn(issue, estimation),
      statusChanges: of('status').map(({ at, from, to }) => ({ at, from: from.id, to: to.id })),
      sprintChanges: of(sprint).map(({ at, from, to }) => ({ at, from: idsOf(from.id), to: idsOf(to.id) })),
      estimateChanges: (estimate === undefined ? [] : of(estimate)).map(({ at, from, to }) => ({
        at,
        from: amount(from.text, estimation),
        to: amount(to.text, estimation),
      })),
      lastChange: { status: of('status').at(-1)?.at, assignee: of('assignee').at(-1)?.at },
      closedSprints: new Map(
        sprints.flatMap(({ id, completeDate }) => (completeDate ? [[id, new Date(completeDate)]] : [])),
      ),
    },
  ];
}

function namesIn(changes: readonly FieldChange[], { statusId, status }: Issue): ReadonlyMap<string, string> {
  const named = changes.flatMap(({ from, to }) => [from, to]);
  return new Map(
    [...named, { id: statusId, text: status }].flatMap(({ id, text }) => (id && text ? [[id, text]] : [])),
  );
}

/** Those that must be done first and are not. */
function blockersOf({ links }: Issue): string[] {
  return links.flatMap(({ phrase, issue }) =>
    phrase.toLowerCase() === 'is blocked by' && !issue.isDone ? [issue.key] : [],
  );
}

/** The changelog has the sprints of an issue as `1, 2`. */
function idsOf(text: string | undefined): ReadonlySet<number> {
  return new Set((text?.match(/\d+/g) ?? []).map(Number));
}

function estimateIn({ values, originalEstimateSeconds }: Issue, { fieldId, isTime }: Estimation): number | undefined {
  if (fieldId === undefined) return 1;
  if (isTime) return originalEstimateSeconds === undefined ? undefined : hoursOf(originalEstimateSeconds);
  const value = values[fieldId];
  return typeof value === 'number' ? value : undefined;
}

function amount(text: string | undefined, { isTime }: Estimation): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return undefined;
  return isTime ? hoursOf(value) : value;
}
