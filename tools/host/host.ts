import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { Failure } from '../../shared/failure.ts';
import { type Calls, createCalls } from './calls.ts';
import { functionTimeout } from './functionTimeout.ts';
import { atLeast, type Log } from './log.ts';
import { parseRoute, type Route } from './route.ts';
import type { RpcHttpRequest, RpcHttpResponse, RpcTraceContext } from './rpc.ts';
import { type App, loadApp, type RegisteredFunction } from './worker.ts';

export interface HostOptions {
  /** The folder with the app's host.json and package.json. */
  root: string;
  /** 0 takes a free one. */
  port: number;
  /** With keys, functions of level `function` or `admin` want one of them, as when deployed. `func start` asks for none. */
  keys?: readonly string[];
  log: Log;
  /** Answers what is at no function's address, where it is its own. */
  otherwise?(incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>;
}

export interface ServedFunction {
  name: string;
  /** In upper case. */
  methods: string[];
  /** With the route's parameters as they are declared: `http://localhost:7071/api/orders/{id}`. */
  url: string;
}

export interface Host {
  /** `http://localhost:<port>` */
  url: string;
  functions: ServedFunction[];
  /** Takes no more requests, and lets running calls end, which functionTimeout bounds. */
  close(): Promise<void>;
}

interface Endpoint {
  target: RegisteredFunction;
  triggerName: string;
  methods: string[];
  needsKey: boolean;
  path: string;
  route: Route;
}

/** The longest request line that Kestrel reads, which is the server of the real host. */
const maxRequestLineBytes = 8192;
/** Enough for Node to read a longer line, so that it is answered here. */
const maxHeaderBytes = 65_536;
/** The platform's own limit: https://learn.microsoft.com/azure/azure-functions/functions-app-settings#functions_request_body_size_limit */
const maxBodyBytes = 104_857_600;
/** How long requests that have not come in whole keep the host from closing. */
const closingGraceMs = 500;
/** Kestrel's. After Node's own 5 s, a client can send a request on a connection that is being closed. */
const keepAliveMs = 130_000;
/** Connections that wait to be taken. After Node's own 511, thousands of calls at once are reset on a machine with much else to do. */
const backlog = 4096;

/**
 * Does what `func start` does, for machines without Core Tools: loads the app in `root` into this process and serves
 * its HTTP functions on loopback, with the platform's own answers for what is not found, not allowed or has failed.
 * The app reads the environment while it loads, so set that first. Throws `misconfigured` with a sentence to show.
 */
export async function startHost({ root, port, keys = [], log, otherwise }: HostOptions): Promise<Host> {
  const { routePrefix, logLevel, timeoutMs } = await readHostConfig(root);
  const appLog = atLeast(logLevel, log);
  // As Core Tools does: it tells the app that it is not deployed.
  process.env.AZURE_FUNCTIONS_ENVIRONMENT ??= 'Development';
  const app = await loadApp(root, appLog);
  const endpoints = app.functions.flatMap(target => toEndpoint(target, routePrefix, log));
  const calls = createCalls(timeoutMs, log);

  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (incoming, response) => {
    const isClosing = () => !server.listening;
    serve(incoming, response, { app, endpoints, keys, calls, isClosing, log: appLog, otherwise }).catch(error => {
      log('error', describe(error));
      response.destroy();
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainListenError(error, port)));
    server.listen({ port, host: '127.0.0.1', backlog }, resolve);
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;

  return {
    url,
    functions: app.functions.flatMap(target => {
      const endpoint = endpoints.find(candidate => candidate.target === target);
      return endpoint ? [{ name: target.metadata.name, methods: endpoint.methods, url: `${url}${endpoint.path}` }] : [];
    }),
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      if (calls.count() > 0) log('information', `Waiting for ${calls.count()} running calls. Ctrl-C ends them.`);
      await calls.ended();
      const cut = setTimeout(() => server.closeAllConnections(), closingGraceMs);
      server.closeIdleConnections();
      await closed;
      clearTimeout(cut);
      await app.terminate();
    },
  };
}

const hostConfigSchema = z.object({
  functionTimeout: functionTimeout.prefault('00:30:00'),
  extensions: z.object({ http: z.object({ routePrefix: z.string().default('api') }).prefault({}) }).prefault({}),
  logging: z
    .object({
      logLevel: z
        .object({
          default: z
            .string()
            .toLowerCase()
            .pipe(z.enum(['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none']))
            .default('information'),
        })
        .prefault({}),
    })
    .prefault({}),
});

async function readHostConfig(root: string) {
  const path = join(root, 'host.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Failure('misconfigured', `There is no ${path}. A function app needs one.`);
  });
  const { success, data, error } = hostConfigSchema.safeParse(JSON.parse(text));
  if (!success) throw new Failure('misconfigured', `${path} is not right: ${z.prettifyError(error)}`);
  return {
    routePrefix: data.extensions.http.routePrefix,
    logLevel: data.logging.logLevel.default,
    timeoutMs: data.functionTimeout,
  };
}

