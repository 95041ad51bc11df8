import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { issueRow, toIssueRow } from '../../jira/api/issueRow.ts';
import { jira } from '../../jira/system.ts';
import { counted } from '../../salesforce/api/counted.ts';
import { notShown } from '../../salesforce/api/notShown.ts';
import { salesforce } from '../../salesforce/system.ts';
import { type Linkable, titleOf } from '../api/linkable.ts';
import { linkedIssues } from '../api/linkedIssues.ts';
import { recordMeant, recordText } from '../api/recordMeant.ts';
import { MAX_CASES, MAX_OPPORTUNITIES, recordsOf } from '../api/recordsOf.ts';
import { readsBoth } from '../needs.ts';
import { accountsAndIssues } from '../system.ts';

/** Each issue of a page costs a request. */
const MAX_PAGE = 50;
/** The most open cases that are told beside the issues. */
const MAX_OTHERS = 25;

const record = z.object({
  recordId: id('The ID of the record.'),
  record: heading('What it is called, such as: Case 00001026: The press stops.'),
  status: z.string().optional().describe('The status of a case, the stage of an opportunity.'),
  isClosed: z.boolean().optional().describe('True when it is closed.'),
  url: link('The address of the record in Salesforce.'),
});

const linkedIssue = issueRow
  .pick({ issueKey: true, title: true, type: true, status: true, assignee: true, priority: true, updatedAt: true })
  .extend({
    linkedTo: z.array(record).optional().describe('The records of the customer that it is linked to.'),
    url: issueRow.shape.url,
  });

export default accountsAndIssues.action({
  name: 'getIssuesOfCustomer',
  toolset: 'accounts-and-issues',
  access: 'read',
  uses: [jira, salesforce],
  needsIn: readsBoth,
  // On a good day: the record, what belongs to it, the issues, and the links of fifty.
  requests: 130,
  title: 'List the issues that a customer waits for',
  description:
    'Returns the Jira issues that are linked to a Salesforce account with its cases and opportunities, or to one case or opportunity, with their status. ' +
    'Use it for which bugs or features a customer waits for; of an account it also tells the open cases without an issue. ' +
    'It finds what linkCaseToIssue and createIssueFromCase have linked.',
  input: z.object({
    record: recordText,
    openOnly: z.boolean().optional().describe('True to leave out issues that are done.'),
  }),
  output: z.object({
    summary: summary('One sentence that says whose issues these are, and how many.'),
    customer: record.describe('The account, case or opportunity that was asked for.'),
    issues: z.array(linkedIssue).describe('The issues, the last updated first.'),
    otherOpenCases: z
      .array(record)
      .optional()
      .describe(
        `Of an account, with the last page: its latest open cases that none of these issues is linked to, at most ${MAX_OTHERS}.`,
      ),
    note: z.string().optional().describe('What the user should know of how far was looked.'),
    notShown,
  }),
  example: { record: 'Contoso' },
  paged: true,
  async run({ record: text, openOnly = false }, { jira, salesforce, page: { limit, cursor, isFirst } }) {
    const customer = await recordMeant(salesforce, text, { input: 'record', takesPart: true });
    const [{ records, notShown, isCut }, orgId] = await Promise.all([
      recordsOf(salesforce, customer),
      salesforce.orgId(),
    ]);
    const { issues, nextCursor } = await linkedIssues(
      jira,
      { orgId, recordIds: records.map(({ recordId }) => recordId), openOnly },
      { limit: Math.min(limit, MAX_PAGE), cursor },
    );
    const linked = new Set(issues.flatMap(({ recordIds = [] }) => recordIds));
    const others = records.filter(
      each => each.objectType === 'Case' && each.isClosed === false && !linked.has(each.recordId),
    );
    const isWhole = customer.objectType === 'Account' && isFirst && nextCursor === undefined && !openOnly;
    return page({
      items: issues,
      nextCursor,
      answer: (shown, more) => ({
        summary: `${counted(shown.length, ['issue is', 'issues are'])} linked to ${titleOf(customer)}${records.length > 1 ? ', its cases or its opportunities' : ''}${more ? '; there are more on the next page' : ''}.`,
        customer: toRecord(customer),
        issues: shown.map(({ issue, recordIds }) => {
          const { issueKey, title, type, status, assignee, priority, updatedAt, url } = toIssueRow(
            issue,
            jira.browseUrl,
          );
          const linkedTo = records.filter(({ recordId }) => recordIds?.includes(recordId)).map(toRecord);
          return { issueKey, title, type, status, assignee, priority, updatedAt, ...(recordIds && { linkedTo }), url };
        }),
        ...(isWhole && !more && others.length > 0 && { otherOpenCases: others.slice(0, MAX_OTHERS).map(toRecord) }),
        ...(isCut && {
          note: `Only the latest ${MAX_CASES} cases and ${MAX_OPPORTUNITIES} opportunities of the account were looked at, the open ones first.`,
        }),
        ...(notShown.length > 0 && { notShown }),
      }),
    });
  },
});

function toRecord(linkable: Linkable): z.output<typeof record> {
  const { recordId, status, isClosed, url } = linkable;
  return { recordId, record: titleOf(linkable), status, isClosed, url };
}
