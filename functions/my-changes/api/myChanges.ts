import type { OpenSystem } from '../../../shared/action/defineSystem.ts';
import { auditTable, type ReadChanges } from '../../../shared/audit/auditTable.ts';
import type { MyChangesParts } from '../settings.ts';

export interface MyChanges {
  /** What was changed in the name of the caller, or may have been; the newest first. @throws Failure */
  list(query: Omit<Parameters<ReadChanges>[0], 'callerId' | 'signal'>): ReturnType<ReadChanges>;
  /** The time zone that decides what a day is. @throws Failure `misconfigured` */
  timeZone(): Promise<string>;
}

/** Opens the audit's table for reading: each caller is given the changes of their own, and nobody else's. */
export function openMyChanges({ settings, env, timeZone }: MyChangesParts): OpenSystem<MyChanges> {
  const { AUDIT_TABLE_ENDPOINT: endpoint, AZURE_CLIENT_ID: clientId } = settings;
  const { readChanges } = auditTable({ endpoint, clientId, env });
  const zone = async () => timeZone() ?? 'UTC';
  return {
    timeZone: zone,
    for: ({ caller, signal }) => ({
      list: query => readChanges({ ...query, callerId: caller.id, signal }),
      timeZone: zone,
    }),
    async check({ caller, signal }) {
      await readChanges({ callerId: caller.id, limit: 1, signal });
      return 'Reads the table audit.';
    },
  };
}
