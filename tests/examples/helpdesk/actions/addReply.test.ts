import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HelpdeskApp, startHelpdeskApp } from '../harness.ts';

let helpdesk: HelpdeskApp;

beforeAll(async () => {
  helpdesk = await startHelpdeskApp();
});
afterAll(() => helpdesk.stop());

describe('addReply', () => {
  it('writes to the customer when it is told to', async () => {
    const reply = { ticketNumber: '1041', comment: 'It is changed.', audience: 'public' };
    const { status, body } = await helpdesk.write('addReply', reply);
    expect(status).toBe(200);
    expect(body).toMatchObject({ text: 'It is changed.', audience: 'public', replyId: '1041-1' });
  });

  it('writes to colleagues only unless told otherwise', async () => {
    await helpdesk.write('addReply', { ticketNumber: '1042', comment: 'Third time this year.' });
    const { body } = await helpdesk.read('getTicket', { ticketNumber: '1042' });
    expect(body.replies.at(-1)).toMatchObject({ text: 'Third time this year.', audience: 'internal' });
  });

  it('names the input that the help desk calls something else', async () => {
    helpdesk.sandbox.fail({ status: 422, body: '{"code":"invalid","message":"Too long.","field":"text"}' });
    const { body } = await helpdesk.write('addReply', { ticketNumber: '1042', comment: 'Refused' });
    expect(body.errors).toEqual([{ field: 'comment', message: 'Helpdesk refused it: Too long.' }]);
  });
});
