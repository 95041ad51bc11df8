import * as z from 'zod';
import { invalidInput } from '../failure.ts';
import { addDays, dayAt } from './timeZone.ts';
import { type Clock, dayOf, isDayOrMoment } from './when.ts';

/** The first and the last day of a time, such as `2027-01-01` and `2027-03-31`. */
interface Days {
  from: string;
  to: string;
}

const span = /^(\d{1,4}) ?(d|days?|w|weeks?|months?|quarters?|y|years?)$/i;
const named = /^(this|next) (month|quarter|year)$/i;
const monthsOf: ReadonlyMap<string, number> = new Map([
  ['month', 1],
  ['quarter', 3],
  ['year', 12],
]);

const FORM =
  'It must be a span such as 90d, 12w or 3 months from today on, this or next month, quarter or year, a day until which, or two days such as 2027-01-01..2027-03-31.';

/** A time to come: a span from today on, a month, quarter or year of the calendar, a day until which, or two days. */
export const comingText = z
  .string()
  .trim()
  .max(250)
  .refine(text => span.test(text) || named.test(text) || text.split('..').every(isDayOrMoment), FORM)
  .refine(text => text.split('..').length <= 2, FORM);

/** The days that a `comingText` means; today is the first one where it tells none. @throws Failure `invalid_input` */
export async function resolveComing(text: string, clock: Clock, field: string): Promise<Days> {
  const today = dayAt(clock.now, await clock.timeZone());
  const [, count, unit = ''] = span.exec(text) ?? [];
  if (count !== undefined) return { from: today, to: after(today, Number(count), unit.toLowerCase()) };
  const [, which, period] = named.exec(text) ?? [];
  if (period !== undefined) return calendarPeriod(today, which?.toLowerCase() === 'next', period.toLowerCase());
  const [first = '', last] = text.split('..');
  const [from, to] =
    last === undefined
      ? [today, await dayOf(first, clock)]
      : await Promise.all([first, last].map(each => dayOf(each, clock)));
  if (from !== undefined && to !== undefined && from <= to) return { from, to };
  throw invalidInput([{ field, message: last === undefined ? `It must not be past; today is ${today}.` : FORM }]);
}

function after(day: string, count: number, unit: string): string {
  if (unit.startsWith('d')) return addDays(day, count);
  if (unit.startsWith('w')) return addDays(day, count * 7);
  return addMonths(day, count * (unit.startsWith('y') ? 12 : unit.startsWith('q') ? 3 : 1));
}

/** The same day of a later month, or its last one: 31 January and a month are 28 February. */
function addMonths(day: string, count: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))).toISOString().slice(0, 10);
}

function calendarPeriod(today: string, isNext: boolean, period: string): Days {
  const months = monthsOf.get(period) ?? 1;
  const month = Number(today.slice(5, 7)) - 1;
  const first = `${today.slice(0, 4)}-${String(month - (month % months) + 1).padStart(2, '0')}-01`;
  const from = isNext ? addMonths(first, months) : first;
  return { from, to: addDays(addMonths(from, months), -1) };
}
