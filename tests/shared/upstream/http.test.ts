import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../../../shared/call.ts';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import type { UpstreamRequest } from '../../../shared/upstream/http.ts';
import { createUpstream, type Upstream } from '../../../shared/upstream/upstream.ts';
import { isCollected } from '../../support/isCollected.ts';
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

it.each([200, 500])('holds on to no call, which may have brought a token, once it has ended with %d', async status => {
  const sent = async () => {
    const call = testCall();
    if (status === 500) server.fail({ status, times: 9 });
    await upstream.send(read(), call).catch(() => {});
    return [new WeakRef(call), new WeakRef(call.usage)];
  };
  for (const ref of await sent()) expect(await isCollected(ref)).toBe(true);
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

describe('under load', () => {
  /** The most requests that were under way at once. None is answered before as many as are expected are. */
  const mostAtOnce = async (calls: Call[], expected: number) => {
    let open = 0;
    let most = 0;
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    answering = async () => {
      open += 1;
      most = Math.max(most, open);
      if (open >= expected) reach();
      await reached;
      await new Promise(resolve => setTimeout(resolve, 20));
      open -= 1;
      return { json: {} };
    };
    const answers = await Promise.all(calls.map(call => upstream.send(read(), call)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    return most;
  };

  it('a caller has at most half of the places, and its others wait for a place', async () => {
    const most = await mostAtOnce(
      Array.from({ length: 200 }, () => testCall(60_000)),
      33,
    );
    expect(most).toBeLessThanOrEqual(64);
  }, 60_000);

  it('many callers together have at most 128', async () => {
    const most = await mostAtOnce(
      Array.from({ length: 400 }, (_, at) => testCall(60_000, { callerId: `user${at}` })),
      97,
    );
    expect(most).toBeLessThanOrEqual(128);
  }, 60_000);

  it('one who asks once is answered before one who asks five hundred times', async () => {
    let answered = 0;
    answering = async () => {
      await new Promise(resolve => setTimeout(resolve, 20));
      return { json: { place: ++answered } };
    };
    const many = Array.from({ length: 500 }, () => upstream.send(read(), testCall(60_000, { callerId: 'many' })));
    const once = await upstream.send(read(), testCall(60_000, { callerId: 'once' }));
    expect(JSON.parse(once.body).place).toBeLessThanOrEqual(129);
    await Promise.all(many);
  }, 60_000);

  it('one who asks once is answered though all that another one asks is never answered', async () => {
    server.fail({ path: '/slow', hang: true, times: 500 });
    const slow = { ...read(), url: `${server.url}/slow` };
    const many = Array.from({ length: 500 }, () => upstream.send(slow, testCall(1_000, { callerId: 'many' })));
    const ended = Promise.allSettled(many);
    expect(await upstream.send(read(), testCall(900, { callerId: 'once' }))).toMatchObject({ status: 200 });
    await ended;
  });
});

describe('the circuit breaker', () => {
  const seldom = (path: string) => server.requests.filter(request => request.path === path).length;
  const tenTimes = (path: string) =>
    Promise.allSettled(
      Array.from({ length: 10 }, () => upstream.send({ ...read(), url: server.url + path }, testCall(200))),
    );

  it('is not opened by slow requests while the host answers others', async () => {
    server.fail({ path: '/slow', hang: true, times: 100 });
    await tenTimes('/slow');
    await tenTimes('/slow');
    expect(await upstream.send(read(), testCall())).toMatchObject({ status: 200 });
    expect(seldom('/')).toBeGreaterThan(0);
  });

  it.each([500, 502, 503, 504])(
    'is not opened by requests that are answered by %i while others succeed',
    async status => {
      server.fail({ path: '/poison', status, times: 100 });
      await tenTimes('/poison');
      expect(await upstream.send(read(), testCall())).toMatchObject({ status: 200 });
    },
  );

  it('opens when the host answers nothing to anybody, and closes when it does again', async () => {
    let time = Date.now();
    upstream = createUpstream('Acme', { now: () => time });
    server.fail({ hang: true, times: 1_000 });
    await tenTimes('/thing');
    await vi.waitFor(
      () =>
        expect(upstream.send(read(), testCall(200))).rejects.toMatchObject({
          code: 'upstream_unavailable',
          retryAfterSeconds: 10,
        }),
      5_000,
    );
    const before = seldom('/thing');
    time += 10_001;
    // The ping is not answered either, so nobody has to wait until the own deadline.
    await expect(upstream.send(read(), testCall(60_000))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(seldom('/thing')).toBe(before);
    server.clearFaults();
    time += 10_001;
    expect(await upstream.send(read(), testCall(60_000))).toMatchObject({ status: 200 });
  });

  it.each(['forbidden', 'too large', 'elsewhere'])('is not opened by answers that are %s', async what => {
    const answer = {
      forbidden: { status: 403 },
      'too large': { body: 'x'.repeat(21 * 1024 * 1024) },
      elsewhere: { status: 302 },
    }[what];
    server.fail({ path: '/thing', ...answer, times: 10 });
    for (let times = 0; times < 10; times += 1) await upstream.send(read(), testCall()).catch(() => {});
    expect(await upstream.send(read(), testCall())).toMatchObject({ status: 200 });
    expect(seldom('/')).toBe(0);
  });
});

describe('a call', () => {
  it('sends no more requests than it may', async () => {
    const call = testCall(5_000, { maxRequests: 3 });
    for (let times = 0; times < 3; times += 1) await upstream.send(read(), call);
    await expect(upstream.send(read(), call)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('more requests to Acme than one call may make'),
    });
    expect(server.requests).toHaveLength(3);
  });

  it('tells what the upstream said, where there are no requests left to try again', async () => {
    server.fail({ status: 429, headers: { 'retry-after': '0' }, times: 100 });
    await expect(upstream.send(read(), testCall(5_000, { maxRequests: 1 }))).rejects.toMatchObject({
      code: 'rate_limited',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('tries no more than three times again, however many of its requests fail', async () => {
    server.fail({ status: 503, times: 100 });
    const call = testCall();
    const failed = await Promise.allSettled(Array.from({ length: 8 }, () => upstream.send(read(), call)));
    expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
    expect(server.requests.length).toBe(11);
  });
});
