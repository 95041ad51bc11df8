import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { waitFor } from '../../../shared/singleFlight.ts';
import { quoted } from '../../../shared/text.ts';
import { late } from '../../../shared/upstream/failures.ts';
import { issueKey } from '../../jira/api/inputs.ts';
import { issueRow, issueRowFields, toIssueRow } from '../../jira/api/issueRow.ts';
import type { Jira } from '../../jira/api/jira.ts';
import { jql, words } from '../../jira/api/jql.ts';
import { jira } from '../../jira/system.ts';
import { counted } from '../../salesforce/api/counted.ts';
import { everyday, foundRecord, foundRecords, searchTerm } from '../../salesforce/api/foundRecords.ts';
import { salesforce } from '../../salesforce/system.ts';
import { readsBoth } from '../needs.ts';
import { accountsAndIssues } from '../system.ts';

/** The most of each system. */
const LISTED = 10;
/** More records are not looked through for kinds of which only a few match. */
const MAX_FOUND = 50;
/** The part of the call's time after which a system that has not answered is left out. */
const PATIENCE = 0.8;

export default accountsAndIssues.action({
  name: 'searchEverything',
  toolset: 'accounts-and-issues',
  access: 'read',
  uses: [jira, salesforce],
  needsIn: readsBoth,
  title: 'Search Jira and Salesforce by words',
  description:
    'Searches Jira issues and Salesforce accounts, contacts, leads, opportunities and cases at once for words in their texts, and an issue by its key. ' +
    `Use it when it is not clear in which of the two systems a thing is. It returns at most ${LISTED} of each; for more use searchIssues or searchRecords.`,
  input: z.object({ term: searchTerm }),
  output: z.object({
    summary: summary('One sentence that says what was found in each system.'),
    issues: z
      .array(issueRow.pick({ issueKey: true, title: true, type: true, status: true, assignee: true, url: true }))
      .optional()
      .describe(
        'The issue with that key, and the others, the last updated first. Absent where Jira could not be asked.',
      ),
    records: z
      .array(foundRecord)
      .optional()
      .describe('The records, best matches first. Absent where Salesforce could not be asked.'),
    notShown: z
      .array(z.string())
      .optional()
      .describe('What is left out because this service may not see it, or because its system did not answer, and why.'),
  }),
  // Under a policy, each object that is reached is described once.
  requests: 60,
  example: { term: 'invoice' },
  async run({ term }, { jira, salesforce }) {
    const inTime = AbortSignal.timeout(Math.round(Math.max(0, jira.timeLeft()) * PATIENCE));
    const [ofJira, ofSalesforce] = await Promise.all([
      answerOf('Jira', issuesOf(jira, term), inTime),
      answerOf('Salesforce', foundRecords(salesforce, { term, objectTypes: everyday, limit: MAX_FOUND }), inTime),
    ]);
    if (ofJira instanceof Failure && ofSalesforce instanceof Failure) throw ofJira;
    const issues =
      ofJira instanceof Failure
        ? undefined
        : ofJira.issues.slice(0, LISTED).map(issue => {
            const { issueKey, title, type, status, assignee, url } = toIssueRow(issue, jira.browseUrl);
            return { issueKey, title, type, status, assignee, url };
          });
    const records = ofSalesforce instanceof Failure ? undefined : inTurn(ofSalesforce.records);
    const isMore = {
      issues: !(ofJira instanceof Failure) && (ofJira.nextCursor !== undefined || ofJira.issues.length > LISTED),
      records: (records?.length ?? 0) > LISTED,
    };
    const found = [
      issues && tell(issues.length, ['issue', 'issues'], { isMore: isMore.issues, system: 'Jira' }),
      records &&
        tell(Math.min(records.length, LISTED), ['record', 'records'], { isMore: isMore.records, system: 'Salesforce' }),
    ].filter(each => each !== undefined);
    const notShown = [
      ...(ofJira instanceof Failure ? [`Jira: ${ofJira.message}`] : []),
      ...(ofSalesforce instanceof Failure ? [`Salesforce: ${ofSalesforce.message}`] : ofSalesforce.leftOut),
    ];
    return {
      summary: `${quoted(term)} is in the texts ${issueKey.safeParse(term).success ? 'or the key ' : ''}of ${found.join(' and ')}.`,
      ...(issues && { issues }),
      ...(records && { records: records.slice(0, LISTED) }),
      ...(notShown.length > 0 && { notShown }),
    };
  },
});

/** One of each kind in turn, each kind in its order: else the contacts of an account are all that is shown of it. */
function inTurn<Found extends { objectType: string }>(records: readonly Found[]): Found[] {
  const kinds = [...Map.groupBy(records, ({ objectType }) => objectType).values()];
  const longest = Math.max(0, ...kinds.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => kinds.flatMap(kind => kind.slice(at, at + 1))).flat();
}

/** The issue whose key it is, then those that have the words in their texts, where an issue's own key is none of them. */
async function issuesOf(jira: Jira, term: string) {
  const { data: key } = issueKey.safeParse(term);
  const [named, found] = await Promise.all([
    key === undefined ? undefined : jira.getIssue(key, { fields: issueRowFields }).catch(unlessHidden),
    jira.search({ jql: jql`text ~ ${words(term)} ORDER BY updated DESC`, fields: issueRowFields, limit: LISTED }),
  ]);
  if (!named) return found;
  return { ...found, issues: [named, ...found.issues.filter(issue => issue.key !== named.key)] };
}

function unlessHidden(error: unknown): undefined {
  if (error instanceof Failure && ['not_found', 'forbidden'].includes(error.code)) return undefined;
  throw error;
}

/** `no issues in Jira`, `10 or more records in Salesforce`. */
function tell(
  count: number,
  noun: readonly [string, string],
  { isMore, system }: { isMore: boolean; system: string },
): string {
  const number = isMore ? `${count} or more ${noun[1]}` : count === 0 ? `no ${noun[1]}` : counted(count, noun);
  return `${number} in ${system}`;
}

/** What keeps one system from answering, in time or at all, does not keep the other. */
async function answerOf<Answer>(title: string, asked: Promise<Answer>, inTime: AbortSignal): Promise<Answer | Failure> {
  try {
    return await waitFor(asked, inTime);
  } catch (error) {
    if (error instanceof Failure) return error;
    if (inTime.aborted) return late(title, error);
    throw error;
  }
}
