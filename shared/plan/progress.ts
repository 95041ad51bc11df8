import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import type { IdempotencyKey } from '../ledger/idempotencyKey.ts';
import { isRunning } from '../ledger/ledger.ts';
import type { LedgerRow, LedgerStore } from '../ledger/ledgerStore.ts';
import { seal, unseal } from '../ledger/seal.ts';
import { waitFor } from '../singleFlight.ts';
import { type ItemOutcome, itemOutcome } from './itemOutcome.ts';
import { PLAN_MS } from './plans.ts';

/** How far the carrying out of a plan has come, whichever calls and processes were at it. Items go by their keys in the plan. */
export interface Progress {
  /** What an earlier call, or this one, knows to be done. */
  done(itemKey: string): ItemOutcome | undefined;
  /** Whether an earlier call has begun the item and could not tell what came of it. */
  isInDoubt(itemKey: string): boolean;
  /** Notes, before anything is sent, that items are begun. @throws Failure where that is not kept: nothing may be sent then */
  begin(itemKeys: readonly string[]): Promise<void>;
  /** Notes what came of items that were begun: what is done, and what is sure not to be. */
  end(outcomes: ReadonlyMap<string, ItemOutcome>): void;
  /** Keeps what was noted, and lets another call go on. */
  release(): Promise<void>;
}

const keptSchema = z.object({ inDoubt: z.array(z.string()), done: z.record(z.string(), itemOutcome) });
type Kept = z.output<typeof keptSchema>;

const nothingKept: Kept = { inDoubt: [], done: {} };
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 500;

/**
 * Takes the carrying out of a plan for this call alone. While another call is at it, this one waits; what a process that ended
 * has left is taken over.
 * @throws Failure `conflict` when the other call is at it until this one's time is over; `upstream_unavailable` when the store
 * cannot be asked
 */
export async function takeProgress(parts: {
  store: LedgerStore;
  key: IdempotencyKey;
  call: Call;
  now: () => number;
}): Promise<Progress> {
  const { store, key, call, now } = parts;
  const owner = randomUUID();
  const rowOf = (state: 'running' | 'done', kept: Kept): LedgerRow => ({
    owner,
    state,
    result: seal(JSON.stringify(kept), key),
    runsForMs: state === 'running' ? Math.max(0, call.deadline - now()) : 0,
    keptForMs: PLAN_MS,
  });

  const claim = async (): Promise<{ version: string; kept: Kept } | undefined> => {
    const inserted = await store.insert(key.id, rowOf('running', nothingKept));
    if (inserted !== undefined) return { version: inserted, kept: nothingKept };
    const held = await store.read(key.id);
    // An insert whose answer was lost is sent again, and then finds itself.
    if (held?.owner === owner) return { version: held.version, kept: nothingKept };
    if (!held || isRunning(held)) return undefined;
    const isOld = held.ageMs > held.runsForMs + held.keptForMs;
    const kept = held.result && !isOld ? keptSchema.parse(JSON.parse(unseal(held.result, key))) : nothingKept;
    const version = await store.replace(key.id, rowOf('running', kept), held.version);
    return version === undefined ? undefined : { version, kept };
  };

  const taken = async () => {
    for (let wait = FIRST_POLL_MS; ; wait = Math.min(2 * wait, LONGEST_POLL_MS)) {
      const claimed = await claim();
      if (claimed) return claimed;
      if (now() + wait >= call.deadline) throw isCarriedOut();
      await waitFor(new Promise(resolve => setTimeout(resolve, wait)), call.signal);
    }
  };

  const { version: first, kept } = await taken();
  let version: string | undefined = first;
  const inDoubt = new Set(kept.inDoubt);
  const begun = new Set(kept.inDoubt);
  const done = new Map(Object.entries(kept.done));
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: each replaces what the one before it has written. */
  const save = (state: 'running' | 'done'): Promise<void> => {
    const saving = last.then(async () => {
      const held = version;
      version = undefined;
      if (held !== undefined) {
        version = await store.replace(
          key.id,
          rowOf(state, { inDoubt: [...begun], done: Object.fromEntries(done) }),
          held,
        );
      }
      // This call was late, and another one has taken over.
      if (version === undefined) throw isCarriedOut();
    });
    last = saving.catch(() => undefined);
    return saving;
  };

  return {
    done: itemKey => done.get(itemKey),
    isInDoubt: itemKey => inDoubt.has(itemKey),
    begin(itemKeys) {
      for (const itemKey of itemKeys) begun.add(itemKey);
      return save('running');
    },
    end(outcomes) {
      for (const [itemKey, outcome] of outcomes) {
        if (outcome.outcome === 'unknown') continue;
        begun.delete(itemKey);
        inDoubt.delete(itemKey);
        if (outcome.outcome === 'done') done.set(itemKey, outcome);
      }
    },
    release: () => save('done'),
  };
}

function isCarriedOut(): Failure {
  return new Failure(
    'conflict',
    'Another call is carrying out this very plan. Make this call again in a few seconds to see what came of it.',
  );
}
