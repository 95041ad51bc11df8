import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { resolveSince, sinceText } from '../../../shared/action/since.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { myChanges } from '../system.ts';

const change = z.object({
  at: z.string().describe('When it was done, ISO 8601 in UTC.'),
  action: z.string().describe('The name of the action that did it.'),
  touched: z.array(z.string()).describe('The keys and IDs of what was changed or made.'),
  outcome: z
    .enum(['done', 'unknown'])
    .describe('Whether it was done. unknown: no answer came back, so it may have been done or not.'),
  agent: z.string().optional().describe('The client ID of the agent or application through which it was done.'),
});

export default myChanges.action({
  name: 'listMyChanges',
  toolset: 'my-changes',
  core: true,
  access: 'read',
  callers: 'users',
  title: 'List what was done in my name',
  description:
    'Lists what was changed in any system through this service in the name of the user who asks, newest first. ' +
    'Use it when the user asks what was done for them, or whether something was done already. ' +
    'It tells which things were touched, not what was written. ' +
    'For what anybody changed in one issue use getIssueHistory, for a whole project use getProjectUpdates.',
  input: z.object({
    since: sinceText.default('7d').meta({
      description: 'From when: a date, a date-time, or a span back such as 24h or 30d. 7d unless given.',
    }),
    until: sinceText.optional().describe('Up to when: a date, a date-time, or a span back. Now unless given.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many changes are listed, and since when.'),
    changes: z.array(change).describe('The changes, newest first.'),
  }),
  example: { since: '7d' },
  paged: true,
  async run({ since, until }, { myChanges, now, page: { limit, cursor, isFirst } }) {
    const from = resolveSince(since, now);
    const to = until === undefined ? undefined : resolveSince(until, now, 'until');
    if (to && to < from) throw invalidInput([{ field: 'until', message: 'It must not be before since.' }]);
    const { changes: found, nextCursor } = await myChanges.list({ since: from, until: to, limit, cursor });
    return page({
      items: found,
      nextCursor,
      answer: (shown, more) => ({
        summary: summaryOf(shown.length, { from, to, isFirst, more }),
        changes: shown.map(({ time, action, touched, outcome, agent }) => ({
          at: time,
          action,
          touched: [...touched],
          outcome,
          agent,
        })),
      }),
    });
  },
});

function summaryOf(count: number, list: { from: Date; to: Date | undefined; isFirst: boolean; more: boolean }): string {
  const { from, to, isFirst, more } = list;
  const span = `since ${from.toISOString()}${to ? ` and until ${to.toISOString()}` : ''}`;
  const changes = `${count === 0 ? 'No' : count}${isFirst ? '' : ' earlier'} ${count === 1 ? 'change' : 'changes'}`;
  return `${changes} in the user's name ${span}${more ? '; there are more, see nextPageToken' : ''}.`;
}
