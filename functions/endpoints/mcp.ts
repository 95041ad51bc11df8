import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import {
  type CallToolResult,
  createMcpHandler,
  isLegacyRequest,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type Tool,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Action } from '../../shared/action/defineAction.ts';
import { readInvocation } from '../../shared/action/http.ts';
import { instructions } from '../../shared/action/instructions.ts';
import type { Invocation, Invoke, Outcome } from '../../shared/action/invoke.ts';
import { inputSchema, outputSchema } from '../../shared/action/plainSchema.ts';
import { toInlineError } from '../../shared/action/problem.ts';
import { actions as entries } from '../actions.ts';

/** The build puts package.json's version here. */
const serverInfo = {
  name: 'copilot-connector-backend',
  title: 'Jira and Salesforce',
  version: process.env.npm_package_version ?? 'unbuilt',
};

/**
 * `POST /api/mcp`: every action as a tool of a Model Context Protocol server, by the same pipeline as over HTTP.
 * Stateless streamable HTTP with JSON answers, for every protocol version that the SDK knows:
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 */
export function mcpEndpoint(invoke: Invoke) {
  const catalogue = loadCatalogue();

  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const invocation = readInvocation(request.headers, context);
    const { actions, tools } = await catalogue;

    const createServer = () => {
      const server = new Server(serverInfo, { capabilities: { tools: {} }, instructions });
      server.setRequestHandler('tools/list', () => ({ tools }));
      server.setRequestHandler('tools/call', async ({ params }) => {
        const action = actions.get(params.name);
        if (!action) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${params.name}.`);
        const outcome = await invoke(action, async () => params.arguments ?? {}, invocation);
        return toToolResult(outcome, invocation);
      });
      return server;
    };
    return toHttpResponse(await serve(await toWebRequest(request), createServer), invocation);
  };
}

async function serve(request: Request, createServer: () => Server): Promise<Response> {
  if (request.method === 'POST' && (await isLegacyRequest(request))) {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = createServer();
    await server.connect(transport);
    try {
      return await transport.handleRequest(request);
    } finally {
      await server.close();
    }
  }
  // The tools never change while the app runs, so there is nothing to subscribe to.
  return createMcpHandler(createServer, { legacy: 'reject', maxSubscriptions: 0 }).fetch(request);
}

/** Clients that name one media type, or none, get JSON all the same. */
async function toWebRequest(request: HttpRequest): Promise<Request> {
  const headers = new Headers(request.headers);
  headers.set('accept', 'application/json, text/event-stream');
  const { method, url } = request;
  return new Request(url, {
    method,
    headers,
    ...(method === 'POST' && { body: withoutCancellations(await request.text()) }),
  });
}

/**
 * Each POST stands alone, so there is nothing of another one to cancel; and who cancels what stands beside it in a batch
 * would wait for its answer for ever.
 */
function withoutCancellations(body: string): string {
  if (!body.trimStart().startsWith('[')) return body;
  try {
    const messages: { method?: unknown }[] = JSON.parse(body);
    return JSON.stringify(messages.filter(message => message?.method !== 'notifications/cancelled'));
  } catch {
    return body;
  }
}

async function toHttpResponse(response: Response, { correlationId }: Invocation): Promise<HttpResponseInit> {
  const headers = Object.fromEntries(response.headers);
  const own = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-correlation-id': correlationId };
  return { status: response.status, headers: { ...headers, ...own }, body: await response.text() };
}

async function loadCatalogue() {
  const loaded = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  return { actions: new Map(loaded.map(action => [action.name, action])), tools: loaded.map(toTool) };
}

function toTool(action: Action): Tool {
  const { name, title, description, access } = action;
  return {
    name,
    title,
    description,
    inputSchema: inputSchema(action),
    outputSchema: outputSchema(action),
    annotations: { title, ...(access === 'read' ? readHints : writeHints(name)), openWorldHint: true },
  };
}

const readHints = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };

/** What adds to what is there harms nothing, and adds again when it is repeated; a change is the reverse. */
function writeHints(name: string) {
  const adds = /^(add|create|link|log)[A-Z]/.test(name);
  return { readOnlyHint: false, destructiveHint: !adds, idempotentHint: !adds };
}

function toToolResult(outcome: Outcome, { correlationId }: Invocation): CallToolResult {
  if (outcome.ok) return { content: [{ type: 'text', text: outcome.body }], structuredContent: outcome.output };
  const error = toInlineError(outcome.failure, correlationId);
  return { content: [{ type: 'text', text: JSON.stringify(error) }], isError: true };
}
