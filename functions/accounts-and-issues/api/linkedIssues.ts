import { Failure } from '../../../shared/failure.ts';
import type { Issue } from '../../jira/api/issue.ts';
import { issueRowFields } from '../../jira/api/issueRow.ts';
import type { Jira } from '../../jira/api/jira.ts';
import { jql } from '../../jira/api/jql.ts';
import { linkedTo } from '../../jira/api/remoteLinks.ts';
import { globalIdOf, recordIdsIn } from './globalId.ts';

/** Requests for the links of issues that are under way at once. */
const AT_ONCE = 10;

export interface LinkedIssue {
  issue: Issue;
  /** Which of the records that were looked for it is linked to; undefined where its links could not be read. */
  recordIds: string[] | undefined;
}

/** A page of the issues that are linked to any of these records, the last updated first. */
export async function linkedIssues(
  jira: Jira,
  { orgId, recordIds, openOnly }: { orgId: string; recordIds: readonly string[]; openOnly: boolean },
  { limit, cursor }: { limit: number; cursor: string | undefined },
): Promise<{ issues: LinkedIssue[]; nextCursor: string | undefined }> {
  if (recordIds.length === 0) return { issues: [], nextCursor: undefined };
  const linked = linkedTo(recordIds.map(recordId => globalIdOf(orgId, recordId)));
  const { issues, nextCursor } = await jira.search({
    jql: openOnly
      ? jql`${linked} AND statusCategory != Done ORDER BY updated DESC`
      : jql`${linked} ORDER BY updated DESC`,
    fields: issueRowFields,
    limit,
    cursor,
  });
  const [only, ...others] = recordIds;
  if (only !== undefined && others.length === 0) {
    return { issues: issues.map(issue => ({ issue, recordIds: [only] })), nextCursor };
  }
  // A search does not tell which of the links it found an issue by.
  const wanted = new Set(recordIds);
  const found: LinkedIssue[] = [];
  for (let at = 0; at < issues.length; at += AT_ONCE) {
    const part = issues.slice(at, at + AT_ONCE).map(async (issue): Promise<LinkedIssue> => {
      const globalIds = await jira.remoteLinks.globalIds(issue.key).catch(unlessUnseen);
      return { issue, recordIds: globalIds && recordIdsIn(globalIds, orgId).filter(id => wanted.has(id)) };
    });
    found.push(...(await Promise.all(part)));
  }
  return { issues: found, nextCursor };
}

/** Between the search and this an issue may have been closed to the account. */
function unlessUnseen(error: unknown): undefined {
  if (error instanceof Failure && (error.code === 'not_found' || error.code === 'forbidden')) return undefined;
  throw error;
}
