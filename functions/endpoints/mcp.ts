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
import type { Backend } from '../../shared/action/backend.ts';
import type { Action, Effect } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { namesOf } from '../../shared/action/formerNames.ts';
import { failureResponse, readInvocation, wantsSignIn } from '../../shared/action/http.ts';
import { instructions } from '../../shared/action/instructions.ts';
import type { Invocation, Outcome } from '../../shared/action/invoke.ts';
import { inputSchema, outputSchema, type PlainObject } from '../../shared/action/plainSchema.ts';
import { toFailure, toInlineError } from '../../shared/action/problem.ts';
import { readText } from '../../shared/action/readRequest.ts';
import { whyNotServed } from '../../shared/action/served.ts';
import { sitesOf, withSite } from '../../shared/action/site.ts';
import { Failure } from '../../shared/failure.ts';
import type { Permit } from '../../shared/policy/policy.ts';
import { isConfigured } from '../../shared/settings/config.ts';
import { inCallerMode, readInboundAuth } from '../../shared/settings/inboundAuth.ts';
import { actions as entries } from '../actions.ts';
import { type Refusal, readMessages } from './mcpMessages.ts';
import { decode, type McpPath, toolSelection } from './toolSelection.ts';

/** The build puts package.json's version here. */
const version = process.env.npm_package_version ?? 'unbuilt';

/**
 * `POST /api/mcp` and the paths below it: actions as tools of a Model Context Protocol server, by the same pipeline as
 * over HTTP. Stateless streamable HTTP with JSON answers, for every protocol version that the SDK knows:
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http
 */
