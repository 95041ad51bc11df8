import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SalesforceSandbox, startSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { now, signIn } from './signedIn.ts';

let folder: string;
let sandbox: SalesforceSandbox | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'salesforce-data-'));
});
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
  await rm(folder, { recursive: true });
});

const write = async (file: string, content: unknown) => {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
};
const defaultData = async (file: string) =>
  JSON.parse(await readFile(new URL(`../../../functions/salesforce/sandbox/data/${file}`, import.meta.url), 'utf8'));
const start = async () => {
  sandbox = await startSandbox({ now: () => now, data: folder });
  return sandbox;
};
/** What starting with the data of the folder is refused with. */
const refusal = async (): Promise<string> => {
  const error = await start().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message : 'It started.';
};

const mailbox = (name: string) => ({ Username: `${name}@acme.example`, Email: `${name}@acme.example`, Alias: name });
const users = [
  { $key: 'app', $integration: true, LastName: 'App', ...mailbox('app') },
  { $key: 'kim', $access: 'own', FirstName: 'Kim', LastName: 'Lee', ...mailbox('kim') },
  { $key: 'pat', LastName: 'Gone', IsActive: false, ...mailbox('pat') },
];

test('an org of other people and records starts from a folder, without code', async () => {
  await write('users.json', users);
  await write('records.json', {
    Opportunity: [
      { Name: 'Kim’s', StageName: 'Closed Won', CloseDate: '-1d', Margin__c: 5, AccountId: 'acme', OwnerId: 'kim' },
      { Name: 'App’s', StageName: 'Prospecting', CloseDate: '2027-01-31', AccountId: 'acme' },
    ],
    Account: [{ $key: 'acme', Name: 'Acme' }],
    Task: [{ Subject: 'Call', WhatId: 'acme', ActivityDate: '-3d', CreatedDate: '-4d 09:30', Status: 'Completed' }],
  });
  const org = await start();
  expect(org.jwtSettings().SALESFORCE_USERNAME).toBe('app@acme.example');
  const app = await signIn(org);
  expect(
    (await app.query('SELECT Name, CloseDate, Account.Name, Owner.Name, IsWon FROM Opportunity')).records,
  ).toMatchObject([
    { Name: 'Kim’s', CloseDate: '2026-11-17', Account: { Name: 'Acme' }, Owner: { Name: 'Kim Lee' }, IsWon: true },
    { Name: 'App’s', CloseDate: '2027-01-31', Account: { Name: 'Acme' }, Owner: { Name: 'App' }, IsWon: false },
  ]);
  const kim = await signIn(org, 'kim@acme.example');
  expect(await kim.column('SELECT Name FROM Opportunity')).toEqual(['Kim’s']);
  expect((await kim.query('SELECT Margin__c FROM Opportunity'))[0]?.errorCode).toBe('INVALID_FIELD');
  expect(org.records('Task')).toMatchObject([
    { CreatedDate: '2026-11-14T09:30:00.000+0000', LastModifiedDate: '2026-11-14T09:30:00.000+0000', IsClosed: true },
  ]);
  expect(org.records('Account')).toMatchObject([{ LastActivityDate: '2026-11-15' }]);
  expect(org.records('Contact')).toEqual([]);
  expect(org.records('User').map(({ Name, IsActive }) => [Name, IsActive])).toEqual([
    ['App', true],
    ['Kim Lee', true],
    ['Gone', false],
  ]);
});

test('what the folder lacks is the default data', async () => {
  const org = await start();
  expect(org.records('Account')[0]?.Name).toBe('Contoso');
});

test('an object is added and another one changed by their files alone', async () => {
  await write('objects/Invoice__c.json', {
    label: 'Invoice',
    labelPlural: 'Invoices',
    keyPrefix: 'a01',
    fields: [
      { name: 'Name', label: 'Number', type: 'string', nameField: true, nillable: false, autoNumber: true },
      {
        name: 'Account__c',
        label: 'Account',
        type: 'reference',
        referenceTo: ['Account'],
        childRelationship: 'Invoices__r',
      },
    ],
  });
  const opportunity = await defaultData('objects/Opportunity.json');
  for (const field of opportunity.fields) {
    if (field.name === 'StageName')
      field.values.push({ value: 'Given away', probability: 100, closed: true, won: true });
  }
  await write('objects/Opportunity.json', opportunity);
  await write('records/Invoice__c.json', [{ Account__c: 'contoso' }]);
  const org = await start();
  const { connection, query, call } = await signIn(org);
  expect((await connection.sobject('Invoice__c').describe()).custom).toBe(true);
  const { records: accounts } = await query(
    "SELECT (SELECT Name FROM Invoices__r) FROM Account WHERE Name = 'Contoso'",
  );
  expect(accounts).toMatchObject([{ Invoices__r: { records: [{ Name: '00001001' }] } }]);
  const [deal] = org.records('Opportunity');
  await call('PATCH', `/sobjects/Opportunity/${deal?.Id}`, { StageName: 'Given away' });
  expect(org.records('Opportunity')[0]).toMatchObject({ IsWon: true, Probability: 100 });
});

test('records in one file and in files of their own are refused: an object could be in both', async () => {
  await write('records.json', { Account: [] });
  await write('records/Account.json', []);
  expect(await refusal()).toContain('records/Account.json: records.json holds all records, where it is there.');
});

