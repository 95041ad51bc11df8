import * as z from 'zod';
import { beginning } from '../../../shared/text.ts';
import { shownMarkdown } from './adf/adfToMarkdown.ts';
import { toChange } from './historyText.ts';
import type { Issue } from './issue.ts';
import { commentAudience } from './issueRow.ts';

/** One thing that happened to an issue. */
export const changeSchema = z.object({
  at: z.string().describe("When it happened, ISO 8601, by the asking user's clock."),
  by: z.string().optional().describe('Who did it.'),
  field: z
    .string()
    .describe('What changed: a field such as status or assignee, "comment" for a comment, "created" for a new issue.'),
  from: z.string().optional().describe('The value before, where there was one.'),
  to: z.string().optional().describe('The value after, where there is one.'),
  text: z.string().optional().describe('The text of a comment, in Markdown.'),
  audience: commentAudience,
});

export type Change = z.infer<typeof changeSchema>;

/** Long values, such as a description, are cut to this many characters; getIssue returns them whole. */
const MAX_VALUE = 300;

/** The characters of all its comments. An answer with more would be cut. */
const MAX_COMMENTS = 65_536;

/** What happened to an issue from `since` until `until`, newest first: its changelog, its comments, and its creation. */
export async function changesBetween(
  { createdAt, creator, comments, changelog, names }: Issue,
  since: Date,
  until: Date | undefined,
  pause: () => Promise<void> | undefined,
): Promise<Change[]> {
  const isWithin = (at: Date) => at >= since && (!until || at <= until);
  const budget = { left: MAX_COMMENTS };
  const changes: { moment: Date; change: Omit<Change, 'at'> }[] = [];
  const people = new Map([...changelog.histories.flatMap(history => history.names), ...names]);
  for (const history of changelog.histories) {
    if (!isWithin(history.at)) continue;
    for (const raw of history.changes) {
      const { field, from, to } = toChange(raw, id => people.get(id)) ?? {};
      if (field === undefined) continue;
      const change = {
        by: history.by,
        field,
        from: from && beginning(from, MAX_VALUE),
        to: to && beginning(to, MAX_VALUE),
      };
      changes.push({ moment: history.at, change });
    }
  }
  for (const {
    createdAt: writtenAt,
    editedAt = writtenAt,
    author,
    editor = author,
    audience,
    body,
  } of comments.items) {
    await pause();
    const isNew = isWithin(writtenAt);
    if (!isNew && !isWithin(editedAt)) continue;
    changes.push({
      moment: isNew ? writtenAt : editedAt,
      change: { by: isNew ? author : editor, field: 'comment', text: shownMarkdown(body, budget), audience },
    });
  }
  if (createdAt && isWithin(createdAt)) changes.push({ moment: createdAt, change: { by: creator, field: 'created' } });
  return changes
    .sort((one, other) => other.moment.getTime() - one.moment.getTime())
    .map(({ moment, change }) => ({ at: moment.toISOString(), ...change }));
}

/** True when Jira sent only part of an issue's changelog or comments. */
export function wasCut({ comments, changelog }: Issue): boolean {
  const isPart = (total: number | undefined, given: number) => total !== undefined && total > given;
  return isPart(comments.total, comments.items.length) || isPart(changelog.total, changelog.histories.length);
}
