import * as z from 'zod';
import { heading, id, key, link } from '../../../shared/schema/meaning.ts';

/** What is used of a ticket of the API's. */
export const ticketSchema = z.object({
  number: z.number(),
  subject: z.string(),
  description: z.string(),
  status: z.string(),
  priority: z.string(),
  customer: z.string(),
  assignee: z.string().nullish(),
  resolution: z.string().nullish(),
  createdAt: z.string(),
  url: z.string(),
});

export const replySchema = z.object({
  id: z.string(),
  author: z.string(),
  text: z.string(),
  isPublic: z.boolean(),
  createdAt: z.string(),
});

export type Ticket = z.output<typeof ticketSchema>;
export type Reply = z.output<typeof replySchema>;

/** A ticket as the actions tell it. */
export const ticketRow = z.object({
  ticketNumber: key('The number of the ticket, which other actions take.'),
  subject: heading('What it is about.'),
  status: z.string().describe('open, waiting (for the customer) or closed.'),
  priority: z.string().describe('low, normal or high.'),
  customer: z.string().describe("The customer's e-mail address."),
  assignee: z.string().optional().describe('Who works on it; missing as long as nobody does.'),
  createdAt: z.string().describe('When it was created, ISO 8601 in UTC.'),
  url: link('Where to open the ticket.'),
});

export function toTicketRow(ticket: Ticket): z.output<typeof ticketRow> {
  const { number, subject, status, priority, customer, assignee, createdAt, url } = ticket;
  return {
    ticketNumber: String(number),
    subject,
    status,
    priority,
    customer,
    ...(assignee && { assignee }),
    createdAt,
    url,
  };
}

/** A reply as the actions tell it. */
export const replyRow = z.object({
  replyId: id('The ID of the reply.'),
  author: z.string().describe('Who wrote it.'),
  text: z.string().describe('What it says.'),
  audience: z.string().describe('public, or internal for a note that the customer does not see.'),
  createdAt: z.string().describe('When it was written, ISO 8601 in UTC.'),
});

export function toReplyRow({ id, author, text, isPublic, createdAt }: Reply): z.output<typeof replyRow> {
  return { replyId: id, author, text, audience: isPublic ? 'public' : 'internal', createdAt };
}
