import type { Log } from '../call.ts';
import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import { waitFor } from '../singleFlight.ts';
import type { AuditEvent } from './auditEvent.ts';

/** Keeps events of the audit. It never fails: a call is over by then, and its answer is due. */
export type Audit = (event: AuditEvent, log: Log) => Promise<void>;

/** An answer waits for the table no longer than this. */
const PATIENCE_MS = 1_500;

/**
 * Writes each event to the log, and to a table where the settings name one. Log lines are never sampled: see infra/main.bicep.
 * A table that cannot be written is an error in the log, and the event is in the log all the same.
 */
export function openAudit({ config, env }: { config: Config; env: Environment }): Audit {
  let table: Promise<(event: AuditEvent) => Promise<void>> | undefined;
  const openTable = async () => {
    const { AUDIT_TABLE_ENDPOINT: endpoint, AZURE_CLIENT_ID: clientId } = config.audit.read();
    if (!endpoint) return undefined;
    table ??= import('./auditTable.ts').then(({ auditTable }) => auditTable({ endpoint, clientId, env }).add);
    return table;
  };
  return async (event, log) => {
    log.info('audit', { ...event });
    try {
      const write = openTable().then(keep => keep?.(event));
      await waitFor(write, AbortSignal.timeout(PATIENCE_MS));
    } catch (error) {
      log.error('auditNotKept', { cause: error instanceof Error ? error.name : typeof error });
    }
  };
}
