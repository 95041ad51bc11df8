import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Log } from '../call.ts';
import type { Failure } from '../failure.ts';
import type { ActionEntry } from './defineAction.ts';
import type { Invocation, Invoke, Outcome } from './invoke.ts';
import { toInlineError, toProblem } from './problem.ts';
import { readBody, readQuery } from './readRequest.ts';

/** Answers HTTP requests for actions. */
export function actionHandler(invoke: Invoke) {
  return async (entry: ActionEntry, request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const { default: action } = await entry.load();
    const invocation = readInvocation(request, context);
    const rawInput = async () => (action.access === 'read' ? readQuery(request) : readBody(request));
    const outcome = await invoke(action, rawInput, invocation);
    return toResponse(
      outcome,
      invocation.correlationId,
      request.headers.get('x-error-mode')?.toLowerCase() === 'inline',
    );
  };
}

/** Takes the correlation ID and the trace from the request, or makes them. */
export function readInvocation({ headers, query }: HttpRequest, context: InvocationContext): Invocation {
  const given = headers.get('x-correlation-id');
  const correlationId = given && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
  const parent = /^00-((?!0{32})[0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(headers.get('traceparent') ?? '');
  const [, traceId = randomHex(), flags = '01'] = parent ?? [];
  const traceparent = `00-${traceId}-${randomHex().slice(16)}-${flags}`;
  const code = [...query].find(([name]) => name.toLowerCase() === 'code')?.[1];
  return { headers, code, correlationId, traceparent, log: contextLog(context, correlationId) };
}

/** 32 random hexadecimal digits. Node keeps random bytes ready for UUIDs, and for nothing else. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '');
}

/** An answer that no cache may keep: it belongs to the one who asked. */
export function jsonResponse(status: number, body: string, headers: Record<string, string> = {}): HttpResponseInit {
  return {
    status,
    body,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  };
}

function toResponse(outcome: Outcome, correlationId: string, inline: boolean): HttpResponseInit {
  const headers = { 'x-correlation-id': correlationId };
  if (outcome.ok) return jsonResponse(200, outcome.image?.body ?? outcome.body, headers);
  const { failure } = outcome;
  if (inline) return jsonResponse(200, JSON.stringify(toInlineError(failure, correlationId)), headers);
  return failureResponse(failure, correlationId);
}

/** A failure by its own status, as problem+json. */
export function failureResponse(failure: Failure, correlationId: string): HttpResponseInit {
  return jsonResponse(failure.status, JSON.stringify(toProblem(failure, correlationId)), {
    'x-correlation-id': correlationId,
    'content-type': 'application/problem+json',
    ...(failure.retryAfterSeconds !== undefined && { 'retry-after': String(failure.retryAfterSeconds) }),
  });
}

function contextLog(context: InvocationContext, correlationId: string): Log {
  const line = (event: string, fields: Record<string, unknown> = {}) =>
    JSON.stringify({ event, ...fields, correlationId });
  return {
    info: (event, fields) => context.info(line(event, fields)),
    warn: (event, fields) => context.warn(line(event, fields)),
    error: (event, fields) => context.error(line(event, fields)),
  };
}
