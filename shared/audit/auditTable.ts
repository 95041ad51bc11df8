import { createHash, randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { azureCredential } from '../azureCredential.ts';
import type { Environment } from '../settings/setting.ts';
import type { AuditEvent } from './auditEvent.ts';

const TABLE = 'audit';
const REQUEST_MS = 3_000;
/** Times are counted down from here, so that a partition's newest row comes first. */
const END_OF_TIME = 9_999_999_999_999;

/**
 * Events in Azure Table Storage, one row each, by caller and the newest first. Rows are added and never changed: the
 * deployment makes the table, and gives the app no more than the right to add and to read.
 */
export function auditTable(options: { endpoint: string; clientId: string | undefined; env: Environment }) {
  const { endpoint, clientId, env } = options;
  const client = new TableClient(endpoint, TABLE, azureCredential(clientId, env), {
    retryOptions: { maxRetries: 1, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
  });
  return async ({ time, caller, touched, ...others }: AuditEvent): Promise<void> => {
    const entity = {
      partitionKey: partitionOf(caller.id),
      rowKey: `${END_OF_TIME - Date.parse(time)}-${randomUUID()}`,
      time: new Date(time),
      callerKind: caller.kind,
      callerId: caller.id,
      ...(caller.userName && { userName: caller.userName }),
      ...others,
      touched: touched.join(' '),
    };
    await client.createEntity(entity, { abortSignal: AbortSignal.timeout(REQUEST_MS) });
  };
}

/** IDs may hold characters that a key may not. */
function partitionOf(callerId: string): string {
  return createHash('sha256').update(callerId).digest('hex').slice(0, 32);
}
