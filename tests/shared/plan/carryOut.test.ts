import { describe, expect, it } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { idempotencyKey } from '../../../shared/ledger/idempotencyKey.ts';
import type { LedgerStore } from '../../../shared/ledger/ledgerStore.ts';
import { memoryStore } from '../../../shared/ledger/memoryStore.ts';
import { carryOut } from '../../../shared/plan/carryOut.ts';
import type { ItemOutcome } from '../../../shared/plan/itemOutcome.ts';
import { takeProgress } from '../../../shared/plan/progress.ts';
import { testCall } from '../upstream/testCall.ts';

const items = ['a', 'b', 'c', 'd', 'e'].map(key => ({ key, what: key, version: '', data: null }));
const key = idempotencyKey('caller', 'addThings', items);

/** The store, whose write number `failAt` fails: what was to be written is there all the same, or is not. */
function failing(store: LedgerStore, failAt: number, isWritten: boolean): LedgerStore {
  let writes = 0;
  const through = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    writes += 1;
    if (writes !== failAt) return write();
    if (isWritten) await write();
    throw new Failure('upstream_unavailable', 'The ledger cannot be reached.');
  };
  return {
    insert: (...row) => through(() => store.insert(...row)),
    read: id => store.read(id),
    replace: (...row) => through(() => store.replace(...row)),
    remove: (...row) => through(() => store.remove(...row)),
  };
}

/** Carries the plan out; what it gives is what the caller is told, which is nothing where it throws. */
async function once(store: LedgerStore, now: () => number, send: (keys: string[]) => void, isKilledAt = 0) {
  const call = { ...testCall(10_000), deadline: now() + 10_000 };
  const { promise: killed, reject: kill } = Promise.withResolvers<never>();
  const progress = await takeProgress({ store, key, call, now });
  let performed = 0;
  const carrying = carryOut(items, {
    batches: { looked: 4, size: 2, atOnce: 1 },
    isIdempotent: false,
    // Nothing that was added can be seen.
    look: async some => some.map(() => ({ is: 'asPlanned' })),
    async perform(some) {
      send(some.map(each => each.key));
      performed += 1;
      if (performed !== isKilledAt) return some.map(() => ({}));
      kill(new Error('killed'));
      return new Promise(() => undefined);
    },
    isUnknown: () => true,
    progress,
    now,
    deadline: call.deadline,
    signal: call.signal,
  });
  const outcomes = await Promise.race([carrying, killed]);
  await progress.release().catch(() => undefined);
  return outcomes;
}

const outcomeOf = (outcomes: readonly ItemOutcome[] | undefined, itemKey: string) =>
  outcomes?.find(each => each.key === itemKey)?.outcome;

describe('a plan that adds what cannot be seen', () => {
  const cases = [1, 2, 3, 4, 5, 6].flatMap(failAt => [true, false].map(isWritten => [failAt, isWritten] as const));

  it.each(cases)(
    'is never sent twice, nor told as not sent, though write %i of the ledger fails (written: %s)',
    async (failAt, isWritten) => {
      let time = Date.now();
      const now = () => time;
      const store = memoryStore(now);
      const sent: string[] = [];
      const send = (keys: string[]) => sent.push(...keys);
      const first = await once(failing(store, failAt, isWritten), now, send).catch(() => undefined);
      const sentAtFirst = [...sent];
      // By then whoever had it is gone.
      time += 60_000;
      const second = await once(store, now, send);
      expect(sent).toEqual([...new Set(sent)]);
      for (const { key: itemKey } of items) {
        const isSent = sentAtFirst.includes(itemKey);
        if (first) expect([itemKey, outcomeOf(first, itemKey) === 'done']).toEqual([itemKey, isSent]);
        // It may be in doubt although it was not sent, never the other way round.
        expect(outcomeOf(second, itemKey)).toMatch(sent.includes(itemKey) ? /done|unknown/ : /unknown/);
      }
    },
  );

  it.each([1, 2, 3])('is gone on with behind batch %i, in which its process ended', async isKilledAt => {
    let time = Date.now();
    const now = () => time;
    const store = memoryStore(now);
    const sent: string[] = [];
    await expect(once(store, now, keys => sent.push(...keys), isKilledAt)).rejects.toThrow('killed');
    const inDoubt = [...sent];
    inDoubt.splice(0, 2 * (isKilledAt - 1));
    time += 60_000;
    const second = await once(store, now, keys => sent.push(...keys));
    expect(sent).toEqual(items.map(each => each.key));
    for (const itemKey of inDoubt) expect(outcomeOf(second, itemKey)).toBe('unknown');
    expect(second.filter(({ outcome }) => outcome === 'done')).toHaveLength(items.length - inDoubt.length);
  });
});
