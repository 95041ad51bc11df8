import * as z from 'zod';
import { key, link } from '../../../shared/action/meaning.ts';
import { page } from '../../../shared/action/page.ts';
import { issueKey } from '../api/inputs.ts';
import type { Jira } from '../api/jira.ts';
import { offsetOf } from '../api/offset.ts';
import type { History } from '../api/wire.ts';
import { jira } from '../system.ts';

const entry = z.object({
  at: z.string().describe('When it was done, ISO 8601 in UTC.'),
  by: z.string().optional().describe('Who did it.'),
  changes: z
    .array(
      z.object({
        field: z.string().describe('The field that changed, such as status or assignee.'),
        from: z.string().optional().describe('The value before, where there was one.'),
        to: z.string().optional().describe('The value after, where there is one.'),
      }),
    )
    .describe('What was changed at that moment.'),
});

/** The beginning of a changed text is enough to know it by. */
const MAX_VALUE = 500;

export default jira.action({
  name: 'getIssueHistory',
  toolset: 'jira',
  core: true,
  access: 'read',
  title: 'Get the history of an issue',
  description:
    'Lists who changed what and when in one Jira issue, the latest change first: status moves, assignments and edits. ' +
    'Use it when the user asks how an issue got to where it is, or who changed something. ' +
    'For comments and how the issue is now use getIssue; for a whole project use getProjectUpdates.',
  input: z.object({ issueKey }),
  output: z.object({
    issueKey: key('The key of the issue.'),
    url: link('Where to open the issue.'),
    total: z.int().describe('How many times it was changed in all.'),
    history: z.array(entry).describe('The changes, the latest first.'),
  }),
  example: { issueKey: 'ATLAS-12' },
  paged: true,
  async run({ issueKey }, { jira, page: { limit, cursor } }) {
    const { key, changes, total, older } =
      cursor === undefined
        ? await latest(jira, issueKey, limit)
        : await before(jira, issueKey, limit, offsetOf(cursor));
    return page({
      items: changes.map(toEntry),
      nextCursor: older > 0 ? String(older) : undefined,
      answer: shown => ({ issueKey: key, url: jira.browseUrl(key), total, history: shown }),
    });
  },
});

/** Some of an issue's changes, the latest first, and how many older ones there are. */
interface Changes {
  key: string;
  changes: History[];
  total: number;
  older: number;
}

/** With the issue itself Jira gives its last hundred changes, and their number. */
async function latest(jira: Jira, issueKey: string, limit: number): Promise<Changes> {
  const { key, changelog } = await jira.getIssue(issueKey, { fields: ['summary'], expand: 'changelog' });
  const all = changelog?.histories ?? [];
  const total = changelog?.total ?? all.length;
  const changes = all.toSorted(newestFirst).slice(0, limit);
  return { key, changes, total, older: total - changes.length };
}

/** The last ones of the first `older`: what is added meanwhile comes after these and moves nothing. */
async function before(jira: Jira, issueKey: string, limit: number, older: number): Promise<Changes> {
  const startAt = Math.max(0, older - limit);
  const { changes, total } = await jira.getChanges(issueKey, { startAt, limit: Math.max(1, older - startAt) });
  return { key: issueKey, changes: changes.toReversed(), total, older: startAt };
}

function newestFirst(one: History, other: History): number {
  return one.created < other.created ? 1 : one.created > other.created ? -1 : 0;
}

function toEntry({ created, author, items }: History): z.infer<typeof entry> {
  return {
    at: created,
    ...(author?.displayName && { by: author.displayName }),
    changes: items.map(({ field, from, to }) => ({
      field,
      ...(from && { from: brief(from) }),
      ...(to && { to: brief(to) }),
    })),
  };
}

function brief(value: string): string {
  return value.length <= MAX_VALUE ? value : `${value.slice(0, MAX_VALUE).toWellFormed()}…`;
}
