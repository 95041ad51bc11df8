import * as z from 'zod';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import { doneStatuses, type Estimation, estimationOf } from '../api/estimation.ts';
import { projectId } from '../api/inputs.ts';
import { ifAny } from '../api/issueRow.ts';
import type { Jira } from '../api/jira.ts';
import { board, daysAfter, inDays, notCounted, shownSprint, toShownSprint } from '../api/shownSprint.ts';
import { average, type Figures, sprintFigures } from '../api/sprintFigures.ts';
import type { BoardSprint } from '../api/sprints.ts';
import { trackedIssues } from '../api/trackedIssues.ts';
import { readsSprints } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'listSprints',
  toolset: 'jira-planning',
  access: 'read',
  needs: readsSprints,
  title: 'List sprints with velocity',
  description:
    'Lists the sprints of a scrum board: the active, the future and the last closed ones, with what each closed one committed to and completed, and the velocity, which is the average. ' +
    'Use it for the velocity over several sprints, and to see what comes next. ' +
    'For how one sprint goes, and what is in it, use getSprint.',
  input: z.object({
    projectId: projectId.optional(),
    board,
    closed: z
      .int()
      .min(0)
      .max(20)
      .default(6)
      .describe('How many closed sprints are told, and are in the velocity. 6 unless given.'),
  }),
  output: z.object({
    board: z
      .object({
        boardId: id('The ID of the board.'),
        name: heading('The name of the board.'),
        url: link('The address of the board in the browser.'),
      })
      .describe('The board.'),
    summary: summary('What is active, what comes next, and the velocity.'),
    sprints: z
      .array(
        shownSprint.extend({
          committed: z
            .number()
            .optional()
            .describe('Of a closed one: what its issues were estimated at when it began.'),
          completed: z
            .number()
            .optional()
            .describe('Of a closed one: what was done in it, by the estimates at its end.'),
          issuesCommitted: z.int().optional().describe('How many issues were in it, and not done, when it began.'),
          issuesCompleted: z.int().optional().describe('How many issues were done in it.'),
        }),
      )
      .describe('The active sprints, the future ones in their order, then the closed ones, the last first.'),
    velocity: z
      .object({
        estimatedBy: z.string().describe('What the board estimates by, such as Story Points.'),
        unit: z.enum(['points', 'hours', 'issues']).describe('The unit of all sums.'),
        sprints: z.int().describe('How many closed sprints the averages are of.'),
        averageCompleted: z.number().describe('What a sprint completed on average: the velocity.'),
        averageCommitted: z.number().describe('What a sprint committed to on average.'),
      })
      .optional()
      .describe('The velocity over the closed sprints that are listed.'),
    computed: z.string().optional().describe('How the sums come about, and what is not in them.'),
    notShown: z.array(z.string()).optional().describe('What could not be told, and why.'),
  }),
  requests: 50,
  example: { projectId: 'ATLAS' },
  async run({ projectId, board: wanted, closed: count }, { jira, now }) {
    const found = await jira.boards.find({ projectId, board: wanted });
    const [open, closed, configuration, timeZone] = await Promise.all([
      jira.sprints.open(found),
      count > 0 ? jira.sprints.lastClosed(found, count) : [],
      jira.boards.configuration(found),
      jira.timeZone(),
    ]);
    const estimation = estimationOf(configuration);
    const { figures, notShown } = await figuresOf(jira, closed, { estimation, done: doneStatuses(configuration), now });
    const velocity = velocityOf([...figures.values()], estimation);
    const shown = [...open, ...closed].map(sprint => {
      const { committed, completed, counts } = figures.get(sprint.id) ?? {};
      return {
        ...toShownSprint(sprint, timeZone),
        committed,
        completed,
        issuesCommitted: counts?.committed,
        issuesCompleted: counts?.completed,
      };
    });
    return {
      board: { boardId: String(found.id), name: found.name, url: jira.boardUrl(found.id) },
      summary: [stateOf(found.name, shown, dayAt(now, timeZone)), ...(velocity ? [told(velocity)] : [])].join(' '),
      sprints: shown,
      velocity,
      ...(velocity && {
        computed:
          'Computed from the issues and their changes as Jira’s velocity chart does: sub-tasks, and issues that were done before they came in, do not count. Issues that were taken out of a sprint are not known.',
      }),
      notShown: ifAny([...(velocity ? notCounted(jira) : []), ...notShown]),
    };
  },
});

async function figuresOf(
  jira: Jira,
  closed: readonly BoardSprint[],
  { estimation, done, now }: { estimation: Estimation; done: ReadonlySet<string>; now: Date },
): Promise<{ figures: Map<number, Figures>; notShown: string[] }> {
  // One without its dates, which Jira always tells, has no figures.
  const known = closed.filter(({ start, completed }) => start && completed);
  const ids = known.map(({ id: sprintId }) => sprintId);
  const { issues, notShown } = await trackedIssues(jira, ids, estimation);
  const figures = known.map(sprint => [sprint.id, sprintFigures(sprint, issues, { done, now })] as const);
  return { figures: new Map(figures), notShown };
}

type Velocity = { estimatedBy: string; unit: Estimation['unit'] } & Record<
  'sprints' | 'averageCompleted' | 'averageCommitted',
  number
>;

function velocityOf(figures: readonly Figures[], { name, unit }: Estimation): Velocity | undefined {
  const averageCompleted = average(figures.map(({ completed }) => completed));
  const averageCommitted = average(figures.map(({ committed }) => committed));
  if (averageCompleted === undefined || averageCommitted === undefined) return undefined;
  return { estimatedBy: name, unit, sprints: figures.length, averageCompleted, averageCommitted };
}

function told({ sprints, averageCompleted, averageCommitted, unit }: Velocity): string {
  const done = `completed ${averageCompleted} of ${averageCommitted} committed ${unit}`;
  return sprints === 1 ? `The last closed sprint ${done}.` : `The last ${sprints} closed sprints ${done} on average.`;
}

function stateOf(boardName: string, sprints: readonly z.infer<typeof shownSprint>[], today: string): string {
  const overdue = (endDate: string | undefined) =>
    endDate !== undefined && endDate < today ? `, overdue by ${inDays(daysAfter(endDate, today))}` : '';
  const active = sprints
    .filter(({ state }) => state === 'active')
    .map(({ name, endDate }) => `${name}${endDate ? ` until ${endDate}` : ''}${overdue(endDate)}`);
  const next = sprints.find(({ state }) => state === 'future');
  const now = active.length > 0 ? `active is ${active.join(', and ')}` : 'no sprint is active';
  return `On ${boardName} ${now}${next ? `; next is ${next.name}` : ''}.`;
}
