import { invalidInput } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import { shownDay } from '../../../../shared/time/shown.ts';
import { addDays, dayAt, startOfDay } from '../../../../shared/time/timeZone.ts';
import { dayOf, lastMomentOf, momentOf } from '../../../../shared/time/when.ts';
import { type Calendar, dayIn, type Span, type Unit, units } from './calendar.ts';

/** A time that records are of; an end that is undefined is open. */
export interface Period {
  /** Its first and its last day, which count for dates. */
  from: string | undefined;
  to: string | undefined;
  /** Its first and its last moment, which count for date-times. */
  first: Date | undefined;
  last: Date | undefined;
}

/** A period of which both ends are known. */
export type ClosedPeriod = { [End in keyof Period]-?: NonNullable<Period[End]> };

/** Against what a period is read. */
export interface PeriodClock {
  now: Date;
  /** The IANA name of the zone whose days count. */
  timeZone: string;
  calendar: Calendar;
}

const FORMS =
  'this, last or next with week, month, quarter or year; today or yesterday; last 30 days, last 6 months; quarter to date, year to date; Q4 2026, November 2026, 2026-11 or 2026';

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** More of a unit make no period that anybody means. */
const MAX_COUNT = 1_000;

/** SOQL takes no other days: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm */
const FIRST_DAY = '1700-01-01';
const LAST_DAY = '4000-12-31';

type Days = Pick<ClosedPeriod, 'from' | 'to'>;

/**
 * The days that a name such as `this quarter` or `last 30 days` means, and those of the period before. A period that goes until
 * today is compared with as many days of the one before.
 * @throws Failure `invalid_input` of the input `period`
 */
export function namedPeriod(
  text: string,
  clock: PeriodClock,
  others = 'For others give since and until.',
): { period: ClosedPeriod; previous: ClosedPeriod } {
  const words = text
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
  const found = relative(words, clock) ?? written(words, clock);
  if (!found || found.previous.from < FIRST_DAY || found.days.to > LAST_DAY)
    throw invalidInput([
      {
        field: 'period',
        message: `${quoted(text)} is no period that is known here. It must be one of ${FORMS}. ${others}`,
      },
    ]);
  return { period: ofDays(found.days, clock.timeZone), previous: ofDays(found.previous, clock.timeZone) };
}

interface Found {
  days: Days;
  previous: Days;
}

const unitWords = '(?<unit>day|week|month|(?:calendar |fiscal )?quarter|(?:calendar |fiscal )?year)';
const near = new RegExp(`^(?<which>this|current|last|previous|next) ${unitWords}$`);
const toDate = new RegExp(`^(?:this )?${unitWords} to date$`);
const several = new RegExp(`^(?:the )?(?<which>last|past|previous|next) (?<count>\\d{1,4}) ${unitWords}s?$`);
const shortToDate = new Map([
  ['wtd', 'week'],
  ['mtd', 'month'],
  ['qtd', 'quarter'],
  ['ytd', 'year'],
]);
const singleDays = new Map([
  ['today', 0],
  ['yesterday', -1],
  ['tomorrow', 1],
]);

/** A fiscal quarter is the org's own, as a quarter is. */
const unitOf = (word: string): Unit => units.find(unit => unit === word.replace('fiscal ', '')) ?? 'day';

