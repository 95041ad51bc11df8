import * as z from 'zod';
import { heading, key, link, summary } from '../../../shared/schema/meaning.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import { doneStatuses, type Estimation, estimationOf, rounded } from '../api/estimation.ts';
import { nameText, projectId } from '../api/inputs.ts';
import { ifAny } from '../api/issueRow.ts';
import type { Jira } from '../api/jira.ts';
import {
  board,
  daysAfter,
  inDays,
  notCounted,
  shownSprint,
  toShownSprint,
  workingDaysAfter,
} from '../api/shownSprint.ts';
import { average, cycleTime, type Figures, median, type SprintIssue, sprintFigures } from '../api/sprintFigures.ts';
import type { BoardSprint } from '../api/sprints.ts';
import { trackedIssues } from '../api/trackedIssues.ts';
import { readsSprints } from '../needs.ts';
import { jira } from '../system.ts';

const row = z.object({
  issueKey: key('The key of the issue.'),
  title: heading('Its summary.').optional(),
  status: z.string().optional().describe('Its status now; of a closed sprint at its end.'),
  statusNow: z.string().optional().describe('Of a closed sprint, its status now where that is another one.'),
  assignee: z.string().optional().describe('Its assignee now; absent when it is unassigned.'),
  estimate: z.number().optional().describe('Its estimate.'),
  url: link(
    'The address of the issue in the browser; an issue that is in several lists has it in the first.',
  ).optional(),
});

/** More rows of one kind are not listed; how many there are is told. */
const MAX_ROWS = 40;
/** The cycle times of more issues are told only as average and median. */
const MAX_CYCLE_TIMES = 15;
const DAY_MS = 86_400_000;

const output = z.object({
  board: z.string().describe('The name of the board.'),
  sprint: shownSprint.describe('The sprint.'),
  summary: summary('How it goes, or went, in a sentence or two.'),
  daysLeft: z.int().optional().describe('Days after today up to its last day; negative by as many as it is overdue.'),
  workingDaysLeft: z.int().optional().describe('Those of them from Monday to Friday; holidays are not known.'),
  estimatedBy: z.string().describe('What the board estimates by, such as Story Points.'),
  unit: z.enum(['points', 'hours', 'issues']).describe('The unit of all estimates and sums.'),
  committed: z.number().optional().describe('Of the issues in it at the start and not done: their estimates then.'),
  added: z
    .number()
    .optional()
    .describe(
      'Of the issues that came in after the start, or were opened again after it: their estimates now, or at its end.',
    ),
  reestimatedBy: z.number().optional().describe('By how much the estimates of the committed ones have grown since.'),
  completed: z.number().optional().describe('Of the issues that were done in it: their estimates now, or at its end.'),
  left: z.number().describe('Of the issues that are not done, or were not at its end.'),
  issuesInAll: z.int().describe('How many issues it has, without sub-tasks and those that were done before.'),
  issuesCompleted: z.int().optional().describe('How many of them are done.'),
  issuesUnestimated: z.int().describe('How many that are not done have no estimate.'),
  people: z
    .array(
      z.object({
        person: z.string().describe('The assignee, or Unassigned.'),
        issues: z.int().describe('How many issues the person has in it.'),
        issuesLeft: z.int().describe('How many of them are not done.'),
        completed: z.number().describe('The estimates of those that are done.'),
        left: z.number().describe('The estimates of those that are not done.'),
      }),
    )
    .describe('The issues by their assignees now, those with the most left first.'),
  blocked: z
    .array(row.extend({ blockedBy: z.array(z.string()).describe('The open issues that block it, or Flagged.') }))
    .optional()
    .describe('Open issues of an active sprint that an open issue blocks, or that are flagged.'),
  unmoved: z
    .array(
      row.extend({
        movedAt: z.string().describe("When it last moved, ISO 8601, by the asking user's clock."),
        lastMove: z.enum(['status', 'assignee', 'created']).describe('What that was: a change, or its creation.'),
      }),
    )
    .optional()
    .describe(
      'Open issues of an active sprint whose status and assignee have not changed for the time of unchangedFor. Edits, comments and the move into the sprint do not count.',
    ),
  addedAfterStart: z
    .array(row.extend({ addedAt: z.string().describe("When it came in, ISO 8601, by the asking user's clock.") }))
    .optional()
    .describe('Issues that came in after it had begun.'),
  carriedOver: z
    .array(row.extend({ from: z.array(z.string()).describe('The earlier sprints, where their names may be told.') }))
    .optional()
    .describe('Issues that were left over from earlier sprints.'),
  leftOver: z.array(row).optional().describe('Issues that were not done when it was closed.'),
  reopened: z.array(row).optional().describe('Issues that were done at its start and were opened again after it.'),
  reestimated: z
    .array(row.extend({ before: z.number().optional().describe('Its estimate at the start.') }))
    .optional()
    .describe('Issues whose estimate changed after the start.'),
  doneElsewhere: z
    .array(row)
    .optional()
    .describe('Issues that were done before it began or before they came in: they count nowhere here.'),
  cycleTime: z
    .object({
      averageDays: z.number().describe('The average, in days of 24 hours, nights and weekends included.'),
      medianDays: z.number().describe('The median.'),
      issues: z.int().describe('How many completed issues it is of.'),
      neverInProgress: z.int().optional().describe('How many went to done without being in progress.'),
      ofIssues: z
        .array(z.object({ issueKey: key('The key of the issue.'), days: z.number().describe('Its cycle time.') }))
        .optional()
        .describe(`Of each issue, the longest first, where they are at most ${MAX_CYCLE_TIMES}.`),
    })
    .optional()
    .describe(
      'Of its completed issues: from the first time in a status of the category In Progress, also before the sprint, to the last time that they became done.',
    ),
  computed: z.string().optional().describe('How the figures come about, and what is not in them.'),
  notShown: z.array(z.string()).optional().describe('What could not be told, and why.'),
});

