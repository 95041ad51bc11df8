import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';

/** A request as a vendor's sandbox sees it. */
export interface SandboxRequest {
  method: string;
  /** The path as it was sent, percent-encoding untouched. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: string;
  /** The body of a form, of which a part need not be text. */
  bytes?: Uint8Array;
}

export interface SandboxReply {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as `application/json`. */
  json?: unknown;
  /** Sent as `text/html` unless the headers say otherwise. */
  text?: string;
  /** What is no text: the contents of a file. */
  bytes?: Uint8Array;
}

/** A request and its true answer, as it was carried out. */
export interface SandboxExchange {
  request: SandboxRequest;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Answers are big: a sandbox that runs for days, or under load, must not keep them all. */
const exchangesKept = 500;

const faultSchema = z.strictObject({
  method: z.string().optional().describe('Only requests with this method.'),
  path: z.string().optional().describe('Only paths that match this regular expression.'),
  times: z.number().int().positive().optional().describe('How many requests it strikes; 1 unless told.'),
  delayMs: z.number().nonnegative().optional().describe('Wait before anything else happens.'),
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional().describe('The raw answer: HTML, half a JSON document, nothing.'),
  reset: z
    .enum(['before', 'after', 'midBody'])
    .optional()
    .describe('Cut the connection before, or after, the request is carried out, or in the middle of the answer.'),
  hang: z.boolean().optional().describe('Never answer.'),
  dripMs: z
    .number()
    .positive()
    .optional()
    .describe('Send the true answer byte by byte, with so many milliseconds before each.'),
});

/** What goes wrong with the next matching requests. A delay alone still gives the true answer. */
export type Fault = z.infer<typeof faultSchema>;

export interface SandboxServer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Every request so far, in order of arrival, those that a fault struck too. */
  requests: SandboxRequest[];
  /** The last requests that were carried out, with what was answered; none that a fault answered instead. */
  exchanges: SandboxExchange[];
  /** Lets the next matching requests fail. The same over HTTP: `POST /_sandbox/faults` with the fault as JSON, or `DELETE` for none. */
  fail(fault: Fault): void;
  /** Forgets the faults that have not struck yet. */
  clearFaults(): void;
  /** Puts the data back as they were at the start; credentials stay as they are. The same over HTTP: `POST /_sandbox/reset`. */
  reset(): void;
  close(): Promise<void>;
}

export interface SandboxServerOptions {
  /** 0, the default, takes a free one. */
  port?: number;
}

/** What the sandbox of a vendor does itself. */
interface SandboxWorld extends SandboxServerOptions {
  /** Puts its data back as they were at the start; nothing where no request changes them. */
  reset?: () => void;
}

/** Serves a vendor's API on loopback, records what it is asked, and fails on demand. */
export async function startSandboxServer(
  answer: (request: SandboxRequest) => SandboxReply | Promise<SandboxReply>,
  { port = 0, reset = () => {} }: SandboxWorld = {},
): Promise<SandboxServer> {
  const requests: SandboxRequest[] = [];
  const exchanges: SandboxExchange[] = [];
  const faults: { fault: Fault; left: number }[] = [];

  const fail = (fault: Fault) => {
    faults.push({ fault, left: fault.times ?? 1 });
  };

  const faultFor = (request: SandboxRequest): Fault | undefined => {
    const entry = faults.find(
      ({ fault, left }) =>
        left > 0 &&
        (fault.method === undefined || fault.method === request.method) &&
        (fault.path === undefined || new RegExp(fault.path).test(request.path)),
    );
    if (entry) entry.left -= 1;
    return entry?.fault;
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await read(incoming);
    if (request.path === '/_sandbox/faults' && request.method === 'DELETE') {
      faults.length = 0;
      return send(response, encode({ json: {} }));
    }
    if (request.path === '/_sandbox/reset' && request.method === 'POST') {
      reset();
      return send(response, encode({ json: {} }));
    }
    if (request.path === '/_sandbox/faults' && request.method === 'POST') {
      const fault = faultSchema.safeParse(JSON.parse(request.body));
      if (fault.success) fail(fault.data);
      const reply = fault.success
        ? { json: fault.data }
        : { status: 400, json: { error: z.prettifyError(fault.error) } };
      return send(response, encode(reply));
    }
    requests.push(request);
    const fault = faultFor(request);
    if (fault?.delayMs) await delay(fault.delayMs);
    if (fault?.hang) return;
    if (fault?.reset === 'before') return void incoming.socket.destroy();
    if (fault?.status !== undefined || fault?.body !== undefined) {
      const reply: SandboxReply = { status: fault.status ?? 200, text: fault.body ?? '' };
      return send(response, encode(fault.headers ? { ...reply, headers: fault.headers } : reply));
    }
    const reply = encode(await answer(request));
    const { bytes: _, ...told } = reply;
    exchanges.push({ request, ...told });
    if (exchanges.length > exchangesKept) exchanges.shift();
    if (fault?.reset === 'after') return void incoming.socket.destroy();
    if (fault?.reset === 'midBody') return cut(response, reply);
    if (fault?.dripMs !== undefined) return drip(response, reply, fault.dripMs);
    send(response, reply);
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(error =>
      send(response, encode({ status: 500, text: String(error?.stack ?? error) })),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    exchanges,
    fail,
    clearFaults: () => {
      faults.length = 0;
    },
    reset,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer as it goes out. */
type EncodedReply = Omit<SandboxExchange, 'request'> & Pick<SandboxReply, 'bytes'>;

async function read(incoming: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const bytes = Buffer.concat(chunks);
  const isForm = incoming.headers['content-type']?.startsWith('multipart/form-data') ?? false;
  return {
    ...(isForm && { bytes }),
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: bytes.toString('utf8'),
  };
}

function send(response: ServerResponse, reply: EncodedReply): void {
  const bytes = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(bytes.length) });
  response.end(bytes);
}

function bytesOf({ body, bytes }: EncodedReply): Uint8Array {
  return bytes ?? Buffer.from(body);
}

/** Promises the whole answer, sends half of it, and resets the connection. */
function cut(response: ServerResponse, reply: EncodedReply): void {
  const bytes = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(bytes.length + 1) });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.resetAndDestroy());
}

async function drip(response: ServerResponse, reply: EncodedReply, everyMs: number): Promise<void> {
  const bytes = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(bytes.length) });
  response.flushHeaders();
  for (const byte of bytes) {
    await delay(everyMs);
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
  }
  response.end();
}

function encode({ status = 200, headers = {}, json, text = '', bytes }: SandboxReply): EncodedReply {
  const isJson = json !== undefined;
  return {
    ...(bytes && { bytes }),
    status,
    headers: { 'content-type': isJson ? 'application/json;charset=UTF-8' : 'text/html;charset=UTF-8', ...headers },
    body: isJson ? JSON.stringify(json) : text,
  };
}
