import { odata, TableClient } from '@azure/data-tables';
import * as z from 'zod';
import { atHost } from '../atHost.ts';
import { azureCredential } from '../azureCredential.ts';
import { Failure } from '../failure.ts';
import type { Environment } from '../settings/setting.ts';
import type { HeldRow, LedgerRow, LedgerStore } from './ledgerStore.ts';

const TABLE = 'ledger';
const REQUEST_MS = 3_000;
/** A binary property holds 64 KiB: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model */
const PROPERTY_BYTES = 64_000;
/**
 * Keys are spread over this many hexadecimal digits' worth of partitions: 256, each of which takes 2,000 entities a second. The
 * account's 20,000 requests a second are 78 for each of them: https://learn.microsoft.com/azure/storage/tables/scalability-targets
 */
const PARTITION_DIGITS = 2;
const SWEEP_EVERY_MS = 60_000;
/** As many as one answer has. */
const SWEEP_ROWS = 100;

const entitySchema = z.looseObject({
  etag: z.string(),
  timestamp: z.coerce.date(),
  owner: z.string(),
  state: z.enum(['running', 'done', 'unknown']),
  runsForMs: z.number(),
  keptForMs: z.number(),
  parts: z.number(),
});

export interface TableStoreOptions {
  endpoint: string;
  clientId: string | undefined;
  env: Environment;
  now: () => number;
  /** No row is needed for longer than this, whatever the settings of the instance that wrote it. */
  longestMs: number;
}

/**
 * A ledger that all instances share, in Azure Table Storage. A row's age is told by the service's own clock: the time at
 * which it was written against the time at which it was read, so that instances' clocks do not matter.
 */
