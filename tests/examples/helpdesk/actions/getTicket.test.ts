import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HelpdeskApp, startHelpdeskApp } from '../harness.ts';

let helpdesk: HelpdeskApp;

beforeAll(async () => {
  helpdesk = await startHelpdeskApp();
});
afterAll(() => helpdesk.stop());

describe('getTicket', () => {
  it('returns the ticket and its replies, in one request', async () => {
    const { status, body } = await helpdesk.read('getTicket', { ticketNumber: '#1040' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ticketNumber: '1040', status: 'waiting', assignee: 'Omar Haddad' });
    expect(body.replies.map(({ text, audience }) => [text, audience])).toEqual([
      ['Which device is it?', 'public'],
      ['Two more of the same batch.', 'internal'],
    ]);
    expect(helpdesk.costs()).toEqual(['GET /v1/tickets/1040']);
  });

  it('leaves out what the ticket does not have', async () => {
    const { body } = await helpdesk.read('getTicket', { ticketNumber: '1041' });
    expect(body).not.toHaveProperty('assignee');
    expect(body).not.toHaveProperty('resolution');
    expect(body.replies).toEqual([]);
  });

  it('says how a ticket is found that is not there', async () => {
    const { status, body } = await helpdesk.read('getTicket', { ticketNumber: '7' });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
    expect(body.detail).toContain('Find it with findTickets.');
  });

  it.each(['0', '1042/close', '../me', '%2e%2e', 'x'])('does not ask for %j', async ticketNumber => {
    helpdesk.costs();
    const { status, body } = await helpdesk.read('getTicket', { ticketNumber });
    expect({ status, field: body.errors[0]?.field }).toEqual({ status: 400, field: 'ticketNumber' });
    expect(helpdesk.costs()).toEqual([]);
  });
});
