import { describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

const complete = (json: Record<string, unknown>) => salesforce.call('completeTask', { json });
const task = (subject: string) => salesforce.sandbox.records('Task').find(({ Subject }) => Subject === subject);
const log = async (subject: string, more: Record<string, unknown> = {}) => {
  const json = { recordId: contoso, subject, dueDate: '2031-05-05', ...more };
  return String((await salesforce.call('logActivity', { json })).body.activityId);
};

test('completes by its ID, with the comment behind what was there', async () => {
  const taskId = await log('Ask about the budget', { description: 'They wanted to check.' });
  const { status, body } = await complete({ taskId, comment: 'Approved: 40,000.' });
  expect([status, body.detail]).toEqual([200, undefined]);
  expect(task('Ask about the budget')).toMatchObject({
    Status: 'Completed',
    IsClosed: true,
    Description: 'They wanted to check.\nApproved: 40,000.',
  });
  expect(body.changes).toContainEqual({ field: 'Status', from: 'Not Started', to: 'Completed' });
});

test('completes by its subject and record where one open task fits, and makes the next one with the same people', async () => {
  const { status, body } = await complete({
    subject: 'revised quote',
    recordId: contoso,
    nextSubject: 'Call about the quote',
    nextDueDate: '2031-06-01',
  });
  expect([status, body.name, body.nextDueDate]).toEqual([200, 'Send the revised quote', '2031-06-01']);
  const done = task('Send the revised quote');
  expect(done?.Status).toBe('Completed');
  expect(task('Call about the quote')).toMatchObject({
    Id: body.nextTaskId,
    Status: 'Not Started',
    ActivityDate: '2031-06-01',
    OwnerId: done?.OwnerId,
    WhatId: done?.WhatId,
    WhoId: done?.WhoId,
  });
});

test('never takes the first of several, and one that is called just so before those that have the words in them', async () => {
  const first = await log('Draft the contract');
  await log('Draft the contract annex');
  const several = await complete({ subject: 'draft the', recordId: contoso });
  expect([several.status, several.body.code]).toEqual([409, 'ambiguous']);
  expect(several.body.detail).toContain(`Draft the contract (${first}, due 2031-05-05, Integration User)`);
  expect(task('Draft the contract')?.IsClosed).toBe(false);
  const exact = await complete({ subject: 'draft the contract' });
  expect([exact.status, exact.body.recordId]).toEqual([200, first]);
});

test('one that is done already is a conflict, and stays as it was', async () => {
  const taskId = await log('Only once');
  await complete({ taskId });
  const { status, body } = await complete({ taskId, comment: 'Again.' });
  expect([status, body.code]).toEqual([409, 'conflict']);
  expect(task('Only once')?.Description ?? null).toBeNull();
});

test('what was completed is told although the next one could not be made', async () => {
  const taskId = await log('With a next one');
  const on = { path: '/sobjects/Task$', method: 'POST', status: 400 };
  const body = JSON.stringify([{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not on Sundays.' }]);
  salesforce.sandbox.fail({ ...on, body });
  const answer = await complete({ taskId, nextSubject: 'Next', nextDueDate: '2031-06-01' });
  expect(answer.status).toBe(200);
  expect(answer.body.note).toContain('The task was completed');
  expect(answer.body.note).toContain('Not on Sundays.');
  expect(answer.body.nextTaskId).toBeUndefined();
});

test.each([
  [{}, 400, 'Give taskId'],
  [{ subject: 'No such task', recordId: contoso }, 404, 'There is no open task called "No such task"'],
  [{ taskId: recordId('00T', 999) }, 404, 'There is no task'],
  [{ taskId: contoso }, 400, 'taskId: It must be the ID of a task'],
  [{ taskId: recordId('00T', 4), nextDueDate: '2031-01-01' }, 400, 'nextDueDate: Give nextSubject'],
])('%o answers %i', async (json, status, detail) => {
  const answer = await complete(json);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toContain(detail);
});

describe('whoever has signed in', () => {
  const signedIn = useSalesforce({ app: { env: sandboxUser.settings } });
  const { headers } = sandboxUser;
  const make = async (subject: string, owner: string) => {
    const fields = JSON.stringify({ Subject: subject, Owner: owner, ActivityDate: '2031-05-05' });
    const { body } = await signedIn.call('createRecord', { json: { objectType: 'Task', fields }, headers });
    return String(body.recordId);
  };
  const completed = (json: Record<string, unknown>) => signedIn.call('completeTask', { json, headers });
  const statusOf = (id: string) => signedIn.sandbox.records('Task').find(({ Id }) => Id === id)?.Status;

  test('gets their own open task, before one of somebody else that is called just so', async () => {
    const theirs = await make('Renew the lease', 'Li Wei');
    const own = await make('Renew the lease of the hall', 'Ana Ruiz');
    const { body } = await completed({ subject: 'renew the lease' });
    expect([body.recordId, body.owner, statusOf(theirs)]).toEqual([own, 'Ana Ruiz', 'Not Started']);
  });

  test("does not get somebody else's, unless owner or the ID is given", async () => {
    const [one, two] = [await make('Order the paint', 'Li Wei'), await make('Order the paint', 'Jonas Weber')];
    const refused = await completed({ subject: 'Order the paint' });
    expect([refused.status, refused.body.code]).toEqual([409, 'ambiguous']);
    expect(refused.body.detail).toContain(`Order the paint (${one}, due 2031-05-05, Li Wei)`);
    expect([statusOf(one), statusOf(two)]).toEqual(['Not Started', 'Not Started']);
    const { body } = await completed({ subject: 'Order the paint', owner: 'Li Wei' });
    expect([body.recordId, body.owner, statusOf(two)]).toEqual([one, 'Li Wei', 'Not Started']);
    expect((await completed({ taskId: two })).body.owner).toBe('Jonas Weber');
    expect((await completed({ subject: 'Order the paint', owner: 'me' })).body.code).toBe('not_found');
  });
});
