import type { HeldRow, LedgerRow, LedgerStore } from './ledgerStore.ts';

type Row = LedgerRow & { version: string; writtenAt: number };

/** A ledger of this process alone. */
export function memoryStore(now: () => number): LedgerStore {
  const rows = new Map<string, Row>();
  let versions = 0;
  const put = (key: string, row: LedgerRow) => {
    const version = String(++versions);
    // A row that was written again is the youngest.
    rows.delete(key);
    rows.set(key, { ...row, version, writtenAt: now() });
    return version;
  };
  const isCurrent = (key: string, version: string) => rows.get(key)?.version === version;

  const sweep = () => {
    for (const [key, { writtenAt, runsForMs, keptForMs }] of rows) {
      if (now() - writtenAt > runsForMs + keptForMs) rows.delete(key);
    }
  };

  return {
    async insert(key, row) {
      sweep();
      return rows.has(key) ? undefined : put(key, row);
    },
    async read(key): Promise<HeldRow | undefined> {
      const row = rows.get(key);
      if (!row) return undefined;
      const { writtenAt, ...held } = row;
      return { ...held, ageMs: now() - writtenAt };
    },
    async replace(key, row, version) {
      return isCurrent(key, version) ? put(key, row) : undefined;
    },
    async remove(key, version) {
      if (isCurrent(key, version)) rows.delete(key);
    },
  };
}
