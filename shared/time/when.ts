import * as z from 'zod';
import { parseJson } from '../parseJson.ts';
import { addDays, dayAt, momentAt, startOfDay } from './timeZone.ts';
import { plainValue } from './typedValue.ts';

/** Against what a day, and a time without a zone, is read. */
export interface Clock {
  now: Date;
  /** The IANA name of the zone that decides: the asking user's where it is known. It may cost a request. */
  timeZone(): Promise<string>;
  /** Which one is meant by a day that has a name alone, such as Friday or 30 November: the one to come unless given. */
  named?: 'past' | 'coming';
}

/** What a text that tells a time says, before a zone is known. */
type When =
  /** A day of the calendar, or a midnight without a zone, as Copilot Studio's runtime makes of a day. */
  | { kind: 'day'; day: string }
  /** Today, and the days before and after it. */
  | { kind: 'near'; days: number }
  /** A time of day without a zone. */
  | { kind: 'clock'; time: string }
  /** A day by its name, and a time of that day; a clock tells which one it is. */
  | { kind: 'named'; name: DayName; time: string | undefined }
  /** With a zone; `midnight` is the day as it is written, where the time is midnight. */
  | { kind: 'moment'; at: Date; midnight: string | undefined }
  /** A span back from now: so many minutes, hours, days or weeks. */
  | { kind: 'ago'; count: number; unit: Unit };

type Unit = (typeof units)[number];

/** A day of the week, 0 for Sunday, or of the year. */
type DayName = { weekday: number; isPast: boolean } | { month: number; date: number; year: number | undefined };

/** `2026-11-15`, `2026-11-15T09:00`, `2026-11-15 09:00:00.5 +05:30`. A plus sign that was not encoded arrives as a space. */
const written =
  /^(?<day>[1-9]\d{3}-\d{2}-\d{2})(?:[T ](?<time>(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)(?<zone> ?Z| ?[+-][01]\d(?::?[0-5]\d)?| [01]\d:?[0-5]\d)?)?$/i;

/** `9:00`, `14:30`, `9am`, `2:30 pm` */
const timeOfDay = /^(?:at )?(?<hour>[01]?\d|2[0-3])(?::(?<minute>[0-5]\d))? ?(?<half>am|pm)?$/i;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const weekday =
  /^(?:on )?(?<which>last |this )?(?<name>(?:sun|mon|tues|wednes|thurs|fri|satur)day|sun|mon|tue|wed|thu|fri|sat)(?:,? (?<time>.{1,12}))?$/i;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthNames =
  '(?<month>january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)';
const dayOfMonth = '(?<date>[0-3]?\\d)(?:st|nd|rd|th)?';
const behind = '(?:,? (?<year>[12]\\d{3}))?(?:,? (?<time>.{1,12}))?$';
const datesOfYear = [
  new RegExp(`^(?:on )?${dayOfMonth}\\.? (?:of )?${monthNames}${behind}`, 'i'),
  new RegExp(`^(?:on )?${monthNames} ${dayOfMonth}${behind}`, 'i'),
];

const span = /^(?<count>\d{1,5}) ?(?<unit>m|h|d|w|minutes?|hours?|days?|weeks?)(?: ago)?$/i;
const units = ['m', 'h', 'd', 'w'] as const;
const unitMs: Readonly<Record<Unit, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const near: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
]);

/** Undefined for a text that tells no time, and for a day that is in no calendar, such as 2026-02-30. */
export function readWhen(text: string): When | undefined {
  const given = plainText(text);
  const days = near.get(given.toLowerCase());
  if (days !== undefined) return { kind: 'near', days };
  const { count, unit } = span.exec(given)?.groups ?? {};
  if (count !== undefined)
    return { kind: 'ago', count: Number(count), unit: units.find(each => unit?.toLowerCase().startsWith(each)) ?? 'm' };
  const { day = '', time: clockTime, zone } = written.exec(given)?.groups ?? {};
  if (day === '') return readNamed(given);
  if (!z.regexes.date.test(day)) return undefined;
  const time = clockTime?.padStart(clockTime.indexOf(':') === 1 ? clockTime.length + 1 : 0, '0');
  if (time === undefined) return { kind: 'day', day };
  const isMidnight = /^[0:.]+$/.test(time);
  // More digits than a millisecond has are of no use here.
  const clock = `${day}T${time.replace(/(\.\d{3})\d+$/, '$1')}`;
  if (zone === undefined) return isMidnight ? { kind: 'day', day } : { kind: 'clock', time: clock };
  const at = new Date(`${clock}${isoZone(zone)}`);
  return { kind: 'moment', at, midnight: isMidnight ? day : undefined };
}