export function tableStore(options: TableStoreOptions): LedgerStore {
  const { endpoint, clientId, env, now, longestMs } = options;
  const client = new TableClient(endpoint, TABLE, azureCredential(clientId, env), {
    retryOptions: { maxRetries: 1, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
  });
  let sweptAt = now();
  /** The service's clock against this instance's. */
  let offsetMs = 0;

  const inTime = () => ({ abortSignal: AbortSignal.timeout(REQUEST_MS) });

  /** The service's time at which it gave an answer, in whole seconds. */
  const serverTime = (headers: { get(name: string): string | undefined }): number => {
    const told = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(told)) return now() + offsetMs;
    offsetMs = told - now();
    return told;
  };

  /** Undefined where the answer has one of the statuses that say no. A table that is not there yet is made. */
  const ask = async <Result>(
    request: (options: { abortSignal: AbortSignal }) => Promise<Result>,
    saysNo: readonly number[],
    mayCreate = true,
  ): Promise<Result | undefined> => {
    try {
      return await request(inTime());
    } catch (error) {
      const { status, code } = refusalOf(error);
      if (code === 'TableNotFound' && mayCreate) {
        await client.createTable(inTime()).catch(cause => refuse(cause, endpoint));
        return ask(request, saysNo, false);
      }
      if (status !== undefined && code !== 'TableNotFound' && saysNo.includes(status)) return undefined;
      return refuse(error, endpoint);
    }
  };

  /** Table Storage forgets nothing by itself. Another instance may sweep the same rows: what one leaves, the next finds. */
  const sweep = async () => {
    if (now() - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = now();
    const before = new Date(now() + offsetMs - longestMs);
    const filter = odata`Timestamp lt ${before}`;
    const pages = client
      .listEntities({ queryOptions: { filter, select: ['PartitionKey', 'RowKey'] } })
      .byPage({ maxPageSize: SWEEP_ROWS });
    for await (const page of pages) {
      await Promise.allSettled(
        page.map(({ partitionKey = '', rowKey = '' }) => client.deleteEntity(partitionKey, rowKey, inTime())),
      );
    }
  };

  /** Also when no other write comes for a while. */
  const sweepLater = () => {
    void sweep().catch(() => undefined);
    setTimeout(() => sweep().catch(() => undefined), longestMs + SWEEP_EVERY_MS).unref();
  };

  return {
    async insert(key, row) {
      sweepLater();
      const entity = toEntity(key, row);
      return (await ask(options => client.createEntity(entity, options), [409]))?.etag;
    },
    async read(key) {
      let readAt = now() + offsetMs;
      const get = (options: { abortSignal: AbortSignal }) =>
        client.getEntity(ledgerPartition(key), key, {
          ...options,
          onResponse: ({ headers }) => {
            readAt = serverTime(headers);
          },
        });
      const entity = await ask(get, [404]);
      return entity && toRow(entity, readAt);
    },
    async replace(key, row, version) {
      const entity = toEntity(key, row);
      const update = (options: { abortSignal: AbortSignal }) =>
        client.updateEntity(entity, 'Replace', { ...options, etag: version });
      return (await ask(update, [404, 412]))?.etag;
    },
    async remove(key, version) {
      await ask(options => client.deleteEntity(ledgerPartition(key), key, { ...options, etag: version }), [404, 412]);
    },
  };
}

/** A key is a hash, so that neither one caller's writes nor one action's come together in a partition. */
export function ledgerPartition(key: string): string {
  return key.slice(0, PARTITION_DIGITS);
}

function toEntity(key: string, { owner, state, result = new Uint8Array(), runsForMs, keptForMs }: LedgerRow) {
  const parts = Array.from({ length: Math.ceil(result.length / PROPERTY_BYTES) }, (_, index) =>
    result.subarray(index * PROPERTY_BYTES, (index + 1) * PROPERTY_BYTES),
  );
  return {
    partitionKey: ledgerPartition(key),
    rowKey: key,
    owner,
    state,
    runsForMs,
    keptForMs,
    parts: parts.length,
    ...Object.fromEntries(parts.map((part, index) => [`result${index}`, part])),
  };
}

function toRow(entity: unknown, readAt: number): HeldRow {
  const { etag: version, timestamp, parts, owner, state, runsForMs, keptForMs, ...others } = entitySchema.parse(entity);
  const result = Array.from({ length: parts }, (_, index) => z.instanceof(Uint8Array).parse(others[`result${index}`]));
  // A row may be younger than the second in which it was read.
  const ageMs = Math.max(0, readAt - timestamp.getTime());
  return { version, ageMs, owner, state, runsForMs, keptForMs, ...(parts > 0 && { result: Buffer.concat(result) }) };
}

/** https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes */
function refusalOf(error: unknown): { status: number | undefined; code: string | undefined } {
  const { data } = refusalSchema.safeParse(error);
  return { status: data?.statusCode, code: data?.details?.odataError?.code };
}

const refusalSchema = z.object({
  statusCode: z.number(),
  details: z.object({ odataError: z.object({ code: z.string() }).optional() }).optional(),
});

/** Without the ledger no write is made. */
function refuse(error: unknown, endpoint: string): never {
  const { status } = refusalOf(error);
  const name = error instanceof Error ? error.name : '';
  const cause = atHost(endpoint, error);
  if (status === 401 || status === 403) {
    throw new Failure(
      'misconfigured',
      `Nothing was changed: the storage account in LEDGER_TABLE_ENDPOINT does not let this app keep its ledger of writes. An administrator must give its identity the role Storage Table Data Contributor on the table ${TABLE}, and let its network through.`,
      { cause },
    );
  }
  if (name === 'CredentialUnavailableError' || name === 'AggregateAuthenticationError') {
    throw new Failure(
      'misconfigured',
      'Nothing was changed: there is no identity to open the ledger of writes with. In Azure, assign the app its managed identity (AZURE_CLIENT_ID); elsewhere, sign in with `az login`, or remove LEDGER_TABLE_ENDPOINT.',
      { cause },
    );
  }
  throw new Failure(
    'upstream_unavailable',
    'Nothing was changed: the ledger that keeps a write from happening twice cannot be reached. Try again in a minute.',
    { cause },
  );
}
