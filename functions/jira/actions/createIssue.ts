import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { changedIssue, toChangedIssue } from '../api/fieldChanges.ts';
import { issueInputs, issueKey, issueType, nameText, projectId } from '../api/inputs.ts';
import { whereLinked, whereNamedOrPlanned, writes } from '../needs.ts';
import { jira } from '../system.ts';

const { summary, description, assignee, priority, labels, dueDate, parent, additionalFields } = issueInputs;

export default jira.action({
  name: 'createIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: writes({ permissions: ['CREATE_ISSUES'], also: [...whereNamedOrPlanned.also, ...whereLinked.also] }),
  title: 'Create an issue',
  description:
    'Creates a Jira issue, and returns it with its key, status and what was set. ' +
    'Use it for a new issue, bug or task; describeProject lists types and their fields. Its reporter is the account signed in to Jira unless additionalFields names a Reporter. ' +
    'To change an existing issue use updateIssue.',
  input: z.object({
    projectId,
    issueType: issueType
      .optional()
      .describe('The name of the issue type, such as Bug. Unless given, the only type of the project, or Task.'),
    summary,
    description: description.optional(),
    assignee: assignee.optional(),
    priority: priority.optional(),
    labels: labels.optional(),
    dueDate: dueDate.optional(),
    parent: parent.optional(),
    additionalFields: additionalFields.optional(),
    targetIssueKey: issueKey.optional().describe('The key of an issue to link the new one to.'),
    linkType: nameText
      .optional()
      .describe('How the new issue relates to targetIssueKey: relates to unless given; blocks, is caused by.'),
  }),
  output: changedIssue,
  // A text may mention twenty people, fields may name more, and each is looked up.
  requests: 80,
  example: { projectId: 'ATLAS', issueType: 'Task', summary: 'Try the new connector' },
  async run({ targetIssueKey, linkType, ...input }, { jira }) {
    if (linkType !== undefined && targetIssueKey === undefined) {
      const message = 'Give the key of the issue that the new one is linked to, or leave linkType out.';
      throw invalidInput([{ field: 'targetIssueKey', message }]);
    }
    const link = targetIssueKey && { phrase: linkType ?? 'relates to', issueKey: targetIssueKey };
    return toChangedIssue(await jira.createIssue({ ...input, ...(link && { link }) }), jira.browseUrl);
  },
});
