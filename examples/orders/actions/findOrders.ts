import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { resolveSince } from '../../../shared/time/inputs.ts';
import { amount, currency, filterInput } from '../api/inputs.ts';
import { orderOutput, toOrder } from '../api/order.ts';
import { orders } from '../system.ts';

export default orders.action({
  name: 'findOrders',
  toolset: 'orders',
  core: true,
  access: 'read',
  title: 'Find orders',
  description:
    'Finds orders in Orders by customer, status, time or total, the latest first; all of them unless told otherwise. ' +
    'Use it when the user asks what a customer ordered, or when the number of an order is not known. ' +
    'For all about one order use getOrder; for how many there are, or what they sum up to, use countOrders.',
  input: z.object({
    ...filterInput,
    totalFrom: amount.optional().describe('Only orders that cost at least this much. Needs currency.'),
    totalTo: amount.optional().describe('Only orders that cost at most this much. Needs currency.'),
    currency: currency.optional().describe('Only orders in this currency, by its code, such as EUR.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many orders there are.'),
    orders: z.array(orderOutput).describe('The orders, the latest first.'),
  }),
  example: { status: 'placed' },
  paged: true,
  async run({ orderedSince, ...filter }, { orders, page: request, now }) {
    const hasTotal = filter.totalFrom !== undefined || filter.totalTo !== undefined;
    if (hasTotal && filter.currency === undefined) {
      throw invalidInput([
        { field: 'currency', message: 'Say in which currency the totals are: those of different ones do not compare.' },
      ]);
    }
    const clock = { now, timeZone: orders.timeZone };
    const since = orderedSince === undefined ? undefined : await resolveSince(orderedSince, clock, 'orderedSince');
    const { found, nextCursor } = await orders.find({ ...filter, orderedSince: since }, request);
    return page({
      items: found.map(toOrder),
      nextCursor,
      answer: (shown, more) => ({ summary: summarize(shown.length, more, request.isFirst), orders: shown }),
    });
  },
});

function summarize(count: number, more: boolean, isFirst: boolean): string {
  if (count === 0) return isFirst ? 'No order matches.' : 'No more orders match.';
  const thing = `${isFirst ? '' : 'more '}order${count === 1 ? '' : 's'}`;
  return more ? `${count} ${thing}, and there are older ones.` : `${count} ${thing}.`;
}
