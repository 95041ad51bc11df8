import { Failure } from '../failure.ts';
import { waitFor } from '../singleFlight.ts';
import type { ItemOutcome } from './itemOutcome.ts';
import type { PlanItem } from './plans.ts';

export interface ItemWork {
  /** How the item is now. @throws Failure */
  versionOf(item: PlanItem): Promise<string>;
  /** Does it, once. @throws Failure */
  perform(item: PlanItem): Promise<void>;
  /** Whether a failure leaves open if something was changed. */
  isUnknown(error: unknown): boolean;
  /** Milliseconds until `signal` aborts. */
  timeLeft(): number;
  /** Aborts when the time is over; there is still some left to answer in. */
  signal: AbortSignal;
}

/** No item is begun with less time than this. */
const MIN_ITEM_MS = 1_000;
const noTime = 'There was no time left.';

/**
 * Does the items one after the other and tells what came of each. One that changed since the plan was made, or fails,
 * does not keep the others from being done. Where an outcome is unknown or the upstream is not there, the rest is left.
 */
export async function carryOut(items: readonly PlanItem[], work: ItemWork): Promise<ItemOutcome[]> {
  const outcomes: ItemOutcome[] = [];
  let stopped: string | undefined;
  for (const item of items) {
    if (stopped === undefined && work.timeLeft() < MIN_ITEM_MS) stopped = noTime;
    if (stopped !== undefined) {
      outcomes.push({ key: item.key, outcome: 'notReached', message: stopped });
      continue;
    }
    const outcome = await carryOutOne(item, work);
    outcomes.push(outcome);
    if (outcome.stops) stopped = outcome.stops;
  }
  return outcomes.map(({ key, outcome, message }) => ({ key, outcome, message }));
}

async function carryOutOne(item: PlanItem, work: ItemWork): Promise<ItemOutcome & { stops?: string }> {
  const { key } = item;
  let isBegun = false;
  try {
    if ((await waitFor(work.versionOf(item), work.signal)) !== item.version) {
      return { key, outcome: 'notDone', message: 'It has changed since the plan was made, so it was left alone.' };
    }
    isBegun = true;
    await waitFor(work.perform(item), work.signal);
    return { key, outcome: 'done', message: item.what };
  } catch (error) {
    const isLate = work.timeLeft() < MIN_ITEM_MS;
    const stops = isLate ? noTime : stopsAfter;
    if (isLate && !isBegun) return { key, outcome: 'notReached', message: noTime, stops };
    const failure = error instanceof Failure ? error : undefined;
    const message = failure?.message ?? (work.signal.aborted ? 'It was not done in time.' : 'This service failed.');
    if (isBegun && work.isUnknown(error)) return { key, outcome: 'unknown', message, stops };
    const isOutage = !failure || failure.code.startsWith('upstream_') || failure.code === 'rate_limited';
    return { key, outcome: 'notDone', message, ...(isOutage && { stops }) };
  }
}

const stopsAfter = 'It was not begun, because the one before it failed for a reason that would meet this one, too.';