type Row = z.input<typeof row>;

export default jira.action({
  name: 'getSprint',
  toolset: 'jira-planning',
  access: 'read',
  needs: readsSprints,
  title: 'Get how a sprint goes',
  description:
    'Tells how a sprint goes or went: points and issues done and left, days left, who has how much, what is blocked, unmoved, added after the start, carried over or left over, and the cycle time. ' +
    'Use it when the user asks about one sprint, the active one unless told. ' +
    'For several sprints and the velocity use listSprints; for its issues one by one use searchIssues.',
  input: z.object({
    projectId: projectId.optional(),
    board,
    sprint: nameText.default('active').meta({
      description: 'A sprint: active (unless given), last (the last closed one), next, or a name or ID.',
      names: 'sprint',
      mayMatchSeveral: true,
    }),
    unchangedFor: sinceText
      .default('3d')
      .describe('An issue without a change of status or assignee for a span such as 3d counts as unmoved.'),
  }),
  output,
  requests: 50,
  example: { projectId: 'ATLAS' },
  async run({ projectId, board: wanted, sprint: wantedSprint, unchangedFor }, { jira, now }) {
    const unchangedSince = await resolveSince(unchangedFor, { now, timeZone: jira.timeZone }, 'unchangedFor');
    const found = await jira.boards.find({ projectId, board: wanted });
    const [sprint, configuration, timeZone, categories] = await Promise.all([
      jira.sprints.find(found, wantedSprint),
      jira.boards.configuration(found),
      jira.timeZone(),
      jira.metadata.statusCategories(),
    ]);
    const estimation = estimationOf(configuration);
    const { issues: all, notShown } = await trackedIssues(jira, [sprint.id], estimation);
    const done = doneStatuses(configuration);
    const figures = sprintFigures(sprint, all, { done, now });
    // A status that is no longer there has no category.
    const isInProgress = (statusId: string) =>
      (categories.get(statusId) ?? 'indeterminate') === 'indeterminate' && !done.has(statusId);
    const { lists, isCut } = await listsOf(sprint, figures, { jira, board: found, unchangedSince });
    const shown = toShownSprint(sprint, timeZone);
    const today = dayAt(now, timeZone);
    const days = sprint.state === 'active' && shown.endDate ? daysAfter(today, shown.endDate) : undefined;
    const hasBegun = sprint.state !== 'future';
    const { counts, completed, committed, added, reestimatedBy, left } = figures;
    const answer = {
      board: found.name,
      sprint: shown,
      ...(days !== undefined &&
        shown.endDate && { daysLeft: days, workingDaysLeft: workingDaysAfter(today, shown.endDate) }),
      estimatedBy: estimation.name,
      unit: estimation.unit,
      ...(hasBegun && { committed, added, reestimatedBy, completed, issuesCompleted: counts.completed }),
      left,
      issuesInAll: counts.completed + counts.left,
      issuesUnestimated: counts.unestimated,
      people: peopleOf(figures),
      ...lists,
      ...(hasBegun && { cycleTime: cycleTimeOf(figures, isInProgress) }),
      ...(hasBegun && { computed }),
      notShown: ifAny([...notCounted(jira), ...notShown, ...isCut]),
    };
    return { ...answer, summary: told(answer, estimation) };
  },
});

