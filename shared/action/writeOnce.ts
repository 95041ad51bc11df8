import type { Call } from '../call.ts';
import { idempotencyKey } from '../ledger/idempotencyKey.ts';
import type { Ledger, LedgerOutcome } from '../ledger/ledger.ts';
import { repeated } from '../repeated.ts';
import { meaningOf } from '../schema/meaning.ts';
import type { Action } from './defineAction.ts';
import { mayHaveChanged } from './lostWrite.ts';
import { toFailure } from './problem.ts';

/** Makes a write, once: an equal one that is under way, or for what adds was made a moment ago, is answered with what that gave. */
export async function writeOnce(
  action: Action,
  parts: { input: object; repeat: boolean; call: Call; ledger: Ledger; run(): Promise<object> },
): Promise<object> {
  const { input, repeat, call, ledger, run } = parts;
  const outcome = await ledger.once({
    key: idempotencyKey(call.caller.id, action.name, written(action, input)),
    isRemembered: action.effect === 'adds',
    isIdempotent: action.idempotent,
    repeat,
    call,
    run,
    isUnknown: error => mayHaveChanged(toFailure(error, call.correlationId), call.usage),
  });
  return answered(outcome, action);
}

/** What of the input is written. */
function written({ input: { shape } }: Action, input: object): object {
  const isWritten = ([name]: [string, unknown]) => !(shape[name] && meaningOf(shape[name]).permits);
  return Object.fromEntries(Object.entries(input).filter(isWritten));
}

/** What a write gave; what an earlier call gave says so first. */
function answered({ output, repeatedAfterMs }: LedgerOutcome, { effect }: Action): object {
  if (repeatedAfterMs === undefined) return output;
  const seconds = Math.max(1, Math.round(repeatedAfterMs / 1000));
  const again = effect === 'adds' ? ' To do it once more on purpose, make the same call with repeat: true.' : '';
  const note = `Nothing was done this time: the same call was made ${seconds} ${seconds === 1 ? 'second' : 'seconds'} ago, and this is what it did.${again}`;
  const earlier = 'note' in output && typeof output.note === 'string' ? ` ${output.note}` : '';
  // The note comes first, where a model reads it before the rest.
  const { note: _, ...rest } = output as { note?: string };
  return { note: note + earlier, ...rest, ...repeated };
}
