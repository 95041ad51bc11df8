import { setTimeout } from 'node:timers/promises';
import type { Call } from './call.ts';
import { Failure } from './failure.ts';
import { isTold, mayTryAgain, retryDelay } from './retry.ts';
import { singleFlight, waitFor } from './singleFlight.ts';

export interface CacheOptions<Value> {
  /** Until when a value that was just loaded is good, in milliseconds since the epoch. */
  until(value: Value): number;
  /** Of more values than this, the one that was used longest ago is dropped. */
  maxEntries: number;
  now?: () => number;
}

export interface Cache<Key, Value> {
  /**
   * The value while it is good, else what `load` gives; who asks for the same key meanwhile shares that load. A call
   * waits no longer than its own deadline allows, and where the upstream wants to be left alone for a while it has the
   * value loaded again after that, if there is time; the load goes on for the others. A load that fails is not kept.
   */
  get(key: Key, load: () => Promise<Value>, call?: Call): Promise<Value>;
  /** Keeps a value that was got in another way. */
  set(key: Key, value: Value): void;
  /** Drops `value`, unless there is another one for the key by now. */
  delete(key: Key, value: Value): void;
}

interface Entry<Value> {
  value: Value;
  until: number;
  /** The number of the load that gave it. */
  load: number;
}

/** Keeps values in memory, each until its own end, and loads each in a single flight. */
export function createCache<Key, Value>(options: CacheOptions<Value>): Cache<Key, Value> {
  const { until, maxEntries, now = Date.now } = options;
  // In the order of their last use.
  const entries = new Map<Key, Entry<Value>>();
  const fly = singleFlight<Key, Value>();
  let loads = 0;

  const keep = (key: Key, entry: Entry<Value>) => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
  };

  const loadNow = (key: Key, load: () => Promise<Value>): Promise<Value> =>
    fly(key, async () => {
      const number = ++loads;
      const value = await load();
      // A load that was overdue must not take the place of what a later one gave.
      if ((entries.get(key)?.load ?? 0) < number) keep(key, { value, until: until(value), load: number });
      return value;
    });

  const get: Cache<Key, Value>['get'] = async (key, load, call) => {
    for (let tries = 1; ; tries += 1) {
      const entry = entries.get(key);
      if (entry && entry.until > now()) {
        keep(key, entry);
        return entry.value;
      }
      if (!call) return loadNow(key, load);
      try {
        return await waitFor(loadNow(key, load), call.signal);
      } catch (error) {
        const wait =
          error instanceof Failure && isTold(error) && mayTryAgain(tries, call)
            ? retryDelay(error, tries, call, now())
            : undefined;
        if (wait === undefined) throw error;
        call.usage.retries += 1;
        await setTimeout(wait);
      }
    }
  };

  return {
    get,
    set(key, value) {
      keep(key, { value, until: until(value), load: ++loads });
    },
    delete(key, value) {
      if (entries.get(key)?.value === value) entries.delete(key);
    },
  };
}