const httpTriggerSchema = z.object({
  type: z.string().regex(/^httpTrigger$/i),
  methods: z.array(z.string().toUpperCase()),
  authLevel: z.enum(['anonymous', 'function', 'admin']),
  route: z.string().optional(),
});

function toEndpoint(target: RegisteredFunction, routePrefix: string, log: Log): Endpoint[] {
  const { name, bindings } = target.metadata;
  for (const [triggerName, binding] of Object.entries(bindings)) {
    const { success, data } = httpTriggerSchema.safeParse(binding);
    if (!success) continue;
    const path = `/${[routePrefix, data.route ?? name].filter(Boolean).join('/')}`;
    const { methods, authLevel } = data;
    return [{ target, triggerName, methods, needsKey: authLevel !== 'anonymous', path, route: parseRoute(path) }];
  }
  log('warning', `${name} is not called over HTTP, so the local host does not run it.`);
  return [];
}

interface Serving {
  app: App;
  endpoints: readonly Endpoint[];
  keys: readonly string[];
  calls: Calls;
  isClosing(): boolean;
  log: Log;
  otherwise: HostOptions['otherwise'];
}

/** Answers a request as the real host was seen to. */
async function serve(incoming: IncomingMessage, response: ServerResponse, serving: Serving) {
  const { app, endpoints, keys, calls, isClosing, log, otherwise } = serving;
  const refused = refusedByServer(incoming);
  if (refused === 414) return answerTooLong(response, incoming);
  if (refused) return answerEmpty(response, refused);
  const url = readUrl(incoming);
  const found = url && findEndpoint(endpoints, incoming.method, url.pathname);
  if (!found) {
    if (url && (await otherwise?.(incoming, response, url))) return;
    return answerEmpty(response, 404);
  }
  const { endpoint, params } = found;
  if (!hasReadablePrincipal(incoming)) return answerEmpty(response, 500);
  if (endpoint.needsKey && keys.length > 0 && !keys.includes(presentedKey(incoming, url))) {
    return answerEmpty(response, 401);
  }
  const body = await readBody(incoming);
  if (body === 'too large') {
    response.shouldKeepAlive = false;
    return answerEmpty(response, 500);
  }

  const invocationId = randomUUID();
  const { name } = endpoint.target.metadata;
  log('information', `Executing 'Functions.${name}' (Id=${invocationId})`);
  const started = performance.now();
  const logEnd = (outcome: string) => {
    const duration = Math.round(performance.now() - started);
    log('information', `Executed 'Functions.${name}' (${outcome}, Id=${invocationId}, Duration=${duration}ms)`);
  };
  try {
    const { triggerName } = endpoint;
    const request = toRpcRequest(incoming, url, params, body);
    const traceContext = toTraceContext(incoming);
    const invocation = { invocationId, triggerName, request, traceContext };
    const answer = await calls.run(`Functions.${name}`, () => app.invoke(endpoint.target, invocation));
    if (isClosing()) response.shouldKeepAlive = false;
    send(response, answer);
    logEnd('Succeeded');
  } catch (error) {
    log('error', describe(error));
    logEnd('Failed');
    answerEmpty(response, 500);
  }
}

/** A name or an address, and perhaps a port. */
const hostForm = /^([\w.-]+|\[[0-9a-f:.]+\])(:\d+)?$/i;

/** The status of a request that Kestrel answers before the host sees it. */
function refusedByServer({ method, url = '', headersDistinct }: IncomingMessage): number | undefined {
  if (requestLineBytes(method, url) > maxRequestLineBytes) return 414;
  const [host = '', ...others] = headersDistinct.host ?? [];
  if (!hostForm.test(host) || others.length > 0 || url.includes('%00') || url.includes('#')) return 400;
  return undefined;
}

