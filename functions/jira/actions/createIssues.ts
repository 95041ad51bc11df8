import * as z from 'zod';
import { issueInputs, issueType, nameList, projectId, shortText } from '../api/inputs.ts';
import { newIssues } from '../api/newIssueList.ts';
import { newIssueData } from '../api/newIssues.ts';
import { whereFiltered, writes } from '../needs.ts';
import { jira } from '../system.ts';

const { assignee, priority, labels, parent, additionalFields } = issueInputs;

export default jira.plannedAction({
  name: 'createIssues',
  toolset: 'jira',
  effect: 'adds',
  idempotent: false,
  needs: writes({ permissions: ['CREATE_ISSUES'], ...whereFiltered }),
  title: 'Create several issues',
  description:
    'Creates up to 50 Jira issues at once, as the account signed in to Jira: tasks from notes, sub-tasks of a story, an epic with what is in it. ' +
    'Use it for several: its first call only shows what would be made, and the call with its confirmationToken makes it. For one use createIssue.',
  input: z.object({
    issues: newIssues.describe(
      'The issues: one summary a line, what is indented being made below the line above; or a JSON array as a string, such as [{"summary": "Login fails", "issueType": "Bug", "description": "…", "assignee": "Ana Ruiz", "Story Points": 3, "children": ["Write a test"]}].',
    ),
    projectId: projectId
      .optional()
      .describe('The project of all: a key, such as ABC. Unless given, that of the parent.'),
    parent: parent.optional().describe('The key of the epic, or for sub-tasks the issue, that all are made below.'),
    issueType: issueType.optional().describe('The type of those that name none. Unless given, the obvious one.'),
    assignee: assignee.optional().describe('The assignee of those that name none: a name, an e-mail address, or me.'),
    priority: priority.optional().describe('The priority of those that name none.'),
    labels: labels.optional().describe('Labels of all, separated by commas.'),
    fixVersion: nameList.optional().describe('The fix version of those that name none.'),
    sprint: shortText.optional().describe('The sprint of those that name none: active, next, or its name.'),
    additionalFields: additionalFields
      .optional()
      .describe('Other fields of all, by their names: a JSON object as a string, such as {"Severity": "Major"}.'),
    repeat: z
      .boolean()
      .optional()
      .meta({ description: 'True to make once more what an equal call made within the last hour.', advanced: true }),
  }),
  data: newIssueData,
  // A list may name many people, and each is looked up.
  requests: 120,
  example: { issues: 'Draw the screens\nBuild the form', projectId: 'ATLAS', parent: 'ATLAS-1' },
  plan: ({ issues, ...defaults }, { jira }) => jira.newIssues.plan(issues, defaults),
  batches: { looked: 50, size: 50, atOnce: 1 },
  look: (items, { jira }) => jira.newIssues.look(items),
  performAll: (items, { jira }, before) => jira.newIssues.create(items, before),
});
