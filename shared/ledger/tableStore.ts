import { odata, TableClient } from '@azure/data-tables';
import * as z from 'zod';
import { azureCredential } from '../azureCredential.ts';
import { Failure } from '../failure.ts';
import type { Environment } from '../settings/setting.ts';
import type { HeldRow, LedgerRow, LedgerStore } from './ledgerStore.ts';

const TABLE = 'ledger';
/** All rows are in one partition, so that those that are over can be removed together. */
const PARTITION = 'write';
const REQUEST_MS = 3_000;
/** A binary property holds 64 KiB: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model */
const PROPERTY_BYTES = 64_000;
const SWEEP_EVERY_MS = 10 * 60_000;
/** Rows are removed only long after they expired, whatever the clocks of other instances say. */
const SWEEP_AFTER_MS = 60 * 60_000;
/** As many as one transaction may have. */
const SWEEP_ROWS = 100;

const entitySchema = z.looseObject({
  etag: z.string(),
  owner: z.string(),
  state: z.enum(['running', 'done', 'unknown']),
  deadline: z.date().transform(Number),
  expiresAt: z.date().transform(Number),
  parts: z.number(),
});

/** A ledger that all instances share, in Azure Table Storage. */
export function tableStore(options: {
  endpoint: string;
  clientId: string | undefined;
  env: Environment;
  now: () => number;
}): LedgerStore {
  const { endpoint, clientId, env, now } = options;
  const client = new TableClient(endpoint, TABLE, azureCredential(clientId, env), {
    retryOptions: { maxRetries: 1, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
  });
  let sweptAt = now();

  const inTime = () => ({ abortSignal: AbortSignal.timeout(REQUEST_MS) });

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

  /** Table Storage forgets nothing by itself. */
  const sweep = async () => {
    if (now() - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = now();
    const filter = odata`PartitionKey eq ${PARTITION} and expiresAt lt ${new Date(now() - SWEEP_AFTER_MS)}`;
    const pages = client
      .listEntities({ queryOptions: { filter, select: ['partitionKey', 'rowKey'] } })
      .byPage({ maxPageSize: SWEEP_ROWS });
    for await (const page of pages) {
      if (page.length > 0) {
        await client.submitTransaction(page.map(({ rowKey = '' }) => ['delete', { partitionKey: PARTITION, rowKey }]));
      }
    }
  };

  return {
    async insert(fingerprint, row) {
      // Another instance may sweep the same rows: what one leaves the next finds.
      void sweep().catch(() => undefined);
      return (await ask(options => client.createEntity(toEntity(fingerprint, row), options), [409]))?.etag;
    },
    async read(fingerprint) {
      const entity = await ask(options => client.getEntity(PARTITION, fingerprint, options), [404]);
      return entity && toRow(entity);
    },
    async replace(fingerprint, row, version) {
      const update = (options: { abortSignal: AbortSignal }) =>
        client.updateEntity(toEntity(fingerprint, row), 'Replace', { ...options, etag: version });
      return (await ask(update, [404, 412]))?.etag;
    },
    async remove(fingerprint, version) {
      await ask(options => client.deleteEntity(PARTITION, fingerprint, { ...options, etag: version }), [404, 412]);
    },
  };
}

function toEntity(fingerprint: string, { owner, state, result, deadline, expiresAt }: LedgerRow) {
  const bytes = Buffer.from(result ?? '');
  const parts = Array.from({ length: Math.ceil(bytes.length / PROPERTY_BYTES) }, (_, index) =>
    bytes.subarray(index * PROPERTY_BYTES, (index + 1) * PROPERTY_BYTES),
  );
  return {
    partitionKey: PARTITION,
    rowKey: fingerprint,
    owner,
    state,
    deadline: new Date(deadline),
    expiresAt: new Date(expiresAt),
    parts: parts.length,
    ...Object.fromEntries(parts.map((part, index) => [`result${index}`, part])),
  };
}

function toRow(entity: unknown): HeldRow {
  const { etag: version, parts, owner, state, deadline, expiresAt, ...others } = entitySchema.parse(entity);
  const result = Array.from({ length: parts }, (_, index) => z.instanceof(Uint8Array).parse(others[`result${index}`]));
  return { version, owner, state, deadline, expiresAt, ...(parts > 0 && { result: Buffer.concat(result).toString() }) };
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
function refuse(cause: unknown, endpoint: string): never {
  const { status } = refusalOf(cause);
  const name = cause instanceof Error ? cause.name : '';
  if (status === 401 || status === 403) {
    throw new Failure(
      'misconfigured',
      `Nothing was changed: ${endpoint} does not let this app keep its ledger of writes. An administrator must give its identity the role Storage Table Data Contributor on the table ${TABLE}, and let its network through.`,
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
