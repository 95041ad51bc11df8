import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { issueKey, ownCommentId } from '../api/inputs.ts';
import type { OwnComment } from '../api/ownComments.ts';
import { writes } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.plannedAction({
  name: 'deleteComment',
  toolset: 'jira',
  effect: 'removes',
  idempotent: true,
  callers: 'users',
  needs: writes({ permissions: ['DELETE_OWN_COMMENTS'] }),
  title: 'Delete a comment of the user',
  description:
    "Deletes a comment that the user asked for here or wrote in Jira, for good; nobody else's. " +
    'Use it when the user takes back what they wrote. The first call shows the text and deletes nothing; a second one with its confirmationToken alone deletes it. ' +
    'To correct a comment use editComment.',
  input: z.object({ issueKey, commentId: ownCommentId }),
  data: z.object({ issueKey: z.string(), commentId: z.string() }),
  example: { issueKey: 'ATLAS-12' },
  async plan({ issueKey, commentId }, { jira }) {
    const [comment, timeZone] = await Promise.all([jira.ownComments.find(issueKey, commentId), jira.timeZone()]);
    return {
      summary: `A comment of ${comment.issueKey} would be deleted for good. Nothing is deleted yet.`,
      items: [
        {
          key: comment.issueKey,
          what: [told(comment, timeZone), ...comment.notes].join(' '),
          version: comment.version,
          data: { issueKey: comment.issueKey, commentId: comment.id },
        },
      ],
    };
  },
  versionOf: async ({ data: { issueKey, commentId } }, { jira }) =>
    (await jira.ownComments.find(issueKey, commentId).catch(gone)).version,
  perform: ({ data }, { jira }) => jira.ownComments.remove(data),
});

function told({ id, issueKey, createdAt, audience, text }: OwnComment, timeZone: string): string {
  const from = createdAt ? ` of ${clockAt(createdAt, timeZone)}` : '';
  const which = `The ${audience ? `${audience} ` : ''}comment ${id}${from} on ${issueKey}`;
  return text === undefined ? `${which}.` : `${which}: ${JSON.stringify(text)}`;
}

function gone(error: unknown): never {
  if (!(error instanceof Failure) || error.code !== 'not_found') throw error;
  throw new Failure('conflict', 'It is not there any more: it was deleted already.', { cause: error });
}
