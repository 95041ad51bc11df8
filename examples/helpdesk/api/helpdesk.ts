import * as z from 'zod';
import type { PageRequest } from '../../../shared/action/page.ts';
import type { Call } from '../../../shared/call.ts';
import type { HelpdeskParts } from '../settings.ts';
import { unreadable } from './answerFailure.ts';
import { clientsOf } from './client.ts';
import type { components } from './openapiTypes.ts';
import { type Reply, replySchema, type Ticket, ticketSchema } from './ticket.ts';

type Schemas = components['schemas'];

export interface TicketFilter {
  term?: string | undefined;
  customer?: string | undefined;
  status?: Schemas['Status'] | undefined;
}

export interface Helpdesk {
  findTickets(filter: TicketFilter, page: PageRequest): Promise<{ tickets: Ticket[]; nextCursor: string | undefined }>;
  getTicket(number: number): Promise<Ticket & { replies: Reply[] }>;
  createTicket(ticket: Schemas['NewTicket']): Promise<Ticket>;
  addReply(number: number, reply: Schemas['NewReply']): Promise<Reply>;
  closeTicket(number: number, resolution: string | undefined): Promise<Ticket>;
}

const pageSchema = z.object({ tickets: z.array(ticketSchema), next: z.string().nullish() });
const ticketWithReplies = ticketSchema.extend({ replies: z.array(replySchema) });
const account = z.object({ name: z.string() });

/** The help desk, for many calls. */
export function openHelpdesk(parts: HelpdeskParts) {
  const { title } = parts.upstream;
  const clientFor = clientsOf(parts);

  /** What is used of an answer. That the document's type fits the schema is checked by the compiler. */
  const read = <Schema extends z.ZodType>(
    schema: Schema,
    { data }: { data?: z.input<Schema> | undefined },
  ): z.output<Schema> => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw unreadable(title, parsed.error);
  };

  return {
    for(call: Call): Helpdesk {
      const client = clientFor(call);
      return {
        async findTickets(filter, { limit, cursor }) {
          const query = { ...given(filter), limit, ...(cursor && { cursor }) };
          const { tickets, next } = read(pageSchema, await client.GET('/v1/tickets', { params: { query } }));
          return { tickets, nextCursor: next ?? undefined };
        },
        async getTicket(number) {
          return read(ticketWithReplies, await client.GET('/v1/tickets/{number}', { params: { path: { number } } }));
        },
        async createTicket(ticket) {
          return read(ticketSchema, await client.POST('/v1/tickets', { body: ticket }));
        },
        async addReply(number, reply) {
          const options = { params: { path: { number } }, body: reply };
          return read(replySchema, await client.POST('/v1/tickets/{number}/replies', options));
        },
        async closeTicket(number, resolution) {
          const options = { params: { path: { number } }, body: resolution ? { resolution } : {} };
          return read(ticketSchema, await client.POST('/v1/tickets/{number}/close', options));
        },
      };
    },

    /** Whom the credentials belong to. */
    async check(call: Call): Promise<string> {
      return read(account, await clientFor(call).GET('/v1/me')).name;
    },
  };
}

/** Without the fields that are undefined. */
function given({ term, customer, status }: TicketFilter) {
  return { ...(term && { term }), ...(customer && { customer }), ...(status && { status }) };
}
