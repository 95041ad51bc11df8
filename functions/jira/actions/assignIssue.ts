import * as z from 'zod';
import { changedIssue, toChangedIssue } from '../api/fieldChanges.ts';
import { issueKey, person } from '../api/inputs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'assignIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'changes',
  idempotent: true,
  title: 'Assign an issue',
  description:
    'Assigns a Jira issue to a person, or unassigns it, and returns who had it and who has it. ' +
    'Use it when the user asks to assign an issue to somebody, to take it themselves, or to unassign it. ' +
    'To change other fields use updateIssue.',
  input: z.object({
    issueKey,
    assignee: person.describe(
      'The new assignee: a name, an e-mail address, or me for the user who asks; none to unassign it.',
    ),
  }),
  output: changedIssue,
  example: { issueKey: 'ATLAS-12', assignee: 'Li Wei' },
  async run({ issueKey, assignee }, { jira }) {
    return toChangedIssue(await jira.assignIssue(issueKey, assignee), jira.browseUrl);
  },
});
