import * as z from 'zod';
import { ticketNumber } from '../api/inputs.ts';
import { ticketRow, toTicketRow } from '../api/ticket.ts';
import { helpdesk } from '../system.ts';

export default helpdesk.action({
  name: 'closeTicket',
  toolset: 'helpdesk',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  title: 'Close a ticket',
  description:
    'Closes a Helpdesk ticket, and returns it as it is then. ' +
    'Use it when the user says that a ticket is solved or no longer needed. ' +
    'To only write to the customer use addReply.',
  input: z.object({
    ticketNumber,
    comment: z.string().trim().max(2000).optional().describe('How it was solved, for the customer.'),
  }),
  output: ticketRow,
  example: { ticketNumber: '1042', comment: 'The invoice was sent again.' },
  run: async ({ ticketNumber, comment }, { helpdesk }) =>
    toTicketRow(await helpdesk.closeTicket(ticketNumber, comment)),
});
