import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Log } from '../call.ts';
import { Failure, invalidInput } from '../failure.ts';
import { parseJson } from '../parseJson.ts';
import type { ActionEntry } from './defineAction.ts';
import type { Invocation, Invoke, Outcome } from './invoke.ts';
import { toInlineError, toProblem } from './problem.ts';

/** Query parameters that the platform reads: a function key, and the name it goes by. */
const platformParameters = new Set(['code', 'clientid']);

const MAX_BODY_CHARACTERS = 1_000_000;

/** Answers HTTP requests for actions. */
export function actionHandler(invoke: Invoke) {
  return async (entry: ActionEntry, request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const { default: action } = await entry.load();
    const invocation = readInvocation(request, context);
    const rawInput = () => (action.access === 'read' ? readQuery(request) : readBody(request));
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
  if (outcome.ok) return jsonResponse(200, outcome.body, headers);
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

async function readQuery({ query }: HttpRequest): Promise<Record<string, unknown>> {
  return Object.fromEntries([...query].filter(([name]) => !platformParameters.has(name.toLowerCase())));
}

/** @throws Failure `invalid_input` for a body of more than a million characters */
export async function readText(request: HttpRequest): Promise<string> {
  const text = await request.text();
  if (text.length <= MAX_BODY_CHARACTERS) return text;
  throw new Failure('invalid_input', `The body is longer than ${MAX_BODY_CHARACTERS} characters. Send less.`);
}

async function readBody(request: HttpRequest): Promise<Record<string, unknown>> {
  const misplaced = Object.keys(await readQuery(request));
  if (misplaced.length > 0) {
    throw invalidInput(
      misplaced.map(field => ({ field, message: 'Send it in the JSON body, not as a query parameter.' })),
    );
  }
  const text = await readText(request);
  if (text.trim() === '') return {};
  const body = parseJson(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new Failure(
    'invalid_input',
    'The body is not a JSON object. Send the inputs as one, with content-type application/json.',
  );
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
