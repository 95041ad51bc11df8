import { randomUUID } from 'node:crypto';
import { idempotencyKey } from '../ledger/idempotencyKey.ts';
import type { OpenLedger } from '../ledger/openLedger.ts';

/**
 * Whether it is this instance that does something which one of many that start together is to do. It is, unless another one
 * that shares the ledger has begun the same within this time; the others then know of this one.
 *
 * @param what names the work
 */
export async function isTurn(
  { what, everyMs }: { what: Record<string, string>; everyMs: number },
  { store }: OpenLedger,
): Promise<boolean> {
  const { id } = idempotencyKey('app', 'start', what);
  const row = { owner: randomUUID(), state: 'done', runsForMs: 0, keptForMs: everyMs } as const;
  const held = await store.read(id);
  if (held && held.ageMs < everyMs) return false;
  const version = held ? await store.replace(id, row, held.version) : await store.insert(id, row);
  return version !== undefined;
}
