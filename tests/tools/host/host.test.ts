import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Host, startHost } from '../../../tools/host/host.ts';
import { parseRoute } from '../../../tools/host/route.ts';

const root = new URL('fixtures/app', import.meta.url).pathname;
const logged: string[] = [];
let host: Host;

beforeAll(async () => {
  host = await startHost({
    root,
    port: 0,
    keys: ['sesame'],
    log: (level, message) => logged.push(`${level}: ${message}`),
  });
});
afterAll(() => host.close());

const call = (path: string, init?: RequestInit) => fetch(`${host.url}${path}`, init);

const echoSchema = z.object({
  method: z.string(),
  url: z.string(),
  params: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  traceParent: z.string(),
  traceState: z.string(),
});

/** What the fixture's function `echo` saw of a call. */
const callEcho = async (path: string, init?: RequestInit) => echoSchema.parse(await (await call(path, init)).json());

/** A request with headers that `fetch` would not send. */
function callRaw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${host.url}${path}`, { method, headers }, async response => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Sends the lines of a request as they are, which no client would, and gives the status of the answer. */
async function sendLines(...lines: string[]): Promise<number> {
  const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
  socket.end(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]);
}

describe('routes', () => {
  test.each([
    ['/Api/NESTED/X/a/ReadOnly', 'case does not matter, in the prefix either'],
    ['/api/nested/x/a/readonly/', 'a slash at the end does not matter'],
    ['/api/n%65sted/x/a/readonly', 'an encoded letter is the letter'],
  ])('%s reaches its route: %s', async path => {
    expect(await (await call(path)).json()).toEqual({ toolsets: 'a' });
  });

  test.each([
    ['one', { names: 'one' }],
    ['ONE,two,Three', { names: 'ONE,two,Three' }],
    ['one%2Ctwo', { names: 'one,two' }],
    ['three', { others: 'three' }],
    ['one,four', { others: 'one,four' }],
    ['xone', { others: 'xone' }],
  ])('a route with a pattern takes %s as the pattern says, whatever the case', async (names, params) => {
    expect(await (await call(`/api/lists/${names}`)).json()).toEqual(params);
  });

  test.each([
    ['/api/echo/a%2Fb%20c', { name: 'a%2Fb c' }],
    ['/api/echo/%C3%A9t%C3%A9', { name: 'été' }],
    ['/api/echo/100%', { name: '100%' }],
    ['/api/echo/__proto__', { name: '__proto__' }],
  ])('%s gives the parameter as the platform decodes it', async (path, params) => {
    expect((await callEcho(path)).params).toEqual(params);
  });

  test.each(['/{part?}', '/{*rest}', '/v{major}.{minor}'])('the template %s is refused', template => {
    expect(() => parseRoute(template)).toThrow('The local host does not know the route segment');
  });

  test.each([
    '/',
    '/api',
    '/echo/x',
    '/api/nothing',
    '/api/echo',
    '/api/echo/a/b',
    '/apiecho/a',
    '/api//echo/a',
    '//evil/api/echo/a',
    '/api/nested/x//readonly',
    '/admin/functions',
  ])('%s is of no function and answers an empty 404', async path => {
    const response = await call(path);
    expect([response.status, await response.text()]).toEqual([404, '']);
  });

  test.each(['DELETE', 'HEAD', 'OPTIONS', 'PATCH'])(
    '%s that no function registered answers an empty 404 without CORS headers',
    async method => {
      const response = await call('/api/echo/a', { method });
      expect([response.status, await response.text()]).toEqual([404, '']);
      expect([...response.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([]);
    },
  );

  test('the functions are listed as registered, without what HTTP cannot call', () => {
    expect(host.functions[0]).toEqual({
      name: 'echo',
      methods: ['GET', 'POST', 'PUT'],
      url: `${host.url}/Api/echo/{name}`,
    });
    expect(host.functions.map(({ name }) => name)).not.toContain('nightly');
    expect(logged).toContain('warning: nightly is not called over HTTP, so the local host does not run it.');
  });
});

describe('requests', () => {
  test('headers, query and body reach the function', async () => {
    const seen = await callEcho('/api/echo/a?q=1%202&empty=&twice=x&TWICE=y', {
      method: 'POST',
      headers: { 'x-custom': 'value', 'x-empty': '' },
      body: '{"text":"é"}',
    });
    expect(seen).toMatchObject({ method: 'POST', body: '{"text":"é"}', query: { q: '1 2', empty: '', twice: 'x,y' } });
    expect(seen.headers).toMatchObject({ 'x-custom': 'value', 'x-empty': '' });
    expect(seen.url).toBe(`${host.url}/api/echo/a?q=1%202&empty=&twice=x&TWICE=y`);
  });

  test('an empty body is empty text', async () => {
    expect((await callEcho('/api/echo/a', { method: 'POST' })).body).toBe('');
  });

  test('bytes come back as they went', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    const response = await call('/api/echoBytes', { method: 'POST', body: bytes });
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  test('a body over the platform’s limit answers an empty 500 before it is sent', async () => {
    const answer = await callRaw('/api/echoBytes', { 'content-length': '104857601' }, 'POST');
    expect(answer).toEqual({ status: 500, body: '' });
  });

  test.each([
    [`/api/echo/a?q=${'x'.repeat(8_100)}`, 200],
    [`/api/echo/a?q=${'x'.repeat(8_200)}`, 414],
    [`/api/nothing?q=${'x'.repeat(40_000)}`, 414],
    ['/api/echo/a?q=%00', 400],
    ['/api/echo/a?q=a#b', 400],
    ['/api\\echo/a', 404],
    ['/api/echo\\a', 404],
    ['/api/echo/a?q=a\\b', 200],
    ['http://localhost/api/echo/a', 404],
  ])('%.40s answers %i', async (target, status) => {
    expect(await sendLines(`GET ${target} HTTP/1.1`, 'Host: localhost')).toBe(status);
  });

  test.each(['', 'localhost@evil.example.com', 'local host', 'a/b'])('the Host "%s" answers 400', async name => {
    expect(await sendLines('GET /api/echo/a HTTP/1.1', `Host: ${name}`)).toBe(400);
  });

  test('a line that is too long is told apart from what the app refuses, which Azure does not do', async () => {
    const response = await call(`/api/echo/a?short=1&long=${'x'.repeat(8_200)}`);
    expect(await response.text()).toMatch(
      /^This request line has 82\d\d bytes, .*Shorten the longest parameter: long, with 8205\.$/,
    );
  });

  test('two Host headers answer 400', async () => {
    expect(await sendLines('GET /api/echo/a HTTP/1.1', 'Host: localhost', 'Host: localhost')).toBe(400);
  });

  test.each([
    ['no base64!', 500],
    ['abc', 500],
    ['YWJj', 200],
    ['eyJhIjoxfQ==', 200],
    ['', 200],
  ])('the principal header "%s" answers %i', async (principal, status) => {
    const seen = await callRaw('/api/echo/a', { host: 'localhost', 'x-ms-client-principal': principal });
    expect(seen.status).toBe(status);
    if (status === 500) expect(seen.body).toBe('');
  });

  test('the caller’s trace goes on in a new span', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { traceParent, traceState } = await callEcho('/api/echo/a', {
      headers: { traceparent, tracestate: 'vendor=1' },
    });
    expect(traceParent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(traceParent).not.toBe(traceparent);
    expect(traceState).toBe('vendor=1');
  });

  test('without a trace, or with a garbled one, a new trace begins', async () => {
    const { traceParent } = await callEcho('/api/echo/a', { headers: { traceparent: 'garbage' } });
    expect(traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });
});

describe('answers', () => {
  test('status and headers are sent', async () => {
    const response = await call('/api/teapot');
    expect(response.status).toBe(418);
    expect(response.headers.get('x-kind')).toBe('short and stout');
  });

  test('a handler that answers nothing gives 204', async () => {
    expect((await call('/api/silent')).status).toBe(204);
  });

  test('a status without a body has none', async () => {
    const response = await call('/api/notModified');
    expect([response.status, await response.text()]).toEqual([304, '']);
  });

  test('a handler that throws gives an empty 500, and its stack goes to the log', async () => {
    const response = await call('/api/failing');
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(logged.some(line => /^error: Error: the handler broke\n\s+at .*fixtures\/app\/index\.js/.test(line))).toBe(
      true,
    );
  });

  test('hooks run before and after the function', async () => {
    const response = await call('/api/hooked');
    expect([await response.text(), response.headers.get('x-hook')]).toEqual(['before', 'after']);
  });

  test('what the function logs is logged at its level, from the level that host.json asks for', async () => {
    await call('/api/logging');
    const lines = logged.filter(line => /a detail|a message|a warning|an error/.test(line));
    expect(lines).toEqual(["information: a message with { an: 'object' }", 'warning: a warning', 'error: an error']);
  });
});

describe('keys', () => {
  test.each([
    ['no key', {}, '', 401],
    ['a wrong key', { 'x-functions-key': 'guess' }, '?code=guess', 401],
    ['the key in the header', { 'x-functions-key': 'sesame' }, '', 200],
    ['the key in the query', {}, '?code=sesame', 200],
    ['a wrong key in the header and the right one in the query', { 'x-functions-key': 'guess' }, '?code=sesame', 401],
    ['an empty key in the header and the right one in the query', { 'x-functions-key': '' }, '?code=sesame', 401],
    ['the right key in the header and a wrong one in the query', { 'x-functions-key': 'sesame' }, '?code=guess', 200],
  ])('a function of level "function" called with %s', async (_name, headers, query, status) => {
    const response = await call(`/api/guarded${query}`, { headers });
    expect([response.status, await response.text()]).toEqual([status, status === 200 ? 'inside' : '']);
  });

  test('what is not there answers 404 without a key', async () => {
    expect((await call('/api/guarded', { method: 'POST' })).status).toBe(404);
  });

  test('an anonymous function ignores a wrong key', async () => {
    expect((await call('/api/echo/a?code=guess')).status).toBe(200);
  });
});
