import { type Clock, dayOf, lastMomentOf, momentOf } from '../time/when.ts';

/** What the texts of a filter mean that tell a time: a day, a date-time, or a span back such as `7d`. Undefined for any other. */
export interface Moments {
  /** Its moment; of a day the first. */
  first(text: string): Promise<Date | undefined>;
  /** Its moment; of a day the last. */
  last(text: string): Promise<Date | undefined>;
  /** Its day, such as `2026-11-30`. */
  day(text: string): Promise<string | undefined>;
}

export function momentsAt(clock: Clock): Moments {
  return {
    first: text => momentOf(text, clock),
    last: text => lastMomentOf(text, clock),
    day: text => dayOf(text, clock),
  };
}