function relative(words: string, { now, timeZone, calendar }: PeriodClock): Found | undefined {
  const today = dayAt(now, timeZone);
  const single = singleDays.get(words);
  if (single !== undefined) {
    const day = addDays(today, single);
    return { days: { from: day, to: day }, previous: { from: addDays(day, -1), to: addDays(day, -1) } };
  }
  const before = (unit: Unit, from: string) => calendar.span(unit, addDays(from, -1));
  const after = (unit: Unit, to: string) => calendar.span(unit, addDays(to, 1));

  const one = near.exec(words)?.groups;
  if (one) {
    const unit = unitOf(one.unit ?? '');
    const current = calendar.span(unit, today);
    const days =
      one.which === 'next'
        ? after(unit, current.to)
        : /^(this|current)$/.test(one.which ?? '')
          ? current
          : before(unit, current.from);
    return { days, previous: before(unit, days.from) };
  }
  const started = toDate.exec(words)?.groups?.unit ?? shortToDate.get(words);
  if (started !== undefined) {
    const unit = unitOf(started);
    const { from } = calendar.span(unit, today);
    const start = before(unit, from);
    const sameDay = addDays(start.from, daysBetween(from, today));
    return { days: { from, to: today }, previous: { from: start.from, to: earlier(sameDay, start.to) } };
  }
  const many = several.exec(words)?.groups;
  if (many) {
    const unit = unitOf(many.unit ?? '');
    const count = Number(many.count);
    if (count < 1 || count > MAX_COUNT) return undefined;
    if (unit === 'day') {
      const from = many.which === 'next' ? addDays(today, 1) : addDays(today, 1 - count);
      const days = { from, to: addDays(from, count - 1) };
      return { days, previous: { from: addDays(from, -count), to: addDays(from, -1) } };
    }
    const current = calendar.span(unit, today);
    const days = { from: current.from, to: current.to };
    if (many.which === 'next') {
      const next = after(unit, current.to);
      days.from = next.from;
      days.to = next.to;
      for (let at = 1; at < count; at += 1) days.to = after(unit, days.to).to;
    } else {
      days.to = addDays(current.from, -1);
      for (let at = 0; at < count; at += 1) days.from = before(unit, days.from).from;
    }
    const previous = { from: days.from, to: addDays(days.from, -1) };
    for (let at = 0; at < count; at += 1) previous.from = before(unit, previous.from).from;
    return { days, previous };
  }
  return undefined;
}

/** A quarter, a month or a year by its name: `Q4 2026`, `FY27 Q1`, `November 2026`, `2026-11`, `2026`. */
function written(words: string, { now, timeZone, calendar }: PeriodClock): Found | undefined {
  const of = (unit: Unit, days: Days): Found => ({ days, previous: calendar.span(unit, addDays(days.from, -1)) });
  const quarter = /^q(?<number>[1-4])(?: (?<year>.+))?$/.exec(words) ?? /^(?<year>.+) q(?<number>[1-4])$/.exec(words);
  const { number, year: yearText } = quarter?.groups ?? {};
  if (number !== undefined) {
    const year = yearText === undefined ? calendar.span('year', dayAt(now, timeZone)) : yearCalled(yearText, calendar);
    if (!year) return undefined;
    let days = calendar.span('quarter', year.from);
    for (let at = 1; at < Number(number); at += 1) days = calendar.span('quarter', addDays(days.to, 1));
    return of('quarter', days);
  }
  const year = yearCalled(words, calendar);
  if (year) return of('year', year);
  const [, isoYear, isoMonth] = /^((?:19|20)\d\d) (\d\d)$/.exec(words) ?? [];
  const [, monthName, monthYear] = /^([a-z]{3,9})\.? ((?:19|20)\d\d)$/.exec(words) ?? [];
  const named = monthName === undefined ? -1 : months.findIndex(month => month.startsWith(monthName));
  const month = isoMonth === undefined ? named + 1 : Number(isoMonth);
  if (month < 1 || month > 12) return undefined;
  return of('month', calendar.span('month', dayIn(Number(isoYear ?? monthYear), month)));
}

/** The org's own year that is called so: `2026`, `FY2026`, `FY26`. */
function yearCalled(text: string, calendar: Calendar): Span | undefined {
  const [, long] = /^(?:fy ?)?((?:19|20)\d\d)$/.exec(text) ?? [];
  const [, short] = /^fy ?(\d\d)$/.exec(text) ?? [];
  if (long === undefined && short === undefined) return undefined;
  const number = Number(long ?? `20${short}`);
  return [number - 1, number, number + 1]
    .map(year => calendar.span('year', `${year}-07-01`))
    .find(({ name }) => /\d{4}/.exec(name)?.[0] === String(number));
}

