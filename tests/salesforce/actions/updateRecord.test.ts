import { beforeAll, describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const rollout = recordId('006', 1);

beforeAll(() => salesforce.call('describeObject', { query: { objectType: 'Opportunity' } }));

const update = (objectType: string, id: string, fields: object) =>
  salesforce.call('updateRecord', { json: { objectType, recordId: id, fields: JSON.stringify(fields) } });
const row = (objectType: string, id: unknown) => salesforce.sandbox.records(objectType).find(({ Id }) => Id === id);

test('finds the object by the ID alone', async () => {
  const json = { recordId: rollout, fields: '{"NextStep": "Call"}' };
  const { status, body } = await salesforce.call('updateRecord', { json });
  expect([status, body.objectType, row('Opportunity', rollout)?.NextStep]).toEqual([200, 'Opportunity', 'Call']);
  await update('Opportunity', rollout, { NextStep: 'Send the revised quote' });
  salesforce.costs();
});

test('changes the named fields alone and answers with each before and now, in three requests', async () => {
  const { status, body } = await update('Opportunity', rollout, { Stage: 'closed won', NextStep: null });
  expect(status).toBe(200);
  expect(body).toEqual({
    objectType: 'Opportunity',
    recordId: rollout,
    name: 'Contoso – plant rollout',
    url: expect.stringContaining(rollout),
    changes: [
      { field: 'Stage', from: 'Negotiation/Review', to: 'Closed Won' },
      { field: 'Next Step', from: 'Send the revised quote' },
    ],
  });
  expect(row('Opportunity', rollout)).toMatchObject({ StageName: 'Closed Won', NextStep: null, Amount: 240_000 });
  expect(salesforce.costs()).toEqual(['GET /query', `PATCH /sobjects/Opportunity/${rollout}`, 'GET /query']);
});

test('a record that was deleted is told as such', async () => {
  const deleted = salesforce.sandbox.records('Opportunity').at(-1);
  Object.assign(deleted ?? {}, { IsDeleted: true });
  const { status, body } = await update('Opportunity', String(deleted?.Id), { NextStep: 'x' });
  expect(status).toBe(404);
  expect(body.detail).toContain('The record was deleted');
});

test('emptying what cannot be empty is refused before anything is sent', async () => {
  const { body } = await update('Opportunity', rollout, { Name: '', 'Created Date': '2026-01-01' });
  expect(body.errors).toEqual([
    { field: 'Name', message: 'Name cannot be empty.' },
    { field: 'Created Date', message: 'Created Date is read-only: Salesforce keeps it itself.' },
  ]);
  expect(salesforce.asked()).toEqual([]);
});

test.each(['../../query?q=x', '../../../limits', `${rollout}/x`, '006'])(
  'what is no ID, such as %s, is looked for by its name alone, and nothing is changed',
  async id => {
    expect((await update('Opportunity', id, { NextStep: 'x' })).status).toBe(404);
    expect(salesforce.costs()).toEqual(['POST /composite']);
  },
);

test('a change that makes a record a duplicate is a conflict, and saved where the user decides so', async () => {
  const json = {
    objectType: 'Contact',
    recordId: recordId('003', 2),
    fields: '{"Email":"maria.olsen@contoso.example"}',
  };
  const { status, body } = await salesforce.call('updateRecord', { json });
  expect(status).toBe(409);
  expect(body.detail).toContain(`It matches Contact ${recordId('003', 1)} (Maria Olsen).`);
  expect((await salesforce.call('updateRecord', { json: { ...json, allowDuplicate: true } })).status).toBe(200);
});

test.each([
  ['Account', recordId('001', 1), 'Billing Zip', /Did you mean BillingPostalCode/],
  ['Account', recordId('001', 1), 'BillingZip', /Did you mean BillingPostalCode/],
  [
    'Account',
    recordId('001', 1),
    'Billing Address',
    /by its parts: give BillingStreet, BillingCity, BillingState, BillingPostalCode/,
  ],
  ['Lead', recordId('00Q', 1), 'Fax', /Did you mean Phone/],
  ['Lead', recordId('00Q', 1), 'Address', /by its parts: give Street, City/],
  ['Opportunity', rollout, 'Clsoe Date', /Did you mean CloseDate/],
  ['Opportunity', rollout, 'Xyzzy', /describeObject lists the fields/],
])('of %s (%s), %s is no field, and those that may be meant are told', async (objectType, id, name, message) => {
  const { body } = await update(objectType, id, { [name]: 'x' });
  expect(body.errors).toEqual([{ field: name, message: expect.stringMatching(message) }]);
});

test('the only choice that begins with what was given is taken, and it is told', async () => {
  await update('Opportunity', rollout, { Stage: 'Prospecting' });
  const { body } = await update('Opportunity', rollout, { Stage: 'negotiation' });
  expect(body.changes).toEqual([{ field: 'Stage', from: 'Prospecting', to: 'Negotiation/Review' }]);
  expect(body.note).toContain('"negotiation" was taken for "Negotiation/Review"');
  expect(row('Opportunity', rollout)?.StageName).toBe('Negotiation/Review');
});

test.each([
  ['Closed', 'The nearest to "Closed": Closed Won, Closed Lost.'],
  ['Negot', 'The nearest to "Negot": Negotiation/Review.'],
  ['Prospectng', 'The nearest to "Prospectng": Prospecting.'],
])('a choice is not guessed: %s', async (given, near) => {
  const { status, body } = await update('Opportunity', rollout, { Stage: given });
  expect([status, JSON.stringify(body.errors)]).toEqual([
    400,
    expect.stringContaining(JSON.stringify(near).slice(1, -1)),
  ]);
});

describe('what Salesforce does not confirm', () => {
  test.each(['<html>', '', 'null', '{"success":false}'])('is no change that was made: %s', async body => {
    salesforce.sandbox.fail({ path: '/sobjects/Opportunity/', status: 200, body });
    const { status, body: answer } = await update('Opportunity', rollout, { NextStep: `not ${body}` });
    expect(status).toBe(504);
    expect(answer).toMatchObject({ retryable: false });
    expect(answer.detail).toContain('may or may not have been made');
  });

  test.each([
    [500, '', 6],
    [200, '{"totalSize":0,"done":true,"records":[]}', 2],
  ])('and where it cannot be read, answered %i, what was sent is told', async (status, body, times) => {
    salesforce.sandbox.fail({ path: '/query$', status, body, times });
    const { body: answer } = await update('Opportunity', rollout, { NextStep: `unseen ${status}` });
    expect(answer).toEqual({
      objectType: 'Opportunity',
      recordId: rollout,
      url: expect.stringContaining(rollout),
      changes: [{ field: 'Next Step', to: `unseen ${status}` }],
      note: expect.stringContaining('The change was made'),
    });
  });
});
