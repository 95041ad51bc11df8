import { beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { fingerprint } from '../../../shared/ledger/fingerprint.ts';
import { createLedger } from '../../../shared/ledger/ledger.ts';
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

/** One instance: its clock may be off by some milliseconds. */
function instance({ skew = 0 } = {}) {
  const now = () => time + skew;
  const ledger = createLedger(store, now);
  return (run: () => Promise<object>, { budget = 10_000, unknown = false } = {}) => {
    const call: Call = {
      correlationId: 'c',
      traceparent: 't',
      startedAt: now(),
      deadline: now() + budget,
      signal: new AbortController().signal,
      caller: { kind: 'key', id: 'key', roles: [] },
      permit: unrestricted,
      usage: { requests: 0, writes: 0, reported: {} },
      log,
    };
    return ledger.once({ fingerprint: 'same', call, run, isUnknown: () => unknown });
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

describe('a ledger', () => {
  it('answers the same write within two minutes with what the first one did', async () => {
    const write = counted();
    expect(await instance()(write)).toEqual({ made: true });
    time += 119_000;
    expect(await instance()(write)).toEqual({ made: true, deduplicated: true });
    expect(write.times).toBe(1);
  });

  it('takes the same write for a new one after that, and lets only one instance have it', async () => {
    const write = counted();
    await instance()(write);
    time += 126_000;
    const outcomes = await Promise.all([instance()(write), instance()(write), instance()(write)]);
    expect(write.times).toBe(2);
    expect(outcomes.filter(outcome => 'deduplicated' in outcome)).toHaveLength(2);
  });

  it('lets the second wait for the first', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const first = instance()(() => promise);
    const second = instance()(counted({ made: 'twice' }));
    resolve({ made: 'once' });
    expect(await Promise.all([first, second])).toEqual([{ made: 'once' }, { made: 'once', deduplicated: true }]);
  });

  it('lets the same write be tried again once it has failed for sure', async () => {
    await expect(instance()(failing('invalid_input'))).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await instance()(counted())).toEqual({ made: true });
  });

  it('lets one that waited try when the first has failed for sure', async () => {
    const { promise, reject } = Promise.withResolvers<object>();
    const first = instance()(() => promise);
    const write = counted();
    const second = instance()(write);
    reject(new Failure('invalid_input', 'It failed.'));
    await expect(first).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await second).toEqual({ made: true });
    expect(write.times).toBe(1);
  });

  it('never runs again what may have been made, and says to check first', async () => {
    await expect(instance()(failing('upstream_timeout'), { unknown: true })).rejects.toThrow();
    const write = counted();
    time += 100_000;
    await expect(instance()(write)).rejects.toMatchObject({
      code: 'upstream_timeout',
      retryable: false,
      message: expect.stringContaining('Check with a lookup'),
    });
    expect(write.times).toBe(0);
  });

  it('takes a write whose instance died for one that may have been made', async () => {
    void instance()(() => new Promise(() => undefined), { budget: 3_000 });
    await Promise.resolve();
    time += 9_000;
    const write = counted();
    await expect(instance()(write)).rejects.toMatchObject({ code: 'upstream_timeout', retryable: false });
    expect(write.times).toBe(0);
    time += 120_000;
    expect(await instance()(write)).toEqual({ made: true });
  });

  it('waits no longer than there is time', async () => {
    void instance()(() => new Promise(() => undefined));
    await Promise.resolve();
    await expect(instance()(counted(), { budget: 20 })).rejects.toMatchObject({
      code: 'upstream_timeout',
      retryable: false,
      message: expect.stringContaining('being made at this moment'),
    });
  });

  it.each([-4_000, 4_000])('stays right when clocks differ by %d ms', async skew => {
    const write = counted();
    await instance()(write);
    time += 119_900;
    expect(await instance({ skew })(write)).toMatchObject({ deduplicated: true });
    expect(write.times).toBe(1);
  });

  it('finds itself when the answer to its insert was lost', async () => {
    const { insert } = store;
    store.insert = async (key, row) => {
      await insert(key, row);
      return undefined;
    };
    const write = counted();
    expect(await instance()(write)).toEqual({ made: true });
    store.insert = insert;
    expect(await instance()(write)).toMatchObject({ deduplicated: true });
  });

  it('lets the same write be tried again when the answer to an insert was lost, and with it the write', async () => {
    const { insert } = store;
    store.insert = async (key, row) => {
      await insert(key, row);
      throw new Failure('upstream_unavailable', 'Nothing was changed.');
    };
    await expect(instance()(counted())).rejects.toMatchObject({ code: 'upstream_unavailable' });
    store.insert = insert;
    expect(await instance()(counted())).toEqual({ made: true });
  });

  it('tries again to forget a write that has failed for sure', async () => {
    const { remove } = store;
    store.remove = async () => {
      store.remove = remove;
      throw new Failure('upstream_unavailable', 'Not now.');
    };
    await expect(instance()(failing('invalid_input'))).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await instance()(counted())).toEqual({ made: true });
  });

  it('answers in time however slow the store is', async () => {
    store.replace = () => new Promise(() => undefined);
    expect(await instance()(counted(), { budget: 300 })).toEqual({ made: true });
  });

  it('makes no write when it cannot be asked', async () => {
    store.insert = failing('upstream_timeout');
    const write = counted();
    await expect(instance()(write)).rejects.toThrow();
    expect(write.times).toBe(0);
  });

  it('gives the answer of a write that was made even if it cannot be kept, and then says to check first', async () => {
    store.replace = failing('upstream_timeout');
    expect(await instance()(counted())).toEqual({ made: true });
    await expect(instance()(counted(), { budget: 20 })).rejects.toMatchObject({ retryable: false });
  });

  it('says that an answer was too large to be kept', async () => {
    const write = counted({ text: 'ü'.repeat(500_000) });
    await instance()(write);
    await expect(instance()(write)).rejects.toMatchObject({ code: 'conflict' });
    expect(write.times).toBe(1);
  });
});

describe('a fingerprint', () => {
  it('is the same whatever order the input is in', () => {
    expect(fingerprint('a', 'b', { one: 1, two: { x: 1, y: [2, 3] } })).toBe(
      fingerprint('a', 'b', { two: { y: [2, 3], x: 1 }, one: 1 }),
    );
  });

  it('differs with the caller, the action and each value', () => {
    const prints = [
      fingerprint('a', 'b', { c: 1 }),
      fingerprint('x', 'b', { c: 1 }),
      fingerprint('a', 'x', { c: 1 }),
      fingerprint('a', 'b', { c: '1' }),
      fingerprint('a', 'b', { c: [1] }),
      fingerprint('a', 'b', {}),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });
});
