import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import { idempotencyKey } from '../ledger/idempotencyKey.ts';
import type { OpenLedger } from '../ledger/openLedger.ts';
import { carryOut } from '../plan/carryOut.ts';
import type { ItemOutcome } from '../plan/itemOutcome.ts';
import { createPlans, type LeftItem, type PlanItem } from '../plan/plans.ts';
import { takeProgress } from '../plan/progress.ts';
import type { Action, PlannedWork } from './defineAction.ts';
import { mayHaveChanged } from './lostWrite.ts';
import { toFailure } from './problem.ts';

interface PlannedCall extends OpenLedger {
  input: { confirmationToken?: string };
  /** What the action's `plan`, `look` and `perform` may use. */
  context: object;
  call: Call;
  now: () => number;
  /** Takes out of a text what must not be told. */
  redact(text: string): string;
}

/**
 * Without a token: what would be done, and a token for it. With one: does it, each item once, however often and by whichever
 * calls the plan is carried out. `refused`: the vendor has refused the caller's own token meanwhile, with what is then to tell.
 */
export async function planOrCarryOut(
  action: Action,
  planned: PlannedWork,
  parts: PlannedCall,
): Promise<{ output: object; refused?: Failure }> {
  const { input, context, call, store, now, redact } = parts;
  const { caller } = call;
  const plans = createPlans(store);
  const { confirmationToken } = input;
  if (confirmationToken === undefined) {
    const { summary, items } = await planned.plan(input, context);
    const possible = items.filter((item): item is PlanItem => !isLeft(item));
    const token =
      possible.length > 0 ? await plans.keep({ action: action.name, items: possible }, caller.id) : undefined;
    const output = {
      summary,
      ...(token && { confirmationToken: token }),
      items: items.map(item =>
        isLeft(item)
          ? { key: item.key, outcome: 'notDone', message: item.cannot }
          : { key: item.key, outcome: 'planned', message: item.what },
      ),
    };
    return { output };
  }
  const { items } = await plans.read(confirmationToken, { action: action.name, callerId: caller.id });
  call.maxRequests += Math.ceil(items.length / planned.batches.looked) * action.requests;
  // An equal plan that adds the same goes on with the same progress: it must not add it once more.
  const what = action.effect === 'adds' ? items.map(({ key, what, data }) => ({ key, what, data })) : confirmationToken;
  const key = idempotencyKey(caller.id, `${action.name} plan`, { what });
  const progress = await takeProgress({ store, key, call, now });
  const known = items.filter(item => progress.done(item.key)).length;
  let writesBefore = call.usage.writes;
  let refused: Failure | undefined;
  const noteRefusal = (error: unknown) => {
    if (error instanceof Failure && error.code === 'unauthenticated') refused ??= error;
  };
  const noting = async <Result>(work: Promise<Result>): Promise<Result> => {
    work.catch(noteRefusal);
    return work;
  };
  const outcomes = await carryOut(items, {
    batches: planned.batches,
    isIdempotent: action.idempotent,
    look: (some, known) => noting(planned.look(some, context, known)),
    async perform(some, before) {
      // A failure leaves doubt for what was sent for these items alone, where that can be told.
      if (planned.batches.atOnce === 1) writesBefore = call.usage.writes;
      const results = await noting(planned.perform(some, context, before));
      for (const result of results) if ('failure' in result) noteRefusal(result.failure);
      return results;
    },
    isUnknown: error =>
      mayHaveChanged(toFailure(error, call.correlationId), {
        ...call.usage,
        writes: call.usage.writes - writesBefore,
      }),
    progress,
    now,
    deadline: call.deadline,
    signal: call.signal,
  });
  await progress.release().catch(error => {
    call.log.warn('planNotReleased', { code: error instanceof Failure ? error.code : 'internal' });
  });
  const isOpen = outcomes.some(({ outcome }) => outcome === 'notReached' || outcome === 'unknown');
  const output = {
    summary: summaryOf(outcomes, known),
    ...(isOpen && { confirmationToken }),
    ...(known === items.length && { deduplicated: true }),
    items: outcomes.map(outcome => ({ ...outcome, message: redact(outcome.message) })),
  };
  return { output, ...(refused && { refused: goingOn(refused, outcomes) }) };
}

/** Whoever signs in anew goes on with the same plan. */
function goingOn({ code, message, cause }: Failure, outcomes: readonly ItemOutcome[]): Failure {
  const done = outcomes.filter(({ outcome }) => outcome === 'done').length;
  return new Failure(
    code,
    `${message} ${done} of ${outcomes.length} are done: then make this call again with the same confirmationToken to go on with the rest.`,
    { cause, halfDone: done > 0 },
  );
}

function isLeft(item: PlanItem | LeftItem): item is LeftItem {
  return 'cannot' in item;
}

/** @param known how many an earlier call had done */
function summaryOf(outcomes: readonly ItemOutcome[], known: number): string {
  const count = (outcome: ItemOutcome['outcome']) => outcomes.filter(each => each.outcome === outcome).length;
  const [done, notReached, unknown] = [count('done'), count('notReached'), count('unknown')];
  return [
    `${done} of ${outcomes.length} done${known > 0 ? `, ${known} of them by an earlier call` : ''}.`,
    ...(notReached > 0
      ? [`${notReached} not reached: make this call again with the same confirmationToken to go on.`]
      : []),
    ...(unknown > 0
      ? [
          `${unknown} may or may not be done: make this call again with the same confirmationToken in a minute to see, and do not plan them anew before.`,
        ]
      : []),
  ].join(' ');
}
