import * as z from 'zod';
import { ticketNumber } from '../api/inputs.ts';
import { replyRow, toReplyRow } from '../api/ticket.ts';
import { helpdesk } from '../system.ts';

export default helpdesk.action({
  name: 'addReply',
  toolset: 'helpdesk',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  title: 'Reply to a ticket',
  description:
    'Adds a reply to a Helpdesk ticket, for the customer or for colleagues only, and returns it. ' +
    'Use it when the user wants to answer a customer or to leave a note on a ticket. ' +
    'To close the ticket as well use closeTicket afterwards.',
  input: z.object({
    ticketNumber,
    comment: z.string().trim().min(1).max(20_000).describe('What the reply says, as plain text.'),
    audience: z
      .enum(['public', 'internal'])
      .default('internal')
      .describe('public when the customer is to see it, internal for a note to colleagues. internal unless given.'),
  }),
  output: replyRow,
  example: { ticketNumber: '1042', comment: 'We are looking into it.', audience: 'public' },
  run: async ({ ticketNumber, comment, audience }, { helpdesk }) =>
    toReplyRow(await helpdesk.addReply(ticketNumber, { text: comment, isPublic: audience === 'public' })),
});
