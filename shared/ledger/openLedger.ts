import { MAX_ACTION_TIMEOUT_MS } from '../settings/common.ts';
import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import { createLedger, type Ledger, REMEMBERED_MS } from './ledger.ts';
import type { LedgerStore } from './ledgerStore.ts';
import { memoryStore } from './memoryStore.ts';

/** More than instances' clocks differ and requests take. */
const MARGIN_MS = 60_000;

/** The ledger, and the store that it is kept in. */
export interface OpenLedger {
  ledger: Ledger;
  store: LedgerStore;
}

/** The ledger that the settings ask for: Table Storage where it is set, else the memory of this process. */
export function openLedger(parts: {
  config: Config;
  env: Environment;
  now: () => number;
  /** How long anything else that is kept in the store is needed, in milliseconds. */
  keptForMs: number;
}): () => Promise<OpenLedger> {
  const { config, env, now, keptForMs } = parts;
  let opened: Promise<OpenLedger> | undefined;
  const open = async (): Promise<OpenLedger> => {
    const store = await openStore();
    return { ledger: createLedger(store, now), store };
  };
  const openStore = async (): Promise<LedgerStore> => {
    const { LEDGER_TABLE_ENDPOINT: endpoint, AZURE_CLIENT_ID: clientId } = config.ledger.read();
    if (!endpoint) return memoryStore(now);
    const { tableStore } = await import('./tableStore.ts');
    return tableStore({
      endpoint,
      clientId,
      env,
      now,
      longestMs: Math.max(MAX_ACTION_TIMEOUT_MS + REMEMBERED_MS, keptForMs) + MARGIN_MS,
    });
  };
  return () => {
    opened ??= open();
    return opened;
  };
}