const computed = [
  'Computed from the issues and their changes as Jira’s sprint report does: sub-tasks count in no sum.',
  'committed + added + reestimatedBy = completed + left.',
  'Issues that were taken out of the sprint since it began are not known, and in no sum.',
  'It began at its start date, which whoever started it may have set back or ahead.',
  'The cycle time is from the first time In Progress to the last time done, with the time that an issue lay in between.',
].join(' ');

interface ListParts {
  jira: Jira;
  board: { id: number; name: string };
  unchangedSince: Date;
}

/** The issues that deserve a look, in lists; those that are empty are left out. */
async function listsOf(sprint: BoardSprint, { issues }: Figures, { jira, board, unchangedSince }: ListParts) {
  const toRow = ({ issue, estimate, status }: SprintIssue): Row => ({
    issueKey: issue.key,
    title: issue.title,
    status,
    ...(status !== issue.status && { statusNow: issue.status }),
    assignee: issue.assignee,
    estimate: issue.isSubtask || estimate === undefined ? undefined : rounded(estimate),
    url: jira.browseUrl(issue.key),
  });
  const isActive = sprint.state === 'active';
  const hasBegun = sprint.state !== 'future';
  const openNow = isActive ? issues.filter(({ isDone }) => !isDone) : [];
  const begun = hasBegun ? issues.filter(({ issue }) => !issue.isSubtask) : [];
  const carried = issues.filter(({ issue, carriedFrom }) => !issue.isSubtask && carriedFrom.length > 0);
  const names = carried.length > 0 ? await namesOf(jira, board) : new Map<number, string>();
  const lists = {
    blocked: openNow
      .filter(({ issue }) => issue.blockedBy.length > 0)
      .map(each => ({ ...toRow(each), blockedBy: each.issue.blockedBy })),
    unmoved: openNow.flatMap(each => {
      const { at, lastMove } = lastMoved(each);
      return at <= unchangedSince ? [{ ...toRow(each), movedAt: at.toISOString(), lastMove }] : [];
    }),
    addedAfterStart: begun.flatMap(each =>
      each.addedAt ? [{ ...toRow(each), addedAt: each.addedAt.toISOString() }] : [],
    ),
    carriedOver: carried.map(each => ({
      ...toRow(each),
      from: each.carriedFrom.flatMap(sprintId => names.get(sprintId) ?? []),
    })),
    leftOver: sprint.state === 'closed' ? begun.filter(({ isDone }) => !isDone).map(toRow) : [],
    reopened: begun
      .filter(({ addedAt, isCommitted, isDoneElsewhere }) => !addedAt && !isCommitted && !isDoneElsewhere)
      .map(toRow),
    reestimated: begun
      .filter(({ isCommitted, committed, estimate }) => isCommitted && committed !== estimate)
      .map(each => ({ ...toRow(each), before: each.committed === undefined ? undefined : rounded(each.committed) })),
    doneElsewhere: begun.filter(({ isDoneElsewhere }) => isDoneElsewhere).map(toRow),
  };
  const named = new Set<string>();
  const cut = <Item extends Row>(list: Item[]): Item[] | undefined => {
    const rows = list.slice(0, MAX_ROWS).map(each => (named.has(each.issueKey) ? { ...each, url: undefined } : each));
    for (const { issueKey } of rows) named.add(issueKey);
    return ifAny(rows);
  };
  const isCut = Object.entries(lists).flatMap(([name, { length }]) =>
    length > MAX_ROWS ? [`${name}: ${MAX_ROWS} of ${length} are listed.`] : [],
  );
  const shown = {
    blocked: cut(lists.blocked),
    unmoved: cut(lists.unmoved),
    addedAfterStart: cut(lists.addedAfterStart),
    carriedOver: cut(lists.carriedOver),
    leftOver: cut(lists.leftOver),
    reopened: cut(lists.reopened),
    reestimated: cut(lists.reestimated),
    doneElsewhere: cut(lists.doneElsewhere),
  };
  return { lists: shown, isCut };
}

/** When an issue last moved, and by what: a comment or an edit is no move. */
function lastMoved({ issue: { lastChange, createdAt } }: SprintIssue) {
  const { status, assignee } = lastChange;
  if (status && (!assignee || status >= assignee)) return { at: status, lastMove: 'status' } as const;
  return assignee
    ? ({ at: assignee, lastMove: 'assignee' } as const)
    : ({ at: createdAt, lastMove: 'created' } as const);
}