/**
 * What `since` and `until` mean. Where one of them is left out, that end is open.
 * @throws Failure `invalid_input`
 */
export async function givenPeriod(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  { now, timeZone }: Pick<PeriodClock, 'now' | 'timeZone'>,
): Promise<Period> {
  const clock = { now, timeZone: async () => timeZone };
  const [from, to] = await Promise.all(
    [since, until].map(async text => (text === undefined ? undefined : dayOf(text, clock))),
  );
  const first = since === undefined ? undefined : await momentOf(since, clock);
  const last = until === undefined ? undefined : await lastMomentOf(until, clock);
  if ((first && last && last < first) || (from !== undefined && to !== undefined && to < from)) {
    throw invalidInput([{ field: 'until', message: 'It must not be before since.' }]);
  }
  return { from, to, first, last };
}

/**
 * The period before one that was given by its ends, and itself until today where it had none: as long, in months where it
 * has whole ones.
 * @throws Failure `invalid_input` where it has no start
 */
export function periodBefore(
  { from, to, first, last }: Period,
  { now, timeZone }: Pick<PeriodClock, 'now' | 'timeZone'>,
): { period: ClosedPeriod; previous: ClosedPeriod } {
  const today = dayAt(now, timeZone);
  if (from === undefined || first === undefined) {
    throw invalidInput([
      { field: 'compareWith', message: 'Give a period, or since, so that it is known which one is before it.' },
    ]);
  }
  if (to === undefined && from > today) {
    throw invalidInput([
      { field: 'until', message: 'Give the end of the period, so that it is known how long it is.' },
    ]);
  }
  const period = { from, to: to ?? today, first, last: last ?? now };
  const isOfDays =
    first.getTime() === startOfDay(from, timeZone).getTime() &&
    (last === undefined || last.getTime() === lastOf(period.to, timeZone).getTime());
  const isOfMonths = from.endsWith('-01') && addDays(period.to, 1).endsWith('-01');
  const end = addDays(from, -1);
  if (isOfDays && isOfMonths) {
    const [year = 0, month = 1] = from.split('-').map(Number);
    const [endYear = 0, endMonth = 1] = addDays(period.to, 1).split('-').map(Number);
    const count = (endYear - year) * 12 + endMonth - month;
    return { period, previous: ofDays({ from: dayIn(year, month - count), to: end }, timeZone) };
  }
  const start = addDays(from, -daysBetween(from, period.to) - 1);
  const previous = ofDays({ from: start, to: end }, timeZone);
  if (isOfDays && last !== undefined) return { period, previous };
  // A span of hours is compared with as many hours.
  const length = period.last.getTime() - first.getTime();
  return {
    period,
    previous: { ...previous, first: new Date(first.getTime() - length), last: new Date(first.getTime() - 1) },
  };
}

/** `1 Oct 2026 to 31 Dec 2026`, `since 1 Oct 2026`, `15 Nov 2026`. */
export function shownDays({ from, to }: Pick<Period, 'from' | 'to'>): string {
  if (from === undefined) return to === undefined ? '' : `until ${shownDay(to)}`;
  if (to === undefined) return `since ${shownDay(from)}`;
  return from === to ? shownDay(from) : `${shownDay(from)} to ${shownDay(to)}`;
}

function ofDays({ from, to }: Days, timeZone: string): ClosedPeriod {
  return { from, to, first: startOfDay(from, timeZone), last: lastOf(to, timeZone) };
}

const earlier = (one: string, other: string): string => [one, other].toSorted()[0] ?? one;

function lastOf(day: string, timeZone: string): Date {
  return new Date(startOfDay(addDays(day, 1), timeZone).getTime() - 1);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
