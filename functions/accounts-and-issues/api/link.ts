import { Failure } from '../../../shared/failure.ts';
import type { Issue } from '../../jira/api/issue.ts';
import type { Jira } from '../../jira/api/jira.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { addCaseComment } from '../../salesforce/api/service/caseComments.ts';
import { caseLine, issuesInComments } from './caseLines.ts';
import { globalIdOf } from './globalId.ts';
import { type Linkable, titleOf } from './linkable.ts';

export interface Both {
  jira: Jira;
  salesforce: Salesforce;
}

/** The issue's side of a link, and the record's. */
export interface Sides {
  globalId: string;
  /** Whether the issue has the link. */
  isLinked: boolean;
  /** The keys of the issues that the case's comments lead to; undefined where they may not be read, or it is no case. */
  lines: string[] | undefined;
}

/** How both sides are now. @throws Failure */
export async function sidesOf({ jira, salesforce }: Both, issueKey: string, record: Linkable): Promise<Sides> {
  const [globalIds, orgId, lines] = await Promise.all([
    jira.remoteLinks.globalIds(issueKey),
    salesforce.orgId(),
    record.objectType === 'Case' ? issuesInComments(salesforce, record.recordId, jira.browseUrl) : undefined,
  ]);
  const globalId = globalIdOf(orgId, record.recordId);
  return { globalId, isLinked: globalIds.includes(globalId), lines };
}

/** Links the issue to the record, on the issue's side. @throws Failure */
export async function addLink({ jira }: Both, issueKey: string, record: Linkable, globalId: string): Promise<void> {
  const { objectType, url, isClosed = false } = record;
  await jira.remoteLinks.save(issueKey, {
    globalId,
    application: 'Salesforce',
    kind: objectType,
    relationship: 'waited for by',
    url,
    title: titleOf(record),
    isResolved: isClosed,
  });
}

/** The comment on a case that names the issue. */
export interface Line {
  /** Undefined where it could not be added. */
  isAdded?: boolean;
  notes: string[];
}

/** Adds the line to a case, unless it is there. It never throws for what Salesforce refuses: the other side is linked. */
export async function addLine(
  { jira, salesforce }: Both,
  issue: Pick<Issue, 'key' | 'summary'>,
  { recordId, label }: Linkable,
  lines: readonly string[] | undefined,
): Promise<Line> {
  if (lines === undefined) {
    return { notes: [`${label} got no comment with the key, because its comments may not be read here.`] };
  }
  if (lines.includes(issue.key)) return { isAdded: false, notes: [] };
  try {
    const line = caseLine(issue, jira.browseUrl(issue.key));
    return { isAdded: true, notes: (await addCaseComment(salesforce, recordId, line, 'internal')).notes };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const again = `Once that is mended, linkCaseToIssue with ${issue.key} and ${recordId} adds what is missing.`;
    return { notes: [`${label} got no comment with the key of ${issue.key}: ${error.message} ${again}`] };
  }
}
