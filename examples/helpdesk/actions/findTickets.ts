import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { customer } from '../api/inputs.ts';
import { ticketRow, toTicketRow } from '../api/ticket.ts';
import { helpdesk } from '../system.ts';

export default helpdesk.action({
  name: 'findTickets',
  toolset: 'helpdesk',
  core: true,
  access: 'read',
  title: 'Find tickets',
  description:
    'Finds Helpdesk tickets by subject, customer or status, the latest first; all of them unless told otherwise. ' +
    'Use it when the user asks what customers report, or when the number of a ticket is not known. ' +
    'For all about one ticket use getTicket.',
  input: z.object({
    term: z.string().trim().max(200).optional().describe('A part of the subject.'),
    customer: customer.optional(),
    status: z.enum(['open', 'waiting', 'closed']).optional().describe('Only tickets with this status.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many tickets there are.'),
    tickets: z.array(ticketRow).describe('The tickets, the latest first.'),
  }),
  example: { status: 'open' },
  paged: true,
  async run(filter, { helpdesk, page: request }) {
    const { tickets, nextCursor } = await helpdesk.findTickets(filter, request);
    return page({
      items: tickets.map(toTicketRow),
      nextCursor,
      answer: (shown, more) => ({
        summary: `${shown.length} ${shown.length === 1 ? 'ticket' : 'tickets'}${more ? ', and there are more' : ''}.`,
        tickets: shown,
      }),
    });
  },
});
