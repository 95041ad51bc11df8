import { setTimeout } from 'node:timers/promises';
import type { Call } from '../call.ts';
import { Failure, lostWrite } from '../failure.ts';
import { MIN_TRY_MS, mayTryAgain, retryDelay } from '../retry.ts';
import { indexSecrets, redact as redactFrom } from '../secrets/redact.ts';
import { waitFor } from '../singleFlight.ts';
import type { RequestTrace } from '../telemetry/callTrace.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { conditionOf, late } from './failures.ts';
import { createFairSlots, type FairSlots } from './fairSlots.ts';
import { answersPing, type Redact, sendOnce, type UpstreamAnswer, type UpstreamRequest } from './http.ts';

/** One try: it ends when the signal aborts, and has `timeLeftMs` until then. */
type Attempt<Result> = (signal: AbortSignal, timeLeftMs: number, trace?: RequestTrace) => Promise<Result>;

export interface Work {
  /** The host or database that is asked. Each has a circuit breaker and a concurrency limit of its own. */
  target: string;
  /** True when it changes nothing, so that it may be tried again. */
  safe: boolean;
  /** Whether the target answers at all: the circuit breaker's test. Without one, only a refused connection opens it. */
  ping?: () => Promise<boolean>;
}

export interface Upstream {
  /** The name of the upstream for people, used in error messages. */
  readonly title: string;
  /**
   * Runs `attempt`, over whatever protocol, within the call's deadline and its number of requests, the target's circuit
   * breaker and its concurrency limit, which callers share fairly, and counts it in the call's usage. Safe work is tried
   * up to three times while it fails with a retryable Failure; the first tries get at most 60 % of the time that is left.
   * A write is tried once; when it is not answered in time, it is a `lostWrite`.
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
  /** Takes secrets out of what the upstream says of a failure. */
  redact?: Redact;
  /** The system's name, for spans and metrics. */
  system?: string;
  telemetry?: Telemetry | undefined;
}

/** How much of the time left a try may use when another one may follow it. */
const RETRYABLE_SHARE = 0.6;
/** Tries that are under way at once at one target; a caller alone gets half of them. */
const CONCURRENT_TRIES = 128;
/** When it is worth trying again after there was no place in time. */
const CROWDED_SECONDS = 5;

interface Guards {
  breaker: Breaker;
  slots: FairSlots;
}

/** All requests to one upstream go through here, whichever of its hosts or databases they are for. */
export function createUpstream(
  title: string,
  {
    fetch = globalThis.fetch,
    now = Date.now,
    redact = withoutCredentials,
    system = '',
    telemetry,
  }: UpstreamOptions = {},
): Upstream {
  const guards = new Map<string, Guards>();

  const guardsOf = ({ target, ping }: Work): Guards => {
    const known = guards.get(target) ?? {
      breaker: createBreaker({
        title,
        ping,
        now,
        changed: telemetry && (isOpen => telemetry.record({ kind: 'breaker', target, isOpen })),
      }),
      slots: createFairSlots(CONCURRENT_TRIES, now),
    };
    guards.set(target, known);
    return known;
  };

  /** Waits for a turn, and counts the try that follows. @returns what ends the turn; @throws Failure where none is made */
  const enter = async (
    { breaker, slots }: Guards,
    { safe }: Work,
    call: Call,
    isRetry: boolean,
  ): Promise<() => void> => {
    await breaker.pass();
    const leave = await slots.take({ caller: call.caller.id, action: call.action ?? '' }, call.deadline - MIN_TRY_MS);
    if (!leave) throw crowded(title);
    try {
      // The target may have gone down while this one waited.
      await breaker.pass();
      if (call.deadline - now() < MIN_TRY_MS) throw late(title);
      if (call.usage.requests >= call.maxRequests || (isRetry && !mayTryAgain(1, call))) throw spent(title);
    } catch (error) {
      leave();
      throw error;
    }
    call.usage.requests += 1;
    if (isRetry) call.usage.retries += 1;
    if (!safe) call.usage.writes += 1;
    return leave;
  };

  const tryOnce = async <Result>(
    attempt: Attempt<Result>,
    { safe }: Work,
    call: Call,
    mayRetry: boolean,
    trace: RequestTrace | undefined,
  ): Promise<Result> => {
    const timeLeft = Math.ceil((call.deadline - now()) * (mayRetry ? RETRYABLE_SHARE : 1));
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeLeft)]);
    try {
      // The time is kept even where a driver does not heed the signal.
      return await waitFor(attempt(signal, timeLeft, trace), signal);
    } catch (cause) {
      if (cause instanceof Failure || !signal.aborted) throw cause;
      throw safe ? late(title, cause) : lostWrite(title, cause);
    }
  };

  const run: Upstream['run'] = async (attempt, work, call) => {
    const target = guardsOf(work);
    let failed: unknown;
    for (let tries = 1; ; tries += 1) {
      const leave = await enter(target, work, call, tries > 1).catch(error => {
        // Why another try was not made is less to the point than what the last one met.
        throw failed ?? error;
      });
      const mayRetry = work.safe && mayTryAgain(tries, call);
      const trace = call.trace?.startRequest({ system, target: work.target, isRetry: tries > 1 });
      let wait: number | undefined;
      try {
        const result = await tryOnce(attempt, work, call, mayRetry, trace);
        trace?.end();
        void target.breaker.tell('answers', call.usage);
        return result;
      } catch (error) {
        failed = error;
        trace?.end(error);
        wait = mayRetry ? retryDelay(error, tries, call, now()) : undefined;
        if (wait === undefined) {
          const condition = conditionOf(error);
          const told = condition && target.breaker.tell(condition, call.usage);
          // Who was answered has time to see it decided; who was not has none left.
          if (condition === 'doubtful' && !isLate(error)) await told;
          throw error;
        }
      } finally {
        leave();
      }
      await setTimeout(wait);
    }
  };

  return {
    title,
    run,
    send(request, call) {
      const url = new URL(request.url);
      return run(
        (signal, _, trace) => sendOnce(request, { title, fetch, now, signal, call, redact, trace }),
        { target: url.host, safe: request.safe, ping: pingOf(url.origin, fetch) },
        call,
      );
    },
  };
}

/** What is kept of a host is made apart from any request to it: a closure would keep the first one, credentials and all. */
function pingOf(origin: string, fetch: typeof globalThis.fetch): () => Promise<boolean> {
  return () => answersPing(new URL(origin), fetch);
}

function isLate(error: unknown): boolean {
  return error instanceof Failure && error.code === 'upstream_timeout';
}

const withoutCredentials: Redact = (text, credentials) => redactFrom(text, [indexSecrets(credentials)]);

/** There was no place in time, so nothing was sent: even a write may be made again. */
function crowded(title: string): Failure {
  return new Failure(
    'upstream_unavailable',
    `Too many requests are waiting for ${title}, and the turn of this one did not come in time. Try again in a few seconds.`,
    { retryAfterSeconds: CROWDED_SECONDS, isOwn: true },
  );
}

/** The call has sent as many requests as its action may, most of them retries. */
function spent(title: string): Failure {
  return new Failure(
    'upstream_error',
    `This took more requests to ${title} than one call may make. Try again in a minute, or ask for less.`,
    { isOwn: true },
  );
}
