/** Time zones by their IANA names, from the data that Node has of them. Never the host's own. */

const DAY_MS = 86_400_000;

/** Whether this is the name of a time zone in the IANA database, such as `Europe/Berlin` or `UTC`. */
export function isTimeZone(name: string): boolean {
  // `Intl` also takes an offset such as +05:30, which knows no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** By the names of zones, of which there are some hundreds: to make one takes longer than to use it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
function offsetMs(timeZone: string, at: number): number {
  if (timeZone === 'UTC') return 0;
  const parts = clockOf(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find(each => each.type === type)?.value);
  const clock = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return clock - Math.floor(at / 1000) * 1000;
}

/**
 * The moment at which a zone's clock shows a time, such as `2026-11-15T09:00:00`. A time that the clock skips counts on
 * from before it was put forward, as 02:30 is then 03:30, and of a time that it shows twice the first is meant, as in
 * https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5
 */
export function momentAt(clockTime: string, timeZone: string): Date {
  const clock = Date.parse(`${clockTime}Z`);
  // No zone changes its clock twice in so short a time.
  const before = offsetMs(timeZone, clock - DAY_MS);
  const after = offsetMs(timeZone, clock + DAY_MS);
  const shown = [clock - before, clock - after].filter(at => at + offsetMs(timeZone, at) === clock);
  return new Date(shown.length > 0 ? Math.min(...shown) : clock - before);
}

/** The first moment of a day, which is not midnight where the clock is put forward then. */
export function startOfDay(day: string, timeZone: string): Date {
  return momentAt(`${day}T00:00:00`, timeZone);
}

/** The day that a zone's calendar shows at a moment, such as `2026-11-15`. */
export function dayAt(moment: Date, timeZone: string): string {
  const at = moment.getTime();
  return new Date(at + offsetMs(timeZone, at)).toISOString().slice(0, 10);
}

/** A moment by a zone's clock, such as `2026-11-15T09:00:00+05:30`. */
export function clockAt(moment: Date, timeZone: string): string {
  const at = moment.getTime();
  const offset = offsetMs(timeZone, at);
  const minutes = Math.abs(Math.round(offset / 60_000));
  const two = (count: number) => String(Math.floor(count)).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
  return `${new Date(at + offset).toISOString().slice(0, 19)}${zone}`;
}

/** The day that is so many days later, or earlier. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}
