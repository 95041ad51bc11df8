import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import type { UpstreamRequest } from '../../../shared/upstream/http.ts';
import { createUpstream, type Upstream } from '../../../shared/upstream/upstream.ts';
import { testCall } from './testCall.ts';

let server: SandboxServer;
let upstream: Upstream;
let answering = (): { json?: unknown; text?: string } | Promise<{ json?: unknown }> => ({ json: { ok: true } });

beforeEach(async () => {
  server = await startSandboxServer(() => answering());
  upstream = createUpstream('Acme');
  answering = () => ({ json: { ok: true } });
});
afterEach(() => server.close());

const read = (): UpstreamRequest => ({ method: 'GET', url: `${server.url}/thing`, headers: {}, safe: true });
const write = (): UpstreamRequest => ({
  method: 'POST',
  url: `${server.url}/thing`,
  headers: {},
  body: '{}',
  safe: false,
});

describe('a write', () => {
  it.each(['before', 'after', 'midBody'] as const)(
    'is sent once, and reported as unconfirmed, when the connection breaks (%s)',
    async reset => {
      server.fail({ reset });
      const call = testCall();
      await expect(upstream.send(write(), call)).rejects.toMatchObject({
        code: 'upstream_timeout',
        retryable: false,
        message: expect.stringContaining('Check with a lookup'),
      });
      expect(server.requests).toHaveLength(1);
      expect(call.usage).toMatchObject({ requests: 1, writes: 1 });
    },
  );

  it('is sent once when its answer does not come', async () => {
    server.fail({ hang: true });
    await expect(upstream.send(write(), testCall(300))).rejects.toMatchObject({
      code: 'upstream_timeout',
      retryable: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is not repeated after a 503 or a 429', async () => {
    server.fail({ status: 503 });
    await expect(upstream.send(write(), testCall())).rejects.toMatchObject({
      code: 'upstream_error',
      retryable: false,
    });
    server.fail({ status: 429, headers: { 'retry-after': '0' } });
    await expect(upstream.send(write(), testCall())).rejects.toMatchObject({ code: 'rate_limited', retryable: true });
    expect(server.requests).toHaveLength(2);
  });

  it('that could not be sent at all may be tried again', async () => {
    await server.close();
    await expect(upstream.send(write(), testCall())).rejects.toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
    });
    server = await startSandboxServer(() => answering());
  });
});

describe('a read', () => {
  it('is tried three times', async () => {
    server.fail({ status: 503, times: 5 });
    await expect(upstream.send(read(), testCall())).rejects.toMatchObject({ code: 'upstream_error' });
    expect(server.requests).toHaveLength(3);
  });

  it('that hangs leaves time for a second try', async () => {
    server.fail({ hang: true });
    await expect(upstream.send(read(), testCall(1_500))).resolves.toMatchObject({ status: 200 });
    expect(server.requests).toHaveLength(2);
  });

  it('is not started when no time is left for it', async () => {
    await expect(upstream.send(read(), testCall(10))).rejects.toMatchObject({ code: 'upstream_timeout' });
    expect(server.requests).toHaveLength(0);
  });

  it.each([429, 503])('waits as long as a %i says', async status => {
    server.fail({ status, headers: { 'retry-after': '1' } });
    const startedAt = Date.now();
    await upstream.send(read(), testCall());
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('is not retried when a 503 wants to be left alone for longer than there is time', async () => {
    server.fail({ status: 503, headers: { 'retry-after': '60' } });
    await expect(upstream.send(read(), testCall())).rejects.toMatchObject({
      code: 'upstream_error',
      retryAfterSeconds: 60,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is not retried when Retry-After goes past the deadline', async () => {
    server.fail({ status: 429, headers: { 'retry-after': '30' } });
    await expect(upstream.send(read(), testCall())).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 30,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('of more than 20 MB is refused before it is all in memory', async () => {
    answering = () => ({ text: 'x'.repeat(21 * 1024 * 1024) });
    await expect(upstream.send(read(), testCall())).rejects.toMatchObject({ code: 'upstream_error', retryable: false });
    expect(server.requests).toHaveLength(1);
  });
});

it('at most 64 requests are under way at once, and the others wait for a place', async () => {
  let open = 0;
  let most = 0;
  answering = async () => {
    open += 1;
    most = Math.max(most, open);
    await new Promise(resolve => setTimeout(resolve, 20));
    open -= 1;
    return { json: {} };
  };
  const answers = await Promise.all(Array.from({ length: 200 }, () => upstream.send(read(), testCall())));
  expect(answers).toHaveLength(200);
  expect(most).toBeLessThanOrEqual(64);
  expect(most).toBeGreaterThan(32);
});
