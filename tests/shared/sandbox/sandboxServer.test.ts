import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';

let carriedOut: string[];
let server: SandboxServer;

beforeEach(async () => {
  carriedOut = [];
  server = await startSandboxServer(({ path }) => {
    carriedOut.push(path);
    return { json: { path } };
  });
});

afterEach(() => server.close());

const get = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`);
  return { status: answer.status, body: await answer.text(), retryAfter: answer.headers.get('retry-after') };
};

it('answers, and records what was asked and answered', async () => {
  expect((await get('/a%20b?c=d')).body).toBe('{"path":"/a%20b"}');
  expect(server.requests).toMatchObject([{ method: 'GET', path: '/a%20b' }]);
  expect(server.requests[0]?.query.get('c')).toBe('d');
  expect(server.exchanges).toMatchObject([{ status: 200, body: '{"path":"/a%20b"}' }]);
});

it('gives a status, headers and garbage on demand, to as many matching requests as it is told', async () => {
  server.fail({ path: '^/b', status: 503, headers: { 'retry-after': '2' }, body: '<html>{', times: 2 });
  expect((await get('/a')).status).toBe(200);
  expect(await get('/b')).toEqual({ status: 503, body: '<html>{', retryAfter: '2' });
  expect((await get('/b')).status).toBe(503);
  expect((await get('/b')).status).toBe(200);
  expect(carriedOut).toEqual(['/a', '/b']);
});

it('strikes one method only when told so', async () => {
  server.fail({ method: 'POST', status: 500 });
  expect((await get('/a')).status).toBe(200);
  expect((await fetch(`${server.url}/a`, { method: 'POST' })).status).toBe(500);
});

it('cuts the connection before or after a request is carried out, or in the middle of the answer', async () => {
  server.fail({ reset: 'before' });
  await expect(get('/a')).rejects.toThrow();
  expect(carriedOut).toEqual([]);
  server.fail({ reset: 'after' });
  await expect(get('/b')).rejects.toThrow();
  server.fail({ reset: 'midBody' });
  await expect(get('/c')).rejects.toThrow();
  expect(carriedOut).toEqual(['/b', '/c']);
});

it('never answers on demand, and still closes', async () => {
  server.fail({ hang: true });
  const controller = new AbortController();
  const hanging = fetch(`${server.url}/a`, { signal: controller.signal });
  await expect.poll(() => server.requests.length).toBe(1);
  controller.abort();
  await expect(hanging).rejects.toThrow();
});

it('sends an answer byte by byte on demand, whole in the end', async () => {
  server.fail({ dripMs: 1 });
  const answer = await fetch(`${server.url}/a`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body ?? []) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('{"path":"/a"}');
  expect(chunks.length).toBeGreaterThan(1);
});

it('takes faults over HTTP too, and refuses those that it does not know', async () => {
  const post = (fault: unknown) =>
    fetch(`${server.url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(fault) });
  expect((await post({ status: 429, delayMs: 1 })).status).toBe(200);
  expect((await get('/a')).status).toBe(429);
  expect((await post({ explode: true })).status).toBe(400);
  expect(server.requests.map(({ path }) => path)).toEqual(['/a']);
});

it('keeps the last answers only', async () => {
  for (let number = 0; number < 510; number += 1) await get(`/${number}`);
  expect(server.requests).toHaveLength(510);
  expect(server.exchanges).toHaveLength(500);
  expect(server.exchanges.at(-1)?.request.path).toBe('/509');
});
