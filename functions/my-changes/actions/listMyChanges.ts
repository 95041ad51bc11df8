import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { resolveSince, resolveUntil, sinceText } from '../../../shared/time/inputs.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { myChanges } from '../system.ts';

const change = z.object({
  at: z.string().describe("When it was done, ISO 8601, by the asking user's clock."),
  action: z.string().describe('The name of the action that did it.'),
  system: z.string().describe('The system that it was done in, such as jira.'),
  touched: z.array(z.string()).describe('The keys and IDs of what was changed or made.'),
  outcome: z
    .enum(['done', 'unknown'])
    .describe(
      'Whether it was done. unknown: no answer came back, so it may have been done or not: look before doing it again.',
    ),
  agent: z
    .string()
    .optional()
    .describe('The client ID of the application through which it was done: another one is another agent.'),
});

export default myChanges.action({
  name: 'listMyChanges',
  toolset: 'my-changes',
  core: true,
  access: 'read',
  callers: 'users',
  title: 'List what was done in my name',
  description:
    "Lists what this service changed in any system in the name of the user who asks, newest first: nobody else's " +
    'changes, and none that were made elsewhere. Use it to tell what was done for them, or whether something was done ' +
    'already. What was written is told by getIssue and getRecord; what anybody changed in one issue by getIssueHistory.',
  input: z.object({
    since: sinceText.default('7d').meta({
      description:
        'From when: a day, today, yesterday, a date-time, or a span back from now such as 24h or 30d. 7d unless given.',
    }),
    until: sinceText
      .optional()
      .describe('Up to and with when, in the same forms; a day counts to its end. Now unless given.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many changes are listed, since when, and whether there are more.'),
    changes: z.array(change).describe('The changes, newest first.'),
  }),
  example: { since: '7d' },
  paged: true,
  async run({ since, until }, { myChanges, now, page: { limit, cursor, isFirst } }) {
    const clock = { now, timeZone: myChanges.timeZone };
    const timeZone = await myChanges.timeZone();
    const from = await resolveSince(since, clock);
    const to = until === undefined ? undefined : await resolveUntil(until, from, clock);
    const { changes: found, nextCursor } = await myChanges.list({ since: from, until: to, limit, cursor });
    return page({
      items: found,
      nextCursor,
      answer: (shown, more) => ({
        summary: summaryOf(shown, { from, to, timeZone, isFirst, more }),
        changes: shown.map(({ time, action, system, touched, outcome, agent }) => ({
          at: time,
          action,
          system,
          touched: [...touched],
          outcome,
          agent,
        })),
      }),
    });
  },
});

function summaryOf(
  shown: readonly { outcome: string }[],
  list: { from: Date; to: Date | undefined; timeZone: string; isFirst: boolean; more: boolean },
): string {
  const { from, to, timeZone, isFirst, more } = list;
  const { length } = shown;
  const unknown = shown.filter(({ outcome }) => outcome === 'unknown').length;
  const changes = `${length || 'No'}${isFirst ? '' : ' earlier'} ${length === 1 ? 'change' : 'changes'}`;
  const doubt = unknown > 0 ? ` (${unknown} of which may not have been made)` : '';
  const span = `since ${clockAt(from, timeZone)}${to ? ` and until ${clockAt(to, timeZone)}` : ''}`;
  return `${changes} in the user's name ${span}${doubt}${more ? '; there are more, see nextPageToken' : ''}.`;
}
