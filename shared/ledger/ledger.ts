import { randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import { waitFor } from '../singleFlight.ts';
import type { IdempotencyKey } from './idempotencyKey.ts';
import type { HeldRow, LedgerRow, LedgerStore } from './ledgerStore.ts';
import { seal, unseal } from './seal.ts';

/** What a write does when it is made twice, which decides how long the ledger holds on to it. */
export interface WriteKind {
  /** True for what adds: a repetition is answered with what the first one did. */
  isRemembered: boolean;
  /** True for what leaves the same when it is made twice: where it is unknown whether it was made, it is made again. */
  isIdempotent: boolean;
}

interface LedgerWrite extends WriteKind {
  key: IdempotencyKey;
  /** True to make the write although the same was made just now. One that is under way is still waited for. */
  repeat: boolean;
  call: Call;
  run(): Promise<object>;
  /** Tells of a failure whether it leaves open if the write was made. */
  isUnknown(error: unknown): boolean;
}

export interface LedgerOutcome {
  output: object;
  /** How many milliseconds ago the write was made, where it was made by an earlier call. */
  repeatedAfterMs?: number;
}

/** Makes a write happen once, however often and wherever it is asked for. */
export interface Ledger {
  /**
   * Runs the write, unless the same one is under way, or was made and is remembered: then gives that one's output.
   * @throws Failure what the write failed with; `upstream_timeout`, not retryable, when it cannot be told whether it was
   * made; `upstream_unavailable` when the ledger cannot be asked: then the write was not made.
   */
  once(write: LedgerWrite): Promise<LedgerOutcome>;
}

/** For so long the same write is answered with what came of the first, or refused where that is unknown. */
export const REMEMBERED_MS = 120_000;
/** Ages are told with a margin of this: the store's clock has whole seconds, and requests take their time. */
const MARGIN_MS = 3_000;
const FIRST_POLL_MS = 25;
const LONGEST_POLL_MS = 500;
/** What is kept of a call's time to answer in, however slow the store is. */
const ANSWER_MS = 250;
/** JSON that is longer is not kept: a row holds a megabyte, and an answer is a fraction of it unless MAX_RESPONSE_BYTES was raised. */
const MAX_RESULT_BYTES = 900_000;
/** Calls of this process that are over, though their rows may still say otherwise. */
const MAX_SETTLED = 1_000;
/** Keys that this process knows to have a row. */
const MAX_TAKEN = 1_000;

/**
 * A ledger over any store. The row's atomic insert decides who runs. A failure that leaves no doubt takes the row away,
 * so that the same write can be tried again when its cause is gone; where there is doubt it stays, until it expires.
 */
export function createLedger(store: LedgerStore, now: () => number): Ledger {
  const settled = new Set<string>();
  const settledAs = (owner: string) => keepNewest(settled, owner, MAX_SETTLED);

  const taken = new Set<string>();
  const claiming = new Map<string, Promise<string | undefined>>();
  /** Writes a row to take its key. Of equal calls of this process one at a time does, whatever comes of it. */
  const claimBy = async (id: string, writing: Promise<string | undefined>): Promise<string | undefined> => {
    claiming.set(id, writing);
    try {
      return await writing;
    } finally {
      claiming.delete(id);
      keepNewest(taken, id, MAX_TAKEN);
    }
  };

  /** Whether a row no longer stands in the way of the same write. */
  const isOver = (held: HeldRow, { isIdempotent, isRemembered, repeat }: LedgerWrite): boolean => {
    const { owner, state, ageMs, runsForMs, keptForMs } = held;
    if (settled.has(owner) || ageMs > runsForMs + keptForMs + MARGIN_MS) return true;
    if (state === 'done') return repeat || !isRemembered || ageMs > keptForMs + MARGIN_MS;
    return !isRunning(held) && (repeat || isIdempotent);
  };

  /**
   * Takes the key for this call, or tells who has it. A row that this process knows of is read and not inserted once more:
   * an instance that is sent the same write over and over would else write to one partition with each call.
   */
  const claim = async (write: LedgerWrite, row: LedgerRow): Promise<{ version: string } | { held: HeldRow }> => {
    const { id } = write.key;
    for (;;) {
      const other = claiming.get(id);
      if (other) await other.catch(() => undefined);
      else if (!taken.has(id)) {
        const inserted = await claimBy(id, store.insert(id, row));
        if (inserted !== undefined) return { version: inserted };
      }
      const held = await store.read(id);
      if (!held) {
        taken.delete(id);
        continue;
      }
      // An insert whose answer was lost is sent again, and then finds itself.
      if (held.owner === row.owner) return { version: held.version };
      if (!isOver(held, write)) return { held };
      if (claiming.has(id)) continue;
      const replaced = await claimBy(id, store.replace(id, row, held.version));
      if (replaced !== undefined) return { version: replaced };
    }
  };

  /** Waits for the store while there is time; what is not done by then goes on by itself. */
  const settle = async (call: Call, work: () => Promise<unknown>): Promise<void> => {
    const settling = work().catch(error => {
      call.log.warn('ledgerNotSettled', { code: error instanceof Failure ? error.code : 'internal' });
    });
    const timeLeft = Math.max(0, call.deadline - ANSWER_MS - now());
    await waitFor(settling, AbortSignal.timeout(timeLeft)).catch(() => undefined);
  };

  /** A row whose insert seemed to fail may be there all the same, and would tell of a write that was never made. */
  const withdraw = async ({ id }: IdempotencyKey, { owner }: LedgerRow): Promise<void> => {
    const held = await store.read(id);
    if (held?.owner === owner) await store.remove(id, held.version);
  };

  /** Waits for the call that has the key. @returns undefined when this call may try to take it */
  const outcomeOf = async (write: LedgerWrite, first: HeldRow): Promise<LedgerOutcome | undefined> => {
    const { key, call } = write;
    let held: HeldRow | undefined = first;
    for (let wait = FIRST_POLL_MS; held; wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
      if (held.state === 'done' && !write.repeat) return repeated(held, key);
      if (isOver(held, write)) return undefined;
      if (!isRunning(held) || now() + wait >= call.deadline) throw unconfirmed();
      await waitFor(new Promise(resolve => setTimeout(resolve, wait)), call.signal);
      held = await store.read(key.id);
    }
    return undefined;
  };

  /** Runs the write, and leaves in its row what must be known of it. */
  const carryOut = async (write: LedgerWrite, row: LedgerRow, version: string): Promise<object> => {
    const { key, call, run, isRemembered, isIdempotent, isUnknown } = write;
    const over: LedgerRow = { ...row, runsForMs: 0 };
    const forget = async () => {
      settledAs(row.owner);
      await store.remove(key.id, version).catch(() => store.remove(key.id, version));
    };
    let output: object;
    try {
      output = await run();
    } catch (error) {
      const leavesDoubt = isUnknown(error) && !isIdempotent;
      await settle(call, () =>
        leavesDoubt ? store.replace(key.id, { ...over, state: 'unknown' }, version) : forget(),
      );
      throw error;
    }
    await settle(call, async () => {
      const done: LedgerRow = { ...over, state: 'done', ...kept(output, key), ...(!isRemembered && { keptForMs: 0 }) };
      const written = await store.replace(key.id, done, version).catch(error => {
        if (isIdempotent) settledAs(row.owner);
        throw error;
      });
      // Calls that wait at this moment are answered from the row.
      const remove = () => store.remove(key.id, written ?? '').catch(() => undefined);
      if (!isRemembered) setTimeout(remove, WAITERS_MS).unref();
    });
    return output;
  };

  return {
    async once(write) {
      const { key, call } = write;
      for (;;) {
        const row: LedgerRow = {
          owner: randomUUID(),
          state: 'running',
          runsForMs: Math.max(0, call.deadline - now()),
          keptForMs: REMEMBERED_MS,
        };
        const claimed = await claim(write, row).catch(error => {
          void settle(call, () => withdraw(key, row));
          throw error;
        });
        if ('held' in claimed) {
          const outcome = await outcomeOf(write, claimed.held);
          if (outcome) return outcome;
          // The first one failed without a doubt, or its answer is not kept: this one may take the key.
          continue;
        }
        return { output: await carryOut(write, row, claimed.version) };
      }
    },
  };
}

/** Adds what was not there or makes it the newest, and lets go of the oldest beyond `most`. */
function keepNewest(kept: Set<string>, added: string, most: number): void {
  kept.delete(added);
  kept.add(added);
  for (const oldest of kept) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
}

/** Whoever waits for a write under way looks at least this often. */
const WAITERS_MS = LONGEST_POLL_MS * 2;

/** Whether the call that has the row may still be at work. */
export function isRunning({ state, ageMs, runsForMs }: HeldRow): boolean {
  return state === 'running' && ageMs <= runsForMs + MARGIN_MS;
}

function kept(output: object, key: IdempotencyKey): { result?: Uint8Array } {
  const result = seal(JSON.stringify(output), key);
  return result.length <= MAX_RESULT_BYTES ? { result } : {};
}

function repeated({ result, ageMs }: HeldRow, key: IdempotencyKey): LedgerOutcome {
  if (result !== undefined) return { output: JSON.parse(unseal(result, key)), repeatedAfterMs: ageMs };
  throw new Failure(
    'conflict',
    'The same change was made moments ago, and its answer was too large to be kept. Look up what came of it; to make the change again on purpose, give repeat: true.',
  );
}

function unconfirmed(): Failure {
  return new Failure(
    'upstream_timeout',
    'The same change was begun moments ago, and it is not confirmed: it may or may not have been made. Check with a lookup before you try it again; where it was not made, it can be tried again two minutes after the first time.',
    { retryable: false },
  );
}
