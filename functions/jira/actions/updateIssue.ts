import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { clearable, issueInputs, issueKey } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'updateIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'changes',
  idempotent: true,
  title: 'Update an issue',
  description:
    'Changes fields of a Jira issue, and returns the issue as it is then. Only what is given changes. ' +
    'Use it when the user asks to change the summary, description, priority, labels, due date or other fields of a known issue. ' +
    'To change the status use transitionIssue, to hand it to somebody use assignIssue, to say something about it use addComment.',
  input: z.object({
    issueKey,
    summary: issueInputs.summary.optional(),
    description: clearable(issueInputs.description, 'The new description, in Markdown; none removes it.'),
    assignee: clearable(
      issueInputs.assignee,
      'Who is to do it: a name, an e-mail address, or me for the user who asks; none for nobody.',
    ),
    priority: issueInputs.priority.optional(),
    labels: clearable(
      issueInputs.labels,
      'The labels that it is to have in place of those it has, separated by commas; none removes all.',
    ),
    dueDate: clearable(issueInputs.dueDate, 'The day it is due, such as 2026-11-30; none removes it.'),
    parent: clearable(issueInputs.parent, 'The key of the issue that it is a part of; none takes it out.'),
    additionalFields: issueInputs.additionalFields
      .optional()
      .describe(
        'Any other fields, as one JSON object with the names of the fields as people see them, such as {"Story Points": 3, "Severity": "Major"}; null or none empties a field.',
      ),
  }),
  output: writtenIssue,
  example: { issueKey: 'ATLAS-12', priority: 'High' },
  async run({ issueKey, ...changes }, { jira }) {
    const { additionalFields = {}, ...own } = changes;
    if ([...Object.values(own), ...Object.values(additionalFields)].every(change => change === undefined)) {
      throw invalidInput([
        { field: 'summary', message: 'Nothing is to be changed. Give at least one field besides issueKey.' },
      ]);
    }
    return toWrittenIssue(await jira.updateIssue(issueKey, changes), jira.browseUrl);
  },
});
