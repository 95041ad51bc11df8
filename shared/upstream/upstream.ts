import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import type { Call } from '../call.ts';
import { Failure, type FailureCode, lostWrite } from '../failure.ts';
import { waitFor } from '../singleFlight.ts';
import { late } from './failures.ts';
import { sendOnce, type UpstreamAnswer, type UpstreamRequest } from './http.ts';
import { backoff } from './retryAfter.ts';

/** One try: it ends when the signal aborts, and has `timeLeftMs` until then. */
type Attempt<Result> = (signal: AbortSignal, timeLeftMs: number) => Promise<Result>;

export interface Work {
  /** The host or database that is asked. Each has a circuit breaker and a concurrency limit of its own. */
  target: string;
  /** True when it changes nothing, so that it may be tried again. */
  safe: boolean;
}

export interface Upstream {
  /** The name of the upstream for people, used in error messages. */
  readonly title: string;
  /**
   * Runs `attempt`, over whatever protocol, within the call's deadline, its circuit breaker and its concurrency limit,
   * and counts it in the call's usage. Safe work is tried up to three times while it fails with a retryable Failure; the
   * first tries get at most 60 % of the time that is left. A write is tried once; when it is not answered in time, it
   * is a `lostWrite`.
   *
   * The attempt throws a Failure for what the upstream answered, and `connectionFailure` for a connection that broke.
   * Other errors are thrown on as they are.
   * @throws Failure as the attempt threw it; `upstream_timeout`, `upstream_unavailable`
   */
  run<Result>(attempt: Attempt<Result>, work: Work, call: Call): Promise<Result>;
  /**
   * Sends one HTTP request by `run`, and reads its whole answer.
   * @throws Failure `rate_limited`, `upstream_error`, `upstream_unavailable` or `upstream_timeout`
   */
  send(request: UpstreamRequest, call: Call): Promise<UpstreamAnswer>;
}

export interface UpstreamOptions {
  fetch?: typeof fetch;
  now?: () => number;
}

const MAX_TRIES = 3;
/** How much of the time left a try may use when another one may follow it. */
const RETRYABLE_SHARE = 0.6;
/** A try that has less time than this is not started. */
const MIN_TRY_MS = 50;
const CONCURRENT_TRIES = 64;
const QUEUED_TRIES = 1024;
/** The circuit breaker opens after this many failures in a row. */
const FAILURES_TO_OPEN = 10;
const OPEN_MS = 10_000;

/** Codes that tell that the upstream is down, not that it is busy or refused the request. */
const outageCodes = new Set<FailureCode>(['upstream_error', 'upstream_unavailable', 'upstream_timeout']);

interface Guards {
  breaker: CircuitBreakerPolicy;
  slots: BulkheadPolicy;
}

/** All requests to one upstream go through here, whichever of its hosts or databases they are for. */
export function createUpstream(
  title: string,
  { fetch = globalThis.fetch, now = Date.now }: UpstreamOptions = {},
): Upstream {
  const guards = new Map<string, Guards>();

  const guardsOf = (target: string): Guards => {
    const known = guards.get(target) ?? {
      breaker: circuitBreaker(
        handleWhen(error => error instanceof Failure && outageCodes.has(error.code)),
        { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
      ),
      slots: bulkhead(CONCURRENT_TRIES, QUEUED_TRIES),
    };
    guards.set(target, known);
    return known;
  };

  const tryOnce = async <Result>(
    attempt: Attempt<Result>,
    { safe }: Work,
    call: Call,
    mayRetry: boolean,
  ): Promise<Result> => {
    const left = call.deadline - now();
    if (left < MIN_TRY_MS) throw late(title);
    const timeLeft = Math.ceil(mayRetry ? left * RETRYABLE_SHARE : left);
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeLeft)]);
    call.usage.requests += 1;
    if (!safe) call.usage.writes += 1;
    try {
      // The time is kept even where a driver does not heed the signal.
      return await waitFor(attempt(signal, timeLeft), signal);
    } catch (cause) {
      if (cause instanceof Failure || !signal.aborted) throw cause;
      throw safe ? late(title, cause) : lostWrite(title, cause);
    }
  };

  const tryUntilDone = async <Result>(
    attempt: Attempt<Result>,
    work: Work,
    call: Call,
    slots: BulkheadPolicy,
  ): Promise<Result> => {
    for (let tries = 1; ; tries += 1) {
      const mayRetry = work.safe && tries < MAX_TRIES;
      try {
        return await slots.execute(() => tryOnce(attempt, work, call, mayRetry), call.signal);
      } catch (error) {
        if (!mayRetry || !(error instanceof Failure) || !error.retryable) throw error;
        const wait = Math.max((error.retryAfterSeconds ?? 0) * 1000, backoff(tries));
        if (now() + wait + MIN_TRY_MS >= call.deadline) throw error;
        await waitFor(new Promise(resolve => setTimeout(resolve, wait)), call.signal);
      }
    }
  };

  const run: Upstream['run'] = async (attempt, work, call) => {
    const { breaker, slots } = guardsOf(work.target);
    try {
      return await breaker.execute(() => tryUntilDone(attempt, work, call, slots));
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw new Failure(
          'upstream_unavailable',
          `${title} has failed several times in a row and is left alone for a moment. Try again in ten seconds.`,
          { retryAfterSeconds: OPEN_MS / 1000 },
        );
      }
      if (error instanceof BulkheadRejectedError) {
        throw new Failure(
          'upstream_unavailable',
          `Too many requests are waiting for ${title}. Try again in a moment.`,
          { retryAfterSeconds: 2 },
        );
      }
      // The time was over while it waited for its turn or for another try.
      throw call.signal.aborted && !(error instanceof Failure) ? late(title, error) : error;
    }
  };

  return {
    title,
    run,
    send: (request, call) =>
      run(
        signal => sendOnce(request, { title, fetch, now, signal, call }),
        { target: new URL(request.url).host, safe: request.safe },
        call,
      ),
  };
}
