import * as z from 'zod';
import { heading, id } from '../../../shared/schema/meaning.ts';
import { addDays, dayAt } from '../../../shared/time/timeZone.ts';
import { nameText } from './inputs.ts';
import type { Jira } from './jira.ts';
import type { BoardSprint } from './sprints.ts';

/** The board that an action means, beside `projectId`. */
export const board = nameText.optional().meta({
  description: 'The name of the board, where the project has several.',
  names: 'board',
  mayMatchSeveral: true,
});

/** A sprint, as lists and answers about it show it; its days are those of the asking user's time zone. */
export const shownSprint = z.object({
  sprintId: id('The ID of the sprint.'),
  name: heading('The name of the sprint.'),
  state: z.enum(['active', 'future', 'closed']).describe('Its state.'),
  goal: z.string().optional().describe('Its goal.'),
  startDate: z.string().optional().describe('The day on which it began or is to begin.'),
  endDate: z.string().optional().describe('The day on which it is to end.'),
  closedDate: z.string().optional().describe('The day on which it was closed.'),
});

export function toShownSprint(
  { id: sprintId, name, state, goal, start, end, completed }: BoardSprint,
  timeZone: string,
): z.infer<typeof shownSprint> {
  const day = (at: Date | undefined) => (at ? dayAt(at, timeZone) : undefined);
  return {
    sprintId: String(sprintId),
    name,
    state,
    goal,
    startDate: day(start),
    endDate: day(end),
    closedDate: day(completed),
  };
}

/** What an answer says that counts issues, where a policy closes projects: a sprint may hold issues of several. */
export function notCounted({ isRestricted }: Pick<Jira, 'isRestricted'>): string[] {
  return isRestricted ? ['Issues of projects that a policy closes are not counted.'] : [];
}

const DAY_MS = 86_400_000;

/** How many days there are after one up to another; negative where that is past. */
export function daysAfter(today: string, end: string): number {
  return Math.round((Date.parse(end) - Date.parse(today)) / DAY_MS);
}

export const inDays = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`;

/** Those of them from Monday to Friday. */
export function workingDaysAfter(today: string, end: string): number {
  const weeks = Math.max(0, Math.floor(daysAfter(today, end) / 7));
  let count = weeks * 5;
  for (let day = addDays(today, weeks * 7 + 1); day <= end; day = addDays(day, 1)) {
    if (![0, 6].includes(new Date(day).getUTCDay())) count += 1;
  }
  return count;
}
