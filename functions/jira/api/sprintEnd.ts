import { invalidInput } from '../../../shared/failure.ts';
import { whenText } from '../../../shared/time/inputs.ts';
import { addDays, clockAt, dayAt, momentAt, startOfDay } from '../../../shared/time/timeZone.ts';
import { type Clock, isDayOrMoment, lastMomentOf } from '../../../shared/time/when.ts';

/** `+2d`, `-1 day`, `+2 weeks`: so much later or earlier. */
const shift = /^(?<sign>[+-]) ?(?<count>\d{1,3}) ?(?<unit>d|w|days?|weeks?)$/i;

/** A date has four digits for its year. */
const END_OF_TIME = Date.UTC(9999, 11, 31);

/** When a sprint ends: a day or a date-time, or a span. */
export const sprintEnd = whenText.refine(
  text => isDayOrMoment(text) || shift.test(text),
  'It must be a day such as 2026-11-30, or today or tomorrow, a date-time, or a span such as +2d or +2w.',
);

/**
 * The moment at which a sprint is to end by a text of `sprintEnd`. A day counts to its end, and a span from the end that
 * the sprint has, or else from its start.
 * @throws Failure `invalid_input` where it has neither
 */
export async function endMeant(
  text: string | undefined,
  { start, end }: { start: Date | undefined; end: Date | undefined },
  clock: Clock,
): Promise<Date | undefined> {
  if (text === undefined) return undefined;
  const { sign, count, unit = '' } = shift.exec(text)?.groups ?? {};
  if (count === undefined) return lastMomentOf(text, clock);
  const timeZone = await clock.timeZone();
  const days = Number(`${sign}${count}`) * (/^w/i.test(unit) ? 7 : 1);
  const from = end ?? start;
  if (!from) {
    const message = `${text} counts from the end or the start of the sprint, which has neither: give the day on which it ends.`;
    throw invalidInput([{ field: 'endDate', message }]);
  }
  const last = daysLater(from, days, timeZone);
  if (!(last.getTime() < END_OF_TIME)) {
    const message = `${text} after ${dayAt(from, timeZone)} is behind the year 9999. Check the dates with the user.`;
    throw invalidInput([{ field: 'endDate', message }]);
  }
  // A sprint that begins with a day ends with one.
  const isWholeDay = !end && from.getTime() === startOfDay(dayAt(from, timeZone), timeZone).getTime();
  return isWholeDay ? new Date(last.getTime() - 1) : last;
}

/** The same time of day by the zone's clock, so many days later. */
function daysLater(at: Date, days: number, timeZone: string): Date {
  const [day = '', time = ''] = clockAt(at, timeZone).slice(0, 19).split('T');
  return new Date(momentAt(`${addDays(day, days)}T${time}`, timeZone).getTime() + at.getUTCMilliseconds());
}
