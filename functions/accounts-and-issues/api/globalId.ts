import { isRecordId, longRecordId } from '../../salesforce/api/recordId.ts';

/**
 * The ID by which a remote link of Jira's tells a record from all others, also from those of another org: a sandbox has the
 * records of its org under the same IDs.
 */
export function globalIdOf(orgId: string, recordId: string): string {
  return `salesforce:${longRecordId(orgId)}:${longRecordId(recordId)}`;
}

/** The records of an org that global IDs mean, each once; those of anything else are left out. */
export function recordIdsIn(globalIds: readonly string[], orgId: string): string[] {
  const ids = globalIds.flatMap(globalId => {
    const [system, org = '', record = '', ...rest] = globalId.split(':');
    const isOurs = system === 'salesforce' && org === longRecordId(orgId) && rest.length === 0;
    return isOurs && isRecordId(record) ? [longRecordId(record)] : [];
  });
  return [...new Set(ids)];
}
