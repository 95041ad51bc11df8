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
import type { FunctionMetadata, RpcHttpRequest, RpcHttpResponse, RpcTraceContext } from './rpc.ts';
import { type App, loadApp } from './worker.ts';

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
  /** Is told of each request that is answered, but for those of `otherwise`. The log has then no lines around a call. */
  onCall?(call: AnsweredCall): void;
  /** Loads the app of a folder; in this process unless told otherwise. */
  load?(root: string, log: Log): Promise<App>;
}

/** A request, and what was answered. */
export interface AnsweredCall {
  method: string;
  /** With neither query nor origin. */
  path: string;
  /** The function that answered, if one did. */
  name: string | undefined;
  body: Uint8Array | undefined;
  status: number;
  /** What the function answered. */
  answer: RpcHttpResponse | undefined;
  durationMs: number;
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
  /** Those that are served now. */
  readonly functions: ServedFunction[];
  /** Serves the app of another folder, and from then on only that one: calls that run end on the app that they began on. */
  replace(root: string): Promise<void>;
  /** Takes no more requests, and lets running calls end, which functionTimeout bounds. */
  close(): Promise<void>;
}

interface Endpoint {
  target: FunctionMetadata;
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
export async function startHost(options: HostOptions): Promise<Host> {
  const { root, port, log } = options;
  // As Core Tools does: it tells the app that it is not deployed.
  process.env.AZURE_FUNCTIONS_ENVIRONMENT ??= 'Development';
  let served = await loadServed(root, options);
  const leaving = new Set<Promise<void>>();

  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (incoming, response) => {
    const isClosing = () => !server.listening;
    serve(incoming, response, () => served, isClosing, options).catch(error => {
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
    get functions() {
      return served.endpoints.map(({ target, methods, path }) => ({
        name: target.name,
        methods,
        url: `${url}${path}`,
      }));
    },
    async replace(folder) {
      const former = served;
      served = await loadServed(folder, options);
      const left = former.calls
        .ended()
        .then(() => former.app.terminate())
        .catch(error => log('error', describe(error)))
        .finally(() => leaving.delete(left));
      leaving.add(left);
    },
    async close() {
      const { app, calls } = served;
      const closed = new Promise(resolve => server.close(resolve));
      if (calls.count() > 0) log('information', `Waiting for ${calls.count()} running calls. Ctrl-C ends them.`);
      await Promise.all([calls.ended(), ...leaving]);
      const cut = setTimeout(() => server.closeAllConnections(), closingGraceMs);
      server.closeIdleConnections();
      await closed;
      clearTimeout(cut);
      await app.terminate();
    },
  };
}

/** An app, and how the host.json in its folder has it served. */
interface Served {
  app: App;
  endpoints: readonly Endpoint[];
  calls: Calls;
  log: Log;
}

async function loadServed(root: string, { log, load = loadApp }: HostOptions): Promise<Served> {
  const { routePrefix, logLevel, timeoutMs } = await readHostConfig(root);
  const appLog = atLeast(logLevel, log);
  const app = await load(root, appLog);
  const endpoints = app.functions.flatMap(target => toEndpoint(target, routePrefix, log));
  return { app, endpoints, calls: createCalls(timeoutMs, log), log: appLog };
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

function toEndpoint(target: FunctionMetadata, routePrefix: string, log: Log): Endpoint[] {
  const { name, bindings } = target;
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

/** Answers a request as the real host was seen to. */
async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  current: () => Served,
  isClosing: () => boolean,
  { keys = [], otherwise, onCall }: HostOptions,
) {
  const started = performance.now();
  const url = readUrl(incoming);
  const tell = (of: Partial<Pick<AnsweredCall, 'name' | 'body' | 'answer'>> = {}) =>
    onCall?.({
      method: incoming.method ?? '',
      path: url?.pathname ?? '',
      name: of.name,
      body: of.body,
      answer: of.answer,
      status: response.statusCode,
      durationMs: performance.now() - started,
    });
  const refuse = (status: number, name?: string) => {
    answerEmpty(response, status);
    tell({ ...(name !== undefined && { name }) });
  };

  const refused = refusedByServer(incoming);
  if (refused === 414) {
    answerTooLong(response, incoming);
    return tell();
  }
  if (refused) return refuse(refused);
  const first = url && findEndpoint(current().endpoints, incoming.method, url.pathname);
  if (!first) {
    if (url && (await otherwise?.(incoming, response, url))) return;
    return refuse(404);
  }
  if (!hasReadablePrincipal(incoming)) return refuse(500);
  if (first.endpoint.needsKey && keys.length > 0 && !keys.includes(presentedKey(incoming, url))) {
    return refuse(401, first.endpoint.target.name);
  }
  const body = await readBody(incoming);
  if (body === 'too large') {
    response.shouldKeepAlive = false;
    return refuse(500);
  }

  // While the body came in, the app may have been replaced.
  const served = current();
  const { app, calls, log } = served;
  const found = findEndpoint(served.endpoints, incoming.method, url.pathname);
  if (!found) return refuse(404);
  const { endpoint, params } = found;
  const invocationId = randomUUID();
  const { name } = endpoint.target;
  if (!onCall) log('information', `Executing 'Functions.${name}' (Id=${invocationId})`);
  const invoked = performance.now();
  const logEnd = (outcome: string) => {
    if (onCall) return;
    const duration = Math.round(performance.now() - invoked);
    log('information', `Executed 'Functions.${name}' (${outcome}, Id=${invocationId}, Duration=${duration}ms)`);
  };
  let answer: RpcHttpResponse | undefined;
  try {
    const { triggerName } = endpoint;
    const request = toRpcRequest(incoming, url, params, body);
    const traceContext = toTraceContext(incoming);
    const invocation = { invocationId, triggerName, request, traceContext };
    answer = await calls.run(`Functions.${name}`, () => app.invoke(name, invocation));
    if (isClosing()) response.shouldKeepAlive = false;
    send(response, answer);
    logEnd('Succeeded');
  } catch (error) {
    log('error', describe(error));
    logEnd('Failed');
    answerEmpty(response, 500);
  }
  tell({ name, body, ...(answer && { answer }) });
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
