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
import { Failure, lostWrite } from '../failure.ts';
import { waitFor } from '../singleFlight.ts';
import { backoff, retryAfter } from './retryAfter.ts';

export interface UpstreamRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** True for what changes nothing: it may be sent again, and an answer that was lost is no more than a nuisance. */
  safe: boolean;
}

/** Any answer below 500 but 429: what it means is for the caller to say. */
export interface UpstreamAnswer {
  status: number;
  headers: Headers;
  body: string;
}

export interface Upstream {
  /** The system's name as people know it, for sentences. */
  readonly title: string;
  /**
   * Sends one request within the call's deadline.
   * @throws Failure `rate_limited`, `upstream_error`, `upstream_unavailable` or `upstream_timeout`, after retries where
   * the request is safe.
   */
  send(request: UpstreamRequest, call: Call): Promise<UpstreamAnswer>;
}

export interface UpstreamOptions {
  fetch?: typeof fetch;
  now?: () => number;
}

const MAX_TRIES = 3;
const MAX_BODY_BYTES = 20 * 1024 * 1024;
const CONCURRENT_REQUESTS = 64;
const QUEUED_REQUESTS = 1024;
/** So many calls in a row must fail before the upstream is left alone for a while. */
const FAILURES_TO_OPEN = 10;
const OPEN_MS = 10_000;
const decoder = new TextDecoder();
/** A try that has less time than this is not worth starting. */
const MIN_TRY_MS = 50;

interface Lane {
  breaker: CircuitBreakerPolicy;
  slots: BulkheadPolicy;
}

/** The one way out: every request to `title`, to whichever of its hosts, goes through here. */
export function createUpstream(
  title: string,
  { fetch = globalThis.fetch, now = Date.now }: UpstreamOptions = {},
): Upstream {
  const lanes = new Map<string, Lane>();

  const laneTo = (host: string): Lane => {
    const lane = lanes.get(host) ?? {
      breaker: circuitBreaker(handleWhen(isOutage), {
        halfOpenAfter: OPEN_MS,
        breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
      }),
      slots: bulkhead(CONCURRENT_REQUESTS, QUEUED_REQUESTS),
    };
    lanes.set(host, lane);
    return lane;
  };

  const tryOnce = async (request: UpstreamRequest, call: Call, mayRetry: boolean): Promise<UpstreamAnswer> => {
    const left = call.deadline - now();
    if (left < MIN_TRY_MS) throw lateFailure(title, request, false);
    // The first try may not use up all the time, or a retry would be pointless.
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(Math.ceil(mayRetry ? left * 0.6 : left))]);
    call.usage.requests += 1;
    if (!request.safe) call.usage.writes += 1;
    try {
      const { method, url, headers, body } = request;
      const response = await fetch(url, {
        method,
        headers: { ...headers, traceparent: call.traceparent, 'x-correlation-id': call.correlationId },
        // A redirect would carry our credentials elsewhere; no API that we call answers with one.
        redirect: 'manual',
        signal,
        ...(body !== undefined && { body }),
      });
      return { status: response.status, headers: response.headers, body: await readWhole(response, title) };
    } catch (cause) {
      throw cause instanceof Failure ? cause : fetchFailure(cause, title, request, signal.aborted);
    }
  };

  const sendWithRetries = async (request: UpstreamRequest, call: Call, { slots }: Lane): Promise<UpstreamAnswer> => {
    for (let attempt = 1; ; attempt += 1) {
      const mayRetry = request.safe && attempt < MAX_TRIES;
      try {
        const answer = await slots.execute(() => tryOnce(request, call, mayRetry), call.signal);
        const failure = statusFailure(answer, title, request, now());
        if (!failure) return answer;
        throw failure;
      } catch (error) {
        if (!mayRetry || !(error instanceof Failure) || !error.retryable) throw error;
        const wait =
          error.retryAfterSeconds === undefined
            ? backoff(attempt)
            : Math.max(error.retryAfterSeconds * 1000, backoff(attempt));
        if (now() + wait + MIN_TRY_MS >= call.deadline) throw error;
        await waitFor(new Promise(resolve => setTimeout(resolve, wait)), call.signal);
      }
    }
  };

  return {
    title,
    async send(request, call) {
      const lane = laneTo(new URL(request.url).host);
      try {
        return await lane.breaker.execute(() => sendWithRetries(request, call, lane));
      } catch (error) {
        if (error instanceof BrokenCircuitError) {
          throw new Failure(
            'upstream_unavailable',
            `${title} has failed several times in a row and is left alone for a moment. Try again in ten seconds.`,
            {
              retryAfterSeconds: OPEN_MS / 1000,
            },
          );
        }
        if (error instanceof BulkheadRejectedError) {
          throw new Failure(
            'upstream_unavailable',
            `Too many requests are waiting for ${title}. Try again in a moment.`,
            { retryAfterSeconds: 2 },
          );
        }
        throw error;
      }
    },
  };
}

