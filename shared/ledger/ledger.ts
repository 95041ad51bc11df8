import { randomUUID } from 'node:crypto';
import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import { waitFor } from '../singleFlight.ts';
import type { HeldRow, LedgerRow, LedgerStore } from './ledgerStore.ts';

/** Makes a write happen once, however often and wherever it is asked for. */
export interface Ledger {
  /**
   * Runs the write, unless the same one was begun within the last two minutes: then waits for that one, and gives its
   * output. `isUnknown` tells of a failure whether it leaves open if the write was made.
   * @throws Failure what the write failed with; `upstream_timeout`, not retryable, when nobody knows whether it was made;
   * `upstream_unavailable` when the ledger cannot be asked: then the write was not made.
   */
  once(write: {
    fingerprint: string;
    call: Call;
    run(): Promise<object>;
    isUnknown(error: unknown): boolean;
  }): Promise<object>;
}

/** For so long the same write is answered with what came of the first. */
const LIFE_MS = 120_000;
/** Instances' clocks may differ by this much before a row is taken for over too early. */
const SKEW_MS = 5_000;
const FIRST_POLL_MS = 25;
const LONGEST_POLL_MS = 500;
/** What is kept of a call's time to answer in, however slow the store is. */
const ANSWER_MS = 250;
/** JSON that is longer is not kept: a row holds a megabyte, and an answer is a fraction of it unless MAX_RESPONSE_BYTES was raised. */
const MAX_RESULT_BYTES = 900_000;

/**
 * A ledger over any store. The row's atomic insert decides who runs. A failure that leaves no doubt takes the row away,
 * so that the same write can be tried again when its cause is gone; where there is doubt it stays, until it expires.
 */
export function createLedger(store: LedgerStore, now: () => number): Ledger {
  /** Takes the fingerprint for this call, or tells who has it. */
  const claim = async (fingerprint: string, row: LedgerRow): Promise<{ version: string } | { held: HeldRow }> => {
    for (;;) {
      const inserted = await store.insert(fingerprint, row);
      if (inserted !== undefined) return { version: inserted };
      const held = await store.read(fingerprint);
      if (!held) continue;
      // An insert whose answer was lost is sent again, and then finds itself.
      if (held.owner === row.owner) return { version: held.version };
      if (now() <= held.expiresAt + SKEW_MS) return { held };
      const replaced = await store.replace(fingerprint, row, held.version);
      if (replaced !== undefined) return { version: replaced };
    }
  };

  /** Waits for the store while there is time; what is not done by then goes on by itself. */
  const settle = async (call: Call, work: () => Promise<unknown>): Promise<void> => {
    const settled = work().catch(error => {
      // The row then runs out of time, and the same write is told to check first: nothing happens twice.
      call.log.warn('ledgerNotSettled', { code: error instanceof Failure ? error.code : 'internal' });
    });
    const timeLeft = Math.max(0, call.deadline - ANSWER_MS - now());
    await waitFor(settled, AbortSignal.timeout(timeLeft)).catch(() => undefined);
  };

  /** A row whose insert seemed to fail may be there all the same, and would tell of a write that was never made. */
  const withdraw = async (fingerprint: string, { owner }: LedgerRow): Promise<void> => {
    const held = await store.read(fingerprint);
    if (held?.owner === owner) await store.remove(fingerprint, held.version);
  };

  const outcomeOf = async (fingerprint: string, first: HeldRow, call: Call): Promise<object | 'gone'> => {
    let held: HeldRow | undefined = first;
    for (let wait = FIRST_POLL_MS; held; wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
      if (held.state === 'done') return repeated(held);
      const isLeft = held.state === 'running' && now() <= held.deadline + SKEW_MS;
      if (!isLeft || now() + wait >= call.deadline) throw unconfirmed(isLeft);
      await waitFor(new Promise(resolve => setTimeout(resolve, wait)), call.signal);
      held = await store.read(fingerprint);
    }
    return 'gone';
  };

  return {
    async once({ fingerprint, call, run, isUnknown }) {
      for (;;) {
        const row: LedgerRow = {
          owner: randomUUID(),
          state: 'running',
          deadline: call.deadline,
          expiresAt: now() + LIFE_MS,
        };
        const claimed = await claim(fingerprint, row).catch(error => {
          void settle(call, () => withdraw(fingerprint, row));
          throw error;
        });
        if ('held' in claimed) {
          const outcome = await outcomeOf(fingerprint, claimed.held, call);
          if (outcome !== 'gone') return outcome;
          // The first one failed without a doubt: this one may well succeed.
          continue;
        }
        const { version } = claimed;
        const remove = () => store.remove(fingerprint, version);
        let output: object;
        try {
          output = await run();
        } catch (error) {
          await settle(call, () =>
            isUnknown(error)
              ? store.replace(fingerprint, { ...row, state: 'unknown' }, version)
              : remove().catch(remove),
          );
          throw error;
        }
        const result = JSON.stringify(output);
        const kept = Buffer.byteLength(result) <= MAX_RESULT_BYTES ? { result } : {};
        await settle(call, () => store.replace(fingerprint, { ...row, state: 'done', ...kept }, version));
        return output;
      }
    },
  };
}

function repeated({ result }: HeldRow): object {
  if (result !== undefined) return { ...JSON.parse(result), deduplicated: true };
  throw new Failure(
    'conflict',
    'The same change was made moments ago, and its answer was too large to be kept. Look up what came of it.',
  );
}

function unconfirmed(isUnderWay: boolean): Failure {
  return new Failure(
    'upstream_timeout',
    isUnderWay
      ? 'The same change is being made at this moment and is not confirmed yet. Check with a lookup before you try it again.'
      : 'The same change was tried moments ago, and it may or may not have been made. Check with a lookup; if it was not, it can be tried again two minutes after the first time.',
    { retryable: false },
  );
}
