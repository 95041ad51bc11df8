import { Failure } from './failure.ts';

/** Gives what the work gives, or what the same work for another caller gives that is under way. */
export type Fly<Key, Result> = (key: Key, work: () => Promise<Result>) => Promise<Result>;

interface Flight<Result> {
  result: Promise<Result>;
  /** Settles when it has taken so long that nobody should depend on it. */
  isOverdue: Promise<void>;
}

/** A request that hangs must not hold those who ask after the upstream has recovered: by then the work is begun anew. */
const OVERDUE_MS = 2_000;

/** Runs one piece of work per key at a time; callers that ask meanwhile share its result. */
export function singleFlight<Key, Result>(): Fly<Key, Result> {
  /** The last of each key, unless it is overdue. */
  const flights = new Map<Key, Flight<Result>>();

  const start = (key: Key, work: () => Promise<Result>): Flight<Result> => {
    const { promise: isOverdue, resolve } = Promise.withResolvers<void>();
    const forget = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, OVERDUE_MS);
    const result = work().finally(() => {
      clearTimeout(timer);
      forget();
    });
    const flight = { result, isOverdue };
    flights.set(key, flight);
    return flight;
  };

  return async (key, work) => {
    const overdue: Promise<Result>[] = [];
    for (;;) {
      const running = flights.get(key);
      // Where this caller begins the work itself, that decides; else an overdue one may still be the first to succeed.
      if (!running) return Promise.race([start(key, work).result, ...overdue]);
      const outcome = await Promise.race([settled(running), ...overdue.map(result => result.then(succeeded))]);
      if (outcome === 'overdue') overdue.push(successOf(running.result));
      else if ('result' in outcome) return outcome.result;
      // What befell the other caller alone, such as that it has no requests left, is not this one's failure.
      else if (!(outcome.error instanceof Failure && outcome.error.isOwn)) throw outcome.error;
    }
  };
}

type Outcome<Result> = { result: Result } | { error: unknown };

function settled<Result>({ result, isOverdue }: Flight<Result>): Promise<Outcome<Result> | 'overdue'> {
  return Promise.race([
    result.then(succeeded, (error: unknown) => ({ error })),
    isOverdue.then(() => 'overdue' as const),
  ]);
}

function succeeded<Result>(result: Result): Outcome<Result> {
  return { result };
}

/** Never settles where the work fails. */
function successOf<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise(resolve => void work.then(resolve, () => {}));
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
