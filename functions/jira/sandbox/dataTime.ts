import type { Instant } from './model.ts';

/** What relative times in the data count from. */
export interface Origin {
  start: Instant;
  /** Of the site's time zone. */
  offsetMinutes: number;
}

const minute = 60_000;
const unitMinutes = { d: 24 * 60, h: 60, m: 1 };
const units = ['d', 'h', 'm'] as const;

/**
 * The moment that a time in the data means: a span from the start (`-3d 4h 30m`), a day counted from the start's and
 * the clock's time in the site's time zone (`-3d 09:30`), or an ISO time with its offset. `undefined` for anything else.
 */
export function readTime(written: string, origin: Origin): Instant | undefined {
  const span = /^([+-]?)(?=\d)(?:(\d{1,5})d ?)?(?:(\d{1,5})h ?)?(?:(\d{1,5})m)?$/.exec(written);
  if (span) {
    const length = units.reduce((sum, unit, at) => sum + Number(span[at + 2] ?? 0) * unitMinutes[unit], 0);
    return origin.start + (span[1] === '-' ? -length : length) * minute;
  }
  const [clock, days, hours, minutes] = /^([+-]?\d{1,5})d ([01]\d|2[0-3]):([0-5]\d)$/.exec(written) ?? [];
  if (clock !== undefined) {
    return midnight(origin, Number(days)) + (Number(hours) * 60 + Number(minutes) - origin.offsetMinutes) * minute;
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(written)) return undefined;
  const instant = Date.parse(written);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The calendar day that a day in the data means, `2026-11-22`: `-3d`, `0d`, `+21d`, or itself. */
export function readDay(written: string, origin: Origin): string | undefined {
  const [, days] = /^([+-]?\d{1,5})d$/.exec(written) ?? [];
  if (days !== undefined) return new Date(midnight(origin, Number(days))).toISOString().slice(0, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(written)) return undefined;
  const date = new Date(`${written}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written) ? written : undefined;
}

/** The start of a day, as if the site's time zone were UTC. */
function midnight({ start, offsetMinutes }: Origin, days: number): number {
  const local = new Date(start + offsetMinutes * minute);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + days);
}

/** How far a time zone is from UTC at a moment. */
export function offsetOf(timeZone: string, instant: Instant): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(instant);
  const written = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0] = /^GMT([+-])(\d\d):(\d\d)$/.exec(written) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