/** What says that the upstream is down, not that it is busy or that it did not like the request. */
function isOutage(error: unknown): boolean {
  return error instanceof Failure && error.code.startsWith('upstream_');
}

async function readWhole(response: Response, title: string): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new Failure(
        'upstream_error',
        `${title} answered with more than this service takes. Ask for less, with a smaller limit or a shorter time.`,
        {
          retryable: false,
        },
      );
    }
    chunks.push(chunk);
  }
  return decoder.decode(Buffer.concat(chunks));
}

function statusFailure(
  { status, headers }: UpstreamAnswer,
  title: string,
  { safe }: UpstreamRequest,
  now: number,
): Failure | undefined {
  const seconds = retryAfter(headers, now);
  const after = seconds === undefined ? {} : { retryAfterSeconds: seconds };
  if (status === 429) {
    return new Failure(
      'rate_limited',
      `${title} limits how often it is called. Try again ${inSeconds(seconds)}.`,
      after,
    );
  }
  if (status >= 500) {
    return safe
      ? new Failure('upstream_error', `${title} failed (status ${status}). Try again ${inSeconds(seconds)}.`, after)
      : new Failure(
          'upstream_error',
          `${title} failed (status ${status}). Check whether the change was made before you try it again.`,
          { retryable: false },
        );
  }
  if (status >= 300 && status < 400) {
    return new Failure(
      'upstream_error',
      `${title} redirects elsewhere (status ${status}): its address in this service's settings is not the right one. An administrator must correct it.`,
      {
        retryable: false,
      },
    );
  }
  return undefined;
}

function inSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return 'in a minute';
  return seconds <= 1 ? 'in a second' : `in ${seconds} seconds`;
}

/** Connection errors that happen before anything was sent. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function fetchFailure(cause: unknown, title: string, request: UpstreamRequest, timedOut: boolean): Failure {
  const code = errorCode(cause);
  if (code && (unreachable.has(code) || /CERT|SSL|TLS/.test(code))) {
    return new Failure('upstream_unavailable', `${title} cannot be reached. Try again in a minute.`, { cause });
  }
  if (timedOut) return lateFailure(title, request, true, cause);
  return request.safe
    ? new Failure('upstream_error', `The connection to ${title} broke before it had answered. Try again.`, { cause })
    : lostWrite(title, cause);
}

function errorCode(error: unknown): string | undefined {
  const { cause, code } = error as { cause?: unknown; code?: unknown };
  if (cause !== undefined) return errorCode(cause);
  return typeof code === 'string' ? code : undefined;
}

function lateFailure(title: string, { safe }: UpstreamRequest, sent: boolean, cause?: unknown): Failure {
  if (sent && !safe) return lostWrite(title, cause);
  return new Failure('upstream_timeout', `${title} did not answer in time. Try again, or ask for less.`, { cause });
}
