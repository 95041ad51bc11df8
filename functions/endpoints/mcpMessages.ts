import {
  isSpecType,
  ProtocolErrorCode,
  type StandardSchemaV1Sync,
  specTypeSchemas,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { strictJson } from '../../shared/strictJson.ts';

/** What is answered to messages that cannot be taken: https://www.jsonrpc.org/specification#error_object */
export interface Refusal {
  status: number;
  code: ProtocolErrorCode;
  message: string;
  id: string | number | null;
}

const MAX_BATCH = 100;
const MAX_ID = 256;
/** Of each thing that is wrong, one is enough to mend it. */
const MAX_ISSUES = 3;

/** The requests that are served here. The SDK answers malformed parameters of some of them as if it had failed itself. */
const known: ReadonlyMap<string, StandardSchemaV1Sync> = new Map<string, StandardSchemaV1Sync>(
  Object.entries({
    initialize: specTypeSchemas.InitializeRequest,
    ping: specTypeSchemas.PingRequest,
    'tools/list': specTypeSchemas.ListToolsRequest,
    'tools/call': specTypeSchemas.CallToolRequest,
  }),
);

/** A message that asks for an answer. Any other is for the SDK to judge. */
const requestSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]),
  method: z.string(),
});

const cancellation = z.object({ method: z.literal('notifications/cancelled') });

/**
 * Reads the body of a POST: one message, or a batch of them. Gives it back as it is handed to the SDK, or says what is wrong
 * with it.
 */
export function readMessages(
  text: string,
): { body: string; refusal?: undefined } | { body?: undefined; refusal: Refusal } {
  const { value, problem } = strictJson(text);
  if (problem === 'is not JSON') return refuse('ParseError', 'Parse error: the body is not JSON.');
  if (problem !== undefined) {
    const { data: request } = requestSchema.safeParse(value);
    if (!request) return refuse('InvalidRequest', `Invalid request: the body ${problem}.`);
    return refuse('InvalidParams', `Invalid params of ${request.method}: the body ${problem}.`, request.id);
  }
  const messages: unknown[] = Array.isArray(value) ? value : [value];
  if (messages.length > MAX_BATCH) {
    return refuse('InvalidRequest', `Invalid request: a batch may have at most ${MAX_BATCH} messages.`);
  }
  const ids = new Set<string | number>();
  for (const message of messages) {
    const { success, data: request } = requestSchema.safeParse(message);
    if (!success) continue;
    const { id, method } = request;
    if (typeof id === 'string' && id.length > MAX_ID) {
      return refuse('InvalidRequest', `Invalid request: an id may have at most ${MAX_ID} characters.`);
    }
    if (ids.has(id))
      return refuse('InvalidRequest', 'Invalid request: two requests of the batch have the same id.', id);
    ids.add(id);
    const wrong = wrongParams(request);
    if (wrong === 'unknown') return refuse('MethodNotFound', 'Method not found', id);
    if (wrong) return refuse('InvalidParams', `Invalid params of ${method}: ${wrong}.`, id);
  }
  return { body: Array.isArray(value) ? JSON.stringify(withoutCancellations(messages)) : text };
}

/** What is wrong with the parameters of a request; `unknown` where they are wrong whatever its method, which is none of ours. */
function wrongParams(request: z.output<typeof requestSchema>): string | undefined {
  const schema = known.get(request.method);
  if (!schema) return isSpecType.JSONRPCRequest(request) ? undefined : 'unknown';
  const { issues } = schema['~standard'].validate(request);
  return issues
    ?.slice(0, MAX_ISSUES)
    .map(({ path = [], message }) => `${path.map(String).join('.')}: ${message}`)
    .join('; ');
}

function refuse(
  code: 'ParseError' | 'InvalidRequest' | 'MethodNotFound' | 'InvalidParams',
  message: string,
  id: Refusal['id'] = null,
): { refusal: Refusal } {
  // What is no JSON-RPC is refused by HTTP's status as well; a request that was understood is answered.
  const status = code === 'ParseError' || code === 'InvalidRequest' ? 400 : 200;
  return { refusal: { status, code: ProtocolErrorCode[code], message, id } };
}

/**
 * Each POST stands alone, so there is nothing of another one to cancel; and who cancels what stands beside it in a batch
 * would wait for its answer for ever.
 */
function withoutCancellations(messages: readonly unknown[]): unknown[] {
  return messages.filter(message => !cancellation.safeParse(message).success);
}
