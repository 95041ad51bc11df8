import { beforeAll, describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

beforeAll(async () => {
  for (const objectType of ['Contact', 'Opportunity', 'Project__c']) {
    await salesforce.call('describeObject', { query: { objectType } });
  }
});

const create = (objectType: string, fields: object, more: object = {}) =>
  salesforce.call('createRecord', { json: { objectType, fields: JSON.stringify(fields), ...more } });
const row = (objectType: string, id: unknown) => salesforce.sandbox.records(objectType).find(({ Id }) => Id === id);

test('creates a record from names or labels and answers with what was set and who owns it, in two requests', async () => {
  const { status, body } = await create('contact', {
    'First Name': 'Mia',
    lastname: "D'Arcy \\ %",
    Email: 'mia@contoso.example',
    AccountId: contoso,
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ objectType: 'Contact', name: "Mia D'Arcy \\ %" });
  expect(body.changes).toEqual([
    { field: 'First Name', to: 'Mia' },
    { field: 'Last Name', to: "D'Arcy \\ %" },
    { field: 'Email', to: 'mia@contoso.example' },
    { field: 'Account', to: 'Contoso' },
    { field: 'Owner', to: 'Integration User' },
  ]);
  expect(row('Contact', body.recordId)).toMatchObject({ FirstName: 'Mia', Email: 'mia@contoso.example' });
  expect(salesforce.costs()).toEqual(['POST /sobjects/Contact', 'GET /query']);
});

test('puts choices, numbers and booleans as the org has them', async () => {
  const { body } = await create('Project__c', {
    Name: 'New hall',
    Phase__c: 'build',
    Regions__c: 'emea; APAC',
    Budget__c: '1200.50',
    At_Risk__c: 'TRUE',
    Go_Live__c: '2027-01-31',
  });
  expect(row('Project__c', body.recordId)).toMatchObject({
    Phase__c: 'Build',
    Regions__c: 'EMEA;APAC',
    Budget__c: 1200.5,
    At_Risk__c: true,
    Go_Live__c: '2027-01-31',
  });
});

test('names everything that is wrong at once, and sends nothing', async () => {
  const { status, body } = await create('Opportunity', {
    Nme: 'x',
    Amount: 'a lot',
    IsWon: true,
    StageName: 'Nearly there',
    CloseDate: '2026-02-30',
    AccountId: 7,
    Acount: 'Contoso',
  });
  expect(status).toBe(400);
  expect(body.errors).toEqual([
    { field: 'Nme', message: 'Opportunity has no such field. Did you mean Name?' },
    { field: 'Amount', message: 'It must be a number.' },
    { field: 'IsWon', message: 'Won is read-only: it follows from the stage.' },
    { field: 'StageName', message: expect.stringContaining('It must be one of Prospecting, Qualification') },
    { field: 'CloseDate', message: 'It must be a date such as 2026-11-15.' },
    { field: 'AccountId', message: expect.stringContaining('It must be the ID or the name of Account') },
    { field: 'Acount', message: expect.stringContaining('no such field. Did you mean AccountId') },
    { field: 'Name', message: 'It is required (Name): a text.' },
  ]);
  expect(salesforce.asked()).toEqual([]);
});

test.each(['2026-02-30T09:00:00Z', '2026-11-15T25:00:00Z', '2026-11-15 or so'])(
  'a moment that there is not, %s, is refused, not moved',
  async StartDateTime => {
    const { body } = await create('Event', { Subject: 'x', StartDateTime });
    expect(body.errors).toContainEqual({
      field: 'StartDateTime',
      message: 'It must be a date-time such as 2026-11-15T09:00:00Z.',
    });
  },
);

test.each(['{"Name":', '[1]', '"Name"', '{}', 'null'])('fields such as %s are refused', async fields => {
  const { status, body } = await salesforce.call('createRecord', { json: { objectType: 'Contact', fields } });
  expect(status).toBe(400);
  expect(body.code).toBe('invalid_input');
  expect(salesforce.asked()).toEqual([]);
});

test('a required field that is missing is for Salesforce to refuse, because its automation may fill it', async () => {
  const { status, body } = await create('Opportunity', { Name: 'Pumps' });
  expect(status).toBe(400);
  expect(body.code).toBe('invalid_input');
  expect(body.errors).toContainEqual(expect.objectContaining({ field: 'StageName' }));
  expect(salesforce.costs()).toEqual(['POST /sobjects/Opportunity']);
});

test('a text that is none of the choices is taken where Salesforce takes it, and told', async () => {
  const { body } = await create('Account', { Name: 'Acme Space', Industry: 'Space Travel' });
  expect(row('Account', body.recordId)).toMatchObject({ Industry: 'Space Travel' });
  expect(body.note).toContain('"Space Travel" is none of the choices of Industry');
});

test.each([
  ['2026-12-30T00:00:00', '2026-12-30'],
  ['2026-12-30T00:00:00.000Z', '2026-12-30'],
  [{ $kind: 'Date', value: '2026-12-30' }, '2026-12-30'],
])('a day that comes as %j is that day', async (Go_Live__c, day) => {
  const { body } = await create('Project__c', { Name: 'Day', Go_Live__c });
  expect(row('Project__c', body.recordId)).toMatchObject({ Go_Live__c: day });
});

describe('a lookup that is given by name', () => {
  const project = { Name: 'Named' };

  test('leads to the one record of that name', async () => {
    const { body } = await create('Project__c', { ...project, Account: 'contoso', Owner: 'Li Wei' });
    const owner = salesforce.sandbox.records('User').find(({ Name }) => Name === 'Li Wei');
    expect(row('Project__c', body.recordId)).toMatchObject({ Account__c: contoso, OwnerId: owner?.Id });
  });

  test('is ambiguous where several have it, and nothing is saved', async () => {
    await create('Account', { Name: 'Twin Ltd', BillingCity: 'Oslo' });
    await create('Account', { Name: 'Twin Ltd', BillingCity: 'Bergen' });
    const { status, body } = await create('Contact', { LastName: 'Twinned', AccountId: 'Twin Ltd' });
    expect(status).toBe(409);
    expect(body.code).toBe('ambiguous');
    expect(body.detail).toContain('Oslo');
    expect(body.detail).toContain('Bergen');
    expect(salesforce.sandbox.records('Contact').some(({ LastName }) => LastName === 'Twinned')).toBe(false);
  });

  test('may name a queue', async () => {
    const { body } = await create('Case', { Subject: 'Queued', OwnerId: 'Support Tier 2' });
    expect(row('Case', body.recordId)).toMatchObject({ OwnerId: recordId('00G', 1) });
  });

  test('tells that somebody has left, and whom it may mean where nobody is named so', async () => {
    const left = await create('Case', { Subject: 'x', OwnerId: 'Tom Becker' });
    expect(left.body.detail).toContain('Tom Becker is inactive');
    const near = await create('Contact', { LastName: 'x', AccountId: 'Conto' });
    expect(near.status).toBe(400);
    expect(near.body.detail).toContain(`Contoso (${contoso}`);
    const none = await create('Contact', { LastName: 'x', AccountId: 'Nowhere Ltd' });
    expect(none.body.detail).toContain('Find it first, with findAccounts.');
    const nobody = await create('Case', { Subject: 'x', OwnerId: 'Nobody at All' });
    expect(nobody.body.detail).toContain('Find it first, with findOrgUsers.');
  });

  test('"me" is nobody where nobody signed in', async () => {
    const { status, body } = await create('Case', { Subject: 'x', OwnerId: 'me' });
    expect(status).toBe(400);
    expect(body.detail).toContain('nobody who signed in');
  });
});

test.each([false, true])(
  'a call that is made again with allowDuplicate %s is the same write, and saves nothing more',
  async allowDuplicate => {
    const fields = { Name: `Only once ${allowDuplicate}` };
    const once = await create('Account', fields);
    const again = await create('Account', fields, { allowDuplicate });
    expect(again.body).toMatchObject({ recordId: once.body.recordId, deduplicated: true });
    expect(salesforce.sandbox.records('Account').filter(({ Name }) => Name === fields.Name)).toHaveLength(1);
  },
);

describe('a duplicate', () => {
  const twin = { LastName: 'Olsen', Email: 'maria.olsen@contoso.example' };

  test('is a conflict that names the record that it matches and says how it can be saved all the same', async () => {
    const { status, body } = await create('Contact', twin);
    expect(status).toBe(409);
    expect(body.code).toBe('conflict');
    expect(body.detail).toContain(`It matches Contact ${recordId('003', 1)} (Maria Olsen). Nothing was saved.`);
    expect(body.detail).toContain('allowDuplicate=true');
    expect(salesforce.costs()).toEqual(['POST /sobjects/Contact', 'GET /query']);
  });

  test('is saved where the user decides so and its rule allows it', async () => {
    const { status, body } = await create('Contact', twin, { allowDuplicate: true });
    expect(status).toBe(200);
    expect(row('Contact', body.recordId)).toMatchObject(twin);
  });

  test('that its rule blocks is saved by nobody, and the answer says so', async () => {
    const product = { Name: 'Billing portal', Code__c: 'MIG-1' };
    expect((await create('Project__c', product)).status).toBe(200);
    for (const more of [{}, { allowDuplicate: true }]) {
      const { status, body } = await create('Project__c', { ...product, Name: 'Another' }, more);
      expect(status).toBe(409);
      expect(body.detail).toContain('blocks it');
      expect(body.detail).not.toContain('allowDuplicate');
    }
  });
});

test('an object whose records cannot be created is refused', async () => {
  const { status } = await create('User', { LastName: 'x' });
  expect(status).toBe(403);
});

describe('where a person has signed in', () => {
  const signedIn = useSalesforce({ app: { env: { ...sandboxUser.settings, ACTION_TIMEOUT_MS: '20000' } } });
  const createAs = (objectType: string, fields: object) =>
    signedIn.call('createRecord', {
      json: { objectType, fields: JSON.stringify(fields) },
      headers: sandboxUser.headers,
    });

  test.each([
    ['the record is theirs', {}, 'Ana Ruiz'],
    ['an owner who is given has it', { Owner: 'Li Wei' }, 'Li Wei'],
  ])('%s', async (_, more, owner) => {
    const { status, body } = await createAs('Contact', { LastName: `Of ${owner}`, AccountId: contoso, ...more });
    expect([status, body]).toEqual([200, expect.objectContaining({ name: `Of ${owner}` })]);
    expect(body.changes).toContainEqual({ field: 'Owner', to: owner });
  });

  test('what has no owner is made all the same', async () => {
    const contactId = signedIn.sandbox.records('Contact')[0]?.Id;
    const opportunityId = signedIn.sandbox.records('Opportunity')[0]?.Id;
    const role = { ContactId: contactId, OpportunityId: opportunityId, Role: 'Decision Maker' };
    const { status, body } = await createAs('OpportunityContactRole', role);
    expect([status, body.code]).toEqual([200, undefined]);
  });
});
