import { setImmediate } from 'node:timers/promises';

/** The longest that work goes on without a pause, in milliseconds. */
const STRETCH_MS = 10;

/**
 * Lets others have their turn during long work. What it gives is awaited between the parts of the work.
 * @throws the signal's reason once it is aborted, so that nothing goes on behind the deadline
 */
export function pace(signal: AbortSignal): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < STRETCH_MS) return undefined;
    return setImmediate().then(() => {
      signal.throwIfAborted();
      since = performance.now();
    });
  };
}
