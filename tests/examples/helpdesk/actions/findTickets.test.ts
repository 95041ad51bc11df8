import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HelpdeskApp, startHelpdeskApp } from '../harness.ts';

let helpdesk: HelpdeskApp;

beforeAll(async () => {
  helpdesk = await startHelpdeskApp();
});
afterAll(() => helpdesk.stop());

const found = async (query: Record<string, string>) => {
  const { body } = await helpdesk.read('findTickets', query);
  return body.tickets.map(ticket => ticket.ticketNumber);
};

describe('findTickets', () => {
  it('finds all, the latest first, in one request', async () => {
    helpdesk.costs();
    const { status, body } = await helpdesk.read('findTickets');
    expect(status).toBe(200);
    expect(body.tickets.map(ticket => ticket.ticketNumber)).toEqual(['1042', '1041', '1040', '1039']);
    expect(body.summary).toBe('4 tickets.');
    expect(body.tickets[0]).toEqual({
      ticketNumber: '1042',
      subject: 'Invoice of May is missing',
      status: 'open',
      priority: 'normal',
      customer: 'ana@example.com',
      assignee: 'Li Wei',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      url: 'https://helpdesk.example.com/tickets/1042',
    });
    expect(helpdesk.costs()).toEqual(['GET /v1/tickets']);
  });

  it('finds by subject, by customer and by status', async () => {
    expect(await found({ term: 'invoice' })).toEqual(['1042', '1041']);
    expect(await found({ customer: 'cleo@example.com' })).toEqual(['1040']);
    expect(await found({ status: 'closed' })).toEqual(['1039']);
    expect(await found({ term: 'invoice', status: 'closed' })).toEqual([]);
  });

  it('sends what was given as it is, whatever letters it has', async () => {
    await found({ term: 'a&status=closed#%2F é' });
    expect(helpdesk.sandbox.requests.at(-1)?.query.get('term')).toBe('a&status=closed#%2F é');
  });

  it('goes on where a page ended', async () => {
    const first = await helpdesk.read('findTickets', { limit: '3' });
    expect(first.body.tickets).toHaveLength(3);
    expect(first.body.summary).toBe('3 tickets, and there are more.');
    const second = await helpdesk.read('findTickets', { limit: '3', pageToken: first.body.nextPageToken });
    expect(second.body.tickets.map(ticket => ticket.ticketNumber)).toEqual(['1039']);
    expect(second.body.nextPageToken).toBeUndefined();
  });

  it('refuses what cannot be a customer, without a request', async () => {
    helpdesk.costs();
    const { status, body } = await helpdesk.read('findTickets', { customer: 'Ana' });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'customer', message: 'It must be an e-mail address.' }]);
    expect(helpdesk.costs()).toEqual([]);
  });
});
