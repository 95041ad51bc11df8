import { setTimeout } from 'node:timers/promises';
import { Failure } from '../failure.ts';
import { waitFor } from '../singleFlight.ts';
import type { ItemOutcome } from './itemOutcome.ts';
import { planAnew } from './planAnew.ts';
import type { PlanItem } from './plans.ts';
import type { Progress } from './progress.ts';

/** How an item is now: as it was when the plan was made, as the plan wants it, or changed otherwise. */
export interface ItemState {
  is: 'asPlanned' | 'done' | 'changed';
  /** What it is called now, where that differs from the item's key. */
  key?: string | undefined;
  message?: string | undefined;
  url?: string | undefined;
}

/** What came of an item that was sent. */
export type ItemResult =
  | { key?: string | undefined; message?: string | undefined; url?: string | undefined }
  /** `partly`: a part of it was done before that. */
  | { failure: unknown; partly?: boolean };

/** How many items an upstream takes at a time. */
export interface Batches {
  /** One `look` is at so many. */
  looked: number;
  /** One `perform` does so many. */
  size: number;
  /** So many `perform`s are under way at once. */
  atOnce: number;
}

/** What is known of items before they are looked at. */
export interface Known {
  /** Whether it was sent, and nobody knows what came of it. */
  isInDoubt(itemKey: string): boolean;
  /** Those that are told already, by their keys in the plan. */
  outcomes: ReadonlyMap<string, ItemOutcome>;
}

export interface PlanWork {
  batches: Batches;
  /** True where what was sent once may be sent again without harm. */
  isIdempotent: boolean;
  /** How the items are now, in their order. @throws Failure */
  look(items: readonly PlanItem[], known: Known): Promise<ItemState[]>;
  /**
   * Does the items, each once, and tells what came of each, in their order. `outcomes` has those before, by their keys in the
   * plan. @throws Failure that befell all of them
   */
  perform(items: readonly PlanItem[], outcomes: ReadonlyMap<string, ItemOutcome>): Promise<ItemResult[]>;
  /** Whether a failure leaves open if something was changed. */
  isUnknown(error: unknown): boolean;
  progress: Progress;
  now(): number;
  /** Milliseconds since the epoch. */
  deadline: number;
  /** Aborts when the time is over; there is still some left to answer in. */
  signal: AbortSignal;
}

/** No item is begun with less time than this. */
const MIN_ITEM_MS = 1_000;
/** So often an item is sent that the upstream did not take because it is called too often. */
const MAX_TRIES = 4;
const noTime = 'There was no time left.';
const stopsAfter = 'It was not begun, because one before it failed for a reason that would meet this one, too.';
const inDoubt =
  'An earlier call has sent it, and it is not there yet: it may still come, or it was never made. It is not sent again by itself.';

/**
 * Does the items of a plan in their order, batch by batch, and tells what came of each. What an earlier call has done is not
 * done again; what it began without learning the outcome is looked for and, unless it is idempotent, never sent again. An item
 * that changed since the plan was made, or fails, does not keep the others from being done. Where an outcome is unknown or the
 * upstream is not there, the rest is left.
 */
