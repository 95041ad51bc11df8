/** Whose request it is: those of one caller are told apart by what they are for, because many people may share a caller's key. */
interface Claimant {
  caller: string;
  action: string;
}

/** Places for the requests that are under way at once, shared among callers. */
export interface FairSlots {
  /**
   * Takes a place, or waits for one until `latest`, in milliseconds since the epoch.
   * @returns what gives the place back; undefined when there was none in time
   */
  take(claimant: Claimant, latest: number): Promise<(() => void) | undefined>;
}

/** How many places an action may have for each that it leaves to the other actions of its caller. */
const ACTION_SHARE = 3;

interface Holder {
  places: number;
  byAction: Map<string, number>;
  /** By action, in the order in which these get their turn. */
  waiting: Map<string, Set<() => void>>;
}

/**
 * A caller holds at most as many of the `total` places as are left free, so that one alone has no more than half of them,
 * and a newcomer finds one at once; an action leaves some of its caller's places to the others. Those who wait get their
 * turn caller by caller, and within a caller action by action.
 */
export function createFairSlots(total: number, now: () => number): FairSlots {
  let free = total;
  /** In the order in which the callers get their turn. */
  const holders = new Map<string, Holder>();

  const mayTake = ({ places, byAction }: Holder, action: string) =>
    places < free && (byAction.get(action) ?? 0) < ACTION_SHARE * (free - places);

  const change = (caller: string, action: string, by: 1 | -1) => {
    const holder = holderOf(caller);
    free -= by;
    holder.places += by;
    const left = (holder.byAction.get(action) ?? 0) + by;
    if (left > 0) holder.byAction.set(action, left);
    else holder.byAction.delete(action);
    forgetIdle(caller, holder);
  };

  const holderOf = (caller: string): Holder => {
    const holder = holders.get(caller) ?? { places: 0, byAction: new Map(), waiting: new Map() };
    holders.set(caller, holder);
    return holder;
  };

  const forgetIdle = (caller: string, { places, waiting }: Holder) => {
    if (places === 0 && waiting.size === 0) holders.delete(caller);
  };

  const takeNow = ({ caller, action }: Claimant): (() => void) => {
    change(caller, action, 1);
    return () => {
      change(caller, action, -1);
      serve();
    };
  };

  const leave = ({ caller, action }: Claimant, turn: () => void) => {
    const holder = holderOf(caller);
    const turns = holder.waiting.get(action);
    turns?.delete(turn);
    if (turns?.size === 0) holder.waiting.delete(action);
    forgetIdle(caller, holder);
  };

  const serve = () => {
    for (const [caller, holder] of holders) {
      if (free === 0) return;
      const [next] = [...holder.waiting].filter(([action]) => mayTake(holder, action));
      const [turn] = next?.[1] ?? [];
      if (!next || !turn) continue;
      // To the end of the round, both of them; a caller that waits for more has another turn then.
      holder.waiting.delete(next[0]);
      holder.waiting.set(...next);
      holders.delete(caller);
      holders.set(caller, holder);
      turn();
    }
  };

  return {
    take(claimant, latest) {
      const holder = holderOf(claimant.caller);
      if (mayTake(holder, claimant.action)) return Promise.resolve(takeNow(claimant));
      return new Promise(resolve => {
        const turn = () => {
          clearTimeout(timer);
          leave(claimant, turn);
          resolve(takeNow(claimant));
        };
        const timer = setTimeout(
          () => {
            leave(claimant, turn);
            resolve(undefined);
          },
          Math.max(0, latest - now()),
        );
        const turns = holder.waiting.get(claimant.action) ?? new Set();
        holder.waiting.set(claimant.action, turns.add(turn));
      });
    },
  };
}
