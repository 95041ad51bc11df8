import { describe, expect, it } from 'vitest';
import { Failure, lostWrite } from '../../../shared/failure.ts';
import { connectionFailure, unreachable } from '../../../shared/upstream/failures.ts';
import { createUpstream, type Work } from '../../../shared/upstream/upstream.ts';
import { testCall } from './testCall.ts';

const read: Work = { target: 'orders', safe: true };
const write: Work = { target: 'orders', safe: false };

const socketError = (code: string) => Object.assign(new Error('the driver says so'), { code });

/** A driver: it answers each statement with the next of `answers`, and knows nothing of HTTP. */
function fakeDriver(...answers: (() => unknown)[]) {
  const statements: { timeLeftMs: number; cancelled: boolean }[] = [];
  return {
    statements,
    query: async (signal: AbortSignal, timeLeftMs: number): Promise<unknown> => {
      const statement = { timeLeftMs, cancelled: false };
      signal.addEventListener('abort', () => (statement.cancelled = true));
      statements.push(statement);
      return answers[Math.min(statements.length, answers.length) - 1]?.();
    },
  };
}

const rows = () => ['row'];
const hangs = () => new Promise(() => {});
const fails = (failure: () => Error) => () => {
  throw failure();
};
const breaks = fails(() => connectionFailure('Orders', { safe: true, cause: socketError('ECONNRESET') }));
const isDown = fails(() => unreachable('Orders', socketError('ECONNREFUSED')));

describe('a read by a driver', () => {
  it('is tried again after a connection that broke, and counted each time', async () => {
    const { query, statements } = fakeDriver(breaks, rows);
    const call = testCall();
    expect(await createUpstream('Orders').run(query, read, call)).toEqual(['row']);
    expect(statements).toHaveLength(2);
    expect(call.usage).toMatchObject({ requests: 2, writes: 0 });
  });

  it('is cancelled after 60 % of the time, so that another try has time left', async () => {
    const { query, statements } = fakeDriver(hangs, rows);
    expect(await createUpstream('Orders').run(query, read, testCall(1_500))).toEqual(['row']);
    expect(statements.map(({ cancelled }) => cancelled)).toEqual([true, false]);
    expect(statements[0]?.timeLeftMs).toBeGreaterThan(800);
    expect(statements[0]?.timeLeftMs).toBeLessThanOrEqual(900);
  });

  it('that never ends is told as late by the deadline, though the driver does not heed the signal', async () => {
    const { query } = fakeDriver(hangs);
    const startedAt = Date.now();
    await expect(createUpstream('Orders').run(query, read, testCall(400))).rejects.toMatchObject({
      code: 'upstream_timeout',
      retryable: true,
      message: expect.stringMatching(/^Orders did not answer in time/),
    });
    expect(Date.now() - startedAt).toBeLessThan(900);
  });

  it('is not tried again when the database refuses the statement', async () => {
    const { query, statements } = fakeDriver(fails(() => new Failure('invalid_input', 'No such column.')));
    await expect(createUpstream('Orders').run(query, read, testCall())).rejects.toThrow('No such column.');
    expect(statements).toHaveLength(1);
  });

  it('that fails by a bug is neither tried again nor taken for an outage', async () => {
    const { query, statements } = fakeDriver(fails(() => new TypeError('a bug')));
    await expect(createUpstream('Orders').run(query, read, testCall())).rejects.toThrow('a bug');
    expect(statements).toHaveLength(1);
  });
});

describe('a write by a driver', () => {
  it('is tried once and counted, and may be made again when the database was not reached', async () => {
    const { query, statements } = fakeDriver(isDown);
    const call = testCall();
    await expect(createUpstream('Orders').run(query, write, call)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
    });
    expect(statements).toHaveLength(1);
    expect(call.usage).toMatchObject({ requests: 1, writes: 1 });
  });

  it('that is not confirmed by the deadline is lost, and not retryable', async () => {
    const { query, statements } = fakeDriver(hangs);
    await expect(createUpstream('Orders').run(query, write, testCall(200))).rejects.toMatchObject({
      code: 'upstream_timeout',
      retryable: false,
      message: lostWrite('Orders').message,
    });
    expect(statements).toEqual([expect.objectContaining({ cancelled: true })]);
    // A write is not tried again, so it may use all the time.
    expect(statements[0]?.timeLeftMs).toBeGreaterThan(150);
  });

  it.each([
    ['ECONNREFUSED', { code: 'upstream_unavailable', retryable: true }],
    ['SELF_SIGNED_CERT_IN_CHAIN', { code: 'upstream_unavailable', retryable: false }],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', { code: 'upstream_unavailable', retryable: false }],
    ['ECONNRESET', { code: 'upstream_timeout', retryable: false }],
  ])('whose connection fails by %s is told accordingly', async (code, expected) => {
    const cause = new Error('wrapped', { cause: socketError(code) });
    expect(connectionFailure('Orders', { safe: false, cause })).toMatchObject(expected);
  });
});

describe('the circuit breaker', () => {
  const failTenTimes = async (upstream = createUpstream('Orders'), failure = isDown) => {
    for (let times = 0; times < 10; times += 1) {
      await upstream.run(fakeDriver(failure).query, write, testCall()).catch(() => {});
    }
    return upstream;
  };

  it('leaves a database alone that failed ten times in a row, and not the others', async () => {
    const upstream = await failTenTimes();
    const { query, statements } = fakeDriver(rows);
    await expect(upstream.run(query, read, testCall())).rejects.toMatchObject({
      code: 'upstream_unavailable',
      retryAfterSeconds: 10,
    });
    expect(statements).toHaveLength(0);
    expect(await upstream.run(query, { ...read, target: 'archive' }, testCall())).toEqual(['row']);
  });

  it.each(['upstream_auth_failed', 'invalid_input', 'rate_limited'] as const)(
    'does not hide %s behind an outage',
    async code => {
      const upstream = await failTenTimes(
        createUpstream('Orders'),
        fails(() => new Failure(code, 'Refused.')),
      );
      expect(await upstream.run(fakeDriver(rows).query, read, testCall())).toEqual(['row']);
    },
  );
});

it('work whose turn does not come in time was not begun, and may be made again', async () => {
  const upstream = createUpstream('Orders');
  const first = Array.from({ length: 64 }, () => upstream.run(fakeDriver(hangs).query, write, testCall(400)));
  const { query, statements } = fakeDriver(rows);
  await expect(upstream.run(query, write, testCall(150))).rejects.toMatchObject({
    code: 'upstream_unavailable',
    retryable: true,
    retryAfterSeconds: 5,
    message: expect.stringContaining('Too many requests are waiting for Orders'),
  });
  expect(statements).toHaveLength(0);
  await Promise.allSettled(first);
});
