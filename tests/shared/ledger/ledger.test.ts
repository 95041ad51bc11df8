import { beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { idempotencyKey } from '../../../shared/ledger/idempotencyKey.ts';
import { createLedger, type WriteKind } from '../../../shared/ledger/ledger.ts';
import type { LedgerStore } from '../../../shared/ledger/ledgerStore.ts';
import { memoryStore } from '../../../shared/ledger/memoryStore.ts';
import { unrestricted } from '../../../shared/policy/policy.ts';

let time: number;
let store: LedgerStore;
beforeEach(() => {
  time = 1_000_000;
  store = memoryStore(() => time);
});

const log = { info() {}, warn() {}, error() {} };

interface Options {
  budget?: number;
  unknown?: boolean;
  repeat?: boolean;
  kind?: WriteKind;
  key?: string;
}

const adds: WriteKind = { isRemembered: true, isIdempotent: false };
const sets: WriteKind = { isRemembered: false, isIdempotent: true };
/** A transition: neither remembered nor idempotent. */
const moves: WriteKind = { isRemembered: false, isIdempotent: false };

/** One instance: its clock may be off by some milliseconds. */
function instance({ skew = 0 } = {}) {
  const now = () => time + skew;
  const ledger = createLedger(store, now);
  return (run: () => Promise<object>, options: Options = {}) => {
    const { budget = 10_000, unknown = false, repeat = false, kind = adds, key = 'same' } = options;
    const call: Call = {
      correlationId: 'c',
      traceparent: 't',
      startedAt: now(),
      deadline: now() + budget,
      signal: new AbortController().signal,
      caller: { kind: 'key', id: 'key', roles: [] },
      permit: unrestricted,
      usage: { requests: 0, retries: 0, writes: 0, credentials: new Set(), reported: {} },
      maxRequests: 100,
      log,
    };
    return ledger.once({
      key: idempotencyKey('caller', 'write', { key }),
      ...kind,
      repeat,
      call,
      run,
      isUnknown: () => unknown,
    });
  };
}

const failing = (code: 'invalid_input' | 'upstream_timeout') => async () => {
  throw new Failure(code, 'It failed.');
};

function counted(output: object = { made: true }) {
  const write = Object.assign(
    async () => {
      write.times += 1;
      return output;
    },
    { times: 0 },
  );
  return write;
}

const made = { output: { made: true } };

describe('a write that adds', () => {
  it('is answered within two minutes with what the first one did, and how long ago', async () => {
    const write = counted();
    expect(await instance()(write)).toEqual(made);
    time += 119_000;
    expect(await instance()(write)).toEqual({ ...made, repeatedAfterMs: 119_000 });
    expect(write.times).toBe(1);
  });

  it('is a new one after that, and only one instance makes it', async () => {
    const write = counted();
    await instance()(write);
    time += 126_000;
    const outcomes = await Promise.all([instance()(write), instance()(write), instance()(write)]);
    expect(write.times).toBe(2);
    expect(outcomes.filter(outcome => outcome.repeatedAfterMs !== undefined)).toHaveLength(2);
  });

  it('is made again on purpose, and waits for an equal one that is under way', async () => {
    const write = counted();
    await instance()(write);
    expect(await instance()(write, { repeat: true })).toEqual(made);
    expect(write.times).toBe(2);

    const { promise, resolve } = Promise.withResolvers<object>();
    const first = instance()(() => promise, { key: 'slow' });
    await Promise.resolve();
    const second = instance()(write, { key: 'slow', repeat: true });
    expect(write.times).toBe(2);
    resolve({ made: 'slowly' });
    await first;
    expect(await second).toEqual(made);
    expect(write.times).toBe(3);
  });

  it('is waited for by an equal one', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const first = instance()(() => promise);
    const second = instance()(counted({ made: 'twice' }));
    resolve({ made: 'once' });
    expect(await first).toEqual({ output: { made: 'once' } });
    expect(await second).toMatchObject({ output: { made: 'once' }, repeatedAfterMs: expect.any(Number) });
  });

  it.each([100_000, 230_000])('that may run for %d ms is never doubled while it runs', async budget => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const first = instance()(() => promise, { budget });
    await Promise.resolve();
    time += budget - 1_000;
    const write = counted();
    await expect(instance()(write, { budget: 20 })).rejects.toMatchObject({ code: 'upstream_timeout' });
    expect(write.times).toBe(0);
    resolve({ made: 'late' });
    expect(await first).toEqual({ output: { made: 'late' } });
    time += 119_000;
    expect(await instance()(write)).toMatchObject({ output: { made: 'late' } });
    expect(write.times).toBe(0);
  });
});

