import type { Call } from '../call.ts';
import { unrestricted } from '../policy/policy.ts';

/** A call that this service makes for itself, and for no caller. */
export function ownCall(
  /** Who is told to ask. */
  id: string,
  {
    now,
    milliseconds,
    maxRequests,
    ...invocation
  }: Pick<Call, 'correlationId' | 'traceparent' | 'log' | 'maxRequests'> & { now: number; milliseconds: number },
): Call {
  return {
    ...invocation,
    caller: { kind: 'app', id, roles: [] },
    permit: unrestricted,
    startedAt: now,
    deadline: now + milliseconds,
    signal: AbortSignal.timeout(milliseconds),
    usage: { requests: 0, retries: 0, writes: 0, credentials: new Set(), reported: {} },
    maxRequests,
  };
}
