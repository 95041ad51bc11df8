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
  [{ recordId: recordId('003', 2), people: recordId('00Q', 1) }, 'people: Salesforce relates'],
  [{ recordId: contoso, people: recordId('006', 1) }, 'people: '],
  [{ recordId: contoso, remindAt: '2031-01-15' }, 'remindAt: Only a task to do'],
  [
    { recordId: contoso, date: '2031-01-15' },
    'date: What takes place on 2031-01-15 is not done yet. For a task to do give dueDate',
  ],
])('what it has no use for is refused, not left out: %o', async (json, field) => {
  const { status, body } = await salesforce.call('logActivity', { json: { subject: 'x', ...json } });
  expect(status).toBe(400);
  expect(body.detail).toContain(field);
  expect(salesforce.asked()).toEqual([]);
});

test.each(['001Sx0000000999', recordId('005', 1)])(
  'says that %s is no record that an activity can belong to',
  async id => {
    const { body } = await salesforce.call('logActivity', { json: { recordId: id, subject: 'x' } });
    expect(body.detail).toContain(`recordId: ${id.slice(0, 15)}`);
    expect(body.detail).toContain('is of no record that this service may see and an activity can belong to');
  },
);

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

test('is with several contacts by name, of whom the first is the one that a task names itself', async () => {
  const json = { recordId: contoso, subject: 'All of them', people: 'Sam Peters, Maria Olsen', activityType: 'call' };
  const { status, body } = await salesforce.call('logActivity', { json });
  expect([status, body.with, body.note]).toEqual([
    200,
    'Sam Peters',
    'It is with 2 people, of whom "with" is the first.',
  ]);
  const related = salesforce.sandbox.records('TaskRelation').filter(({ TaskId }) => TaskId === body.activityId);
  expect(related.map(({ RelationId, IsWhat }) => [RelationId, IsWhat])).toEqual([
    [recordId('003', 2), false],
    [recordId('003', 1), false],
    [contoso, true],
  ]);
});

test('a name of several people, or of nobody, is told with those that may be meant', async () => {
  const json = { recordId: contoso, subject: 'x', people: 'Maria' };
  const { status, body } = await salesforce.call('logActivity', { json });
  expect(status).toBe(400);
  expect(body.detail).toContain('Maria Olsen (003');
  expect(salesforce.sandbox.records('Task').filter(({ Subject }) => Subject === 'x')).toEqual([]);
});

test('says so where the org relates an activity to one person only, and saves nothing', async () => {
  const message = "No such column 'TaskWhoIds' on sobject of type Task";
  salesforce.sandbox.fail({
    path: '/sobjects/Task$',
    status: 400,
    body: JSON.stringify([{ errorCode: 'INVALID_FIELD', message }]),
  });
  const json = { recordId: contoso, subject: 'Both', people: `${recordId('003', 1)},${recordId('003', 2)}` };
  const { status, body } = await salesforce.call('logActivity', { json });
  expect(status).toBe(400);
  expect(body.detail).toContain('people: This org relates an activity to one contact only.');
});

test('the owner is reminded at the time that is given, or at eight', async () => {
  const json = { recordId: contoso, subject: 'Remind me', dueDate: '2031-01-15' };
  const { body } = await salesforce.call('logActivity', { json: { ...json, remindAt: '2031-01-14T16:30' } });
  expect(body.remindAt).toBe('2031-01-14T16:30:00+01:00');
  expect(row('Task', body.activityId)).toMatchObject({
    IsReminderSet: true,
    ReminderDateTime: '2031-01-14T15:30:00.000+0000',
  });
  const day = await salesforce.call('logActivity', {
    json: { ...json, subject: 'On the day', remindAt: '2031-01-15' },
  });
  expect(row('Task', day.body.activityId)?.ReminderDateTime).toBe('2031-01-15T07:00:00.000+0000');
  const past = await salesforce.call('logActivity', { json: { ...json, remindAt: '2020-01-15' } });
  expect([past.status, past.body.detail]).toEqual([400, expect.stringContaining('remindAt: It must be in the future')]);
});

test('says that a time of day is not kept, of what took place and of what is to do', async () => {
  const log = async (json: object) => {
    const { status, body } = await salesforce.call('logActivity', { json: { recordId: contoso, ...json } });
    return [status, body.note];
  };
  const note = expect.stringMatching(/^Only the day, \d{4}-\d\d-\d\d, is kept: a task has no time\.$/);
  expect(await log({ subject: 'At nine', date: '2026-11-15T09:00' })).toEqual([200, note]);
  expect(await log({ subject: 'At nine to come', dueDate: '2031-01-15T09:00' })).toEqual([200, note]);
  expect(await log({ subject: 'On a day', date: '2026-11-15' })).toEqual([200, undefined]);
});
