import { Failure } from '../../../shared/failure.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { soql } from '../../salesforce/api/soql.ts';

/** The latest comments of a case among which a line is looked for. */
const MAX_COMMENTS = 1_000;
/** Keeps a line within the 4,000 characters of a comment, whatever an address and a summary are like. */
const MAX_SUMMARY = 500;

/** The line that a case gets about an issue. It is told from others by the issue's address. */
export function caseLine(issue: { key: string; summary: string | undefined }, url: string): string {
  const summary = issue.summary ? `: ${issue.summary.slice(0, MAX_SUMMARY).toWellFormed()}` : '';
  return `Jira issue ${issue.key}${summary}\n${url}`;
}

/**
 * The keys of the issues that the comments of a case lead to, in one request; undefined where the comments may not be read.
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
  const start = browseUrl('');
  return (
    comments && [
      ...new Set(
        comments.flatMap(({ CommentBody: body }) => (typeof body === 'string' ? keysBehind(start, body) : [])),
      ),
    ]
  );
}

const key = /^[A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,17}(?![\w-])/;

/** The keys of issues that stand behind each place of an address in a text. */
function keysBehind(start: string, text: string): string[] {
  const keys: string[] = [];
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + start.length)) {
    const found = key.exec(text.slice(at + start.length, at + start.length + 300))?.[0];
    if (found) keys.push(found);
  }
  return keys;
}
