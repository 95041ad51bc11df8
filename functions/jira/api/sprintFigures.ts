import { rounded } from './estimation.ts';
import type { BoardSprint } from './sprints.ts';
import type { Change, TrackedIssue } from './trackedIssues.ts';

/**
 * What became of the issues of a sprint, computed from their changes as Jira's sprint report and velocity chart do, which
 * its API does not have: https://support.atlassian.com/jira-software-cloud/docs/view-and-understand-the-velocity-chart/
 * Issues that were taken out of the sprint are not known, because a search does not find them any more.
 */

/** An issue's part in a sprint. */
export interface SprintIssue {
  issue: TrackedIssue;
  isDone: boolean;
  /** When it was done, where it is. */
  doneAt: Date | undefined;
  /** It was done before the sprint began, or before it came into the sprint: neither committed nor completed here. */
  isDoneElsewhere: boolean;
  /** When it came into the sprint, where that was after the start. */
  addedAt: Date | undefined;
  /** It was in the sprint at the start, and not done. */
  isCommitted: boolean;
  /** The status that it had at the end, or has now. */
  status: string | undefined;
  /** The closed sprints that it was in without being done at their ends. */
  carriedFrom: number[];
  /** At the start, in points, hours or issues; undefined where it was not in the sprint then, or without an estimate. */
  committed: number | undefined;
  /** At the end, or now. */
  estimate: number | undefined;
}

export interface Figures {
  issues: SprintIssue[];
  /** Of the issues that were in the sprint when it began and were not done: what they were estimated at then. */
  committed: number;
  /** Of the other issues that count: what they were estimated at when it ended, or now. They came in later, or were done at the start. */
  added: number;
  /** By how much the estimates of the committed issues grew until the end, or now. */
  reestimatedBy: number;
  /** Of the issues that were done in the sprint: what they were estimated at when it ended, or now. */
  completed: number;
  /** Of the issues that were not done at its end, or are not done now. */
  left: number;
  /** Numbers of issues, sub-tasks left out. */
  counts: { committed: number; completed: number; left: number; unestimated: number };
}

/** The figures of a sprint that has begun, from the issues that are in it and maybe others. */
export function sprintFigures(
  sprint: BoardSprint,
  all: readonly TrackedIssue[],
  { done, now }: { done: ReadonlySet<string>; now: Date },
): Figures {
  const start = sprint.start ?? now;
  const end = sprint.completed ?? now;
  const issues = all.flatMap(issue => partIn(sprint, issue, { start, end, done }));
  const counted = issues.filter(({ issue }) => !issue.isSubtask);
  const committed = counted.filter(({ isCommitted }) => isCommitted);
  const added = counted.filter(isAddition);
  const completed = counted.filter(({ isDone, isDoneElsewhere }) => isDone && !isDoneElsewhere);
  const left = counted.filter(({ isDone }) => !isDone);
  return {
    issues,
    committed: sumOf(committed, each => each.committed),
    added: sumOf(added, each => each.estimate),
    reestimatedBy: sumOf(committed, each => (each.estimate ?? 0) - (each.committed ?? 0)),
    completed: sumOf(completed, each => each.estimate),
    left: sumOf(left, each => each.estimate),
    counts: {
      committed: committed.length,
      completed: completed.length,
      left: left.length,
      unestimated: left.filter(({ estimate }) => estimate === undefined).length,
    },
  };
}

/** Whether it counts and was not committed: it came in after the start, or was done then and opened again. */
const isAddition = ({ isCommitted, isDoneElsewhere }: SprintIssue) => !isCommitted && !isDoneElsewhere;

