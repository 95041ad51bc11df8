import type { Call } from '../../../shared/call.ts';
import { unrestricted } from '../../../shared/policy/policy.ts';

/** A call that has `milliseconds` until its deadline. */
export function testCall(milliseconds = 5_000): Call {
  return {
    correlationId: 'c',
    traceparent: 't',
    startedAt: Date.now(),
    deadline: Date.now() + milliseconds,
    signal: AbortSignal.timeout(milliseconds),
    caller: { kind: 'key', id: 'key', roles: [] },
    permit: unrestricted,
    usage: { requests: 0, writes: 0, reported: {} },
    log: { info() {}, warn() {}, error() {} },
  };
}
