import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { key, link } from '../../../shared/schema/meaning.ts';
import { beginning } from '../../../shared/text.ts';
import { toChange } from '../api/historyText.ts';
import { issueKey, shortText } from '../api/inputs.ts';
import type { History, Issue } from '../api/issue.ts';
import type { Jira } from '../api/jira.ts';
import { offsetOf } from '../api/offset.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

const entry = z.object({
  at: z.string().describe("When the change was made, ISO 8601, by the asking user's clock."),
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

/** How many entries of a history Jira gives at once, and how often it is asked for one answer. */
const PAGE_SIZE = 100;
const MAX_PAGES = 10;

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
  input: z.object({
    issueKey,
    field: shortText.optional().describe('Only changes of this field, such as status, Assignee or Story Points.'),
  }),
  output: z.object({
    issueKey: key('The key of the issue.'),
    url: link('The address of the issue in the browser.'),
    total: z.int().optional().describe('The number of entries in the whole history, unless a field is given.'),
    history: z.array(entry).describe('The changes, newest first.'),
  }),
  // With a field, a history of many entries is read through for few.
  requests: 2 * MAX_PAGES,
  example: { issueKey: 'ATLAS-12' },
  paged: true,
  async run({ issueKey, field }, { jira, page: { limit, cursor } }) {
    const found: z.infer<typeof entry>[] = [];
    let total = 0;
    let key = issueKey;
    /** How many entries are older than the last that was looked at; undefined before the first look. */
    let older = cursor === undefined ? undefined : offsetOf(cursor);
    for (let pages = 0; pages < MAX_PAGES && found.length < limit && older !== 0; pages += 1) {
      const size = field === undefined ? limit - found.length : PAGE_SIZE;
      const part: Histories =
        older === undefined ? await latest(jira, issueKey, size) : await before(jira, issueKey, size, older);
      ({ key, total } = part);
      const people = new Map([...part.names, ...part.histories.flatMap(({ names }) => names)]);
      older = part.older + part.histories.length;
      for (const history of part.histories) {
        if (found.length === limit) break;
        older -= 1;
        const shown = toEntry(history, field, id => people.get(id));
        if (shown.changes.length > 0) found.push(shown);
      }
    }
    const isWhole = cursor === undefined && older === 0;
    return page({
      items: found,
      nextCursor: older ? String(older) : undefined,
      answer: shown => ({
        issueKey: key,
        url: jira.browseUrl(key),
        // Jira counts the entries that are left out, too.
        total: field !== undefined ? undefined : !jira.isLimited ? total : isWhole ? found.length : undefined,
        history: shown,
      }),
    });
  },
});

/** Some of an issue's history, newest first, and how many older entries there are. */
interface Histories {
  key: string;
  histories: History[];
  total: number;
  older: number;
  names: Issue['names'];
}

/** With the issue itself Jira returns the last hundred entries, and how many there are. */
async function latest(jira: Jira, issueKey: string, limit: number): Promise<Histories> {
  const fields = ['summary', 'assignee', 'reporter', 'creator'];
  const { key, changelog, names } = await jira.getIssue(issueKey, { fields, expand: 'changelog' });
  const total = changelog.total ?? changelog.histories.length;
  const newestFirst = changelog.histories.toSorted((one, other) => other.at.getTime() - one.at.getTime());
  const histories = newestFirst.slice(0, limit);
  return { key, histories, total, older: total - histories.length, names };
}

/** The last of the first `older` entries. Entries that are added in the meantime come after these, so they shift nothing. */
async function before(jira: Jira, issueKey: string, limit: number, older: number): Promise<Histories> {
  const startAt = Math.max(0, older - limit);
  const { histories, total } = await jira.getChangelog(issueKey, { startAt, limit: Math.max(1, older - startAt) });
  return { key: issueKey, histories: histories.toReversed(), total, older: startAt, names: [] };
}

function toEntry(
  { at, by, changes }: History,
  wanted: string | undefined,
  nameOf: (accountId: string) => string | undefined,
): z.infer<typeof entry> {
  const shown = changes.flatMap(raw => {
    const change = toChange(raw, nameOf);
    const isWanted = wanted === undefined || isField(wanted, raw.field) || (change && isField(wanted, change.field));
    return change && isWanted ? [change] : [];
  });
  return {
    at: at.toISOString(),
    by,
    changes: shown.map(({ field, from, to }) => ({
      field,
      from: from && beginning(from, MAX_VALUE),
      to: to && beginning(to, MAX_VALUE),
    })),
  };
}

/** The changelog calls a field Fix Version that people see as Fix versions. */
function isField(wanted: string, field: string): boolean {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '')
      .replace(/s$/, '');
  return plain(wanted) === plain(field);
}
