import * as z from 'zod';
import { id } from '../../../shared/schema/meaning.ts';
import { shownMarkdown } from './adf/adfToMarkdown.ts';
import type { Comments } from './issue.ts';
import { commentAudience } from './issueRow.ts';

/** A comment as an answer shows it. */
export const shownComment = z.object({
  commentId: id('The ID of the comment.'),
  at: z.string().describe("When it was written, ISO 8601, by the asking user's clock."),
  by: z.string().optional().describe('Who wrote it.'),
  editedAt: z.string().optional().describe('When it was last edited, where it was.'),
  audience: commentAudience,
  text: z.string().describe('The text, in Markdown.'),
});

/** The comments, each rendered within what the others have left of `budget`. */
export async function showComments(
  comments: Comments['items'],
  budget: { left: number },
  pause: () => Promise<void> | undefined,
): Promise<z.infer<typeof shownComment>[]> {
  const shown: z.infer<typeof shownComment>[] = [];
  for (const { id: commentId, createdAt, editedAt, author, audience, body } of comments) {
    await pause();
    const isEdited = editedAt !== undefined && editedAt.getTime() - createdAt.getTime() >= 1_000;
    shown.push({
      commentId,
      at: createdAt.toISOString(),
      by: author,
      ...(isEdited && { editedAt: editedAt.toISOString() }),
      audience,
      text: shownMarkdown(body, budget),
    });
  }
  return shown;
}
