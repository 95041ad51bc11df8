import * as z from 'zod';
import { replySchema, ticketSchema } from '../api/ticket.ts';
import tickets from './tickets.json' with { type: 'json' };

const storedTicket = ticketSchema.extend({ replies: z.array(replySchema) });

export type StoredTicket = z.output<typeof storedTicket>;

/** What tickets.json holds: times are told backwards from now, the rest as the API has it. */
const age = z.number().nonnegative();
const fileSchema = z.array(
  ticketSchema.omit({ createdAt: true, url: true }).extend({
    hoursAgo: age,
    replies: z.array(replySchema.omit({ id: true, createdAt: true }).extend({ hoursAgo: age })),
  }),
);

/** The tickets of the sandbox, and how they are changed. */
export interface Desk {
  /** The latest first. */
  tickets(): StoredTicket[];
  find(number: number): StoredTicket | undefined;
  add(ticket: Pick<StoredTicket, 'subject' | 'description' | 'customer' | 'priority'>): StoredTicket;
  reply(ticket: StoredTicket, text: string, isPublic: boolean): StoredTicket['replies'][number];
}

export function createDesk(now: () => number): Desk {
  const hoursBefore = (hours: number) => new Date(now() - hours * 3_600_000).toISOString();
  const url = (number: number) => `https://helpdesk.example.com/tickets/${number}`;
  const all: StoredTicket[] = fileSchema.parse(tickets).map(({ hoursAgo, replies, ...ticket }) => ({
    ...ticket,
    createdAt: hoursBefore(hoursAgo),
    url: url(ticket.number),
    replies: replies.map(({ hoursAgo, ...reply }, place) => ({
      id: `${ticket.number}-${place + 1}`,
      ...reply,
      createdAt: hoursBefore(hoursAgo),
    })),
  }));

  return {
    tickets: () => all.toSorted((one, other) => other.number - one.number),
    find: number => all.find(ticket => ticket.number === number),
    add(given) {
      const number = Math.max(...all.map(ticket => ticket.number)) + 1;
      const ticket: StoredTicket = {
        number,
        ...given,
        status: 'open',
        assignee: null,
        resolution: null,
        createdAt: hoursBefore(0),
        url: url(number),
        replies: [],
      };
      all.push(ticket);
      return ticket;
    },
    reply(ticket, text, isPublic) {
      const id = `${ticket.number}-${ticket.replies.length + 1}`;
      const reply = { id, author: 'Agent', text, isPublic, createdAt: hoursBefore(0) };
      ticket.replies.push(reply);
      return reply;
    },
  };
}
