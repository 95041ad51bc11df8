import * as z from 'zod';
import { dayText } from '../../../shared/time/inputs.ts';
import { projectId, sprintGoal, sprintTitle } from '../api/inputs.ts';
import { board as boardName } from '../api/shownSprint.ts';
import { sprintEnd } from '../api/sprintEnd.ts';
import { toWrittenSprint, writtenSprint } from '../api/sprintRow.ts';
import { managesSprints } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'createSprint',
  toolset: 'jira-planning',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: managesSprints(),
  title: 'Create a sprint',
  description:
    'Creates a sprint on the board of a Jira project, as the account signed in to Jira, starts it where asked, and returns it. ' +
    'Use it when the user wants a new sprint. To start, close, rename or date one that is there use updateSprint.',
  input: z.object({
    projectId,
    board: boardName,
    name: sprintTitle.describe('The name of the sprint, at most 30 characters, such as Sprint 42.'),
    startDate: dayText.optional().describe('When it starts: a day, such as 2026-11-03, or a date-time.'),
    endDate: sprintEnd
      .optional()
      .describe('When it ends: a day, which counts to its end, a date-time, or +2w: two weeks after its start.'),
    goal: sprintGoal.optional().describe('The goal of the sprint.'),
    start: z
      .boolean()
      .default(false)
      .describe('True to start it at once: it needs an endDate then, and the board must have no active sprint.'),
  }),
  output: writtenSprint,
  example: { projectId: 'ATLAS', name: 'Sprint 45', startDate: '2027-01-11', endDate: '2027-01-22' },
  async run({ projectId, board: wanted, ...given }, { jira }) {
    const board = await jira.boards.find({ projectId, board: wanted });
    const { sprint, notes } = await jira.sprintWrites.create(board, given);
    const row = toWrittenSprint(sprint, board, await jira.timeZone());
    return { ...row, ...(notes.length > 0 && { note: notes.join(' ') }) };
  },
});
