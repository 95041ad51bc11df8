import * as z from 'zod';
import { customer } from '../api/inputs.ts';
import { ticketRow, toTicketRow } from '../api/ticket.ts';
import { helpdesk } from '../system.ts';

export default helpdesk.action({
  name: 'createTicket',
  toolset: 'helpdesk',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  title: 'Create a ticket',
  description:
    'Creates a Helpdesk ticket for a customer, and returns it with its number and link. ' +
    'Use it when the user wants to report something on behalf of a customer. ' +
    'To add to a ticket that exists use addReply; to see whether there is one use findTickets.',
  input: z.object({
    subject: z.string().trim().min(1).max(200).describe('What it is about, in a line.'),
    description: z.string().trim().min(1).max(20_000).describe('What the customer reports.'),
    customer,
    priority: z.enum(['low', 'normal', 'high']).default('normal').describe('How urgent it is. normal unless given.'),
  }),
  output: ticketRow,
  example: {
    subject: 'Invoice is missing',
    description: 'The invoice of May did not come.',
    customer: 'ana@example.com',
  },
  run: async (input, { helpdesk }) => toTicketRow(await helpdesk.createTicket(input)),
});
