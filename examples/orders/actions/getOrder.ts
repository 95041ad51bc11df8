import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { shownDay } from '../../../shared/time/shown.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import { orderNumber } from '../api/inputs.ts';
import { money, orderDetailsOutput, toOrder } from '../api/order.ts';
import { orders } from '../system.ts';

export default orders.action({
  name: 'getOrder',
  toolset: 'orders',
  core: true,
  access: 'read',
  title: 'Get an order',
  description:
    'Returns all about one order in Orders: its customer, status, time and total, and the products that were ordered. ' +
    'Use it when the number of the order is known. To find an order use findOrders.',
  input: z.object({ orderNumber }),
  output: orderDetailsOutput,
  example: { orderNumber: 'SO-1042' },
  async run({ orderNumber }, { orders }) {
    const row = await orders.get(orderNumber);
    if (!row)
      throw new Failure('not_found', `There is no order ${orderNumber}. Find it by its customer with findOrders.`);
    const lines = row.lines.map(({ product, quantity, unit_price }) => ({ product, quantity, unitPrice: unit_price }));
    return {
      summary: `${row.order_number} of ${shownDay(dayAt(row.ordered_at, await orders.timeZone()))} for ${row.customer} is ${row.status}: ${products(lines.length)}, ${money(row.total, row.currency)}.`,
      ...toOrder(row),
      ...(row.note && { note: row.note }),
      lines,
    };
  },
});

function products(count: number): string {
  return `${count} ${count === 1 ? 'product' : 'products'}`;
}
