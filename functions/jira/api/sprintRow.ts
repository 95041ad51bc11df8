import * as z from 'zod';
import { heading, id } from '../../../shared/schema/meaning.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import type { BoardSprint } from './sprints.ts';
import type { Board } from './wire.ts';

/** A sprint as a write answers with it. */
export const writtenSprint = z.object({
  sprintId: id('The ID of the sprint.'),
  name: heading('The name of the sprint.'),
  state: z.enum(['active', 'future', 'closed']).describe('Whether it is active, future or closed.'),
  board: z.string().describe('The name of its board.'),
  startsAt: z.string().optional().describe('When it starts, by the clock of the user or the account.'),
  endsAt: z.string().optional().describe('When it ends.'),
  goal: z.string().optional().describe('Its goal.'),
});

export function toWrittenSprint(
  { id: sprintId, name, state, start, end, goal }: BoardSprint,
  board: Board,
  timeZone: string,
): z.infer<typeof writtenSprint> {
  return {
    sprintId: String(sprintId),
    name,
    state,
    board: board.name,
    ...(start && { startsAt: clockAt(start, timeZone) }),
    ...(end && { endsAt: clockAt(end, timeZone) }),
    ...(goal && { goal }),
  };
}
