import * as z from 'zod';
import { beginning } from '../../../shared/text.ts';
import { changedIssue, MAX_VALUE, toChangedIssue } from '../api/fieldChanges.ts';
import { audience, issueInputs, issueKey, markdown, nameText } from '../api/inputs.ts';
import { commentAudience, ifAny } from '../api/issueRow.ts';
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
    'Moves a Jira issue to another status, as the account signed in to Jira, and returns what changed. ' +
    'Use it when the user asks to start, finish, reopen or otherwise move a known issue. Where none or several transitions lead there, or one needs more fields, the error names them. ' +
    'To change anything else use updateIssue.',
  input: z.object({
    issueKey,
    status: nameText.describe('The new status, such as Done, or the name of the transition.'),
    resolution: nameText
      .optional()
      .describe('The resolution, such as Done or Duplicate, where the workflow requires one.'),
    additionalFields: issueInputs.additionalFields
      .optional()
      .describe(
        'Fields of the screen of the transition: a JSON object as a string, by their display names, such as {"Root cause": "Code"}.',
      ),
    comment: markdown.optional().describe('A comment to add with the transition, in Markdown.'),
    audience,
  }),
  output: changedIssue.extend({ audience: commentAudience }),
  // A text may mention twenty people, and each is looked up.
  requests: 60,
  example: { issueKey: 'ATLAS-12', status: 'In Review' },
  async run({ issueKey, ...to }, { jira }) {
    const { comment, ...written } = await jira.transitionIssue(issueKey, to);
    const { changes = [], ...answer } = toChangedIssue(written, jira.browseUrl);
    const added = to.comment === undefined ? [] : [{ field: 'Comment', to: beginning(to.comment, MAX_VALUE) }];
    return { ...answer, changes: ifAny([...changes, ...added]), audience: comment?.audience };
  },
});
