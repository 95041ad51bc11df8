import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { Failure } from '../../shared/failure.ts';
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
  /** Lets running requests end for half a second, then cuts them. */
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

/** The platform's own limit: https://learn.microsoft.com/azure/azure-functions/functions-app-settings#functions_request_body_size_limit */
const maxBodyBytes = 104_857_600;
const closingGraceMs = 500;
/** Kestrel's, that the real host serves with; Node's own 5 s lets a client meet a connection that is just closing. */
const keepAliveMs = 130_000;

/**
 * Does what `func start` does, for machines without Core Tools: loads the app in `root` into this process and serves
 * its HTTP functions on loopback, with the platform's own answers for what is not found, not allowed or has failed.
 * The app reads the environment while it loads, so set that first. Throws `misconfigured` with a sentence to show.
 */
export async function startHost({ root, port, keys = [], log }: HostOptions): Promise<Host> {
  const { routePrefix, logLevel } = await readHostConfig(root);
  const appLog = atLeast(logLevel, log);
  const app = await loadApp(root, appLog);
  const endpoints = app.functions.flatMap(target => toEndpoint(target, routePrefix, log));
  endpoints.sort((a, b) => (a.route.rank < b.route.rank ? -1 : 1));

  const server = createServer((incoming, response) => {
    serve(incoming, response, { app, endpoints, keys, log: appLog }).catch(error => {
      log('error', describe(error));
      response.destroy();
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(explainListenError(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;

  return {
    url,
    functions: app.functions.flatMap(target => {
      const endpoint = endpoints.find(candidate => candidate.target === target);
      return endpoint ? [{ name: target.metadata.name, methods: endpoint.methods, url: `${url}${endpoint.path}` }] : [];
    }),
    async close() {
      const cut = setTimeout(() => server.closeAllConnections(), closingGraceMs);
      await new Promise(resolve => server.close(resolve));
      clearTimeout(cut);
      await app.terminate();
    },
  };
}

const hostConfigSchema = z.object({
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
  return { routePrefix: data.extensions.http.routePrefix, logLevel: data.logging.logLevel.default };
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
  log: Log;
}

async function serve(incoming: IncomingMessage, response: ServerResponse, { app, endpoints, keys, log }: Serving) {
  const { host, origin } = incoming.headers;
  if (!isOwnName(host) || (origin !== undefined && !isOwnOrigin(origin))) {
    response.writeHead(403, { 'content-type': 'text/plain' });
    return response.end('This host answers only to localhost.');
  }
  const target = incoming.url ?? '/';
  const url = target.startsWith('/') ? URL.parse(`http://${host}${target}`) : null;
  const found = url && findEndpoint(endpoints, incoming.method, url.pathname);
  if (!found) return answerEmpty(response, 404);
  const { endpoint, params } = found;
  if (endpoint.needsKey && keys.length > 0 && !presentedKeys(incoming, url).some(key => keys.includes(key))) {
    return answerEmpty(response, 401);
  }
  const body = await readBody(incoming);
  if (body === 'too large') {
    response.shouldKeepAlive = false;
    return answerEmpty(response, 413);
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
    const answer = await app.invoke(endpoint.target, { invocationId, triggerName, request, traceContext });
    send(response, answer);
    logEnd('Succeeded');
  } catch (error) {
    log('error', describe(error));
    logEnd('Failed');
    answerEmpty(response, 500);
  }
}

const ownNames = ['localhost', '127.0.0.1', '[::1]'];

/** A page of another site reaches this host by letting its own name resolve to 127.0.0.1; its name gives it away. */
function isOwnName(authority: string | undefined): boolean {
  return authority !== undefined && ownNames.includes(authority.replace(/:\d+$/, '').toLowerCase());
}

function isOwnOrigin(origin: string): boolean {
  return isOwnName(URL.parse(origin)?.host);
}

function findEndpoint(endpoints: readonly Endpoint[], method: string | undefined, path: string) {
  for (const endpoint of endpoints) {
    const params = endpoint.methods.includes(method ?? '') ? endpoint.route.match(path) : undefined;
    if (params) return { endpoint, params };
  }
  return undefined;
}

function presentedKeys(incoming: IncomingMessage, url: URL): string[] {
  const code = [...url.searchParams].find(([name]) => name.toLowerCase() === 'code')?.[1];
  return [incoming.headers['x-functions-key'], code].flatMap(key => key ?? []);
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
  for (const cookie of answer.cookies) response.appendHeader('set-cookie', toSetCookie(cookie));
  response.statusCode = Number(answer.statusCode);
  response.end(answer.body?.bytes ?? answer.body?.string ?? '');
}

function toSetCookie(cookie: RpcHttpResponse['cookies'][number]): string {
  const { domain, path, expires, maxAge, secure, httpOnly, sameSite = 'none' } = cookie;
  const attributes = [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    expires?.value && `Expires=${new Date(expires.value.seconds * 1000).toUTCString()}`,
    typeof maxAge?.value === 'number' && `Max-Age=${maxAge.value}`,
    domain?.value && `Domain=${domain.value}`,
    path?.value && `Path=${path.value}`,
    secure?.value && 'Secure',
    sameSite !== 'none' && `SameSite=${{ lax: 'Lax', strict: 'Strict', explicitNone: 'None' }[sameSite]}`,
    httpOnly?.value && 'HttpOnly',
  ];
  return attributes.filter(Boolean).join('; ');
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
