import type { Call } from './call.ts';
import { Failure } from './failure.ts';

/** The least time that a try is begun with, in milliseconds. */
export const MIN_TRY_MS = 50;

const MAX_TRIES = 3;
/** For all requests of a call together: where several fail, more tries would only add to the load. */
const MAX_RETRIES = 3;
const BASE_MS = 200;

/** Whether what was tried `tries` times may be tried once more. */
export function mayTryAgain(tries: number, { usage, maxRequests }: Call): boolean {
  return tries < MAX_TRIES && usage.requests < maxRequests && usage.retries < MAX_RETRIES;
}

/** Milliseconds until it is worth trying again what failed; undefined where it is not, or where there is no time for it. */
export function retryDelay(error: unknown, tries: number, call: Call, now: number): number | undefined {
  if (!(error instanceof Failure) || !error.retryable) return undefined;
  // Of those who share the work, each decides by its own time whether to wait for as long as the upstream wants.
  if (call.isShared && isTold(error)) return undefined;
  const wait = Math.max((error.retryAfterSeconds ?? 0) * 1000, backoff(tries));
  return now + wait + MIN_TRY_MS < call.deadline ? wait : undefined;
}

/** Whether the upstream said itself that it wants to be left alone for a while. */
export function isTold({ code, retryAfterSeconds }: Failure): boolean {
  return code === 'rate_limited' || retryAfterSeconds !== undefined;
}

/** Milliseconds to wait before try `tries + 1`: exponential, with jitter over the upper half. */
function backoff(tries: number): number {
  return BASE_MS * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
}
