import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HelpdeskApp, startHelpdeskApp } from '../harness.ts';

let helpdesk: HelpdeskApp;

beforeAll(async () => {
  helpdesk = await startHelpdeskApp();
});
afterAll(() => helpdesk.stop());

describe('closeTicket', () => {
  it('closes a ticket, and says how it was solved', async () => {
    const { status, body } = await helpdesk.write('closeTicket', { ticketNumber: '1042', comment: 'Sent again.' });
    expect({ status, state: body.status }).toEqual({ status: 200, state: 'closed' });
    const { body: read } = await helpdesk.read('getTicket', { ticketNumber: '1042' });
    expect(read.resolution).toBe('Sent again.');
  });

  it('closes a ticket without a word', async () => {
    const { body } = await helpdesk.write('closeTicket', { ticketNumber: '1041' });
    expect(body.status).toBe('closed');
  });

  it('says that a ticket is closed already', async () => {
    const { status, body } = await helpdesk.write('closeTicket', { ticketNumber: '1039' });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'conflict' });
    expect(body.detail).toContain('Ticket 1039 is closed already.');
  });
});
