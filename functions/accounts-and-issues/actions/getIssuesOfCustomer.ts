import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { issueRow, toIssueRow } from '../../jira/api/issueRow.ts';
import { jira } from '../../jira/system.ts';
import { counted } from '../../salesforce/api/counted.ts';
import { notShown } from '../../salesforce/api/notShown.ts';
import { salesforce } from '../../salesforce/system.ts';
import { type Linkable, titleOf } from '../api/linkable.ts';
import { linkedIssues } from '../api/linkedIssues.ts';
import { MAX_RECORDS_MEANT, recordsMeant } from '../api/recordsMeant.ts';
import { type OwnRecord, recordsOf } from '../api/recordsOf.ts';
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

const ownRecord = record.extend({
  customer: z.string().optional().describe('Whose it is, where several customers were asked for.'),
});

const linkedIssue = issueRow
  .pick({ issueKey: true, title: true, type: true, status: true, assignee: true, priority: true, updatedAt: true })
  .extend({
    customers: z
      .array(z.string())
      .optional()
      .describe('Which of the customers it concerns, where several were asked for.'),
    linkedTo: z.array(ownRecord).optional().describe('The records of the customer that it is linked to.'),
    url: issueRow.shape.url,
  });

export default accountsAndIssues.action({
  name: 'getIssuesOfCustomer',
  toolset: 'accounts-and-issues',
  access: 'read',
  uses: [jira, salesforce],
  needsIn: readsBoth,
  // On a good day: ten records, what belongs to them, the issues, and the links of fifty.
  requests: 180,
  title: 'List the issues that a customer waits for',
  description:
    'Returns the Jira issues that are linked to a Salesforce account with its cases and opportunities, not to those of its subsidiaries, or to one case or opportunity. ' +
    `Use it for which bugs or features a customer, or up to ${MAX_RECORDS_MEANT}, wait for; of accounts it also tells the open cases without an issue. ` +
    'It finds what linkCaseToIssue and createIssueFromCase have linked.',
  input: z.object({
    record: z
      .string()
      .trim()
      .min(1, 'It must not be blank.')
      .max(LIST_TEXT)
      .describe(
        `A case by its number, such as 00001026, an account or an opportunity by its name, or any of them by its ID; up to ${MAX_RECORDS_MEANT}, separated by commas.`,
      )
      .meta({ mayMatchSeveral: true }),
    openOnly: z
      .boolean()
      .optional()
      .describe('True to leave out issues that are done; the open cases are told all the same.'),
  }),
  output: z.object({
    summary: summary('One sentence that says whose issues these are, and how many.'),
    customer: record.optional().describe('The account, case or opportunity that was asked for, where it is one.'),
    customers: z.array(record).optional().describe('Those that were asked for, where they are several.'),
    issues: z.array(linkedIssue).describe('The issues, the last updated first.'),
    otherOpenCases: z
      .array(ownRecord)
      .optional()
      .describe(
        `Of accounts, with the last page: their latest open cases that none of these issues is linked to (with openOnly also those whose issues are all done), at most ${MAX_OTHERS}.`,
      ),
    note: z.string().optional().describe('What the user should know of how far was looked.'),
    notShown,
  }),
  example: { record: 'Contoso' },
  paged: true,
  async run({ record: text, openOnly = false }, { jira, salesforce, page: { limit, cursor, isFirst } }) {
    const customers = await recordsMeant(salesforce, text, 'record');
    const [{ records, notShown, notes }, orgId] = await Promise.all([
      recordsOf(salesforce, customers),
      salesforce.orgId(),
    ]);
    const { issues, nextCursor } = await linkedIssues(
      jira,
      { orgId, recordIds: records.map(({ recordId }) => recordId), openOnly },
      { limit: Math.min(limit, MAX_PAGE), cursor },
    );
    const linked = new Set(issues.flatMap(({ recordIds = [] }) => recordIds));
    const others = records.filter(
      each =>
        each.objectType === 'Case' &&
        each.isClosed === false &&
        !linked.has(each.recordId) &&
        !customers.some(({ recordId }) => recordId === each.recordId),
    );
    const [customer, ...furtherCustomers] = customers;
    const isOne = customer !== undefined && furtherCustomers.length === 0;
    /** Whose a record is. */
    const namesOf = ({ customerIds }: OwnRecord) =>
      customers.filter(({ recordId }) => customerIds.includes(recordId)).map(titleOf);
    const toOwn = (each: OwnRecord) => ({ ...toRecord(each), ...(!isOne && { customer: namesOf(each).join('; ') }) });
    const whose = isOne ? titleOf(customer) : `${customers.length} customers`;
    const belongings = isOne ? ', its cases or its opportunities' : ', their cases or their opportunities';
    const isWhole = customers.some(({ objectType }) => objectType === 'Account') && isFirst && nextCursor === undefined;
    return page({
      items: issues,
      nextCursor,
      answer: (shown, more) => ({
        summary: `${counted(shown.length, ['issue is', 'issues are'])} linked to ${whose}${records.length > customers.length ? belongings : ''}${more ? '; there are more on the next page' : ''}.`,
        ...(isOne ? { customer: toRecord(customer) } : { customers: customers.map(toRecord) }),
        issues: shown.map(({ issue, recordIds }) => {
          const { issueKey, title, type, status, assignee, priority, updatedAt, url } = toIssueRow(
            issue,
            jira.browseUrl,
          );
          const own = records.filter(({ recordId }) => recordIds?.includes(recordId));
          return {
            issueKey,
            title,
            type,
            status,
            assignee,
            priority,
            updatedAt,
            ...(recordIds && !isOne && { customers: [...new Set(own.flatMap(namesOf))] }),
            ...(recordIds && { linkedTo: own.map(toOwn) }),
            url,
          };
        }),
        ...(isWhole && !more && others.length > 0 && { otherOpenCases: others.slice(0, MAX_OTHERS).map(toOwn) }),
        ...(notes.length > 0 && { note: notes.join(' ') }),
        ...(notShown.length > 0 && { notShown }),
      }),
    });
  },
});

function toRecord(linkable: Linkable): z.output<typeof record> {
  const { recordId, status, isClosed, url } = linkable;
  return { recordId, record: titleOf(linkable), status, isClosed, url };
}
