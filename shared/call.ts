import type { Caller } from './caller/caller.ts';
import type { Failure } from './failure.ts';
import type { Permit } from './policy/policy.ts';
import type { CallTrace } from './telemetry/callTrace.ts';

/** Structured log lines. Fields never hold an input's value or a secret. */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

/** What one call has asked of upstreams so far. */
export interface Usage {
  requests: number;
  /** Those of the requests that repeat one that failed. */
  retries: number;
  /** Requests that may have changed something, whether or not they were answered. */
  writes: number;
  /** The credentials that were sent, which are in nothing that is told. */
  credentials: Set<string>;
  /** That the vendor has refused the caller's own token: whatever else the call comes to, they must sign in again. */
  signInRefused?: Failure;
  /** The accounts on whose behalf a service's account was used, by system, as those systems call them. */
  onBehalfOf?: Record<string, string>;
  /** What upstreams say of their own limits, such as `14/15000`, by the name it has in the call's log line. */
  reported: Record<string, string>;
}

/** One call of one action: its caller, deadline, trace, usage and log. */
export interface Call {
  correlationId: string;
  /** W3C trace context, sent to every upstream: https://www.w3.org/TR/trace-context/ */
  traceparent: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds since the epoch, after which nothing is asked of upstreams any more; a write has time left to be told. */
  deadline: number;
  /** Aborted at the deadline. */
  signal: AbortSignal;
  caller: Caller;
  permit: Permit;
  /** The caller's own token of the one vendor whose account they signed in to. It goes to that vendor, and is kept nowhere. */
  bearer?: string;
  /** Which of a system's sites is asked, by its name among them, where there are several. */
  site?: string;
  /** The name of the action; undefined for what this service asks for itself. */
  action?: string;
  usage: Usage;
  /** How many requests it may send to upstreams, retries included. */
  maxRequests: number;
  /** True for work that is done for several callers at once. */
  isShared?: boolean;
  log: Log;
  /** Where spans are recorded, the call's own. */
  trace?: CallTrace;
}

/**
 * The same call with a deadline of its own, for work that several callers share: one caller's deadline must not end it
 * for the others, and where the upstream wants to be left alone, each of them decides whether to wait.
 */
export function shareable(call: Call, milliseconds: number, now: number): Call {
  return { ...call, isShared: true, deadline: now + milliseconds, signal: AbortSignal.timeout(milliseconds) };
}

/** The longest that reading back what a write has changed may take, in milliseconds. */
const READ_BACK_MS = 3_000;

/** The same call for reading back what a write has changed: nobody waits long for it, because the change is made. */
export function forReadBack(call: Call, now: number): Call {
  const timeLeft = Math.max(0, Math.min(READ_BACK_MS, call.deadline - now));
  return {
    ...call,
    deadline: now + timeLeft,
    signal: AbortSignal.any([call.signal, AbortSignal.timeout(Math.ceil(timeLeft))]),
  };
}
