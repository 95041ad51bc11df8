import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { key, link } from '../../../shared/schema/meaning.ts';
import { beginning } from '../../../shared/text.ts';
import { issueKey } from '../api/inputs.ts';
import type { History } from '../api/issue.ts';
import type { Jira } from '../api/jira.ts';
import { offsetOf } from '../api/offset.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

const entry = z.object({
  at: z.string().describe('When the change was made, ISO 8601 in UTC.'),
  by: z.string().optional().describe('Who made it.'),
  changes: z
    .array(
      z.object({
        field: z.string().describe('The field that changed, such as status or assignee.'),
        from: z.string().optional().describe('The value before, where there was one.'),
        to: z.string().optional().describe('The value after, where there is one.'),
      }),
    )
    .describe('What was changed at that time.'),
});

/** Long values, such as a description, are cut to this many characters. */
const MAX_VALUE = 500;

export default jira.action({
  name: 'getIssueHistory',
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads(),
  title: 'Get the history of an issue',
  description:
    'Lists who changed what and when in one Jira issue, newest first: status changes, assignments and edits. ' +
    'Use it when the user asks how an issue came to its current state, or who changed something. ' +
    'For comments and the current state of the issue use getIssue; for a whole project use getProjectUpdates.',
  input: z.object({ issueKey }),
  output: z.object({
    issueKey: key('The key of the issue.'),
    url: link('The address of the issue in the browser.'),
    total: z.int().describe('The number of entries in the whole history.'),
    history: z.array(entry).describe('The changes, newest first.'),
  }),
  example: { issueKey: 'ATLAS-12' },
  paged: true,
  async run({ issueKey }, { jira, page: { limit, cursor } }) {
    const { key, histories, total, older } =
      cursor === undefined
        ? await latest(jira, issueKey, limit)
        : await before(jira, issueKey, limit, offsetOf(cursor));
    return page({
      items: histories.map(toEntry),
      nextCursor: older > 0 ? String(older) : undefined,
      answer: shown => ({ issueKey: key, url: jira.browseUrl(key), total, history: shown }),
    });
  },
});

/** Some of an issue's history, newest first, and how many older entries there are. */
interface Histories {
  key: string;
  histories: History[];
  total: number;
  older: number;
}

/** With the issue itself Jira returns the last hundred entries, and how many there are. */
async function latest(jira: Jira, issueKey: string, limit: number): Promise<Histories> {
  const { key, changelog } = await jira.getIssue(issueKey, { fields: ['summary'], expand: 'changelog' });
  const total = changelog.total ?? changelog.histories.length;
  const newestFirst = changelog.histories.toSorted((one, other) => other.at.getTime() - one.at.getTime());
  const histories = newestFirst.slice(0, limit);
  return { key, histories, total, older: total - histories.length };
}

/** The last of the first `older` entries. Entries that are added in the meantime come after these, so they shift nothing. */
async function before(jira: Jira, issueKey: string, limit: number, older: number): Promise<Histories> {
  const startAt = Math.max(0, older - limit);
  const { histories, total } = await jira.getChangelog(issueKey, { startAt, limit: Math.max(1, older - startAt) });
  return { key: issueKey, histories: histories.toReversed(), total, older: startAt };
}

function toEntry({ at, by, changes }: History): z.infer<typeof entry> {
  return {
    at: at.toISOString(),
    by,
    changes: changes.map(({ field, from, to }) => ({
      field,
      from: from && beginning(from, MAX_VALUE),
      to: to && beginning(to, MAX_VALUE),
    })),
  };
}
