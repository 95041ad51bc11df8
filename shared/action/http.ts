import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Log } from '../call.ts';
import { bearerToken, presentedTokens } from '../caller/bearerToken.ts';
import type { Failure } from '../failure.ts';
import { indexSecrets, redact } from '../secrets/redact.ts';
import { newSpanId, type TracePlace } from '../telemetry/telemetry.ts';
import type { Backend } from './backend.ts';
import type { ActionEntry } from './defineAction.ts';
import type { Invocation, Outcome } from './invoke.ts';
import { toInlineError, toProblem } from './problem.ts';
import { readBody, readQuery } from './readRequest.ts';

/** Answers HTTP requests for actions. */
export function actionHandler({ invoke, preparation }: Pick<Backend, 'invoke' | 'preparation'>) {
  return async (
    entry: ActionEntry,
    request: HttpRequest,
    context: InvocationContext,
    signIn?: string,
  ): Promise<HttpResponseInit> => {
    preparation.begin(entry.asks ?? [entry.system]);
    const { default: action } = await entry.load();
    const invocation = readInvocation(request, context, signIn);
    const rawInput = async () => (action.access === 'read' ? readQuery(request) : readBody(request));
    const outcome = await invoke(action, rawInput, invocation);
    return toResponse(outcome, invocation);
  };
}

/** Takes the correlation ID and the trace from the request, or makes them. */
export function readInvocation(
  { headers, query }: HttpRequest,
  context: InvocationContext,
  signIn?: string,
): Invocation {
  const presented = presentedTokens({ headers, query });
  const given = headers.get('x-correlation-id');
  const isFit = given && /^[\w.:-]{1,128}$/.test(given) && redact(given, [indexSecrets(presented)]) === given;
  const correlationId = isFit ? given : randomUUID();
  const caller = traceParent(headers.get('traceparent'));
  // The host's own span stands between the caller's and this one, unless it did not take up the caller's trace.
  const host = traceParent(context.traceContext?.traceParent);
  const parent = host && (caller === undefined || caller.traceId === host.traceId) ? host : caller;
  const { traceId = randomHex(), flags = '01' } = parent ?? {};
  const traceparent = `00-${traceId}-${newSpanId()}-${flags}`;
  const code = [...query].find(([name]) => name.toLowerCase() === 'code')?.[1];
  return {
    headers,
    code,
    correlationId,
    traceparent,
    parentSpanId: parent?.spanId,
    log: contextLog(context, correlationId),
    presented,
    signIn,
  };
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function traceParent(header: string | null | undefined): (TracePlace & { flags: string }) | undefined {
  const form = /^00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})$/;
  const [, traceId, spanId, flags] = form.exec(header ?? '') ?? [];
  return traceId && spanId && flags ? { traceId, spanId, flags } : undefined;
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

function toResponse(outcome: Outcome, invocation: Invocation): HttpResponseInit {
  const { correlationId, headers } = invocation;
  const own = { 'x-correlation-id': correlationId };
  if (outcome.ok) return jsonResponse(200, outcome.image?.body ?? outcome.body, own);
  const { failure } = outcome;
  const isInline = headers.get('x-error-mode')?.toLowerCase() === 'inline';
  // Whoever keeps the caller's tokens renews one where it sees the status itself.
  if (isInline && !wantsSignIn(failure, invocation)) {
    return jsonResponse(200, JSON.stringify(toInlineError(failure, correlationId)), own);
  }
  return failureResponse(failure, invocation);
}

/** Whether a failure is that the caller must sign in at a vendor, or do so again. */
export function wantsSignIn({ code }: Failure, { signIn }: Pick<Invocation, 'signIn'>): boolean {
  return signIn !== undefined && code === 'unauthenticated';
}

/** A failure by its own status, as problem+json. */
export function failureResponse(failure: Failure, invocation: Invocation): HttpResponseInit {
  const { correlationId } = invocation;
  return jsonResponse(failure.status, JSON.stringify(toProblem(failure, correlationId)), {
    'x-correlation-id': correlationId,
    'content-type': 'application/problem+json',
    ...(failure.retryAfterSeconds !== undefined && { 'retry-after': String(failure.retryAfterSeconds) }),
    ...(wantsSignIn(failure, invocation) && { 'www-authenticate': challenge(invocation) }),
  });
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function challenge({ headers }: Invocation): string {
  return bearerToken(headers) === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
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
