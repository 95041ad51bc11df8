import type { HeldRow, LedgerRow, LedgerStore } from './ledgerStore.ts';

/** A ledger of this process alone. */
export function memoryStore(now: () => number): LedgerStore {
  const rows = new Map<string, HeldRow>();
  let versions = 0;
  const put = (fingerprint: string, row: LedgerRow) => {
    const version = String(++versions);
    rows.set(fingerprint, { ...row, version });
    return version;
  };
  const isCurrent = (fingerprint: string, version: string) => rows.get(fingerprint)?.version === version;

  /** Rows are in the order in which they were begun, and so in that in which they expire. */
  const sweep = () => {
    for (const [fingerprint, { expiresAt }] of rows) {
      if (expiresAt > now()) break;
      rows.delete(fingerprint);
    }
  };

  return {
    async insert(fingerprint, row) {
      sweep();
      return rows.has(fingerprint) ? undefined : put(fingerprint, row);
    },
    async read(fingerprint) {
      return rows.get(fingerprint);
    },
    async replace(fingerprint, row, version) {
      return isCurrent(fingerprint, version) ? put(fingerprint, row) : undefined;
    },
    async remove(fingerprint, version) {
      if (isCurrent(fingerprint, version)) rows.delete(fingerprint);
    },
  };
}
