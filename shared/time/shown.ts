import { dayAt } from './timeZone.ts';
import { type Clock, dayOf, readWhen } from './when.ts';

/** How sentences that people read tell a time. */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `15 Nov 2026` for `2026-11-15`. */
export function shownDay(day: string): string {
  const [year, month = 1, date] = day.split('-').map(Number);
  return `${date} ${months[month - 1]} ${year}`;
}

const units = { m: 'minute', h: 'hour', d: 'day', w: 'week' } as const;

/**
 * A period by the texts of its inputs: `since 15 Nov 2026`, `between 15 Nov 2026 and 20 Nov 2026`, or for a span back from
 * now `in the last 7 days`, which takes no zone.
 */
export async function shownPeriod(since: string, until: string | undefined, clock: Clock): Promise<string> {
  const when = readWhen(since);
  if (when?.kind === 'ago' && until === undefined) {
    return `in the last ${when.count === 1 ? '' : `${when.count} `}${units[when.unit]}${when.count === 1 ? '' : 's'}`;
  }
  const shown = async (text: string) =>
    shownDay((await dayOf(text, { ...clock, named: 'past' })) ?? dayAt(clock.now, await clock.timeZone()));
  return until === undefined
    ? `since ${await shown(since)}`
    : `between ${await shown(since)} and ${await shown(until)}`;
}