function partIn(
  { id }: BoardSprint,
  issue: TrackedIssue,
  { start, end, done }: { start: Date; end: Date; done: ReadonlySet<string> },
): SprintIssue[] {
  if (!sprintsAt(issue, end).has(id)) return [];
  const statusId = statusAt(issue, end);
  const isDone = done.has(statusId ?? '');
  const doneAt = isDone ? lastDone(issue, end, done) : undefined;
  const enteredAt = lastEntry(issue, id, end);
  const since = enteredAt > start ? enteredAt : start;
  const wasThere = sprintsAt(issue, start).has(id);
  return [
    {
      issue,
      isDone,
      doneAt,
      isDoneElsewhere: doneAt !== undefined && doneAt <= since,
      addedAt: wasThere ? undefined : enteredAt,
      isCommitted: wasThere && !done.has(statusAt(issue, start) ?? ''),
      status: statusId === undefined ? issue.status : (issue.statusNames.get(statusId) ?? issue.status),
      carriedFrom: [...sprintsAt(issue, end)].filter(other => {
        const closedAt = other === id ? undefined : issue.closedSprints.get(other);
        return closedAt !== undefined && closedAt <= end && !done.has(statusAt(issue, closedAt) ?? '');
      }),
      committed: wasThere ? estimateAt(issue, start) : undefined,
      estimate: estimateAt(issue, end),
    },
  ];
}

/** The value that a field had at a moment: what it changed to last before that, or was until it first changed. */
function valueAt<Value>(changes: readonly Change<Value>[], current: Value, at: Date): Value {
  const before = changes.findLast(change => change.at <= at);
  if (before) return before.to;
  const [first] = changes;
  return first ? first.from : current;
}

const none: ReadonlySet<number> = new Set();

function sprintsAt(issue: TrackedIssue, at: Date): ReadonlySet<number> {
  return issue.createdAt > at ? none : valueAt(issue.sprintChanges, issue.sprintIds, at);
}

function statusAt(issue: TrackedIssue, at: Date): string | undefined {
  return issue.createdAt > at ? undefined : valueAt(issue.statusChanges, issue.statusId, at);
}

function estimateAt(issue: TrackedIssue, at: Date): number | undefined {
  return valueAt(issue.estimateChanges, issue.estimate, at);
}

/** When an issue that is done at `end` became so for the last time. */
function lastDone(issue: TrackedIssue, end: Date, done: ReadonlySet<string>): Date {
  const change = issue.statusChanges.findLast(
    ({ at, from, to }) => at <= end && done.has(to ?? '') && !done.has(from ?? ''),
  );
  return change?.at ?? issue.createdAt;
}

/** When an issue that is in a sprint at `end` came into it for the last time. */
function lastEntry(issue: TrackedIssue, sprintId: number, end: Date): Date {
  const change = issue.sprintChanges.findLast(
    ({ at, from, to }) => at <= end && to.has(sprintId) && !from.has(sprintId),
  );
  return change?.at ?? issue.createdAt;
}

/**
 * The cycle time of an issue that was done at `doneAt`, in milliseconds: since it first came to a status in progress, whatever
 * it went through until then; undefined where it never was in one.
 */
export function cycleTime(
  { statusChanges, statusId, createdAt }: TrackedIssue,
  doneAt: Date,
  isInProgress: (statusId: string) => boolean,
): number | undefined {
  const [first] = statusChanges;
  const isSo = (id: string | undefined) => id !== undefined && isInProgress(id);
  const begunAt = isSo(first ? first.from : statusId) ? createdAt : statusChanges.find(({ to }) => isSo(to))?.at;
  return begunAt && begunAt < doneAt ? doneAt.getTime() - begunAt.getTime() : undefined;
}

export function average(amounts: readonly number[]): number | undefined {
  if (amounts.length === 0) return undefined;
  return rounded(amounts.reduce((sum, each) => sum + each, 0) / amounts.length);
}

export function median(amounts: readonly number[]): number | undefined {
  const sorted = amounts.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return average(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
}

function sumOf(issues: readonly SprintIssue[], amountOf: (issue: SprintIssue) => number | undefined): number {
  return rounded(issues.reduce((sum, each) => sum + (amountOf(each) ?? 0), 0));
}
