import * as z from 'zod';
import { sinceText } from '../../../shared/time/inputs.ts';

export const statuses = ['placed', 'packed', 'shipped', 'delivered', 'cancelled'] as const;

export const orderNumber = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^SO-\d{1,9}$/, 'It must be the number of an order, such as SO-1042.')
  .meta({ description: 'The number of the order, such as SO-1042.', names: 'order' });

/** The inputs by which orders are chosen. */
export const filterInput = {
  customer: z.string().trim().min(1).max(200).optional().describe("A part of the customer's name."),
  status: z.enum(statuses).optional().describe('Only orders with this status.'),
  orderedSince: sinceText
    .optional()
    .describe('Only orders since then: a day, a date-time, or a span back from now such as 7d.'),
};

const MAX_AMOUNT = 1_000_000_000;

export const amount = z
  .number({ error: 'It must be a number, such as 250.' })
  .min(0, 'It must not be below 0.')
  .max(MAX_AMOUNT, `It must be at most ${MAX_AMOUNT}.`);

export const currency = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, 'It must be the code of a currency, such as EUR.')
  .describe('The code of a currency, such as EUR.');
