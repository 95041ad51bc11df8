import { Failure } from '../../../shared/failure.ts';
import type { Issue } from '../../jira/api/issue.ts';
import { jql } from '../../jira/api/jql.ts';
import { linkedTo } from '../../jira/api/remoteLinks.ts';
import { issuesInComments } from './caseLines.ts';
import { globalIdOf } from './globalId.ts';
import type { Both } from './link.ts';

/** More than these nobody makes of a case. */
const MAX_ISSUES = 10;

/** The issues that a case has: linked to it, or named in its comments where a link could not be made. */
export interface IssuesOfCase {
  issues: Issue[];
  globalId: string;
  /** The keys in its comments; undefined where they may not be read. */
  lines: string[] | undefined;
}

/** @throws Failure */
export async function issuesOfCase({ jira, salesforce }: Both, caseId: string): Promise<IssuesOfCase> {
  const globalId = globalIdOf(await salesforce.orgId(), caseId);
  const fields = ['summary', 'status'];
  const [{ issues }, lines] = await Promise.all([
    jira.search({ jql: jql`${linkedTo([globalId])} ORDER BY created DESC`, fields, limit: MAX_ISSUES }),
    issuesInComments(salesforce, caseId, jira.browseUrl),
  ]);
  const known = new Set(issues.map(({ key }) => key));
  const named = (lines ?? []).filter(key => !known.has(key)).slice(0, MAX_ISSUES);
  const others = await Promise.all(named.map(key => jira.getIssue(key, { fields }).catch(unlessUnseen)));
  return { issues: [...issues, ...others.filter(issue => issue !== undefined)], globalId, lines };
}

/** An issue that is closed to the caller is as one that there is not. */
function unlessUnseen(error: unknown): undefined {
  if (error instanceof Failure && (error.code === 'not_found' || error.code === 'forbidden')) return undefined;
  throw error;
}
