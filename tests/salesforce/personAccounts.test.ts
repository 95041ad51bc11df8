import { describe, expect, test } from 'vitest';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from './harness.ts';
import { orgWith } from './orgData.ts';

/** An org with person accounts and record types, two of which have one name. */
const data = await orgWith(({ objects, records }) => {
  objects.Account?.fields.push(
    { name: 'LastName', label: 'Last Name', type: 'string', length: 80 },
    { name: 'FirstName', label: 'First Name', type: 'string', length: 40 },
    { name: 'PersonEmail', label: 'Email', type: 'email' },
    { name: 'IsPersonAccount', label: 'Is Person Account', type: 'boolean', createable: false, updateable: false },
    { name: 'RecordTypeId', label: 'Record Type ID', type: 'reference', referenceTo: ['RecordType'] },
  );
  const type = { SobjectType: 'Account', IsActive: true };
  records.RecordType = [
    { ...type, Name: 'Person Account', DeveloperName: 'PersonAccount', IsPersonType: true },
    { ...type, Name: 'Partner', DeveloperName: 'Partner_EMEA' },
    { ...type, Name: 'Partner', DeveloperName: 'Partner_APAC' },
    ...(records.RecordType ?? []),
  ];
});
const salesforce = useSalesforce({ sandbox: { data } });
const create = (fields: object) =>
  salesforce.call('createRecord', { json: { objectType: 'Account', fields: JSON.stringify(fields) } });
const row = (id: unknown) => salesforce.sandbox.records('Account').find(({ Id }) => Id === id);

describe('a person account', () => {
  test('is created by a last name, without a Name', async () => {
    const { status, body } = await create({
      FirstName: 'Mia',
      LastName: 'Berg',
      PersonEmail: 'mia@berg.example',
      RecordType: 'person account',
    });
    expect(status).toBe(200);
    expect(body.name).toBe('Mia Berg');
    expect(row(body.recordId)).toMatchObject({ IsPersonAccount: true, RecordTypeId: recordId('012', 1) });
  });

  test('with a Name as well is told why it cannot be, and nothing is sent', async () => {
    salesforce.asked();
    const { body } = await create({ Name: 'Mia Berg', LastName: 'Berg' });
    expect(body.errors).toEqual([{ field: 'Name', message: expect.stringContaining('FirstName and LastName') }]);
    expect(salesforce.costs()).not.toContain('POST /sobjects/Account');
  });
});

test('a person account tells why IsPersonAccount and, once it is there, Name cannot be set', async () => {
  const { body } = await create({ LastName: 'Roth', IsPersonAccount: true });
  expect(body.detail).toContain('it follows from the record type');
  const { body: made } = await create({ LastName: 'Roth', RecordType: { DeveloperName: 'PersonAccount' } });
  expect(row(made.recordId)).toMatchObject({ Name: 'Roth', IsPersonAccount: true });
  const message = 'Account: bad field names on insert/update call: Name';
  const refusal = [{ message, errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['Name'] }];
  salesforce.sandbox.fail({ method: 'PATCH', path: String(made.recordId), status: 400, body: JSON.stringify(refusal) });
  const json = { objectType: 'Account', recordId: made.recordId, fields: '{"Name":"Mia Roth"}' };
  const { body: refused } = await salesforce.call('updateRecord', { json });
  expect(refused.detail).toContain('FirstName and LastName');
});

test('a business account in such an org is created by its Name', async () => {
  const { status, body } = await create({ Name: 'Berg AG', RecordTypeId: recordId('012', 2) });
  expect(status).toBe(200);
  expect(row(body.recordId)).toMatchObject({ Name: 'Berg AG', IsPersonAccount: false });
});

describe('a record type', () => {
  test('of a name that two have is ambiguous, with both to choose from', async () => {
    const { status, body } = await create({ Name: 'Nord KG', RecordType: 'Partner' });
    expect(status).toBe(409);
    expect(body.code).toBe('ambiguous');
    for (const choice of ['Partner_EMEA', 'Partner_APAC', recordId('012', 2), recordId('012', 3)]) {
      expect(body.detail).toContain(choice);
    }
  });

  test('is found by its developer name', async () => {
    const { body } = await create({ Name: 'Nord KG', RecordTypeId: 'partner_apac' });
    expect(row(body.recordId)).toMatchObject({ RecordTypeId: recordId('012', 3) });
  });

  test('that there is not is told with those that there are', async () => {
    const { status, body } = await create({ Name: 'Nord KG', RecordType: 'Reseller' });
    expect(status).toBe(400);
    expect(body.detail).toContain('Partner_EMEA');
  });
});

test('a record type by which records are filtered is found by its name, and never the first of several', async () => {
  const { body: made } = await create({ LastName: 'Berg', RecordType: { DeveloperName: 'PersonAccount' } });
  const find = (where: object) => salesforce.call('findAccounts', { query: { where: JSON.stringify(where) } });
  const { body } = await find({ 'Record Type': 'person account' });
  expect(list(body.accounts).map(({ accountId }) => accountId)).toContain(made.recordId);
  const others = await find({ 'Record Type': { not: ['PersonAccount', 'Partner_EMEA'] } });
  expect(list(others.body.accounts).map(({ accountId }) => accountId)).not.toContain(made.recordId);
  const several = await find({ 'Record Type': 'Partner' });
  expect([several.status, several.body.code]).toEqual([409, 'ambiguous']);
  expect(several.body.detail).toContain(
    'where: Several record types are called "Partner": Partner_EMEA, Partner_APAC.',
  );
  const none = await find({ RecordTypeId: 'Prtner' });
  expect([none.status, none.body.code]).toEqual([400, 'invalid_input']);
  expect(none.body.detail).toContain('has no record type "Prtner". The nearest are "Partner"');
});
