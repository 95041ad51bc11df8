import * as z from 'zod';
import { issueKey, markdown, shortText } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'transitionIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'changes',
  idempotent: false,
  title: 'Move an issue to another status',
  description:
    'Moves a Jira issue to another status, and returns the issue as it is then. ' +
    'Use it when the user asks to start, finish, reopen or otherwise move a known issue. Where the workflow does not lead there, the error names where it leads. ' +
    'To change anything else use updateIssue.',
  input: z.object({
    issueKey,
    status: shortText.describe('The status that it is to have, such as Done, or the name of the transition.'),
    resolution: shortText
      .optional()
      .describe('How it was resolved, such as Done or Duplicate, where the workflow asks for it.'),
    comment: markdown.optional().describe('A comment to leave with the move, in Markdown.'),
  }),
  output: writtenIssue,
  example: { issueKey: 'ATLAS-12', status: 'In Review' },
  async run({ issueKey, ...to }, { jira }) {
    return toWrittenIssue(await jira.transitionIssue(issueKey, to), jira.browseUrl);
  },
});
