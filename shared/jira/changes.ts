import * as z from 'zod';
import { adfToMarkdown } from './adf/adfToMarkdown.ts';
import type { Issue } from './wire.ts';

/** One thing that happened to an issue. */
export const changeSchema = z.object({
  at: z.string().describe('When it happened, ISO 8601 in UTC.'),
  by: z.string().optional().describe('Who did it.'),
  field: z
    .string()
    .describe('What changed: a field such as status or assignee, "comment" for a comment, "created" for a new issue.'),
  from: z.string().optional().describe('The value before, where there was one.'),
  to: z.string().optional().describe('The value after, where there is one.'),
  text: z.string().optional().describe('The text of a comment, in Markdown.'),
});

export type Change = z.infer<typeof changeSchema>;

/** A changed description is told by its beginning; the whole of it is what the issue itself shows. */
const MAX_VALUE = 300;

/** What happened to an issue from `since` on, newest first: its changelog, its comments, and that it was created. */
export function changesSince({ fields, changelog }: Issue, since: Date): Change[] {
  const from = since.toISOString();
  const changes: Change[] = [];
  for (const { created, author, items } of changelog?.histories ?? []) {
    if (created < from) continue;
    for (const { field, from: before, to } of items) {
      changes.push({
        at: created,
        ...by(author),
        field,
        ...(before && { from: brief(before) }),
        ...(to && { to: brief(to) }),
      });
    }
  }
  for (const { created, updated, author, updateAuthor, body } of fields.comment?.comments ?? []) {
    const at = created >= from ? created : (updated ?? created);
    if (at < from) continue;
    changes.push({
      at,
      ...by(at === created ? author : (updateAuthor ?? author)),
      field: 'comment',
      text: adfToMarkdown(body),
    });
  }
  if (fields.created && fields.created >= from)
    changes.push({ at: fields.created, ...by(fields.creator), field: 'created' });
  return changes.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));
}

/** True when Jira sent only part of an issue's changelog or comments. */
export function wasCut({ fields, changelog }: Issue): boolean {
  const isPart = (total: number | null | undefined, given: readonly unknown[]) =>
    typeof total === 'number' && total > given.length;
  return (
    (changelog && isPart(changelog.total, changelog.histories)) ||
    (fields.comment && isPart(fields.comment.total, fields.comment.comments)) ||
    false
  );
}

function by(person: { displayName?: string | null | undefined } | null | undefined): { by?: string } {
  return person?.displayName ? { by: person.displayName } : {};
}

function brief(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE).toWellFormed()}…`;
}
