import * as z from 'zod';
import { heading, summary } from '../../../shared/schema/meaning.ts';
import { resolveSince } from '../../../shared/time/inputs.ts';
import { filterInput } from '../api/inputs.ts';
import { orders } from '../system.ts';

export default orders.action({
  name: 'countOrders',
  toolset: 'orders',
  core: true,
  access: 'read',
  title: 'Count orders',
  description:
    'Counts orders in Orders by status, customer or month, and sums up what they cost, for each currency on its own. ' +
    'Use it when the user asks how many orders there are, for how much, or who orders the most. ' +
    'For the orders themselves use findOrders.',
  input: z.object({
    groupBy: z
      .enum(['status', 'customer', 'month'])
      .default('status')
      .describe('What to count by. status unless given.'),
    ...filterInput,
  }),
  output: z.object({
    summary: summary('One sentence that says how many orders there are, and in how many groups.'),
    groups: z
      .array(
        z.object({
          name: heading('The status, the name of the customer, or the month such as 2026-11, in UTC.'),
          count: z.number().describe('How many orders.'),
          totals: z
            .array(
              z.object({
                currency: z.string().describe('The code of the currency.'),
                total: z.number().describe('What the orders in this currency cost together.'),
              }),
            )
            .describe('What they cost, for each currency: amounts of different ones have no sum.'),
        }),
      )
      .describe('The groups, at most 50: months the latest first, others the largest first.'),
  }),
  example: { groupBy: 'status' },
  async run({ groupBy, orderedSince, ...filter }, { orders, now }) {
    const clock = { now, timeZone: orders.timeZone };
    const since = orderedSince === undefined ? undefined : await resolveSince(orderedSince, clock, 'orderedSince');
    const rows = await orders.count({ ...filter, orderedSince: since }, groupBy);
    const byName = Map.groupBy(rows, ({ name }) => name);
    const groups = [...byName].map(([name, ofGroup]) => ({
      name,
      count: ofGroup[0]?.order_count ?? 0,
      totals: ofGroup.map(({ currency, total }) => ({ currency, total })),
    }));
    const { all_orders = 0, group_count = 0 } = rows[0] ?? {};
    return { summary: summarize(all_orders, group_count, groups.length, groupBy), groups };
  },
});

const nouns = {
  status: ['status', 'statuses'],
  customer: ['customer', 'customers'],
  month: ['month', 'months'],
} as const;

function summarize(count: number, groups: number, shown: number, groupBy: keyof typeof nouns): string {
  if (count === 0) return 'No order matches.';
  const [one, many] = nouns[groupBy];
  const told = `${count} order${count === 1 ? '' : 's'} in ${groups} ${groups === 1 ? one : many}`;
  return shown < groups ? `${told}; these are the first ${shown}.` : `${told}.`;
}
