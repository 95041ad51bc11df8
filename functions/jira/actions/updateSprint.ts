import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { dayText } from '../../../shared/time/inputs.ts';
import { fieldChange } from '../api/fieldChanges.ts';
import { clearable, nameText, projectId, sprintGoal, sprintTitle } from '../api/inputs.ts';
import { ifAny } from '../api/issueRow.ts';
import { board as boardName } from '../api/shownSprint.ts';
import { sprintEnd } from '../api/sprintEnd.ts';
import { toWrittenSprint, writtenSprint } from '../api/sprintRow.ts';
import { managesSprints, whereClosed } from '../needs.ts';
import { jira } from '../system.ts';

/** More keys of issues that went elsewhere are not listed. */
const MAX_KEYS = 100;

export default jira.action({
  name: 'updateSprint',
  toolset: 'jira-planning',
  access: 'write',
  effect: 'changes',
  // An end such as +2d counts from the one before.
  idempotent: false,
  needs: managesSprints(whereClosed),
  title: 'Start, close or change a sprint',
  description:
    'Starts or closes a sprint of a Jira project, or changes its name, dates or goal, as the account signed in to Jira, and returns what changed and where unfinished issues went. ' +
    'Use it when the user says that a sprint starts or ends. For a new one use createSprint; to move issues use moveToSprint.',
  input: z.object({
    projectId,
    board: boardName,
    sprint: nameText.meta({
      description: 'The sprint: active, next, or its name.',
      names: 'sprint',
      mayMatchSeveral: true,
    }),
    state: z
      .enum(['active', 'closed'])
      .optional()
      .describe('Its new state: active starts it, closed closes it, which cannot be taken back.'),
    unfinishedTo: nameText
      .optional()
      .describe('With state closed: where issues go that are not done: next, backlog, or the name of a sprint.'),
    newName: sprintTitle.optional().describe('Its new name, at most 30 characters.'),
    startDate: dayText.optional().describe('When it starts: a day or a date-time.'),
    endDate: sprintEnd
      .optional()
      .describe(
        'When it ends: a day, which counts to its end, a date-time, or +2d: two days after the end that it has.',
      ),
    goal: clearable(sprintGoal, 'Its goal; none removes it.'),
  }),
  output: writtenSprint.extend({
    changes: z.array(fieldChange).optional().describe('What was changed: each field with its value before and now.'),
    unfinishedTo: z.string().optional().describe('Where the issues went that were not done: a sprint, or backlog.'),
    issuesMoved: z.int().optional().describe('How many issues went there.'),
    movedIssues: z.array(z.string()).optional().describe(`The keys of those, at most ${MAX_KEYS}.`),
    issuesNotMoved: z.array(z.string()).optional().describe('The keys of those that did not, and are in the backlog.'),
  }),
  // Up to five pages of issues, and what is left of them is moved fifty at a time.
  requests: 90,
  example: { projectId: 'ATLAS', sprint: 'next', goal: 'Fewer clicks to pay' },
  async run({ projectId, board: wanted, sprint: name, ...changes }, { jira }) {
    if (Object.values(changes).every(change => change === undefined)) {
      throw invalidInput([{ field: 'state', message: 'Give at least one thing to change of the sprint.' }]);
    }
    const board = await jira.boards.find({ projectId, board: wanted });
    const { sprint, changes: made, unfinished, notes } = await jira.sprintWrites.update(board, name, changes);
    return {
      ...toWrittenSprint(sprint, board, await jira.timeZone()),
      changes: ifAny(made),
      ...(unfinished && { unfinishedTo: unfinished.to, issuesMoved: unfinished.moved.length }),
      movedIssues: ifAny(unfinished?.moved.slice(0, MAX_KEYS) ?? []),
      ...(unfinished?.notMoved.length && { issuesNotMoved: unfinished.notMoved }),
      ...(notes.length > 0 && { note: notes.join(' ') }),
    };
  },
});
