import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { CallRecord, RequestRecord } from './telemetry.ts';

/**
 * The span of a call: an agent's use of a tool. The Functions host has the span of the HTTP request, so this one is internal.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/#execute-tool-span
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
 */
export function callSpan(call: CallRecord, common: SpanCommon): ReadableSpan {
  return toSpan(call, common, {
    name: `execute_tool ${call.action}`,
    kind: SpanKind.INTERNAL,
    error: call.code === 'ok' ? undefined : call.code,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': call.action,
      'gen_ai.tool.type': 'function',
      ...(call.isMcp && { 'mcp.method.name': 'tools/call' }),
      'enduser.id': call.caller,
      'connector.system': call.system,
      'connector.correlation_id': call.correlationId,
      ...(call.isRepeated && { 'connector.repeated': true }),
    },
  });
}

/**
 * The span of a request to an upstream. It has no `url.full`: a path or a query may hold what the user typed.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export function requestSpan(request: RequestRecord, common: SpanCommon): ReadableSpan {
  return toSpan(request, common, {
    name: request.method ?? request.target,
    kind: SpanKind.CLIENT,
    error: errorOf(request),
    attributes: { ...requestAttributes(request), ...(request.isRetry && { 'http.request.resend_count': 1 }) },
  });
}

export function requestAttributes({ method, status, target, ...request }: RequestRecord): Attributes {
  const { hostname, port } = URL.parse(`https://${target}`) ?? { hostname: target, port: '' };
  const error = errorOf({ status, ...request });
  return {
    ...(method && { 'http.request.method': method }),
    'server.address': hostname,
    ...(method && { 'server.port': Number(port) || 443 }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(error && { 'error.type': error }),
    'connector.system': request.system,
  };
}

function errorOf({ status, error }: { status?: number | undefined; error?: string }): string | undefined {
  return status !== undefined && status >= 400 ? String(status) : error;
}

/** What all spans of this process have. */
export interface SpanCommon {
  resource: Resource;
  instrumentationScope: ReadableSpan['instrumentationScope'];
}

function toSpan(
  { traceId, spanId, parentSpanId, startedAt, endedAt }: CallRecord | RequestRecord,
  common: SpanCommon,
  told: { name: string; kind: SpanKind; error: string | undefined; attributes: Attributes },
): ReadableSpan {
  const { name, kind, error, attributes } = told;
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return {
    name,
    kind,
    spanContext: () => context,
    ...(parentSpanId && {
      parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true },
    }),
    startTime: hrTime(startedAt),
    endTime: hrTime(endedAt),
    duration: hrTime(endedAt - startedAt),
    ended: true,
    status: { code: error ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: { ...attributes, ...(error && { 'error.type': error }) },
    links: [],
    events: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...common,
  };
}

/** Seconds and nanoseconds. */
function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1_000_000)];
}
