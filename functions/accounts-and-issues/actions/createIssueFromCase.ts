import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { changedIssue, toChangedIssue } from '../../jira/api/fieldChanges.ts';
import { issueInputs, issueType, projectId } from '../../jira/api/inputs.ts';
import { jira } from '../../jira/system.ts';
import { caseId } from '../../salesforce/api/service/inputs.ts';
import { salesforce } from '../../salesforce/system.ts';
import { caseSource } from '../api/caseSource.ts';
import { issuesOfCase } from '../api/issuesOfCase.ts';
import { addLine, addLink } from '../api/link.ts';
import { type Linkable, titleOf } from '../api/linkable.ts';
import { createsLinked } from '../needs.ts';
import { accountsAndIssues } from '../system.ts';

/** The longest summary that Jira takes. */
const MAX_SUMMARY = 255;

const { summary, description, assignee, priority, labels, parent, additionalFields } = issueInputs;

export default accountsAndIssues.action({
  name: 'createIssueFromCase',
  toolset: 'accounts-and-issues',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  uses: [jira, salesforce],
  needsIn: createsLinked,
  title: 'Create an issue from a case',
  description:
    "Creates a Jira issue from a Salesforce case with its text, account and a link, which who sees the issue can read, and puts the key on the case as an internal comment, in this service's name. " +
    'Use it when a case is a bug or a wish that has no issue yet; to link one that is there use linkCaseToIssue.',
  input: z.object({
    caseId: caseId.describe('The case: its number, such as 00001026, or its ID.'),
    projectId,
    issueType: issueType
      .optional()
      .describe('The name of the issue type, such as Bug. Unless given, the only type of the project, or Task.'),
    summary: summary.optional().describe('The summary of the issue. The subject of the case unless given.'),
    description: description
      .optional()
      .describe('What to say above the text of the case, in Markdown, such as how to reproduce it.'),
    assignee: assignee.optional(),
    priority: priority.optional(),
    labels: labels.optional(),
    parent: parent.optional(),
    additionalFields: additionalFields.optional(),
    allowDuplicate: z.boolean().optional().meta({
      description: 'True to make another issue although the case has one: only after the user decided so.',
      advanced: true,
      permits: true,
    }),
  }),
  output: changedIssue.extend({
    recordId: id('The ID of the case.'),
    record: heading('What it is called, such as: Case 00001026: The press stops.'),
    recordUrl: link('The address of the case in Salesforce.'),
    linkAdded: z.boolean().describe('Whether the issue got the link to the case.'),
    commentAdded: z.boolean().optional().describe('Whether the case got the comment with the key.'),
  }),
  // A text may mention twenty people, fields may name more, and each is looked up.
  requests: 100,
  example: { caseId: '00001001', projectId: 'ATLAS', issueType: 'Bug' },
  async run({ caseId, summary, description, allowDuplicate = false, ...fields }, both) {
    const { jira, salesforce } = both;
    const { record, quote, isCut } = await caseSource(salesforce, caseId);
    const { issues, globalId, lines } = await issuesOfCase(both, record.recordId);
    if (!allowDuplicate && issues.length > 0) {
      const listed = issues.map(({ key, status }) => (status ? `${key} (${status})` : key)).join(', ');
      throw new Failure(
        'conflict',
        `${record.label} has ${issues.length === 1 ? 'an issue' : 'issues'} already: ${listed}. Nothing was made. Ask the user; for another one all the same give allowDuplicate.`,
      );
    }
    const written = await jira.createIssue({
      ...fields,
      summary: summary ?? oneLine(record.subject ?? record.label),
      description: [description, `Salesforce: [${record.label}](${record.url})`].filter(Boolean).join('\n\n'),
      quote,
    });
    const { issue } = written;
    // The issue is there, whatever becomes of the rest.
    const [linked, line] = await Promise.all([
      addLink(both, issue.key, record, globalId).then(
        () => ({ isAdded: true, notes: [] }),
        error => notLinked(error, issue.key, record),
      ),
      addLine(both, { key: issue.key, summary: issue.summary ?? summary ?? record.subject }, record, lines),
    ]);
    const notes = [
      ...linked.notes,
      ...line.notes,
      ...(isCut ? ['The text of the case was too long, so the issue has the beginning of it.'] : []),
    ];
    const { url, ...changed } = toChangedIssue({ ...written, notes: [...written.notes, ...notes] }, jira.browseUrl);
    return {
      ...changed,
      recordId: record.recordId,
      record: titleOf(record),
      recordUrl: record.url,
      linkAdded: linked.isAdded,
      ...(line.isAdded !== undefined && { commentAdded: line.isAdded }),
      url,
    };
  },
});

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, MAX_SUMMARY).toWellFormed();
}

function notLinked(error: unknown, issueKey: string, { label, recordId }: Linkable) {
  if (!(error instanceof Failure)) throw error;
  const note = `${issueKey} was made, but it got no link to ${label}: ${error.message} Once that is mended, linkCaseToIssue with ${issueKey} and ${recordId} adds what is missing.`;
  return { isAdded: false, notes: [note] };
}
