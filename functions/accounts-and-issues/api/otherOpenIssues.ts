import type { Both } from './link.ts';
import { linkedIssues } from './linkedIssues.ts';

/** The links of each issue cost a request where several cases are looked at. */
const MAX_ISSUES = 50;

/**
 * What else cases wait for: the open issues that are linked to them, beside one. One request for one case, else one more for
 * each issue; none without cases.
 * @throws Failure
 */
export async function otherOpenIssues({ jira, salesforce }: Both, caseIds: readonly string[], issueKey: string) {
  const { issues, nextCursor } = await linkedIssues(
    jira,
    { orgId: await salesforce.orgId(), recordIds: caseIds, openOnly: true },
    { limit: MAX_ISSUES, cursor: undefined },
  );
  const others = issues.filter(({ issue }) => issue.key !== issueKey);
  return {
    /** `ABC-12 (In Progress) and ABC-14 (To Do)`; empty where it waits for none. */
    issuesOf: (caseId: string) =>
      others
        .filter(({ recordIds }) => recordIds?.includes(caseId))
        .map(({ issue: { key, status } }) => (status ? `${key} (${status})` : key))
        .join(' and '),
    isWhole: nextCursor === undefined && issues.every(({ recordIds }) => recordIds !== undefined),
  };
}
