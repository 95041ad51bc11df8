import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { auditPartition } from '../../../shared/audit/auditTable.ts';
import { idempotencyKey } from '../../../shared/ledger/idempotencyKey.ts';
import { ledgerPartition } from '../../../shared/ledger/tableStore.ts';

/** A storage account takes no more requests: https://learn.microsoft.com/azure/storage/tables/scalability-targets */
const ACCOUNT_PER_SECOND = 20_000;
const MOST_PER_SECOND = 1_000;

/** The writes that the fullest partition gets in a second in which the account takes all it can. */
function fullest(partitionOf: (write: number) => string): number {
  const partitions = new Map<string, number>();
  for (let write = 0; write < ACCOUNT_PER_SECOND; write += 1) {
    const partition = partitionOf(write);
    partitions.set(partition, (partitions.get(partition) ?? 0) + 1);
  }
  return Math.max(...partitions.values());
}

const comment = (write: number) => ({ issueKey: `ATLAS-${write % 50}`, comment: `Build ${write} is **done**.` });

it.each<[string, (write: number) => [caller: string, action: string, input: object]]>([
  ['one hot caller', write => ['key:5f3a9c01d2e4b6a7', 'addComment', comment(write)]],
  ['numbers in turn', write => ['key:5f3a9c01d2e4b6a7', 'setEstimate', { issueKey: 'ATLAS-12', hours: write }]],
])('no partition of the ledger gets more than 1,000 writes a second from %s', (_, writeOf) => {
  expect(fullest(write => ledgerPartition(idempotencyKey(...writeOf(write)).id))).toBeLessThan(MOST_PER_SECOND / 5);
});

it.each(['key', 'app', 'unknown'] as const)(
  'no partition of the audit gets more than 1,000 writes a second from one caller of the kind %s',
  kind => {
    expect(fullest(() => auditPartition({ kind, id: 'key:5f3a9c01d2e4b6a7' }, randomUUID()))).toBeLessThan(
      MOST_PER_SECOND,
    );
  },
);

it("a user's rows of the audit are in one partition, where they are read", () => {
  const user = { kind: 'user', id: 'tenant:user' } as const;
  expect(auditPartition(user, randomUUID())).toBe(auditPartition(user, randomUUID()));
  expect(auditPartition(user, randomUUID())).not.toBe(auditPartition({ ...user, id: 'tenant:other' }, randomUUID()));
});
