import { MAX_ACTION_TIMEOUT_MS } from '../settings/common.ts';
import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import { createLedger, type Ledger, REMEMBERED_MS } from './ledger.ts';
import { memoryStore } from './memoryStore.ts';

/** More than instances' clocks differ and requests take. */
const MARGIN_MS = 60_000;

/** The ledger that the settings ask for: Table Storage where it is set, else the memory of this process. */
export function openLedger(parts: { config: Config; env: Environment; now: () => number }): () => Promise<Ledger> {
  const { config, env, now } = parts;
  let ledger: Promise<Ledger> | undefined;
  const open = async (): Promise<Ledger> => {
    const { LEDGER_TABLE_ENDPOINT: endpoint, AZURE_CLIENT_ID: clientId } = config.ledger.read();
    if (!endpoint) return createLedger(memoryStore(now), now);
    const { tableStore } = await import('./tableStore.ts');
    const store = tableStore({
      endpoint,
      clientId,
      env,
      now,
      longestMs: MAX_ACTION_TIMEOUT_MS + REMEMBERED_MS + MARGIN_MS,
    });
    return createLedger(store, now);
  };
  return () => {
    ledger ??= open();
    return ledger;
  };
}