describe('data that does not fit is refused with the file, the place and the fault', () => {
  const account = { $key: 'acme', Name: 'Acme', OwnerId: 'ana-ruiz' };

  test.each<[string, string, unknown, string]>([
    ['half a JSON document', 'records.json', '{"Account": [', 'records.json is not JSON: '],
    ['a file that is not read', 'record.json', {}, 'record.json is no file of the Salesforce sandbox'],
    ['an unknown object', 'records.json', { Acount: [account] }, 'records.json: Acount: there is no object Acount.'],
    [
      'an unknown field',
      'records.json',
      { Account: [{ Nmae: 'Acme' }] },
      'records.json: Account[0].Nmae: Account has no field Nmae.',
    ],
    [
      'an unknown owner',
      'records.json',
      { Account: [account, { ...account, $key: 'b', OwnerId: 'nobody' }] },
      "Account[1].OwnerId: there is no record whose $key is 'nobody'.",
    ],
    [
      'a reference to another object',
      'records.json',
      { Account: [account], Contact: [{ LastName: 'L', ReportsToId: 'acme' }] },
      "Contact[0].ReportsToId: 'acme' is of Account, and the field refers to Contact.",
    ],
    [
      'a key twice',
      'records.json',
      { Account: [account, account] },
      "Account[1].$key: 'acme' is the $key of Account[0], too.",
    ],
    [
      'a missing field',
      'records.json',
      { Account: [{ Phone: '1' }] },
      'Account[0]: required fields are missing: Name.',
    ],
    [
      'an id',
      'records.json',
      { Account: [{ ...account, Id: '1' }] },
      'Account[0].Id: the sandbox gives records their ids.',
    ],
    [
      'a value of another type',
      'records.json',
      { Account: [{ ...account, AnnualRevenue: 'much' }] },
      'Account[0].AnnualRevenue: Cannot deserialize instance of double',
    ],
    [
      'a value that is no scalar',
      'records.json',
      { Account: [{ ...account, Phone: ['1'] }] },
      'records.json: Account[0].Phone: Invalid input',
    ],
    [
      'an unknown choice',
      'records.json',
      { Opportunity: [{ Name: 'O', StageName: 'Won', CloseDate: '0d' }] },
      'Opportunity[0].StageName: Stage: bad value for restricted picklist field: Won',
    ],
    [
      'a time for a day',
      'records.json',
      { Opportunity: [{ Name: 'O', StageName: 'Prospecting', CloseDate: '0d 09:00' }] },
      'Opportunity[0].CloseDate: takes a day such as "-3d", "month", "month+1 end" or',
    ],
    [
      'a day for a time',
      'records.json',
      { Account: [{ ...account, CreatedDate: '-3d' }] },
      'Account[0].CreatedDate: takes a day and a time such as "-3d 09:30" or',
    ],
    [
      'a derived value',
      'records.json',
      { Contact: [{ LastName: 'Lee', Name: 'Kim' }] },
      'Contact[0].Name: follows from other fields, and is then "Lee".',
    ],
    ['users among the records', 'records.json', { User: [] }, 'records.json: User: users belong into users.json.'],
    [
      'no integration user',
      'users.json',
      users.slice(1),
      'users.json: exactly one user must have "$integration": true',
    ],
    ['a word that no user has', 'users.json', [{ ...users[0], $access: 'some' }], 'users.json: [0].$access: '],
    [
      'an unknown word in an object',
      'objects/A__c.json',
      { label: 'A', labelPlural: 'As', keyPrefix: 'a09', fields: [], colour: 1 },
      'objects/A__c.json: Unrecognized key: "colour"',
    ],
    [
      'an unknown type',
      'objects/A__c.json',
      { label: 'A', labelPlural: 'As', keyPrefix: 'a09', fields: [{ name: 'B__c', label: 'B', type: 'text' }] },
      'objects/A__c.json: fields[0].type: ',
    ],
    [
      'a reference to no object',
      'objects/A__c.json',
      {
        label: 'A',
        labelPlural: 'As',
        keyPrefix: 'a09',
        fields: [{ name: 'B__c', label: 'B', type: 'reference', referenceTo: ['Nope'] }],
      },
      'objects/A__c.json: fields[0].referenceTo: there is no object Nope.',
    ],
    [
      'a key prefix twice',
      'objects/Z__c.json',
      { label: 'Z', labelPlural: 'Zs', keyPrefix: '001', fields: [] },
      'objects/Z__c.json: keyPrefix: 001 is the key prefix of Account, too.',
    ],
    [
      'a field twice',
      'objects/A__c.json',
      { label: 'A', labelPlural: 'As', keyPrefix: 'a09', fields: [{ name: 'isdeleted', label: 'B', type: 'string' }] },
      'fields[0].name: there is more than one field isdeleted.',
    ],
    [
      'a field that is needed',
      'objects/Task.json',
      { label: 'Task', labelPlural: 'Tasks', keyPrefix: '00T', fields: [] },
      'objects/Task.json: fields: the sandbox computes with Status.',
    ],
    [
      'a default that is no choice',
      'objects/A__c.json',
      {
        label: 'A',
        labelPlural: 'As',
        keyPrefix: 'a09',
        fields: [{ name: 'B__c', label: 'B', type: 'picklist', values: ['x'], defaultValue: 'y' }],
      },
      'fields[0].defaultValue: y is none of the values.',
    ],
  ])('%s', async (_what, file, content, message) => {
    await write(file, content);
    const text = await refusal();
    expect(text).toContain(message);
    expect(text).toContain(join(folder, file));
  });

  test('all faults are told at once', async () => {
    await write('records.json', { Account: [{ ...account, Nope: 1, OwnerId: 'nobody' }], Contact: [{}] });
    expect((await refusal()).split('\n')).toHaveLength(3);
  });

  test('a folder that is not there', async () => {
    await expect(startSandbox({ data: join(folder, 'nowhere') })).rejects.toThrow(
      'nowhere is no folder that can be read.',
    );
  });
});
