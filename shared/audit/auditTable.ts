import { createHash, randomUUID } from 'node:crypto';
import { odata, TableClient } from '@azure/data-tables';
import { azureCredential } from '../azureCredential.ts';
import { Failure } from '../failure.ts';
import type { Environment } from '../settings/setting.ts';
import type { AuditEvent } from './auditEvent.ts';

const TABLE = 'audit';
const REQUEST_MS = 3_000;
/** A function key or an application may call for everybody: the rows of one are spread over this many partitions. */
const SHARED_PARTITIONS = 32;
/** Times are counted down from here, so that a partition's newest row comes first. */
const END_OF_TIME = 9_999_999_999_999;

/** What was changed in a caller's name, or may have been. */
interface Change extends Pick<AuditEvent, 'time' | 'action' | 'system' | 'touched' | 'agent'> {
  outcome: 'done' | 'unknown';
}

type ChangeRow = Pick<Change, 'action' | 'system' | 'outcome' | 'agent'> & {
  rowKey: string;
  time: Date;
  touched: string;
};

/** Reads the changes of one caller, the newest first. @throws Failure `upstream_unavailable` */
export type ReadChanges = (query: {
  callerId: string;
  /** Both ends belong to the span. */
  since?: Date | undefined;
  until?: Date | undefined;
  limit: number;
  /** Where to go on: what an earlier call gave as `nextCursor`. */
  cursor?: string | undefined;
  signal: AbortSignal;
}) => Promise<{
  changes: Change[];
  nextCursor: string | undefined;
}>;

/**
 * Events in Azure Table Storage, one row each, by caller and the newest first. Rows are added and never changed: the
 * deployment makes the table, and gives the app no more than the right to add and to read.
 */
export function auditTable(options: { endpoint: string; clientId: string | undefined; env: Environment }): {
  /** @throws Error of the SDK */
  add(event: AuditEvent): Promise<void>;
  readChanges: ReadChanges;
} {
  const { endpoint, clientId, env } = options;
  const client = new TableClient(endpoint, TABLE, azureCredential(clientId, env), {
    retryOptions: { maxRetries: 1, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
  });
  return {
    async add({ time, caller, touched, onBehalfOf, ...others }) {
      const id = randomUUID();
      const entity = {
        partitionKey: auditPartition(caller, id),
        rowKey: `${rowsFrom(new Date(time))}-${id}`,
        time: new Date(time),
        callerKind: caller.kind,
        callerId: caller.id,
        ...(caller.userName && { userName: caller.userName }),
        ...others,
        ...(onBehalfOf && { onBehalfOf: onBehalfOf.join('\n') }),
        touched: touched.join('\n'),
      };
      await client.createEntity(entity, { abortSignal: AbortSignal.timeout(REQUEST_MS) });
    },

    async readChanges({ callerId, since, until, limit, cursor, signal }) {
      const filters = [
        odata`PartitionKey eq ${userPartition(callerId)}`,
        cursor ? odata`RowKey gt ${cursor}` : until && odata`RowKey ge ${rowsFrom(until)}`,
        // The row of this very millisecond has a character behind the number, so the one before is where to end.
        since && odata`RowKey lt ${rowsFrom(new Date(since.getTime() - 1))}`,
        "(outcome eq 'done' or outcome eq 'unknown')",
      ].filter(Boolean);
      const found: ChangeRow[] = [];
      try {
        const rows = client.listEntities<ChangeRow>({
          queryOptions: { filter: filters.join(' and ') },
          abortSignal: signal,
        });
        for await (const row of rows) {
          found.push(row);
          if (found.length > limit) break;
        }
      } catch (cause) {
        signal.throwIfAborted();
        throw new Failure(
          'upstream_unavailable',
          'The record of changes cannot be read at the moment. Try again later.',
          {
            cause,
          },
        );
      }
      const shown = found.slice(0, limit);
      return {
        changes: shown.map(({ time, action, system, touched, outcome, agent }) => ({
          time: new Date(time).toISOString(),
          action,
          system,
          touched: touched.split('\n').filter(Boolean),
          outcome,
          ...(agent && { agent }),
        })),
        nextCursor: found.length > limit ? shown.at(-1)?.rowKey : undefined,
      };
    },
  };
}

/** Where the rows of this moment begin. */
function rowsFrom(moment: Date): string {
  return String(END_OF_TIME - moment.getTime());
}

/**
 * A partition takes some 2,000 rows a second. Users have one each, where their changes are read. What nobody reads by caller is
 * spread, so that a key which all agents share does not fill one partition.
 *
 * @param rowId a random UUID
 */
export function auditPartition({ kind, id }: AuditEvent['caller'], rowId: string): string {
  const partition = userPartition(id);
  return kind === 'user' ? partition : `${partition}-${Number.parseInt(rowId.slice(0, 8), 16) % SHARED_PARTITIONS}`;
}

/** IDs may hold characters that a key may not. */
function userPartition(callerId: string): string {
  return createHash('sha256').update(callerId).digest('hex').slice(0, 32);
}
