import * as z from 'zod';
import { audience, issueKey, markdown, shortText } from '../api/inputs.ts';
import { commentAudience, toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { whereCommented, writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'transitionIssue',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'changes',
  idempotent: false,
  needs: writes({ permissions: ['TRANSITION_ISSUES'], ...whereCommented }),
  title: 'Move an issue to another status',
  description:
    'Moves a Jira issue to another status, and returns the updated issue. ' +
    'Use it when the user asks to start, finish, reopen or otherwise move a known issue. Where no transition leads to that status, the error lists those that are possible. ' +
    'To change anything else use updateIssue.',
  input: z.object({
    issueKey,
    status: shortText.describe('The new status, such as Done, or the name of the transition.'),
    resolution: shortText
      .optional()
      .describe('The resolution, such as Done or Duplicate, where the workflow requires one.'),
    comment: markdown.optional().describe('A comment to add with the transition, in Markdown.'),
    audience,
  }),
  output: writtenIssue.extend({ audience: commentAudience }),
  // A text may mention twenty people, and each is looked up.
  requests: 60,
  example: { issueKey: 'ATLAS-12', status: 'In Review' },
  async run({ issueKey, ...to }, { jira }) {
    const { issue, comment } = await jira.transitionIssue(issueKey, to);
    return { ...toWrittenIssue(issue, jira.browseUrl, comment?.notes), audience: comment?.audience };
  },
});
