import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../functions/everySystem.ts';
import { fillWithSandboxes } from '../../tools/sandboxes.ts';
import { sandboxUser } from '../../tools/sandboxUser.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { request } from '../support/request.ts';
import { sandboxedActions } from '../support/sandboxedActions.ts';

const TIMEOUT_MS = 3_000;

/**
 * Without those that are planned first: these tell the outcome of each item. And without the answer to an approval, which the
 * person of the sandboxes has given before, so that nothing is written.
 */
const writes = sandboxedActions.filter(
  ({ access, planned, name }) => access === 'write' && !planned && name !== 'answerRequestApproval',
);
/** Requests that change nothing though their method says so. */
const reads =
  /\/(search|jql|approximate-count|bulkfetch|bulk|comment\/list|composite(?!\/graph)|parameterizedSearch|token)\b/;

/** What is told of a write that was made, and of which the rest is not known or not done. */
const saysWhatIsOpen = /The change was made, but|could not be read|did not confirm|got no (?:comment|link)/;

/** How the requests of a call go wrong once its write is confirmed, which takes `writeMs`. */
type Fault = { writeMs?: number } & ({ status: number; body: string } | { hang: true } | { reset: true });

/** By correlation ID. */
const planned = new Map<string, Fault>();
const struck = new Map<string, Fault>();
/** The calls that asked for something once their write was confirmed. */
const met = new Set<string>();

/** Stands before a vendor's sandbox. */
interface Front {
  server: Server;
  url: string;
  /** The sandbox. */
  target: string;
}

const fronts: Front[] = [];
let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let app: RunningApp;

async function startFront(target: string): Promise<Front> {
  const server = createServer((incoming, response) => void answer(incoming, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const front: Front = { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, target };

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const id = String(headers['x-correlation-id']);
    // Calls share a sign-in, and the next one's write is still to be confirmed.
    const fault = url.includes('/oauth') ? undefined : struck.get(id);
    if (fault) {
      met.add(id);
      if ('reset' in fault) incoming.socket.destroy();
      else if ('status' in fault) response.writeHead(fault.status).end(fault.body);
      return;
    }
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...others } = headers;
    const reply = await fetch(front.target + url, {
      method,
      headers: Object.entries(others).map(([name, value]): [string, string] => [name, String(value)]),
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const body = (await reply.text()).replaceAll(front.target, front.url);
    const next = planned.get(id);
    if (next && reply.ok && method !== 'GET' && !reads.test(url)) {
      struck.set(id, next);
      await delay(next.writeMs ?? 0);
    }
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(body);
  };
  return front;
}

beforeAll(async () => {
  const env: Record<string, string> = { ACTION_TIMEOUT_MS: String(TIMEOUT_MS), ...sandboxUser.settings };
  sandboxes = await fillWithSandboxes(systems, env);
  for (const { url } of sandboxes.backings) {
    if (!url) continue;
    const front = await startFront(url);
    fronts.push(front);
    for (const [name, value] of Object.entries(env)) env[name] = value.replace(url, front.url);
  }
  app = await startApp({ env });
  // Loads the code, and what is kept of the vendors' metadata.
  for (const { name } of writes) await write(name, 'first');
}, 60_000);
afterAll(async () => {
  await app.stop();
  await sandboxes.close();
  for (const { server } of fronts) {
    server.closeAllConnections();
    server.close();
  }
});

/** A case that is linked at the same time has its issue, so no other may be made from it meanwhile. */
const ofItsOwn: Readonly<Record<string, object>> = { linkCaseToIssue: { record: '00001002' } };

async function write(name: string, correlationId: string) {
  const action = writes.find(action => action.name === name);
  const { status, body } = await request<Record<string, unknown>>(`${app.url}/api/${action?.system}/${name}`, {
    json: { ...action?.example, ...ofItsOwn[name], ...(action?.effect === 'adds' && { repeat: true }) },
    headers: { ...sandboxUser.headers, 'x-correlation-id': correlationId },
  });
  return { status, body };
}

describe.each<[string, Fault]>([
  ['is never answered', { hang: true }],
  ['is never answered, after a write that took most of the time', { hang: true, writeMs: 0.6 * TIMEOUT_MS }],
  ['fails, after a write that took nearly all of the time', { status: 503, body: '', writeMs: 0.8 * TIMEOUT_MS }],
  ['is reset', { reset: true }],
  ['is answered by 500', { status: 500, body: '{}' }],
  ['is answered by 429', { status: 429, body: '{}' }],
  ['is answered by 404', { status: 404, body: '{}' }],
  ['is refused for our credentials', { status: 401, body: '{}' }],
  ['is answered by HTML', { status: 200, body: '<html>' }],
  ['is answered by other JSON', { status: 200, body: '[{"a":[]}]' }],
])('when what follows a confirmed write %s', (what, fault) => {
  beforeAll(async () => {
    // Nothing of what an earlier test wrote stands in the way.
    await sandboxes.close();
    sandboxes = await fillWithSandboxes(systems, {});
    const urls = sandboxes.backings.flatMap(({ url }) => (url ? [url] : []));
    for (const [at, front] of fronts.entries()) front.target = urls[at] ?? '';
  });

  it.concurrent.each(writes.map(({ name }) => name))('%s says that it was done', async name => {
    const id = `${name}-${what.replace(/\W+/g, '-')}`;
    planned.set(id, fault);
    const { status, body } = await write(name, id);
    expect({ status, code: body.code, struck: struck.has(id) }).toEqual({ status: 200, code: undefined, struck: true });
    // The answer to this one has what was written.
    const hasItAll = name === 'updateIssue' || !met.has(id);
    expect(saysWhatIsOpen.test(String(body.note))).toBe(!hasItAll);
  });
});
