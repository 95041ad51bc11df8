import { momentOf } from '../action/since.ts';

const DAY_MS = 86_400_000;
const nearDays: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
]);

/** What the texts of a filter mean that tell a time: a day, a date-time, or a span back such as `7d`. Undefined for any other. */
export interface Moments {
  /** Its moment; of a day the first. */
  first(text: string): Promise<Date | undefined>;
  /** Its moment; of a day the last. */
  last(text: string): Promise<Date | undefined>;
  /** Its day, such as `2026-11-30`. */
  day(text: string): Promise<string | undefined>;
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/** Read in UTC. */
export function momentsAt(now: Date): Moments {
  const near = (text: string) => {
    const days = nearDays.get(text.toLowerCase());
    return days === undefined ? undefined : new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
  };
  const moment = (text: string) => {
    const [, count, unit = ''] = /^(\d{1,5}) ?([mhdw])$/i.exec(text) ?? [];
    if (count) return new Date(now.getTime() - Number(count) * (unitMs[unit.toLowerCase()] ?? 0));
    return momentOf(near(text) ?? text);
  };
  const isDay = (text: string) => near(text) !== undefined || /^\d{4}-\d{2}-\d{2}$/.test(text);
  return {
    first: async text => moment(text),
    last: async text => {
      const at = moment(text);
      return at && isDay(text) ? new Date(at.getTime() + DAY_MS - 1) : at;
    },
    day: async text => moment(text)?.toISOString().slice(0, 10),
  };
}
