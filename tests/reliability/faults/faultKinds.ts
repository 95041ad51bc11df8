import type { FailureCode } from '../../../shared/failure.ts';
import type { Fault } from '../../../shared/sandbox/sandboxServer.ts';

/** What a caller is told. */
export interface Told {
  code: FailureCode;
  retryable: boolean;
}

/** What a vendor's request may meet, and what is told of it, whatever the action. */
export interface FaultKind {
  name: string;
  fault: Fault;
  /** Where a read, or a look-up before a write, met it. */
  read: Told;
  /** Where the write itself met it. */
  write: Told;
  /** True where some writes need nothing of the answer that is spoilt, and are then done. */
  mayBeDone?: boolean;
}

const json = { 'content-type': 'application/json' };
const html = '<html><body>Down for maintenance</body></html>';
const told = (code: FailureCode, retryable: boolean): Told => ({ code, retryable });

const limited = told('rate_limited', true);
const failed = told('upstream_error', true);
const failedForGood = told('upstream_error', false);
const late = told('upstream_timeout', true);
/** Nobody knows whether the write was made. */
const unsure = told('upstream_timeout', false);
const both = (outcome: Told) => ({ read: outcome, write: outcome });
/** An answer of which nothing can be read. */
const unreadable = { read: failed, write: unsure, mayBeDone: true };

export const faultKinds: readonly FaultKind[] = [
  {
    name: '429 with Retry-After',
    fault: { status: 429, headers: { 'retry-after': '60' }, body: '' },
    ...both(limited),
  },
  { name: '429', fault: { status: 429, body: html }, ...both(limited) },
  { name: '401', fault: { status: 401, body: '' }, ...both(told('upstream_auth_failed', false)) },
  { name: '403', fault: { status: 403, body: '' }, ...both(told('forbidden', false)) },
  { name: '404', fault: { status: 404, body: html }, ...both(told('misconfigured', false)) },
  { name: '410', fault: { status: 410, body: '' }, ...both(failedForGood) },
  { name: '415', fault: { status: 415, body: '' }, ...both(failedForGood) },
  {
    name: '302',
    fault: { status: 302, headers: { location: 'https://example.com/' }, body: '' },
    ...both(failedForGood),
  },
  { name: '500', fault: { status: 500, body: '' }, read: failed, write: failedForGood },
  { name: '502 HTML', fault: { status: 502, body: html }, read: failed, write: failedForGood },
  { name: '503 HTML', fault: { status: 503, body: html }, read: failed, write: failedForGood },
  { name: 'hangs', fault: { hang: true }, read: late, write: unsure },
  { name: 'drips', fault: { dripMs: 400 }, read: late, write: unsure, mayBeDone: true },
  { name: 'reset before', fault: { reset: 'before' }, read: failed, write: unsure },
  { name: 'reset after', fault: { reset: 'after' }, read: failed, write: unsure },
  { name: 'cut off', fault: { reset: 'midBody' }, read: failed, write: unsure },
  { name: 'broken JSON', fault: { status: 200, headers: json, body: '{"issues":[{' }, ...unreadable },
  { name: 'empty', fault: { status: 200, headers: json, body: '' }, ...unreadable },
  { name: 'HTML', fault: { status: 200, body: html }, ...unreadable },
  { name: 'other JSON', fault: { status: 200, headers: json, body: '"text"' }, ...unreadable },
  {
    name: 'huge',
    fault: { status: 200, headers: json, body: ' '.repeat(21 * 1024 * 1024) },
    ...both(failedForGood),
  },
];
