import * as z from 'zod';
import { heading, id } from '../../../shared/schema/meaning.ts';

/** Something of an account that ends. */
export const renewal = z.object({
  recordId: id('The ID of what ends, such as a contract.'),
  name: heading('What it is called, such as Contract 00001001.').optional(),
  kind: z.string().optional().describe('What it is, such as Contract.'),
  status: z.string().optional().describe('Its status or stage.'),
  endsOn: z.string().describe('The day on which it ends.'),
  amount: z.number().optional().describe('What it is worth, where it is an opportunity.'),
  currency: z.string().optional().describe('The ISO code of the currency of the amount.'),
});