/** An issue names the sprints of all boards; only those that this board shows may be told. */
async function namesOf(jira: Jira, board: ListParts['board']): Promise<Map<number, string>> {
  const sprints = await jira.sprints.lastClosed(board, Number.POSITIVE_INFINITY);
  return new Map(sprints.map(({ id, name }) => [id, name]));
}

function peopleOf({ issues }: Figures): z.input<typeof output>['people'] {
  const byPerson = Map.groupBy(
    issues.filter(({ issue, isDoneElsewhere }) => !issue.isSubtask && !isDoneElsewhere),
    ({ issue }) => issue.assignee,
  );
  const sumOf = (some: readonly SprintIssue[]) => rounded(some.reduce((sum, { estimate }) => sum + (estimate ?? 0), 0));
  return [...byPerson]
    .map(([person, own]) => {
      const open = own.filter(({ isDone }) => !isDone);
      const done = own.filter(({ isDone }) => isDone);
      return {
        person: person ?? 'Unassigned',
        issues: own.length,
        issuesLeft: open.length,
        completed: sumOf(done),
        left: sumOf(open),
      };
    })
    .sort((one, other) => other.left - one.left || other.issuesLeft - one.issuesLeft);
}

function cycleTimeOf({ issues }: Figures, isInProgress: (statusId: string) => boolean) {
  const done = issues.filter(({ issue, doneAt, isDoneElsewhere }) => doneAt && !issue.isSubtask && !isDoneElsewhere);
  const times = done.flatMap(({ issue, doneAt }) => {
    const time = doneAt && cycleTime(issue, doneAt, isInProgress);
    return time === undefined ? [] : [{ issueKey: issue.key, days: time / DAY_MS }];
  });
  const days = times.map(each => each.days);
  const averageDays = average(days);
  const medianDays = median(days);
  if (averageDays === undefined || medianDays === undefined) return undefined;
  return {
    averageDays,
    medianDays,
    issues: days.length,
    ...(days.length < done.length && { neverInProgress: done.length - days.length }),
    ...(times.length <= MAX_CYCLE_TIMES && {
      ofIssues: times
        .toSorted((one, other) => other.days - one.days)
        .map(({ issueKey, days }) => ({ issueKey, days: rounded(days) })),
    }),
  };
}

function told(answer: Omit<z.input<typeof output>, 'summary'>, { unit }: Estimation): string {
  const {
    sprint,
    completed,
    committed,
    added,
    reestimatedBy = 0,
    left,
    issuesCompleted,
    issuesInAll,
    daysLeft,
    workingDaysLeft,
  } = answer;
  if (sprint.state === 'future') {
    const planned = unit === 'issues' ? '' : ` with ${left} ${unit}`;
    const issues = issuesInAll === 1 ? '1 issue' : `${issuesInAll} issues`;
    return `${sprint.name} has not begun; planned for it: ${issues}${planned}.`;
  }
  const done = `${issuesCompleted} of ${issuesInAll} issues`;
  const later = [
    ...(added ? [`${added} added later`] : []),
    ...(reestimatedBy ? [`${Math.abs(reestimatedBy)} ${reestimatedBy > 0 ? 'more' : 'fewer'} by new estimates`] : []),
  ];
  const sums =
    unit === 'issues'
      ? ''
      : `, ${completed} ${unit} of ${committed} committed${later.map(text => `, ${text}`).join('')}`;
  if (sprint.state === 'closed') {
    const rest = unit === 'issues' ? '' : ` ${left} ${unit} were left.`;
    return `${sprint.name} was closed on ${sprint.closedDate} with ${done} done${sums}.${rest}`;
  }
  const rest = unit === 'issues' ? '' : ` ${left} ${unit} are left.`;
  return `${sprint.name} has ${done} done${sums}.${rest}${timeLeft(sprint.endDate, daysLeft, workingDaysLeft)}`;
}

function timeLeft(endDate: string | undefined, days: number | undefined, workingDays: number | undefined): string {
  if (endDate === undefined || days === undefined) return '';
  if (days < 0) return ` It is overdue by ${inDays(-days)}: it was to end on ${endDate}.`;
  if (days === 0) return ' Today is its last day.';
  return ` It ends on ${endDate}, in ${inDays(days)}, ${workingDays} of them from Monday to Friday.`;
}
