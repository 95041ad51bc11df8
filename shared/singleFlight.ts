/** Runs one piece of work per key at a time; callers that ask meanwhile share its result. */
export function singleFlight<Key, Result>(): (key: Key, work: () => Promise<Result>) => Promise<Result> {
  const flights = new Map<Key, Promise<Result>>();
  return (key, work) => {
    const running = flights.get(key);
    if (running) return running;
    const flight = work().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}

/** Waits for `work`, but no longer than the signal allows; the work itself goes on for the others who wait. */
export async function waitFor<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  // The caller may have stopped waiting by the time the work fails: that must not be an unhandled rejection.
  work.catch(() => {});
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
