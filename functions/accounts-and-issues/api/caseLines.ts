import { Failure } from '../../../shared/failure.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { soql } from '../../salesforce/api/soql.ts';

/** The latest comments of a case among which a line is looked for. */
const MAX_COMMENTS = 1_000;
/** Keeps a line within the 4,000 characters of a comment, whatever an address and a summary are like. */
const MAX_SUMMARY = 500;

/** The line that a case gets about an issue, as a comment of its own. */
export function caseLine(issue: { key: string; summary: string | undefined }, url: string): string {
  const summary = issue.summary ? `: ${issue.summary.slice(0, MAX_SUMMARY).toWellFormed()}` : '';
  return `Jira issue ${issue.key}${summary}\n${url}`;
}

/**
 * The keys of the issues that a case has a line about, in one request; undefined where the comments may not be read.
 * @param browseUrl the address of an issue, by its key
 */
export async function issuesInComments(
  salesforce: Salesforce,
  caseId: string,
  browseUrl: (issueKey: string) => string,
): Promise<string[] | undefined> {
  const comments = await salesforce
    .query(
      soql`SELECT CommentBody FROM CaseComment WHERE ParentId = ${caseId} ORDER BY CreatedDate DESC, Id LIMIT ${MAX_COMMENTS}`,
    )
    .catch((error: unknown) => {
      if (error instanceof Failure && isHidden(error)) return undefined;
      throw error;
    });
  return (
    comments && [
      ...new Set(
        comments.flatMap(({ CommentBody: body }) => (typeof body === 'string' ? (keyIn(body, browseUrl) ?? []) : [])),
      ),
    ]
  );
}

const beginning = /^Jira issue ([A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,17})(?![\w-])/;

/** The key of the issue that a comment is the line of; undefined for any other comment, whatever it mentions. */
function keyIn(body: string, browseUrl: (issueKey: string) => string): string | undefined {
  const key = beginning.exec(body)?.[1];
  return key !== undefined && body.trimEnd().endsWith(browseUrl(key)) ? key : undefined;
}
