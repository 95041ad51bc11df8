import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HelpdeskApp, startHelpdeskApp } from '../harness.ts';

let helpdesk: HelpdeskApp;

beforeAll(async () => {
  helpdesk = await startHelpdeskApp();
});
afterAll(() => helpdesk.stop());

const ticket = { subject: 'Refund', description: 'The <b>device</b> went back.', customer: 'dan@example.com' };

describe('createTicket', () => {
  it('creates a ticket, and returns it', async () => {
    const { status, body } = await helpdesk.write('createTicket', ticket);
    expect(status).toBe(200);
    expect(body).toMatchObject({ subject: 'Refund', status: 'open', priority: 'normal', customer: 'dan@example.com' });
    const { body: read } = await helpdesk.read('getTicket', { ticketNumber: body.ticketNumber });
    expect(read.description).toBe(ticket.description);
  });

  it('creates one ticket for the same call made twice', async () => {
    const twice = { ...ticket, subject: 'Twice' };
    const [one, other] = [await helpdesk.write('createTicket', twice), await helpdesk.write('createTicket', twice)];
    expect(other.body).toMatchObject({ deduplicated: true, ticketNumber: one.body.ticketNumber });
    const { body } = await helpdesk.read('findTickets', { term: 'Twice' });
    expect(body.tickets).toHaveLength(1);
  });

  it('names the input that the help desk refuses', async () => {
    helpdesk.sandbox.fail({ status: 422, body: '{"code":"invalid","message":"No such customer.","field":"customer"}' });
    const { status, body } = await helpdesk.write('createTicket', { ...ticket, subject: 'Refused' });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'customer', message: 'Helpdesk refused it: No such customer.' }]);
  });
});
