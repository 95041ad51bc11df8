import * as z from 'zod';
import { invalidInput } from '../failure.ts';
import { dayAt } from './timeZone.ts';
import { type Clock, dayOf, isDayOrMoment, isWhen, lastMomentOf, momentOf } from './when.ts';

/** The inputs that tell a time, the same in every action. Each is a text until a zone is known that decides what it means. */

/** The oldest moment that makes sense of anything that is asked here. */
const EARLIEST = Date.UTC(1990, 0);

const timeForms =
  'a day such as 2026-11-15, today or yesterday, a date-time such as 2026-11-15T09:00:00Z, or a span back such as 24h, 7d or 2w';

/** The text of a time, before it is known to be one. */
export const whenText = z.string().max(120).trim();

/** A point in time: a day, a date-time, which is in the asking user's zone unless it has one, or a span back from now. */
export const sinceText = whenText.refine(isWhen, `It must be ${timeForms}.`);

/** A day of the calendar, such as a due date. Of a date-time, the day counts. */
export const dayText = whenText.refine(
  isDayOrMoment,
  'It must be a day such as 2026-11-30, today, tomorrow, Friday or 30 November.',
);

/** What a text means in a field that holds a day or a moment; undefined for what is neither, also for a span. */
export interface FieldTimes {
  /** Such as `2026-11-30`. */
  day(text: string): Promise<string | undefined>;
  moment(text: string): Promise<Date | undefined>;
}

export function fieldTimes(clock: Clock): FieldTimes {
  return {
    day: async text => (isDayOrMoment(text) ? dayOf(text, clock) : undefined),
    moment: async text => (isDayOrMoment(text) ? momentOf(text, clock) : undefined),
  };
}

/** The moment from which on a `sinceText` means. @throws Failure `invalid_input` when it is not in the past */
export async function resolveSince(text: string, clock: Clock, field = 'since'): Promise<Date> {
  const since = (await momentOf(text, { ...clock, named: 'past' })) ?? new Date(Number.NaN);
  if (since < clock.now && since.getTime() >= EARLIEST) return since;
  if (since < clock.now) throw invalidInput([{ field, message: 'It must not be before 1990.' }]);
  throw invalidInput([{ field, message: `It must be in the past; now it is ${clock.now.toISOString()}.` }]);
}

/** The last moment that a `sinceText` means: a day counts to its end. @throws Failure `invalid_input` when it is before `since` */
export async function resolveUntil(text: string, since: Date, clock: Clock, field = 'until'): Promise<Date> {
  const until = (await lastMomentOf(text, { ...clock, named: 'past' })) ?? new Date(Number.NaN);
  if (until >= since) return until;
  throw invalidInput([{ field, message: 'It must not be before since.' }]);
}

/** The day that a `dayText` means, such as `2026-11-30`. @throws Failure `invalid_input` */
export async function resolveDay(text: string, clock: Clock, field: string): Promise<string> {
  const day = await dayOf(text, clock);
  if (day !== undefined) return day;
  throw invalidInput([{ field, message: 'It must be a day such as 2026-11-30, or today, tomorrow or yesterday.' }]);
}

/** Whether a day is after today. The zone is asked for only where that decides. */
export async function isAhead(day: string, { now, timeZone }: Clock): Promise<boolean> {
  return day > dayAt(now, 'Etc/GMT+12') && day > dayAt(now, await timeZone());
}

/** Whether a day is before today. The zone is asked for only where that decides. */
export async function isOver(day: string, { now, timeZone }: Clock): Promise<boolean> {
  return day < dayAt(now, 'Etc/GMT-14') && day < dayAt(now, await timeZone());
}
