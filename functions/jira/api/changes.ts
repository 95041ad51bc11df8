import * as z from 'zod';
import { adfToMarkdown } from './adf/adfToMarkdown.ts';
import type { ChangedIssue } from './changedIssues.ts';

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
export function changesSince({ fields, changelog }: ChangedIssue, since: Date): Change[] {
  const from = since.getTime();
  const changes: { time: number; change: Omit<Change, 'at'> }[] = [];
  for (const { created, author, items } of changelog?.histories ?? []) {
    const time = Date.parse(created);
    if (!(time >= from)) continue;
    for (const { field, fieldId, fromString, toString: to } of items ?? []) {
      const values = {
        ...(fromString && { from: brief(fromString) }),
        ...(typeof to === 'string' && to && { to: brief(to) }),
      };
      changes.push({ time, change: { ...by(author), field: field ?? fieldId ?? 'a field', ...values } });
    }
  }
  for (const { created, updated, author, updateAuthor, body } of openComments(fields.comment)) {
    const [made, edited] = [Date.parse(created), Date.parse(updated ?? created)];
    const time = made >= from ? made : edited;
    if (!(time >= from)) continue;
    const who = time === made ? author : (updateAuthor ?? author);
    changes.push({ time, change: { ...by(who), field: 'comment', text: adfToMarkdown(body) } });
  }
  const created = Date.parse(fields.created ?? '');
  if (created >= from) changes.push({ time: created, change: { ...by(fields.creator), field: 'created' } });
  return changes
    .sort((one, other) => other.time - one.time)
    .map(({ time, change }) => ({ at: new Date(time).toISOString(), ...change }));
}

/** True when Jira sent only part of an issue's changelog or comments, or not all of it is for everybody. */
export function wasCut({ fields: { comment }, changelog }: ChangedIssue): boolean {
  const isPart = (total: number | null | undefined, given: number) => typeof total === 'number' && total > given;
  return (
    isPart(changelog?.total, changelog?.histories?.length ?? 0) || isPart(comment?.total, openComments(comment).length)
  );
}

/** A comment that is restricted to a role or a group is not for everybody who asks an agent. */
function openComments(comment: ChangedIssue['fields']['comment']) {
  return (comment?.comments ?? []).filter(({ visibility }) => !visibility);
}

function by(person: { displayName?: string | null | undefined } | null | undefined): { by?: string } {
  return person?.displayName ? { by: person.displayName } : {};
}

function brief(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE).toWellFormed()}…`;
}
