import * as z from 'zod';
import { changedIssue, toChangedIssue } from '../api/fieldChanges.ts';
import { issueInputs, issueType, projectId } from '../api/inputs.ts';
import { whereNamed, writes } from '../needs.ts';
import { jira } from '../system.ts';

const { summary, description, assignee, priority, labels, dueDate, parent, additionalFields } = issueInputs;

export default jira.action({
  name: 'createIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: writes({ permissions: ['CREATE_ISSUES'], ...whereNamed }),
  title: 'Create an issue',
  description:
    'Creates a Jira issue, and returns it with its key, status and what was set. ' +
    "Use it for a new issue, bug or task; describeProject lists types and their fields. Its reporter is this service's account unless additionalFields names a Reporter. " +
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
  }),
  output: changedIssue,
  // A text may mention twenty people, fields may name more, and each is looked up.
  requests: 80,
  example: { projectId: 'ATLAS', issueType: 'Task', summary: 'Try the new connector' },
  async run(input, { jira }) {
    return toChangedIssue(await jira.createIssue(input), jira.browseUrl);
  },
});
