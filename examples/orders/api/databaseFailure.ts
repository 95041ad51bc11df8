import { DatabaseError } from 'pg';
import { Failure, type FailureCode, type FailureOptions } from '../../../shared/failure.ts';
import { CredentialsRefused } from '../../../shared/upstream/credentials.ts';
import { connectionFailure, late, unreachable } from '../../../shared/upstream/failures.ts';

interface Meaning {
  /** An SQLSTATE, or the beginning of several. */
  state: string;
  code: FailureCode;
  /** What to do next, after the name of the system. */
  says: string;
  options?: FailureOptions;
}

const soon = 'Try again in a minute.';

/**
 * What a server's error codes mean here; the first that fits counts.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const meanings: readonly Meaning[] = [
  {
    state: '3D000',
    code: 'misconfigured',
    says: 'has no database of this name. An administrator must correct ORDERS_URL.',
  },
  {
    state: '42501',
    code: 'misconfigured',
    says: 'does not let the user in ORDERS_URL read its tables. An administrator must grant that user USAGE on their schema and SELECT on customers, orders and order_lines.',
  },
  {
    state: '42',
    code: 'misconfigured',
    says: 'has other tables or columns than this action reads. An administrator must correct ORDERS_URL, or the action.',
  },
  { state: '53300', code: 'rate_limited', says: 'has no connection left for this service. Try again in a moment.' },
  { state: '53', code: 'upstream_unavailable', says: `lacks memory or disk space. ${soon}` },
  { state: '08', code: 'upstream_unavailable', says: `cannot be reached. ${soon}` },
  { state: '57P', code: 'upstream_unavailable', says: `is being stopped or started. ${soon}` },
  { state: '25006', code: 'internal', says: 'refused a change that a read tried to make.' },
  { state: '40', code: 'upstream_error', says: 'gave another transaction precedence. Try again.' },
  { state: '55P03', code: 'upstream_error', says: 'has locked what was asked for. Try again.' },
  { state: '22', code: 'invalid_input', says: 'cannot read a value that it was given. Correct the inputs.' },
  { state: '23', code: 'conflict', says: 'refused it because of what it holds already. Look again.' },
];

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes, and a certificate for another host. */
const untrusted = new Set([
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED'],
  ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'INVALID_CA', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);

/** What node-postgres says without a code. */
const said = {
  withoutTls: 'The server does not support SSL connections',
  noneFree: 'timeout exceeded when trying to connect',
  notConnected: 'Connection terminated due to connection timeout',
};

/** What an error of a read means to the caller: a Failure, or that the sign-in was refused. */
export function databaseFailure(title: string, cause: unknown): Failure | CredentialsRefused {
  if (!(cause instanceof DatabaseError)) return brokenConnection(title, cause);
  const state = cause.code ?? '';
  if (state.startsWith('28')) return new CredentialsRefused(state);
  // A statement that was cancelled, by its time limit or by an administrator.
  if (state === '57014') return late(title, cause);
  const meaning = meanings.find(meaning => state.startsWith(meaning.state));
  if (meaning) return new Failure(meaning.code, `${title} ${meaning.says}`, { ...meaning.options, cause });
  return new Failure('upstream_error', `${title} failed (SQLSTATE ${state}). ${soon}`, { cause });
}

function brokenConnection(title: string, cause: unknown): Failure {
  if (!(cause instanceof Error)) return unreachable(title, cause);
  if ('code' in cause && typeof cause.code === 'string' && untrusted.has(cause.code)) {
    return new Failure(
      'misconfigured',
      `${title} has a certificate that this service does not trust. An administrator must set ORDERS_SSL_CA to the authority that issued it, and the host in ORDERS_URL to the name that it is for.`,
      { cause },
    );
  }
  if (cause.message === said.noneFree) {
    return new Failure(
      'rate_limited',
      `All connections of this service to ${title} are in use. Try again in a moment.`,
      { cause },
    );
  }
  if (cause.message === said.notConnected) return unreachable(title, cause);
  if (cause.message === said.withoutTls) {
    return new Failure(
      'misconfigured',
      `${title} does not encrypt its connections. An administrator must turn TLS on there.`,
      { cause },
    );
  }
  return connectionFailure(title, { safe: true, cause });
}
