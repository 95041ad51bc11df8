// One process of several that share a ledger. It is told by its parent when to write and for how long, and answers with what it did.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Call } from '../../../shared/call.ts';
import { idempotencyKey } from '../../../shared/ledger/idempotencyKey.ts';
import { createLedger } from '../../../shared/ledger/ledger.ts';
import { ledgerPartition, tableStore } from '../../../shared/ledger/tableStore.ts';
import { unrestricted } from '../../../shared/policy/policy.ts';

export interface WriterReport {
  /** Writes that were carried out, by this process. */
  writes: number;
  /** Calls that were answered with what another one did. */
  repeated: number;
  failed: number;
  /** Milliseconds that the ledger took for each call, in order. */
  latencies: number[];
  /** Writes by partition. */
  partitions: Record<string, number>;
}

const order = z.object({
  /** How long to go on. */
  milliseconds: z.number(),
  /** How many calls are under way at once. */
  callers: z.number(),
  /** Makes each write of this process its own; the same mark in two processes makes the same writes. */
  mark: z.string(),
  /** The most calls. */
  calls: z.number().optional(),
});
export type WriterOrder = z.infer<typeof order>;

const log = { info() {}, warn() {}, error() {} };
const { LEDGER_TABLE_ENDPOINT: endpoint = '', AZURE_CLIENT_ID: clientId } = process.env;
const store = tableStore({ endpoint, clientId, env: process.env, now: Date.now, longestMs: 240_000 });
const ledger = createLedger(store, Date.now);

process.on('message', async message => process.send?.(await writeFor(order.parse(message))));
// Its first request gets a token and opens the connection.
await store.read('0'.repeat(64));
process.send?.('ready');

async function writeFor({ milliseconds, callers, mark, calls = Number.POSITIVE_INFINITY }: WriterOrder) {
  const report: WriterReport = { writes: 0, repeated: 0, failed: 0, latencies: [], partitions: {} };
  const until = performance.now() + milliseconds;
  let begun = 0;
  const caller = async () => {
    while (performance.now() < until && begun < calls) {
      const key = idempotencyKey('key:5f3a9c01d2e4b6a7', 'addComment', {
        issueKey: 'ATLAS-12',
        comment: `${mark} ${begun++}`,
      });
      const startedAt = performance.now();
      const run = async () => ({
        issueKey: 'ATLAS-12',
        commentId: randomUUID(),
        url: 'https://contoso.atlassian.net/browse/ATLAS-12',
      });
      const done = await ledger
        .once({
          key,
          isRemembered: true,
          isIdempotent: false,
          repeat: false,
          call: callNow(),
          run,
          isUnknown: () => false,
        })
        .catch(() => undefined);
      report.latencies.push(performance.now() - startedAt);
      if (!done) report.failed += 1;
      else if (done.repeatedAfterMs !== undefined) report.repeated += 1;
      else {
        report.writes += 1;
        const partition = ledgerPartition(key.id);
        report.partitions[partition] = (report.partitions[partition] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  report.latencies.sort((one, other) => one - other);
  return report;
}

function callNow(): Call {
  const now = Date.now();
  return {
    correlationId: randomUUID(),
    traceparent: '',
    startedAt: now,
    deadline: now + 10_000,
    signal: AbortSignal.timeout(10_000),
    caller: { kind: 'key', id: 'key:5f3a9c01d2e4b6a7', roles: [] },
    permit: unrestricted,
    usage: { requests: 0, retries: 0, writes: 0, credentials: new Set(), reported: {} },
    maxRequests: 1,
    log,
  };
}
