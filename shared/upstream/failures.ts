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
 * What an error of a connection, of Node's sockets or of a driver's, means to the caller: the cause in words. A write that
 * may have arrived is a `lostWrite`. `address` is the setting that names the host, where one does.
 */
export function connectionFailure(
  title: string,
  { safe, cause, address }: { safe: boolean; cause: unknown; address?: string | undefined },
): Failure {
  const obstacle = obstacleIn(cause);
  if (obstacle) return obstructed(title, obstacle, address, cause);
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
  // What an administrator must mend is told as it is each time, which costs next to nothing.
  if (code === 'misconfigured' || (code === 'upstream_unavailable' && !error.retryable)) return undefined;
  if (code === 'upstream_unavailable' && cause !== undefined) return 'down';
  if (code === 'upstream_timeout' || code === 'upstream_unavailable') return 'doubtful';
  // An answer may be unreadable, too large, or from elsewhere; only a 5xx and a connection that broke have a cause.
  return code === 'upstream_error' && cause !== undefined ? 'doubtful' : 'answers';
}

/** What kept a connection from being made, so that nothing was sent. */
interface Obstacle {
  /** What is so, after "Jira cannot be reached: ". */
  says: string;
  /** What is wrong where waiting does not help: the setting that names the host, where one does, or the host. */
  wrong?: 'setting' | 'host';
}

const unknownHost: Obstacle = { says: 'there is no host of that name', wrong: 'setting' };
const untrusted: Obstacle = {
  says: 'the certificate of its host is signed by nobody whom this service trusts, as behind a proxy that looks into the traffic',
  wrong: 'host',
};
const noRoute: Obstacle = { says: 'no way leads from the network of this service to its host' };
const notTaken: Obstacle = { says: 'its host does not take the connection in time, as behind a firewall' };

/** https://nodejs.org/api/errors.html#common-system-errors and https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const obstacles: ReadonlyMap<string, Obstacle> = new Map(
  Object.entries({
    ENOTFOUND: unknownHost,
    EAI_AGAIN: { says: 'the name of its host cannot be looked up at the moment' },
    ECONNREFUSED: { says: 'its host refuses the connection' },
    EHOSTUNREACH: noRoute,
    ENETUNREACH: noRoute,
    EADDRNOTAVAIL: noRoute,
    EACCES: noRoute,
    UND_ERR_CONNECT_TIMEOUT: notTaken,
    CERT_HAS_EXPIRED: { says: 'the certificate of its host has expired', wrong: 'host' },
    CERT_NOT_YET_VALID: { says: 'the certificate of its host is not valid yet', wrong: 'host' },
    CERT_REVOKED: { says: 'the certificate of its host was revoked', wrong: 'host' },
    ERR_TLS_CERT_ALTNAME_INVALID: { says: 'the certificate of its host is for another name', wrong: 'host' },
    DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
    SELF_SIGNED_CERT_IN_CHAIN: untrusted,
    UNABLE_TO_GET_ISSUER_CERT: untrusted,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  } satisfies Record<string, Obstacle>),
);

function obstacleIn(error: unknown): Obstacle | undefined {
  const { code = '', message } = innermost(error);
  const known = obstacles.get(code);
  if (known) return known;
  if (/CERT/.test(code)) return { says: `the certificate of its host is not trusted (${code})`, wrong: 'host' };
  if (/SSL|TLS|^EPROTO$|^UNABLE_TO_VERIFY/.test(code) || /before secure TLS connection/.test(message)) {
    return { says: 'no encrypted connection to its host can be made', wrong: 'host' };
  }
  // https://fetch.spec.whatwg.org/#port-blocking
  if (message === 'bad port') return { says: 'its address has a port that is closed to the web', wrong: 'setting' };
  return undefined;
}

function obstructed(title: string, { says, wrong }: Obstacle, address: string | undefined, cause: unknown): Failure {
  const told = `${title} cannot be reached: ${says}.`;
  if (wrong === 'host') {
    const where = address ? `, at the host or in ${address}` : '';
    return new Failure('upstream_unavailable', `${told} An administrator must see to it${where}.`, {
      retryable: false,
      cause,
    });
  }
  if (wrong === 'setting' && address) {
    return new Failure('misconfigured', `${told} An administrator must correct ${address}.`, { cause });
  }
  const check = address ? ` If it stays so, an administrator must check ${address} and the network.` : '';
  return new Failure('upstream_unavailable', `${told} Try again in a minute.${check}`, { cause });
}

/** `fetch` and some drivers wrap the socket's error. */
function innermost(error: unknown): { code?: string; message: string } {
  if (typeof error !== 'object' || error === null) return { message: '' };
  if ('cause' in error && error.cause !== undefined) return innermost(error.cause);
  const message = error instanceof Error ? error.message : '';
  return 'code' in error && typeof error.code === 'string' ? { code: error.code, message } : { message };
}
