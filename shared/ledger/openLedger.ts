import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { memoryStore } from './memoryStore.ts';

/** The ledger that the settings ask for: Table Storage where it is set, else the memory of this process. */
export function openLedger(config: Config, env: Environment, now: () => number): () => Promise<Ledger> {
  let ledger: Promise<Ledger> | undefined;
  const open = async (): Promise<Ledger> => {
    const { LEDGER_TABLE_ENDPOINT: endpoint, AZURE_CLIENT_ID: clientId } = config.ledger.read();
    if (!endpoint) return createLedger(memoryStore(now), now);
    const { tableStore } = await import('./tableStore.ts');
    return createLedger(tableStore({ endpoint, clientId, env, now }), now);
  };
  return () => {
    ledger ??= open();
    return ledger;
  };
}
