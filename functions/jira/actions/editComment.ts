import * as z from 'zod';
import { id } from '../../../shared/schema/meaning.ts';
import { issueKey, markdown, ownCommentId } from '../api/inputs.ts';
import { commentAudience, toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { whereNamed, writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'editComment',
  toolset: 'jira',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  callers: 'users',
  needs: writes({ permissions: ['EDIT_OWN_COMMENTS'], ...whereNamed }),
  title: 'Edit a comment of the user',
  description:
    "Replaces the text of a comment that the user asked for here or wrote in Jira, and returns both texts. Use it to correct the user's own comment; nobody else's is changed. Who may read it stays as it is. " +
    'To reply use addComment.',
  input: z.object({
    issueKey,
    commentId: ownCommentId,
    comment: markdown.describe('The whole new text, in Markdown.'),
  }),
  output: writtenIssue.pick({ issueKey: true, title: true, status: true, note: true, url: true }).extend({
    commentId: id('The ID of the comment.'),
    audience: commentAudience,
    before: z.string().optional().describe('The text before, in Markdown; absent for a restricted comment.'),
    after: z.string().optional().describe('The text now, in Markdown; absent for a restricted comment.'),
  }),
  // A text may mention twenty people, and each is looked up.
  requests: 60,
  example: { issueKey: 'ATLAS-12', comment: 'The fix is **released** in 2.5.' },
  async run({ issueKey, commentId, comment: text }, { jira }) {
    const { issue, comment, after, notes } = await jira.editComment(issueKey, commentId, text);
    return {
      ...toWrittenIssue(issue, jira.browseUrl, notes),
      commentId: comment.id,
      audience: comment.audience,
      before: comment.text,
      after,
    };
  },
});
