import type { Call } from '../call.ts';
import { idempotencyKey } from '../ledger/idempotencyKey.ts';
import type { OpenLedger } from '../ledger/openLedger.ts';
import { carryOut } from '../plan/carryOut.ts';
import { createPlans } from '../plan/plans.ts';
import type { Action, PlannedWork } from './defineAction.ts';
import { mayHaveChanged } from './lostWrite.ts';
import { toFailure } from './problem.ts';

interface PlannedCall extends OpenLedger {
  input: { confirmationToken?: string };
  /** What the action's `plan`, `versionOf` and `perform` may use. */
  context: object;
  call: Call;
  now: () => number;
  /** Takes out of a text what must not be told. */
  redact(text: string): string;
}

/** Without a token: what would be done, and a token for it. With one: does it, each item once. */
export async function planOrCarryOut(action: Action, planned: PlannedWork, parts: PlannedCall): Promise<object> {
  const { input, context, call, ledger, store, now, redact } = parts;
  const { usage, caller } = call;
  const plans = createPlans(store);
  if (input.confirmationToken === undefined) {
    const { summary, items } = await planned.plan(input, context);
    const confirmationToken = await plans.keep({ action: action.name, items }, caller.id);
    return {
      summary,
      confirmationToken,
      items: items.map(({ key, what }) => ({ key, outcome: 'planned', message: what })),
    };
  }
  const { items } = await plans.take(input.confirmationToken, { action: action.name, callerId: caller.id });
  call.maxRequests += items.length * action.requests;
  let writesBefore = 0;
  // An item's failure leaves doubt for what was sent for that item alone.
  const isUnknown = (error: unknown) =>
    mayHaveChanged(toFailure(error, call.correlationId), { ...usage, writes: usage.writes - writesBefore });
  const outcomes = await carryOut(items, {
    versionOf: item => planned.versionOf(item, context),
    async perform(item) {
      writesBefore = usage.writes;
      await ledger.once({
        key: idempotencyKey(caller.id, action.name, item),
        isRemembered: action.effect === 'adds',
        isIdempotent: action.idempotent,
        repeat: false,
        call,
        run: async () => {
          await planned.perform(item, context);
          return {};
        },
        isUnknown,
      });
    },
    isUnknown,
    timeLeft: () => call.deadline - now(),
    signal: call.signal,
  });
  const done = outcomes.filter(({ outcome }) => outcome === 'done').length;
  return {
    summary: `${done} of ${outcomes.length} done.`,
    items: outcomes.map(outcome => ({ ...outcome, message: redact(outcome.message) })),
  };
}
