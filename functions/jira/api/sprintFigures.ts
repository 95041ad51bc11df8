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
  const committed = counted.filter(each => wasCommitted(each, sprint, { start, done }));
  const completed = counted.filter(({ isDone, isDoneElsewhere }) => isDone && !isDoneElsewhere);
  const left = counted.filter(({ isDone }) => !isDone);
  return {
    issues,
    committed: sumOf(committed, each => each.committed),
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

const wasCommitted = (
  { issue }: SprintIssue,
  { id }: BoardSprint,
  { start, done }: { start: Date; done: ReadonlySet<string> },
) => sprintsAt(issue, start).has(id) && !done.has(statusAt(issue, start) ?? '');

function partIn(
  { id }: BoardSprint,
  issue: TrackedIssue,
  { start, end, done }: { start: Date; end: Date; done: ReadonlySet<string> },
): SprintIssue[] {
  if (!sprintsAt(issue, end).has(id)) return [];
  const isDone = done.has(statusAt(issue, end) ?? '');
  const doneAt = isDone ? lastDone(issue, end, done) : undefined;
  const enteredAt = lastEntry(issue, id, end);
  const since = enteredAt > start ? enteredAt : start;
  return [
    {
      issue,
      isDone,
      doneAt,
      isDoneElsewhere: doneAt !== undefined && doneAt <= since,
      addedAt: sprintsAt(issue, start).has(id) ? undefined : enteredAt,
      carriedFrom: [...sprintsAt(issue, end)].filter(other => {
        const closedAt = other === id ? undefined : issue.closedSprints.get(other);
        return closedAt !== undefined && closedAt <= end && !done.has(statusAt(issue, closedAt) ?? '');
      }),
      committed: sprintsAt(issue, start).has(id) ? estimateAt(issue, start) : undefined,
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
 * How long an issue that was done at `doneAt` had been in progress before, as Jira's control chart counts it: the time in
 * statuses that are neither to do nor done, in milliseconds; undefined where it never was in one of them.
 */
export function cycleTime(
  { statusChanges, createdAt }: TrackedIssue,
  doneAt: Date,
  isInProgress: (statusId: string) => boolean,
): number | undefined {
  let total = 0;
  let since: Date | undefined = createdAt;
  for (const { at, from, to } of statusChanges) {
    if (at > doneAt) break;
    if (since && from !== undefined && isInProgress(from)) total += at.getTime() - since.getTime();
    since = to !== undefined && isInProgress(to) ? at : undefined;
  }
  return total > 0 ? total : undefined;
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
