import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { changedIssue, toChangedIssue } from '../api/fieldChanges.ts';
import { changeableText, clearable, issueInputs, issueKey, nameList } from '../api/inputs.ts';
import { whereNamedOrPlanned, writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'updateIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'changes',
  // A text is not appended where it is the end already.
  idempotent: true,
  needs: writes({ permissions: ['EDIT_ISSUES'], ...whereNamedOrPlanned }),
  title: 'Update an issue',
  description:
    'Changes fields of a Jira issue, and returns each with its value before and now. All others stay. ' +
    'Use it for the summary, description, priority, labels, due date or other fields of a known issue. ' +
    'For its status use transitionIssue; for the assignee alone assignIssue; for a comment addComment.',
  input: z.object({
    issueKey,
    summary: issueInputs.summary.optional(),
    description: changeableText(
      'The description that replaces the old one, in Markdown; {"append": "…"} adds below it; none removes it.',
    ),
    assignee: clearable(
      issueInputs.assignee,
      'The new assignee: a name, an e-mail address, or me for the user who asks; none unassigns it.',
    ),
    priority: issueInputs.priority.optional(),
    labels: clearable(
      issueInputs.labels,
      'The labels that replace all of its labels, separated by commas; none removes all.',
    ),
    addLabels: issueInputs.labels.optional().describe('Labels to add, separated by commas; the others stay.'),
    removeLabels: issueInputs.labels.optional().describe('Labels to remove, separated by commas.'),
    addComponents: nameList.optional().describe('Components to add, separated by commas.'),
    removeComponents: nameList.optional().describe('Components to remove, separated by commas.'),
    addFixVersions: nameList.optional().describe('Fix versions to add, separated by commas.'),
    removeFixVersions: nameList.optional().describe('Fix versions to remove, separated by commas.'),
    dueDate: clearable(issueInputs.dueDate, 'The due date, such as 2026-11-30; none removes it.'),
    parent: clearable(issueInputs.parent, 'The key of the parent issue; none removes it.'),
    additionalFields: issueInputs.additionalFields
      .optional()
      .describe(
        'Other fields: a JSON object as a string, by their display names, such as {"Story Points": 3, "Sprint": "Sprint 7", "Original estimate": "1h 30m", "Platforms": {"add": ["iOS"], "remove": ["Web"]}}. A value replaces; {"append": "…"} adds to a text; null clears.',
      ),
  }),
  output: changedIssue,
  // A text may mention twenty people, fields may name more, and each is looked up.
  requests: 80,
  example: { issueKey: 'ATLAS-12', priority: 'Highest' },
  async run({ issueKey, ...changes }, { jira }) {
    const { additionalFields = {}, ...own } = changes;
    if ([...Object.values(own), ...Object.values(additionalFields)].every(change => change === undefined)) {
      throw invalidInput([{ field: 'summary', message: 'Give at least one field besides issueKey.' }]);
    }
    return toChangedIssue(await jira.updateIssue(issueKey, changes), jira.browseUrl);
  },
});
