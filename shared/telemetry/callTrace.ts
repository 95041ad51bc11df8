import type { Invocation } from '../action/invoke.ts';
import { Failure } from '../failure.ts';
import { type CallRecord, newSpanId, type RequestRecord, type Telemetry } from './telemetry.ts';

/** The span of a call, and those of its requests. */
export interface CallTrace {
  startRequest(request: Pick<RequestRecord, 'system' | 'target' | 'isRetry'>): RequestTrace;
  end(call: Pick<CallRecord, 'action' | 'system' | 'code' | 'caller' | 'isRepeated'>): void;
}

/** One try of a request. */
export interface RequestTrace {
  /** What the upstream is sent, so that its own spans are below this one. */
  readonly traceparent: string;
  sends(method: string): void;
  answered(status: number): void;
  /** @param error why it was no success */
  end(error?: unknown): void;
}

/** Each call has a span of its own, of which there may be several in one request over MCP. */
export function callTrace(
  telemetry: Telemetry,
  { traceparent, parentSpanId, correlationId, isMcp = false }: Invocation,
  now: () => number,
): CallTrace {
  const traceId = traceparent.slice(3, 35);
  const spanId = newSpanId();
  const startedAt = now();
  return {
    startRequest(request) {
      const own = { traceId, spanId: newSpanId(), parentSpanId: spanId, startedAt: now() };
      const seen: Pick<RequestRecord, 'method' | 'status'> = {};
      return {
        traceparent: `00-${traceId}-${own.spanId}-01`,
        sends(method) {
          seen.method = method;
        },
        answered(status) {
          seen.status = status;
        },
        end(error) {
          const failed = error === undefined ? {} : { error: codeOf(error) };
          telemetry.record({ kind: 'request', ...request, ...own, ...seen, ...failed, endedAt: now() });
        },
      };
    },
    end(call) {
      telemetry.record({
        kind: 'call',
        ...call,
        traceId,
        spanId,
        parentSpanId,
        startedAt,
        endedAt: now(),
        isMcp,
        correlationId,
      });
    },
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Failure) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
