import type { Call } from '../../../shared/call.ts';
import { unrestricted } from '../../../shared/policy/policy.ts';

/** A call that has `milliseconds` until its deadline. */
export function testCall(milliseconds = 5_000, { callerId = 'key', maxRequests = 100 } = {}): Call {
  return {
    correlationId: 'c',
    traceparent: 't',
    startedAt: Date.now(),
    deadline: Date.now() + milliseconds,
    signal: AbortSignal.timeout(milliseconds),
    caller: { kind: 'key', id: callerId, roles: [] },
    permit: unrestricted,
    usage: { requests: 0, retries: 0, writes: 0, credentials: new Set(), reported: {} },
    maxRequests,
    log: { info() {}, warn() {}, error() {} },
  };
}
