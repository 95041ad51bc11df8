import * as z from 'zod';
import { issueInputs, issueType, projectId } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { jira } from '../system.ts';

const { summary, description, assignee, priority, labels, dueDate, parent, additionalFields } = issueInputs;

export default jira.action({
  name: 'createIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  title: 'Create an issue',
  description:
    'Creates a Jira issue, and returns it with its key and link. ' +
    'Use it when the user asks for a new issue, bug, task or the like, and the project and issue type are known; describeProject lists the types and their required fields. ' +
    'To change an existing issue use updateIssue.',
  input: z.object({
    projectId,
    issueType,
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
  // A text may mention twenty people, fields may name more, and each is looked up.
  requests: 80,
  example: { projectId: 'ATLAS', issueType: 'Task', summary: 'Try the new connector' },
  async run(input, { jira }) {
    return toWrittenIssue(await jira.createIssue(input), jira.browseUrl);
  },
});
