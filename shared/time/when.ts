import * as z from 'zod';
import { parseJson } from '../parseJson.ts';
import { addDays, dayAt, momentAt, startOfDay } from './timeZone.ts';
import { plainValue } from './typedValue.ts';

/** Against what a day, and a time without a zone, is read. */
export interface Clock {
  now: Date;
  /** The IANA name of the zone that decides: the asking user's where it is known. It may cost a request. */
  timeZone(): Promise<string>;
}

/** What a text that tells a time says, before a zone is known. */
type When =
  /** A day of the calendar, or a midnight without a zone, as Copilot Studio's runtime makes of a day. */
  | { kind: 'day'; day: string }
  /** Today, and the days before and after it. */
  | { kind: 'near'; days: number }
  /** A time of day without a zone. */
  | { kind: 'clock'; time: string }
  /** With a zone; `midnight` is the day as it is written, where the time is midnight. */
  | { kind: 'moment'; at: Date; midnight: string | undefined }
  /** A span back from now: so many minutes, hours, days or weeks. */
  | { kind: 'ago'; count: number; unit: Unit };

type Unit = (typeof units)[number];

/** `2026-11-15`, `2026-11-15T09:00`, `2026-11-15 09:00:00.5 +05:30`. A plus sign that was not encoded arrives as a space. */
const written =
  /^(?<day>[1-9]\d{3}-\d{2}-\d{2})(?:[T ](?<time>(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)(?<zone> ?Z| ?[+-][01]\d(?::?[0-5]\d)?| [01]\d:?[0-5]\d)?)?$/i;

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
  const { day = '', time, zone } = written.exec(given)?.groups ?? {};
  if (!z.regexes.date.test(day)) return undefined;
  if (time === undefined) return { kind: 'day', day };
  const isMidnight = /^[0:.]+$/.test(time);
  // More digits than a millisecond has are of no use here.
  const clock = `${day}T${time.replace(/(\.\d{3})\d+$/, '$1')}`;
  if (zone === undefined) return isMidnight ? { kind: 'day', day } : { kind: 'clock', time: clock };
  const at = new Date(`${clock}${isoZone(zone)}`);
  return { kind: 'moment', at, midnight: isMidnight ? day : undefined };
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
  if (when?.kind !== 'day' && when?.kind !== 'near') return momentOf(text, clock);
  const timeZone = await clock.timeZone();
  const day = when.kind === 'day' ? when.day : nearDay(when.days, clock.now, timeZone);
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
