import * as z from 'zod';
import { defineAction } from '../../../shared/action/defineAction.ts';
import { issueInputs, projectId, shortText } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';

const { summary, description, assignee, priority, labels, dueDate, parent, additionalFields } = issueInputs;

export default defineAction({
  name: 'createIssue',
  system: 'jira',
  access: 'write',
  title: 'Create an issue',
  description:
    'Creates a Jira issue, and returns its key and link. ' +
    'Use it when the user asks for a new issue, bug, task or the like, and the project and type are known; listIssueTypes tells the types and what each must be given. ' +
    'To change an issue that exists use updateIssue.',
  input: z.object({
    projectId,
    issueType: shortText.describe('The type of the issue by its name, such as Bug.'),
    summary,
    description: description.optional(),
    assignee: assignee.optional(),
    priority: priority.optional(),
    labels: labels.optional(),
    dueDate: dueDate.optional(),
    parent: parent.optional(),
    additionalFields: additionalFields.optional(),
  }),
  output: writtenIssue,
  example: { projectId: 'ATLAS', issueType: 'Task', summary: 'Try the new connector' },
  async run(input, { jira }) {
    return toWrittenIssue(await jira.createIssue(input), jira.browseUrl);
  },
});
