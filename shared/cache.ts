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
   * The value while it is good, else what `load` gives; who asks for the same key meanwhile waits for the same load.
   * With a signal it waits no longer than that allows; the load goes on for the others. A load that fails is not kept.
   */
  get(key: Key, load: () => Promise<Value>, signal?: AbortSignal): Promise<Value>;
  /** Drops `value`, unless there is another one for the key by now. */
  delete(key: Key, value: Value): void;
}

/** Keeps values in memory, each until its own end, and loads each in a single flight. */
export function createCache<Key, Value>(options: CacheOptions<Value>): Cache<Key, Value> {
  const { until, maxEntries, now = Date.now } = options;
  // In the order of their last use.
  const entries = new Map<Key, { value: Value; until: number }>();
  const fly = singleFlight<Key, Value>();

  const keep = (key: Key, entry: { value: Value; until: number }) => {
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
  };

  return {
    async get(key, load, signal) {
      const entry = entries.get(key);
      if (entry && entry.until > now()) {
        keep(key, entry);
        return entry.value;
      }
      const flight = fly(key, async () => {
        const value = await load();
        keep(key, { value, until: until(value) });
        return value;
      });
      return signal ? waitFor(flight, signal) : flight;
    },
    delete(key, value) {
      if (entries.get(key)?.value === value) entries.delete(key);
    },
  };
}
