import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { clearable, issueInputs, issueKey } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { whereNamed, writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'updateIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: writes({ permissions: ['EDIT_ISSUES'], ...whereNamed }),
  title: 'Update an issue',
  description:
    'Changes fields of a Jira issue, and returns the updated issue. Fields that are not given keep their values. ' +
    'Use it when the user asks to change the summary, description, priority, labels, due date or other fields of a known issue. ' +
    'To change the status use transitionIssue; to change only the assignee use assignIssue; to comment on it use addComment.',
  input: z.object({
    issueKey,
    summary: issueInputs.summary.optional(),
    description: clearable(issueInputs.description, 'The new description, in Markdown; none removes it.'),
    assignee: clearable(
      issueInputs.assignee,
      'The new assignee: a name, an e-mail address, or me for the user who asks; none unassigns it.',
    ),
    priority: issueInputs.priority.optional(),
    labels: clearable(
      issueInputs.labels,
      'The labels that replace its current ones, separated by commas; none removes all.',
    ),
    dueDate: clearable(issueInputs.dueDate, 'The due date, such as 2026-11-30; none removes it.'),
    parent: clearable(issueInputs.parent, 'The key of the parent issue; none removes it.'),
    additionalFields: issueInputs.additionalFields
      .optional()
      .describe(
        'Other fields: a JSON object as a string, by their display names, such as {"Story Points": 3, "Severity": "Major"}; null or none clears a field.',
      ),
  }),
  output: writtenIssue,
  // A text may mention twenty people, fields may name more, and each is looked up.
  requests: 80,
  example: { issueKey: 'ATLAS-12', priority: 'High' },
  async run({ issueKey, ...changes }, { jira }) {
    const { additionalFields = {}, ...own } = changes;
    if ([...Object.values(own), ...Object.values(additionalFields)].every(change => change === undefined)) {
      throw invalidInput([{ field: 'summary', message: 'Give at least one field besides issueKey.' }]);
    }
    return toWrittenIssue(await jira.updateIssue(issueKey, changes), jira.browseUrl);
  },
});
