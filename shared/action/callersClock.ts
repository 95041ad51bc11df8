import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import { waitFor } from '../singleFlight.ts';
import { byClock, hasMoments } from '../time/byClock.ts';
import type { Action } from './defineAction.ts';
import type { Page } from './page.ts';
import type { Systems } from './systems.ts';

/** Longer an answer does not wait to be told by the caller's clock, in milliseconds: in UTC it is as true. */
const ZONE_MS = 1_000;

/** Tells the moments of an answer by the clock of who asks, where that is known; what has none costs nothing. */
export function callersClock(opened: Systems) {
  /** The zone by whose clock the caller of an action reads times; undefined for UTC, and where it is not told in time. */
  const zoneOf = async ({ uses }: Action, call: Call): Promise<string | undefined> => {
    try {
      for (const system of uses) {
        const { timeZone } = await opened.open(system);
        const zone =
          timeZone && (await waitFor(timeZone(call), AbortSignal.any([call.signal, AbortSignal.timeout(ZONE_MS)])));
        if (zone) return zone === 'UTC' ? undefined : zone;
      }
    } catch (error) {
      call.log.warn('timeZoneUnknown', { code: error instanceof Failure ? error.code : 'internal' });
    }
    return undefined;
  };

  return {
    async whole(result: object, action: Action, call: Call): Promise<object> {
      const zone = hasMoments(result) ? await zoneOf(action, call) : undefined;
      return zone ? byClock(result, zone) : result;
    },
    async page<Answer extends object>(page: Page<Answer>, action: Action, call: Call): Promise<Page<Answer>> {
      const zone = hasMoments(page.answer([...page.items.keys()], false)) ? await zoneOf(action, call) : undefined;
      return zone ? { ...page, answer: (...of) => byClock(page.answer(...of), zone) } : page;
    },
  };
}
