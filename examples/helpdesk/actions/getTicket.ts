import * as z from 'zod';
import { ticketNumber } from '../api/inputs.ts';
import { replyRow, ticketRow, toReplyRow, toTicketRow } from '../api/ticket.ts';
import { helpdesk } from '../system.ts';

export default helpdesk.action({
  name: 'getTicket',
  toolset: 'helpdesk',
  core: true,
  access: 'read',
  title: 'Get a ticket',
  description:
    'Returns all about one Helpdesk ticket: what it says, its status and people, and its replies, the oldest first. ' +
    'Use it when the number of the ticket is known and the user wants to read it, or before changing it. ' +
    'To find a ticket use findTickets.',
  input: z.object({ ticketNumber }),
  output: ticketRow.extend({
    description: z.string().describe('What the customer reported.'),
    resolution: z.string().optional().describe('How it was solved, once it is closed.'),
    replies: z.array(replyRow).describe('The replies, the oldest first.'),
  }),
  example: { ticketNumber: '1042' },
  async run({ ticketNumber }, { helpdesk }) {
    const ticket = await helpdesk.getTicket(ticketNumber);
    const { description, resolution, replies } = ticket;
    return {
      ...toTicketRow(ticket),
      description,
      ...(resolution && { resolution }),
      replies: replies.map(toReplyRow),
    };
  },
});
