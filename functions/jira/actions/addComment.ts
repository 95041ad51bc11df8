import * as z from 'zod';
import { id } from '../../../shared/schema/meaning.ts';
import { audience, issueKey, markdown } from '../api/inputs.ts';
import { commentAudience, toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { whereCommented, writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'addComment',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: writes({ permissions: ['ADD_COMMENTS'], ...whereCommented }),
  title: 'Add a comment to an issue',
  description:
    'Adds a comment to a Jira issue, as the account signed in to Jira, and returns the updated issue. ' +
    'Use it when the user wants to reply or to leave a note on a known issue. ' +
    'To change the issue itself use updateIssue; to comment while changing its status use transitionIssue.',
  input: z.object({
    issueKey,
    comment: markdown.describe(
      'The comment, in Markdown. Mention a person by @ and the e-mail address or the name: @ana@example.com, @"Ana Ruiz".',
    ),
    audience,
  }),
  output: writtenIssue.extend({ commentId: id('The ID of the new comment.'), audience: commentAudience }),
  // A text may mention twenty people, and each is looked up.
  requests: 60,
  example: { issueKey: 'ATLAS-12', comment: 'The fix is **released**.' },
  async run({ issueKey, comment: text, audience }, { jira }) {
    const { comment, issue } = await jira.addComment(issueKey, text, audience);
    return {
      ...toWrittenIssue(issue, jira.browseUrl, [...comment.notes, ...jira.people.notes]),
      commentId: comment.id,
      audience: comment.audience,
    };
  },
});
