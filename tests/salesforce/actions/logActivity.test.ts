import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

const row = (objectType: string, id: unknown) => salesforce.sandbox.records(objectType).find(({ Id }) => Id === id);

test('a note that is read back as something odd is still told as made', async () => {
  const body = JSON.stringify({ totalSize: 1, done: true, records: [{ Subject: 5, What: 'x' }] });
  salesforce.sandbox.fail({ path: '/query$', status: 200, body });
  const json = { recordId: contoso, subject: 'An odd answer', date: '2026-11-15' };
  const { status, body: answer } = await salesforce.call('logActivity', { json });
  expect(status).toBe(200);
  expect(answer).toMatchObject({ subject: 'An odd answer', status: 'Completed' });
});

test('notes a call on an account as done today, in two requests', async () => {
  const json = {
    recordId: contoso,
    subject: 'Talked about the renewal',
    activityType: 'call',
    contactId: recordId('003', 1),
  };
  const { status, body } = await salesforce.call('logActivity', { json });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'Completed',
    relatedTo: 'Contoso',
    with: 'Maria Olsen',
    owner: 'Integration User',
  });
  expect(row('Task', body.activityId)).toMatchObject({
    Subject: 'Talked about the renewal',
    TaskSubtype: 'Call',
    WhatId: contoso,
    WhoId: recordId('003', 1),
    Status: 'Completed',
    ActivityDate: new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' }),
  });
  // Where the user is, is asked for once.
  expect(salesforce.costs().slice(-2)).toEqual(['POST /sobjects/Task', 'GET /query']);
  await salesforce.call('logActivity', { json: { ...json, subject: 'Once more' } });
  expect(salesforce.costs()).toEqual(['POST /sobjects/Task', 'GET /query']);
});

test.each([
  [{ recordId: contoso, date: '2026-11-01', dueDate: '2026-12-01' }, 'date: '],
  [{ recordId: recordId('003', 2), contactId: recordId('003', 1) }, 'contactId: '],
])('what it has no use for is refused, not left out: %o', async (json, field) => {
  const { status, body } = await salesforce.call('logActivity', { json: { subject: 'x', ...json } });
  expect(status).toBe(400);
  expect(body.detail).toContain(field);
  expect(salesforce.asked()).toEqual([]);
});

test('a due date makes it a task to do, and a person is whom it is with', async () => {
  const json = { recordId: recordId('00Q', 1), subject: 'Call back', dueDate: '2027-01-15' };
  const { body } = await salesforce.call('logActivity', { json });
  expect(row('Task', body.activityId)).toMatchObject({
    WhoId: recordId('00Q', 1),
    WhatId: null,
    Status: 'Not Started',
    ActivityDate: '2027-01-15',
  });
});

test('belongs to whom it is given: a user by name, whatever the form of the record’s ID', async () => {
  const json = { recordId: contoso.slice(0, 15).concat('iaa').toLowerCase(), subject: 'Visit', owner: 'Li Wei' };
  const { status, body } = await salesforce.call('logActivity', { json });
  expect(status).toBe(200);
  expect(body).toMatchObject({ owner: 'Li Wei', relatedTo: 'Contoso' });
});

test('is not given to somebody who has left', async () => {
  const json = { recordId: contoso, subject: 'Visit', owner: 'Tom Becker' };
  const { status, body } = await salesforce.call('logActivity', { json });
  expect(status).toBe(400);
  expect(body.detail).toContain('owner: There is no');
  expect(body.detail).toContain('Tom Becker is inactive');
});
