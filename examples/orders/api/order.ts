import * as z from 'zod';
import { heading, key, summary } from '../../../shared/schema/meaning.ts';
import { statuses } from './inputs.ts';

// PostgreSQL sums and compares amounts exactly, as numeric; node-postgres gives them as texts.
const amount = z.coerce.number();

/** An order as a statement gives it. */
export const orderRow = z.object({
  order_number: z.string(),
  customer: z.string(),
  status: z.enum(statuses),
  ordered_at: z.date(),
  currency: z.string(),
  total: amount,
});

export const orderDetailsRow = orderRow.extend({
  note: z.string().nullable(),
  lines: z.array(z.object({ product: z.string(), quantity: z.number(), unit_price: amount })),
});

/** A group of orders that have a value in common, in one currency. */
export const groupRow = z.object({
  name: z.string(),
  order_count: z.coerce.number(),
  currency: z.string(),
  total: amount,
  group_count: z.coerce.number(),
  all_orders: z.coerce.number(),
});

/** An order as an action gives it. */
export const orderOutput = z.object({
  orderNumber: key('The number of the order.'),
  customer: heading('The name of the customer.'),
  status: z.enum(statuses).describe('How far the order is.'),
  orderedAt: z.iso.datetime().describe('When it was ordered.'),
  total: z.number().describe('What it costs, in its currency.'),
  currency: z.string().describe('The code of its currency.'),
});

export const orderDetailsOutput = orderOutput.extend({
  summary: summary('One sentence that says what was ordered by whom, and how far it is.'),
  note: z.string().optional().describe('What the customer wrote.'),
  lines: z
    .array(
      z.object({
        product: heading('The name of the product.'),
        quantity: z.number().describe('How many of it.'),
        unitPrice: z.number().describe('What one of it costs, in the currency of the order.'),
      }),
    )
    .describe('What was ordered.'),
});

export function toOrder(row: z.output<typeof orderRow>): z.input<typeof orderOutput> {
  return {
    orderNumber: row.order_number,
    customer: row.customer,
    status: row.status,
    orderedAt: row.ordered_at.toISOString(),
    total: row.total,
    currency: row.currency,
  };
}

/** `1,250.00 EUR` */
export function money(amount: number, currency: string): string {
  return `${amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`;
}
