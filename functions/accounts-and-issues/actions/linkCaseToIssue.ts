import * as z from 'zod';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { issueKey } from '../../jira/api/inputs.ts';
import { issueRow, toIssueRow } from '../../jira/api/issueRow.ts';
import { jira } from '../../jira/system.ts';
import { salesforce } from '../../salesforce/system.ts';
import { addLine, addLink, sidesOf } from '../api/link.ts';
import { titleOf } from '../api/linkable.ts';
import { recordMeant, recordText } from '../api/recordMeant.ts';
import { links } from '../needs.ts';
import { accountsAndIssues } from '../system.ts';

export default accountsAndIssues.action({
  name: 'linkCaseToIssue',
  toolset: 'accounts-and-issues',
  access: 'write',
  // Twice is once, on each side, so that a second call does what a first one could not.
  effect: 'changes',
  idempotent: true,
  uses: [jira, salesforce],
  needsIn: links,
  title: 'Link a case to an issue',
  description:
    "Links a Salesforce case, or an account or opportunity that waits for it, to a Jira issue, in this service's name: a link on the issue, whose readers see the case's number and subject or the record's name, and on a case an internal comment with the key. " +
    'Use it when the issue is there; twice is once. To make the issue as well use createIssueFromCase.',
  input: z.object({ issueKey, record: recordText }),
  output: z.object({
    summary: summary('One sentence that says what was done on each side.'),
    ...issueRow.pick({ issueKey: true, title: true, status: true, url: true }).shape,
    recordId: id('The ID of the record.'),
    record: heading('What it is called, such as: Case 00001026: The press stops.'),
    recordUrl: link('The address of the record in Salesforce.'),
    linkAdded: z.boolean().describe('Whether the issue got the link; false when it had it before.'),
    commentAdded: z
      .boolean()
      .optional()
      .describe('Whether the case got the comment; false when it had it before. Absent where it got none.'),
    note: z.string().optional().describe('What is missing and how to mend it, and what else to tell the user.'),
  }),
  // Under a policy, each object that is reached is described once.
  requests: 60,
  example: { issueKey: 'ATLAS-19', record: '00001001' },
  async run({ issueKey, record: text }, both) {
    const { jira, salesforce } = both;
    const [issue, record] = await Promise.all([
      jira.getIssue(issueKey, { fields: ['summary', 'status'] }),
      recordMeant(salesforce, text, { input: 'record' }),
    ]);
    const { globalId, isLinked, lines } = await sidesOf(both, issue.key, record);
    if (!isLinked) await addLink(both, issue.key, record, globalId);
    const isCase = record.objectType === 'Case';
    const line = isCase ? await addLine(both, issue, record, lines) : undefined;
    const { issueKey: ownKey, title, status, url } = toIssueRow(issue, jira.browseUrl);
    const told = [
      isLinked ? `${ownKey} had the link to ${record.label}` : `${ownKey} got a link to ${record.label}`,
      ...(line?.isAdded === true ? ['the case got an internal comment with the key'] : []),
      ...(line?.isAdded === false ? ['the case had the comment with the key'] : []),
    ];
    return {
      summary: `${told.join(', and ')}.`,
      issueKey: ownKey,
      title,
      status,
      url,
      recordId: record.recordId,
      record: titleOf(record),
      recordUrl: record.url,
      linkAdded: !isLinked,
      ...(line?.isAdded !== undefined && { commentAdded: line.isAdded }),
      ...(line && line.notes.length > 0 && { note: line.notes.join(' ') }),
    };
  },
});