describe('the same write, asked for over and over', () => {
  /** What writes a row or tries to. */
  const countWrites = () => {
    const writes = { inserts: 0, replaces: 0 };
    const inner = store;
    store = {
      ...inner,
      insert(key, row) {
        writes.inserts += 1;
        return inner.insert(key, row);
      },
      replace(key, row, version) {
        writes.replaces += 1;
        return inner.replace(key, row, version);
      },
    };
    return writes;
  };
  const inRounds = async (kind: WriteKind) => {
    const instances = Array.from({ length: 40 }, () => instance());
    const write = counted();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(instances.flatMap(ask => Array.from({ length: 50 }, () => ask(write, { kind }))));
    }
    return write.times;
  };

  it('is inserted by each instance once at most, however many calls it has', async () => {
    const writes = countWrites();
    expect(await inRounds(adds)).toBe(1);
    // What was done is kept by the one replacement.
    expect(writes).toEqual({ inserts: 40, replaces: 1 });
  });

  it('is taken by one call of an instance at a time where it is made again each time', async () => {
    const writes = countWrites();
    const times = await inRounds(sets);
    expect(times).toBeGreaterThanOrEqual(3);
    expect(writes.inserts).toBeLessThanOrEqual(40 * times);
    expect(writes.replaces).toBeLessThanOrEqual(41 * times);
  });

  it('is inserted anew once its row is gone', async () => {
    const ask = instance();
    await expect(ask(failing('invalid_input'))).rejects.toMatchObject({ code: 'invalid_input' });
    const writes = countWrites();
    const write = counted();
    expect(await instance()(write)).toEqual(made);
    expect(writes).toEqual({ inserts: 1, replaces: 1 });
    expect(await ask(write)).toMatchObject({ ...made, repeatedAfterMs: 0 });
    expect(write.times).toBe(1);
  });
});

describe('a write that sets', () => {
  it('is made each time: A, B, A is three', async () => {
    const [a, b] = [counted(), counted()];
    const ledger = instance();
    await ledger(a, { kind: sets, key: 'A' });
    await ledger(b, { kind: sets, key: 'B' });
    expect(await ledger(a, { kind: sets, key: 'A' })).toEqual(made);
    expect(await instance()(a, { kind: sets, key: 'A' })).toEqual(made);
    expect([a.times, b.times]).toEqual([3, 1]);
  });

  it.each([
    ['idempotent', sets],
    ['not idempotent', moves],
  ])('and is %s is made once while it is under way', async (_, kind) => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const first = instance()(() => promise, { kind });
    await Promise.resolve();
    const write = counted();
    const others = [instance()(write, { kind }), instance()(write, { kind })];
    // They have looked once, and found it running.
    await new Promise(waited => setTimeout(waited, 5));
    resolve({ made: 'once' });
    expect(await first).toEqual({ output: { made: 'once' } });
    for (const outcome of await Promise.all(others)) expect(outcome.output).toEqual({ made: 'once' });
    expect(write.times).toBe(0);
    expect(await instance()(write, { kind })).toEqual(made);
  });

  it('is made again when it is unknown whether it was, if that leaves the same', async () => {
    const lost = failing('upstream_timeout');
    await expect(instance()(lost, { kind: sets, unknown: true })).rejects.toThrow();
    expect(await instance()(counted(), { kind: sets })).toEqual(made);
    await expect(instance()(lost, { kind: moves, key: 'move', unknown: true })).rejects.toThrow();
    const write = counted();
    await expect(instance()(write, { kind: moves, key: 'move' })).rejects.toMatchObject({ retryable: false });
    expect(write.times).toBe(0);
  });
});

