import { Failure, lostWrite } from '../failure.ts';
import type { Condition } from './breaker.ts';

/** The upstream was not reached, so nothing was sent to it: even a write may be tried again. */
export function unreachable(title: string, cause?: unknown): Failure {
  return new Failure('upstream_unavailable', `${title} cannot be reached. Try again in a minute.`, { cause });
}

/** There was no answer in time, and nothing was changed; a write that was sent is a `lostWrite` instead. */
export function late(title: string, cause?: unknown): Failure {
  return new Failure('upstream_timeout', `${title} did not answer in time. Try again, or ask for less.`, { cause });
}

/**
 * What an error of a connection, of Node's sockets or of a driver's, means to the caller. A write that may have arrived
 * is a `lostWrite`.
 */
export function connectionFailure(title: string, { safe, cause }: { safe: boolean; cause: unknown }): Failure {
  if (wasNeverConnected(cause)) return unreachable(title, cause);
  if (!safe) return lostWrite(title, cause);
  return new Failure('upstream_error', `The connection to ${title} broke before it had answered. Try again.`, {
    cause,
  });
}

/** The status of an answer that is a failure of the upstream's, for the log. */
export class UpstreamStatus extends Error {
  override readonly name: string;

  constructor(status: number) {
    super();
    this.name = `Status${status}`;
  }
}

/** What the failure of a request tells of the host; undefined where it tells nothing, as a bug does. */
export function conditionOf(error: unknown): Condition | undefined {
  if (!(error instanceof Failure)) return undefined;
  const { code, cause } = error;
  if (code === 'upstream_unavailable' && cause !== undefined) return 'down';
  if (code === 'upstream_timeout' || code === 'upstream_unavailable') return 'doubtful';
  // An answer may be unreadable, too large, or from elsewhere; only a 5xx and a connection that broke have a cause.
  return code === 'upstream_error' && cause !== undefined ? 'doubtful' : 'answers';
}

/** Codes of errors that happen before anything is sent. */
const notConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** True when the connection, or its TLS handshake, failed: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function wasNeverConnected(error: unknown): boolean {
  const code = innermostCode(error);
  return code !== undefined && (notConnected.has(code) || /CERT|SSL|TLS|^UNABLE_TO_VERIFY/.test(code));
}

/** `fetch` and some drivers wrap the socket's error. */
function innermostCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('cause' in error && error.cause !== undefined) return innermostCode(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
