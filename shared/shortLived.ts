import { singleFlight } from './singleFlight.ts';

const MAX_ENTRIES = 200;

/** Keeps what `load` gave for `lifeMs`, loading each key in one flight. Of too many keys, the oldest goes. */
export function shortLived<Value>(
  lifeMs: number,
  now: () => number,
): (key: string, load: () => Promise<Value>) => Promise<Value> {
  const entries = new Map<string, { value: Value; until: number }>();
  const fly = singleFlight<string, Value>();
  return async (key, load) => {
    const entry = entries.get(key);
    if (entry && entry.until > now()) return entry.value;
    return fly(key, async () => {
      const value = await load();
      entries.delete(key);
      entries.set(key, { value, until: now() + lifeMs });
      for (const oldest of entries.keys()) {
        if (entries.size <= MAX_ENTRIES) break;
        entries.delete(oldest);
      }
      return value;
    });
  };
}