describe('a write', () => {
  it('can be tried again once it has failed for sure', async () => {
    await expect(instance()(failing('invalid_input'))).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await instance()(counted())).toEqual(made);
  });

  it('that waited is made when the first has failed for sure', async () => {
    const { promise, reject } = Promise.withResolvers<object>();
    const first = instance()(() => promise);
    const write = counted();
    const second = instance()(write);
    reject(new Failure('invalid_input', 'It failed.'));
    await expect(first).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await second).toEqual(made);
    expect(write.times).toBe(1);
  });

  it('that may have been made is not made again but on purpose, and the error says to check first', async () => {
    await expect(instance()(failing('upstream_timeout'), { unknown: true })).rejects.toThrow();
    const write = counted();
    time += 100_000;
    await expect(instance()(write)).rejects.toMatchObject({
      code: 'upstream_timeout',
      retryable: false,
      message: expect.stringContaining('Check with a lookup'),
    });
    expect(write.times).toBe(0);
    expect(await instance()(write, { repeat: true })).toEqual(made);
  });

  it('whose instance died may have been made', async () => {
    void instance()(() => new Promise(() => undefined), { budget: 3_000 });
    await Promise.resolve();
    time += 9_000;
    const write = counted();
    await expect(instance()(write)).rejects.toMatchObject({ code: 'upstream_timeout', retryable: false });
    expect(write.times).toBe(0);
    time += 120_000;
    expect(await instance()(write)).toEqual(made);
  });

  it('waits no longer than there is time, and never says that another one is being made', async () => {
    void instance()(() => new Promise(() => undefined));
    await Promise.resolve();
    await expect(instance()(counted(), { budget: 20 })).rejects.toMatchObject({
      code: 'upstream_timeout',
      retryable: false,
      message: expect.not.stringContaining('being made'),
    });
  });

  it.each([-3_600_000, -30_000, 30_000, 3_600_000])('is made once when clocks differ by %d ms', async skew => {
    const write = counted();
    await instance()(write);
    time += 110_000;
    expect(await instance({ skew })(write)).toMatchObject({ repeatedAfterMs: 110_000 });
    expect(write.times).toBe(1);
  });

  it('finds itself when the answer to its insert was lost', async () => {
    const { insert } = store;
    store.insert = async (key, row) => {
      await insert(key, row);
      return undefined;
    };
    const write = counted();
    expect(await instance()(write)).toEqual(made);
    store.insert = insert;
    expect(await instance()(write)).toMatchObject({ repeatedAfterMs: expect.any(Number) });
  });

  it('can be tried again when the answer to an insert was lost, and with it the write', async () => {
    const { insert } = store;
    store.insert = async (key, row) => {
      await insert(key, row);
      throw new Failure('upstream_unavailable', 'Nothing was changed.');
    };
    await expect(instance()(counted())).rejects.toMatchObject({ code: 'upstream_unavailable' });
    store.insert = insert;
    expect(await instance()(counted())).toEqual(made);
  });

  it("that failed for sure stands in nobody's way, even where its row cannot be removed", async () => {
    const ledger = instance();
    store.remove = failing('upstream_timeout') as unknown as LedgerStore['remove'];
    await expect(ledger(failing('invalid_input'))).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await ledger(counted())).toEqual(made);
  });

  it('is answered in time however slow the store is', async () => {
    store.replace = () => new Promise(() => undefined);
    expect(await instance()(counted(), { budget: 300 })).toEqual(made);
  });

  it('is not made when the store cannot be asked', async () => {
    store.insert = failing('upstream_timeout');
    const write = counted();
    await expect(instance()(write)).rejects.toThrow();
    expect(write.times).toBe(0);
  });

  it('that was made is answered even if that cannot be kept, and the next is told to check first', async () => {
    store.replace = failing('upstream_timeout');
    expect(await instance()(counted())).toEqual(made);
    await expect(instance()(counted(), { budget: 20 })).rejects.toMatchObject({ retryable: false });
  });

  it('whose answer was too large to be kept says so', async () => {
    const write = counted({ text: 'ü'.repeat(500_000) });
    await instance()(write);
    await expect(instance()(write)).rejects.toMatchObject({ code: 'conflict' });
    expect(write.times).toBe(1);
  });
});

describe('an idempotency key', () => {
  it('is the same whatever order the input is in', () => {
    expect(idempotencyKey('a', 'b', { one: 1, two: { x: 1, y: [2, 3] } })).toEqual(
      idempotencyKey('a', 'b', { two: { y: [2, 3], x: 1 }, one: 1 }),
    );
  });

  it('differs with the caller, the action and each value', () => {
    const keys = [
      idempotencyKey('a', 'b', { c: 1 }),
      idempotencyKey('x', 'b', { c: 1 }),
      idempotencyKey('a', 'x', { c: 1 }),
      idempotencyKey('a', 'b', { c: '1' }),
      idempotencyKey('a', 'b', { c: [1] }),
      idempotencyKey('a', 'b', {}),
    ];
    expect(new Set(keys.map(({ id }) => id)).size).toBe(keys.length);
    expect(new Set(keys.map(({ secret }) => secret.toString('hex'))).size).toBe(keys.length);
  });
});