/** `Friday`, `Thursday 9:00`, `30 November`, `Nov 30, 2026 2:30 pm`; undefined for what is none, or in no calendar. */
function readNamed(text: string): When | undefined {
  const ofWeek = weekday.exec(text)?.groups;
  const ofYear = datesOfYear.map(pattern => pattern.exec(text)?.groups).find(groups => groups !== undefined);
  const { time } = ofWeek ?? ofYear ?? {};
  const clock = time === undefined ? undefined : readTimeOfDay(time);
  if (time !== undefined && clock === undefined) return undefined;
  if (ofWeek) {
    const name = {
      weekday: weekdays.indexOf((ofWeek.name ?? '').slice(0, 3).toLowerCase()),
      isPast: /last/i.test(ofWeek.which ?? ''),
    };
    return { kind: 'named', name, time: clock };
  }
  if (!ofYear) return undefined;
  const month = months.indexOf((ofYear.month ?? '').slice(0, 3).toLowerCase()) + 1;
  const date = Number(ofYear.date);
  const year = ofYear.year === undefined ? undefined : Number(ofYear.year);
  // Of no year, the 29th of February is one as well.
  if (!z.regexes.date.test(isoDay(year ?? 2024, month, date))) return undefined;
  return { kind: 'named', name: { month, date, year }, time: clock };
}

/** `14:30` for `2:30 pm`; undefined for a number alone, which may be anything. */
function readTimeOfDay(text: string): string | undefined {
  const { hour, minute, half } = timeOfDay.exec(text.trim())?.groups ?? {};
  if (hour === undefined || (minute === undefined && half === undefined)) return undefined;
  const isHalf = half !== undefined;
  if (isHalf && (Number(hour) < 1 || Number(hour) > 12)) return undefined;
  const hours = isHalf ? (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hour);
  return `${String(hours).padStart(2, '0')}:${minute ?? '00'}`;
}

const isoDay = (year: number, month: number, date: number) =>
  `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;

/** The day that a name means, and its moment where it has a time. */
async function namedDay({ name, time }: Extract<When, { kind: 'named' }>, clock: Clock) {
  const timeZone = await clock.timeZone();
  const today = dayAt(clock.now, timeZone);
  const isPast = clock.named === 'past' || ('isPast' in name && name.isPast);
  const momentOn = (day: string) => (time === undefined ? undefined : momentAt(`${day}T${time}`, timeZone));
  if ('weekday' in name) {
    const ahead = (name.weekday - new Date(`${today}T00:00:00Z`).getUTCDay() + 7) % 7;
    const first = addDays(today, isPast && ahead > 0 ? ahead - 7 : ahead);
    const at = momentOn(first);
    // Of today's own name, what is over is not to come, and what is ahead is not past.
    const isWrong = ahead === 0 && (name.isPast || (at !== undefined && (isPast ? at > clock.now : at <= clock.now)));
    const day = isWrong ? addDays(first, isPast ? -7 : 7) : first;
    return { day, at: momentOn(day), timeZone };
  }
  const year = name.year ?? yearOf(name, today, isPast);
  const day = isoDay(year, name.month, name.date);
  return { day, at: momentOn(day), timeZone };
}

/** The year in which a day of the year is next, or was last; one that is in few calendars waits for the next that has it. */
function yearOf({ month, date }: { month: number; date: number }, today: string, isPast: boolean): number {
  const step = isPast ? -1 : 1;
  for (let year = Number(today.slice(0, 4)), count = 0; count < 9; year += step, count += 1) {
    const day = isoDay(year, month, date);
    if (z.regexes.date.test(day) && (isPast ? day <= today : day >= today)) return year;
  }
  return Number(today.slice(0, 4));
}

/** Whether a text tells a day and no time of it. */
export function isWholeDay(text: string): boolean {
  const when = readWhen(text);
  return when?.kind === 'day' || when?.kind === 'near' || (when?.kind === 'named' && when.time === undefined);
}

/** `+05:30` for ` 0530` and the like. */
function isoZone(zone: string): string {
  const digits = zone.replace(/\D/g, '').padEnd(4, '0');
  return `${zone.includes('-') ? '-' : '+'}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** A typed day or date-time may come as the text of its object. */