export async function carryOut(items: readonly PlanItem[], work: PlanWork): Promise<ItemOutcome[]> {
  const { batches, progress } = work;
  const outcomes = new Map<string, ItemOutcome>();
  let stopped: string | undefined;
  /** Milliseconds since the epoch, until which the upstream wants to be left alone. */
  let pausedUntil = 0;
  const timeLeft = () => work.deadline - work.now();

  /** Whether it may have been sent by an earlier call, and must not be sent again. */
  const isInDoubt = (key: string) => !work.isIdempotent && progress.isInDoubt(key);
  const settle = (found: ReadonlyMap<string, ItemOutcome>) => {
    for (const [key, outcome] of found) outcomes.set(key, outcome);
    progress.end(found);
  };
  const leave = (left: readonly PlanItem[], message: string) => {
    for (const { key } of left) outcomes.set(key, { key, outcome: 'notReached', message });
  };

  /** Tells what came of those that a look shows to be settled. @returns the others */
  const sort = (looked: readonly PlanItem[], states: readonly ItemState[]): PlanItem[] => {
    const found = new Map<string, ItemOutcome>();
    const others = looked.filter((item, index) => {
      const { is, key = item.key, message, url } = states[index] ?? { is: 'changed' };
      if (is === 'done') found.set(item.key, outcomeOf(key, 'done', message ?? item.what, url));
      else if (isInDoubt(item.key)) found.set(item.key, outcomeOf(item.key, 'unknown', inDoubt));
      else if (is === 'changed') found.set(item.key, outcomeOf(key, 'notDone', message ?? hasChanged, url));
      else return true;
      return false;
    });
    settle(found);
    return others;
  };

  const performOnce = async (batch: readonly PlanItem[]): Promise<ItemResult[]> => {
    try {
      const results = await waitFor(work.perform(batch, outcomes), work.signal);
      return batch.map((_, index) => results[index] ?? { failure: undefined });
    } catch (failure) {
      return batch.map(() => ({ failure }));
    }
  };

  const performBatch = async (batch: readonly PlanItem[]): Promise<void> => {
    let left = batch;
    for (let tries = 1; left.length > 0; tries += 1) {
      await setTimeout(Math.max(0, pausedUntil - work.now()));
      if (stopped !== undefined || timeLeft() < MIN_ITEM_MS) {
        stopped ??= noTime;
        return leave(left, stopped);
      }
      if (!work.isIdempotent && tries === 1) {
        try {
          await progress.begin(left.map(({ key }) => key));
        } catch (error) {
          stopped = messageOf(error, work.signal);
          return leave(left, stopped);
        }
      }
      const results = await performOnce(left);
      const found = new Map<string, ItemOutcome>();
      const again: PlanItem[] = [];
      for (const [index, item] of left.entries()) {
        const result = results[index] ?? { failure: undefined };
        if (!('failure' in result)) {
          const { key = item.key, message = item.what, url } = result;
          found.set(item.key, outcomeOf(key, 'done', message, url));
          continue;
        }
        const { failure } = result;
        const wait = tries < MAX_TRIES ? waitOf(failure) : undefined;
        if (wait !== undefined && wait + MIN_ITEM_MS < timeLeft()) {
          pausedUntil = Math.max(pausedUntil, work.now() + wait);
          again.push(item);
          continue;
        }
        const isUnknown = work.isUnknown(failure);
        const outcome = outcomeOf(item.key, isUnknown ? 'unknown' : 'notDone', messageOf(failure, work.signal));
        found.set(item.key, { ...outcome, ...('partly' in result && result.partly && { partly: true }) });
        if (isUnknown || isOutage(failure)) stopped ??= timeLeft() < MIN_ITEM_MS ? noTime : stopsAfter;
      }
      settle(found);
      left = again;
    }
  };

  /** What was sent and not answered may be there all the same. */
  const lookAgain = async (looked: readonly PlanItem[]): Promise<void> => {
    const unknown = looked.filter(({ key }) => outcomes.get(key)?.outcome === 'unknown');
    if (unknown.length === 0 || timeLeft() < MIN_ITEM_MS) return;
    const states = await waitFor(work.look(unknown, { isInDoubt: () => true, outcomes }), work.signal).catch(() => []);
    const found = unknown.flatMap((item, index): [string, ItemOutcome][] => {
      const state = states[index];
      if (state?.is !== 'done') return [];
      return [[item.key, outcomeOf(state.key ?? item.key, 'done', state.message ?? item.what, state.url)]];
    });
    settle(new Map(found));
  };

  for (const chunk of chunksOf(items, batches.looked)) {
    const open = chunk.filter(item => {
      const known = progress.done(item.key);
      if (known) outcomes.set(item.key, known);
      const before = item.after === undefined ? undefined : outcomes.get(item.after);
      if (!known && before && before.outcome !== 'done') leave([item], needsOther);
      return !outcomes.has(item.key);
    });
    if (open.length === 0) continue;
    if (stopped === undefined && timeLeft() < MIN_ITEM_MS) stopped = noTime;
    if (stopped !== undefined) {
      leave(open, stopped);
      continue;
    }
    let ready: PlanItem[];
    try {
      ready = sort(open, await waitFor(work.look(open, { isInDoubt: progress.isInDoubt, outcomes }), work.signal));
    } catch (error) {
      if (timeLeft() < MIN_ITEM_MS || isOutage(error)) {
        stopped = timeLeft() < MIN_ITEM_MS ? noTime : messageOf(error, work.signal);
        leave(open, stopped);
      } else {
        const message = messageOf(error, work.signal);
        settle(new Map(open.map(({ key }) => [key, outcomeOf(key, isInDoubt(key) ? 'unknown' : 'notDone', message)])));
      }
      continue;
    }
    const groups = groupsOf(ready, batches.size);
    const next = async (): Promise<void> => {
      for (let group = groups.shift(); group; group = groups.shift()) await performBatch(group);
    };
    await Promise.all(Array.from({ length: Math.min(batches.atOnce, groups.length) }, next));
    await lookAgain(ready);
  }
  return items.map(({ key }) => outcomes.get(key) ?? outcomeOf(key, 'notReached', noTime));
}

const hasChanged = `It has changed since the plan was made, so it was left alone. ${planAnew}`;
const needsOther = 'It was not begun, because what it belongs to is not known to be there.';

function outcomeOf(key: string, outcome: ItemOutcome['outcome'], message: string, url?: string): ItemOutcome {
  return { key, outcome, message, ...(url !== undefined && { url }) };
}

function messageOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof Failure) return error.message;
  return signal.aborted ? 'It was not done in time.' : 'This service failed.';
}

/** What would meet the items behind it, too. */
function isOutage(error: unknown): boolean {
  return !(error instanceof Failure) || error.code.startsWith('upstream_') || stopping.has(error.code);
}

/** The limit of what an upstream takes, and a caller's own token that it takes no more. */
const stopping: ReadonlySet<string> = new Set(['rate_limited', 'unauthenticated']);

/** Milliseconds after which an upstream that is called too often takes it, where it tells. */
function waitOf(error: unknown): number | undefined {
  if (!(error instanceof Failure) || error.code !== 'rate_limited' || error.retryAfterSeconds === undefined)
    return undefined;
  return Math.max(MIN_WAIT_MS, error.retryAfterSeconds * 1000);
}

const MIN_WAIT_MS = 200;

/** Parts of at most `size`, in each of which no item needs another one of it. */
function chunksOf(items: readonly PlanItem[], size: number): PlanItem[][] {
  const chunks: PlanItem[][] = [];
  let keys = new Set<string>();
  for (const item of items) {
    const chunk = chunks.at(-1);
    if (chunk && chunk.length < size && !(item.after !== undefined && keys.has(item.after))) {
      chunk.push(item);
      keys.add(item.key);
    } else {
      chunks.push([item]);
      keys = new Set([item.key]);
    }
  }
  return chunks;
}

function groupsOf(items: readonly PlanItem[], size: number): PlanItem[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