/** Azure says nothing of it. Whoever develops here is told what to change. */
function answerTooLong(response: ServerResponse, { method, url = '' }: IncomingMessage) {
  const parameters = url.slice(url.indexOf('?') + 1).split('&');
  const [longest = ''] = parameters.toSorted((one, other) => other.length - one.length);
  const name = longest.split('=', 1)[0]?.slice(0, 100);
  response.writeHead(414, { 'content-type': 'text/plain' });
  response.end(
    `This request line has ${requestLineBytes(method, url)} bytes, and Azure takes ${maxRequestLineBytes}: there, the answer is an empty 414. Shorten the longest parameter: ${name}, with ${longest.length}.`,
  );
}

function requestLineBytes(method: string | undefined, url: string): number {
  return Buffer.byteLength(`${method} ${url} HTTP/1.1\r\n`);
}

/** Nothing for a target that is no path, and for a path with a backslash, which a URL's parser takes for a slash. */
function readUrl({ url: target = '', headers }: IncomingMessage): URL | null {
  const [path = ''] = target.split('?');
  return path.startsWith('/') && !path.includes('\\') ? URL.parse(`http://${headers.host}${target}`) : null;
}

/** The real host decodes the caller's principal itself, and fails where it is not base64. What it holds is the app's matter. */
function hasReadablePrincipal({ headers }: IncomingMessage): boolean {
  const principal = String(headers['x-ms-client-principal'] ?? '').replace(/\s/g, '');
  return principal.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(principal);
}

function findEndpoint(endpoints: readonly Endpoint[], method: string | undefined, path: string) {
  for (const endpoint of endpoints) {
    const params = endpoint.methods.includes(method ?? '') ? endpoint.route(path) : undefined;
    if (params) return { endpoint, params };
  }
  return undefined;
}

/** The key in the header counts even where it is wrong or empty and the one in the query is right. */
function presentedKey(incoming: IncomingMessage, url: URL): string {
  const code = [...url.searchParams].find(([name]) => name.toLowerCase() === 'code')?.[1];
  return String(incoming.headers['x-functions-key'] ?? code ?? '');
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | 'too large'> {
  if (Number(incoming.headers['content-length']) > maxBodyBytes) return 'too large';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length > maxBodyBytes) return 'too large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toRpcRequest(incoming: IncomingMessage, url: URL, params: Record<string, string>, body: Buffer) {
  const request: RpcHttpRequest = {
    method: incoming.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullableMap(
      Object.entries(incoming.headersDistinct).map(([name, all]) => [name, all?.join(', ')]),
    ),
    nullableQuery: nullableMap(joinQuery(url.searchParams)),
    nullableParams: nullableMap(Object.entries(params)),
  };
  if (body.length > 0) request.body = { bytes: body };
  return request;
}

function nullableMap(entries: (readonly [string, string | undefined])[]): Record<string, { value: string }> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value: value ?? '' }]));
}

/** A parameter that is given twice, in whatever case, reaches the function once with its values joined, as in ASP.NET Core. */
function joinQuery(query: URLSearchParams): [string, string][] {
  const joined = new Map<string, [name: string, value: string]>();
  for (const [name, value] of query) {
    const earlier = joined.get(name.toLowerCase());
    joined.set(name.toLowerCase(), earlier ? [earlier[0], `${earlier[1]},${value}`] : [name, value]);
  }
  return [...joined.values()];
}

/** The caller's trace with a span of the host's own, or a new trace. https://www.w3.org/TR/trace-context/#traceparent-header */
function toTraceContext(incoming: IncomingMessage): RpcTraceContext {
  const [, traceId = randomBytes(16).toString('hex'), flags = '00'] =
    /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(String(incoming.headers.traceparent)) ?? [];
  return {
    traceParent: `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`,
    traceState: String(incoming.headers.tracestate ?? ''),
  };
}

function send(response: ServerResponse, answer: RpcHttpResponse | undefined) {
  if (!answer) return answerEmpty(response, 204);
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.statusCode = Number(answer.statusCode);
  response.end(answer.body?.bytes ?? answer.body?.string ?? '');
}

function answerEmpty(response: ServerResponse, status: number) {
  response.statusCode = status;
  response.end();
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function explainListenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Failure('misconfigured', `Port ${port} is in use. Stop what listens there, or set PORT to another one.`);
  }
  return error;
}
