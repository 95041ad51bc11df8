/** Places for the requests that are under way at once, shared among callers. */
export interface FairSlots {
  /**
   * Takes a place, or waits for one until `latest`, in milliseconds since the epoch.
   * @returns what gives the place back; undefined when there was none in time
   */
  take(caller: string, latest: number): Promise<(() => void) | undefined>;
}

/**
 * A caller holds at most as many of the `total` places as it leaves free, so that one caller never has more than half of
 * them and a newcomer finds one at once. Those who wait get their turn caller by caller, not request by request.
 */
export function createFairSlots(total: number, now: () => number): FairSlots {
  let free = total;
  const held = new Map<string, number>();
  /** In the order in which the callers get their turn. */
  const waiting = new Map<string, Set<() => void>>();

  const mayTake = (caller: string) => (held.get(caller) ?? 0) < free;

  const takeNow = (caller: string): (() => void) => {
    free -= 1;
    held.set(caller, (held.get(caller) ?? 0) + 1);
    return () => {
      free += 1;
      const left = (held.get(caller) ?? 0) - 1;
      if (left > 0) held.set(caller, left);
      else held.delete(caller);
      serve();
    };
  };

  const leave = (caller: string, turn: () => void) => {
    const turns = waiting.get(caller);
    turns?.delete(turn);
    if (turns?.size === 0) waiting.delete(caller);
  };

  const serve = () => {
    for (const [caller, turns] of waiting) {
      if (free === 0) return;
      const [turn] = turns;
      if (!turn || !mayTake(caller)) continue;
      // To the end of the round.
      waiting.delete(caller);
      waiting.set(caller, turns);
      turn();
    }
  };

  return {
    take(caller, latest) {
      if (mayTake(caller)) return Promise.resolve(takeNow(caller));
      return new Promise(resolve => {
        const turn = () => {
          clearTimeout(timer);
          leave(caller, turn);
          resolve(takeNow(caller));
        };
        const timer = setTimeout(
          () => {
            leave(caller, turn);
            resolve(undefined);
          },
          Math.max(0, latest - now()),
        );
        const turns = waiting.get(caller) ?? new Set();
        waiting.set(caller, turns.add(turn));
      });
    },
  };
}