function plainText(text: string): string {
  const trimmed = text.trim();
  const value = trimmed.startsWith('{') ? plainValue(parseJson(trimmed)) : trimmed;
  return typeof value === 'string' ? value.trim() : '';
}

/** Whether a text tells a day or a moment: any form but a span. */
export function isDayOrMoment(text: string): boolean {
  return (readWhen(text)?.kind ?? 'ago') !== 'ago';
}

/** Whether it is the clock's zone that decides which moment a text means. */
export function isByZone(text = ''): boolean {
  const when = readWhen(text);
  return when !== undefined && when.kind !== 'ago' && when.kind !== 'moment';
}

/** Whether a text tells a day or a moment, or is a span back from now. */
export function isWhen(text: string): boolean {
  return readWhen(text) !== undefined;
}

/** The moment that a text means; of a day its first one, in the clock's zone. Undefined where `isWhen` is false. */
export async function momentOf(text: string, clock: Clock): Promise<Date | undefined> {
  const when = readWhen(text);
  switch (when?.kind) {
    case undefined:
      return undefined;
    case 'moment':
      return when.at;
    case 'ago':
      return new Date(clock.now.getTime() - when.count * unitMs[when.unit]);
    case 'clock':
      return momentAt(when.time, await clock.timeZone());
    case 'named': {
      const { day, at, timeZone } = await namedDay(when, clock);
      return at ?? startOfDay(day, timeZone);
    }
    case 'day':
      return startOfDay(when.day, await clock.timeZone());
    case 'near': {
      const timeZone = await clock.timeZone();
      return startOfDay(nearDay(when.days, clock.now, timeZone), timeZone);
    }
  }
}

/** The last moment that a text means, to the millisecond: of a day the end of it. Undefined where `isWhen` is false. */
export async function lastMomentOf(text: string, clock: Clock): Promise<Date | undefined> {
  const when = readWhen(text);
  const day = isWholeDay(text) ? await dayOf(text, clock) : undefined;
  if (when === undefined || day === undefined) return momentOf(text, clock);
  const timeZone = await clock.timeZone();
  return new Date(startOfDay(addDays(day, 1), timeZone).getTime() - 1);
}

/**
 * The day, such as `2026-11-15`, that a text means. A day or a midnight counts as it is written, whatever its zone, because
 * that is what a day becomes on its way here; a time with a zone has the day that the clock's zone has then. Undefined where
 * `isWhen` is false.
 */
export async function dayOf(text: string, clock: Clock): Promise<string | undefined> {
  const when = readWhen(text);
  switch (when?.kind) {
    case undefined:
      return undefined;
    case 'day':
      return when.day;
    case 'clock':
      return when.time.slice(0, 10);
    case 'named':
      return (await namedDay(when, clock)).day;
    case 'near':
      return nearDay(when.days, clock.now, await clock.timeZone());
    case 'moment':
      return when.midnight ?? dayAt(when.at, await clock.timeZone());
    case 'ago':
      return dayAt(new Date(clock.now.getTime() - when.count * unitMs[when.unit]), await clock.timeZone());
  }
}

function nearDay(days: number, now: Date, timeZone: string): string {
  return addDays(dayAt(now, timeZone), days);
}