export function mcpEndpoint(backend: Backend) {
  const catalogue = loadCatalogue(backend);
  const told = new Map<CatalogueEntry, CatalogueEntry>();
  /** Which of several sites is meant, each tool is told where the callers sign in there. */
  const withSites = (entry: CatalogueEntry, signIn: string | undefined): CatalogueEntry => {
    const system = backend.systems.find(({ name }) => name === signIn);
    const sites = sitesOf(system, backend.config, backend.env);
    if (sites.length === 0) return entry;
    const known = told.get(entry) ?? { ...entry, tool: toTool(withSite(entry.action, sites)) };
    told.set(entry, known);
    return known;
  };

  return async (
    path: McpPath,
    request: HttpRequest,
    context: InvocationContext,
    signIn?: string,
  ): Promise<HttpResponseInit> => {
    const invocation = { ...readInvocation(request, context, signIn), isMcp: true };
    let permit: Permit;
    try {
      if (signIn === undefined) refuseUnchecked(path, backend);
      permit = (await backend.identify(invocation)).permit;
    } catch (error) {
      return failureResponse(toFailure(error, invocation.correlationId), invocation);
    }
    const isSelected = toolSelection(path, request.headers);
    const tools = (await catalogue)
      .filter(({ action }) => isSelected(action) && permit.allows(action))
      .filter(({ action }) => whyNotServed(action, signIn, backend.env) === undefined)
      .map(entry => withSites(entry, signIn));
    const refusals: Failure[] = [];

    const createServer = () => {
      const server = new Server(serverInfo(systemsOf(tools, backend.systems)), {
        capabilities: { tools: {} },
        instructions: instructions(systemsOf(tools, backend.systems)),
      });
      server.setRequestHandler('tools/list', () => ({ tools: tools.map(({ tool }) => tool) }));
      server.setRequestHandler('tools/call', async ({ params }) => {
        const called = tools.find(({ action }) => namesOf(action).includes(params.name));
        if (!called) {
          const name = backend.redact(params.name, invocation.presented);
          throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${name}.`);
        }
        backend.preparation.begin(called.action.uses.map(({ name }) => name));
        const outcome = await backend.invoke(called.action, async () => params.arguments ?? {}, invocation);
        if (!outcome.ok && wantsSignIn(outcome.failure, invocation)) refusals.push(outcome.failure);
        return toToolResult(outcome, invocation);
      });
      return server;
    };
    if (request.method !== 'POST') {
      return toHttpResponse(await serve(toWebRequest(request), createServer), invocation);
    }
    const { body, refusal } = await readBody(request);
    if (refusal) {
      const message = backend.redact(refusal.message, invocation.presented);
      return toHttpResponse(toErrorResponse({ ...refusal, message }), invocation);
    }
    const response = await serve(toWebRequest(request, body), createServer);
    // Whoever keeps the caller's tokens renews one where it sees the status itself.
    const [signInRefused] = refusals;
    return signInRefused ? failureResponse(signInRefused, invocation) : toHttpResponse(response, invocation);
  };
}

/**
 * Where the platform checks tokens, paths that begin as those do where callers sign in at a vendor may be ones that it lets
 * through unchecked, with whatever they say of the caller.
 * @throws Failure `forbidden`
 */
function refuseUnchecked({ toolsets = '' }: McpPath, { systems, env }: Backend): void {
  if (readInboundAuth(env.INBOUND_AUTH) !== 'entra') return;
  const asked = decode(toolsets).trim().toLowerCase();
  const begins = (system: System) => Object.keys(system.toolsets).some(toolset => asked.startsWith(toolset));
  const system = systems.find(each => inCallerMode(each.callersSignIn, env) && begins(each));
  if (!system) return;
  throw new Failure(
    'forbidden',
    `Users sign in at ${system.title} themselves, so its tools are not served together with others. Ask for toolsets of ${system.title} alone, or leave them out.`,
  );
}

interface CatalogueEntry {
  action: Action;
  tool: Tool;
}

/** The actions of systems that are configured. */
async function loadCatalogue({ env }: Backend): Promise<CatalogueEntry[]> {
  const actions = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  return actions
    .filter(({ uses }) => uses.every(system => isConfigured(system, env)))
    .map(action => ({ action, tool: toTool(action) }));
}

/** Those that the tools belong to: one that a tool only uses may have no tool here that its advice is about. */
function systemsOf(tools: readonly CatalogueEntry[], systems: readonly System[]) {
  return systems.filter(({ name }) => tools.some(({ action }) => action.system === name));
}

function serverInfo(systems: readonly System[]) {
  const titles = systems.map(({ title }) => title);
  return { name: 'copilot-connector-backend', title: titles.join(' and ') || 'No tools', version };
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
function toWebRequest({ method, url, headers: given }: HttpRequest, body?: string): Request {
  const headers = new Headers(given);
  headers.set('accept', 'application/json, text/event-stream');
  return new Request(url, { method, headers, ...(body !== undefined && { body }) });
}

async function readBody(request: HttpRequest): Promise<ReturnType<typeof readMessages>> {
  try {
    return readMessages(await readText(request));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { refusal: { status: 400, code: ProtocolErrorCode.ParseError, message: error.message, id: null } };
  }
}

function toErrorResponse({ status, code, message, id }: Refusal): Response {
  return Response.json({ jsonrpc: '2.0', id, error: { code, message } }, { status });
}

async function toHttpResponse(response: Response, { correlationId }: Invocation): Promise<HttpResponseInit> {
  const headers = Object.fromEntries(response.headers);
  const own = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-correlation-id': correlationId };
  return { status: response.status, headers: { ...headers, ...own }, body: await response.text() };
}

function toTool(action: Action): Tool {
  const { name, title, description, effect, idempotent } = action;
  return {
    name,
    title,
    description,
    inputSchema: withoutLengths(inputSchema(action)),
    outputSchema: outputSchema(action),
    annotations: hints(effect, idempotent),
  };
}

/** How long a text may be is of no use to a model, and would be a tenth of every list of tools: who gives more is told. */
function withoutLengths({ properties, ...schema }: PlainObject): PlainObject {
  const shorter = Object.entries(properties).map(([name, { maxLength: _, ...input }]) => [name, input]);
  return { ...schema, properties: Object.fromEntries(shorter) };
}

/**
 * What is not the default, and means something: a read is neither destructive nor idempotent, and all reach out to others.
 * https://modelcontextprotocol.io/specification/2025-11-25/schema#toolannotations
 */
function hints(effect: Effect | undefined, idempotent: boolean) {
  if (effect === undefined) return { readOnlyHint: true };
  return { readOnlyHint: false, destructiveHint: effect !== 'adds', idempotentHint: idempotent };
}

function toToolResult(outcome: Outcome, { correlationId }: Invocation): CallToolResult {
  if (outcome.ok) {
    const { body, image, output } = outcome;
    const shown = image ? [{ type: 'image' as const, data: image.base64, mimeType: image.mimeType }] : [];
    return { content: [{ type: 'text', text: body }, ...shown], structuredContent: output };
  }
  const { errors, ...error } = toInlineError(outcome.failure, correlationId).error;
  // The message mostly tells of every input what is wrong with it, and a model reads each word.
  const isTold = (message: string) => error.message.includes(message);
  const wrong = errors?.map(({ field, message }) => (isTold(message) ? { field } : { field, message }));
  const told = { error: { ...error, ...(wrong && { errors: wrong }) } };
  return { content: [{ type: 'text', text: JSON.stringify(told) }], isError: true };
}
