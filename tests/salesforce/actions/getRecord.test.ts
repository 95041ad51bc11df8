import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);
const project = recordId('a00', 1);

test('tells a custom record by labels, lookups by name and choices as words, in two requests and then one', async () => {
  const ask = () => salesforce.call('getRecord', { query: { objectType: 'project__c', recordId: project } });
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    objectType: 'Project__c',
    recordId: project,
    name: 'Contoso plant rollout',
    url: `${salesforce.sandbox.url}/lightning/r/Project__c/${project}/view`,
  });
  expect(body.fields).toEqual(
    expect.arrayContaining([
      { label: 'Account', value: 'Contoso' },
      { label: 'Executive Sponsor', value: 'Maria Olsen' },
      { label: 'Regions', value: 'AMER, EMEA' },
      { label: 'At Risk?', value: 'No' },
      { label: 'Remaining Budget', value: '159,500 USD' },
    ]),
  );
  expect(JSON.stringify(body.fields)).not.toContain('__c');
  expect(salesforce.costs()).toEqual(['GET /sobjects/project__c/describe', 'GET /query']);
  expect((await ask()).body).toEqual(body);
  expect(salesforce.costs()).toEqual(['GET /query']);
});

test('asks for no more than forty fields', async () => {
  await salesforce.call('getRecord', { query: { objectType: 'Account', recordId: contoso } });
  const [soql = ''] = salesforce.asked().flatMap(({ query }) => query.get('q') ?? []);
  const [, fields = ''] = /^SELECT Id, (.*) FROM Account/.exec(soql) ?? [];
  expect(fields.split(', ').length).toBeGreaterThan(15);
  expect(fields.split(', ').length).toBeLessThanOrEqual(40);
  expect(fields).not.toMatch(/SystemModstamp|IsDeleted/);
});

test.each([
  ['Nothing__c', project, 404, 'There is no Salesforce object Nothing__c'],
  ['Account', recordId('001', 4000), 404, 'does not exist, was deleted, or is not shared'],
  ['Contact', contoso, 404, 'The ID is one of Account: leave objectType out.'],
  ['Account', '../../../limits', 404, 'No Account that this service may see is called exactly'],
  ['Account', `${contoso}?x=1`, 404, 'Find its ID with findAccounts.'],
  ['Case', '00099999', 404, 'There is no case "00099999" that this service may see. Find it with findCases'],
  ['Account/describe', contoso, 400, 'objectType'],
  ['../Account', contoso, 400, 'objectType'],
])('answers for %s %s with the reason', async (objectType, id, expected, detail) => {
  const { status, body } = await salesforce.call('getRecord', { query: { objectType, recordId: id } });
  expect(status).toBe(expected);
  expect(body.detail).toContain(detail);
  if (expected === 400) expect(salesforce.asked()).toEqual([]);
});

test.each([
  [contoso, 'Account'],
  [contoso.slice(0, 15), 'Account'],
  [contoso.toLowerCase(), 'Account'],
  [project, 'Project__c'],
  [project.slice(0, 15), 'Project__c'],
])('the ID %s tells that its record is of %s', async (id, objectType) => {
  const { status, body } = await salesforce.call('getRecord', { query: { recordId: id } });
  expect([status, body.objectType]).toEqual([200, objectType]);
});

test('an ID that begins as none of the objects does is told as such', async () => {
  const { status, body } = await salesforce.call('getRecord', { query: { recordId: recordId('zz9', 1) } });
  expect(status).toBe(404);
  expect(body.detail).toContain('none has IDs that begin with zz9');
});

test('a lookup that the user may not follow costs only the names of lookups, and is said', async () => {
  const message = "Didn't understand relationship 'Parent' in field path.";
  salesforce.sandbox.fail({
    path: '/query$',
    status: 400,
    body: JSON.stringify([{ errorCode: 'INVALID_FIELD', message }]),
  });
  const { status, body } = await salesforce.call('getRecord', { query: { recordId: contoso } });
  expect(status).toBe(200);
  expect(body).toMatchObject({ name: 'Contoso', notShown: expect.arrayContaining(['Owner', 'Parent Account']) });
  expect(body.fields).toContainEqual({ label: 'Annual Revenue', value: '48,000,000 USD' });
});

test('tells the contacts of an opportunity with their roles, and another one becomes the primary one', async () => {
  const deal = 'Fabrikam – robot arms';
  const roles = async () =>
    list((await salesforce.call('getRecord', { query: { recordId: deal } })).body.contactRoles).map(
      ({ contact, role, isPrimary }) => [contact, role, isPrimary],
    );
  expect(await roles()).toEqual([['Frank Miller', 'Economic Buyer', true]]);
  const fields = JSON.stringify({ Opportunity: deal, Contact: 'Grace Hall', Role: 'Decision Maker', Primary: true });
  const { body } = await salesforce.call('createRecord', { json: { objectType: 'OpportunityContactRole', fields } });
  expect(body.code).toBeUndefined();
  expect(await roles()).toEqual([
    ['Grace Hall', 'Decision Maker', true],
    ['Frank Miller', 'Economic Buyer', false],
  ]);
});

test.each([
  ['the number of a case', { recordId: '1002' }, 'Invoice 4711 shows the wrong VAT'],
  ['the number of a case as people say it', { recordId: 'Case #00001002' }, 'Invoice 4711 shows the wrong VAT'],
  ['the number of a contract', { recordId: 'Contract 00001001' }, 'Activated'],
  ['its name, in any case', { recordId: 'fabrikam – ROBOT arms' }, '1,250,000 USD'],
  ['the name of a record of its object', { objectType: 'Project__c', recordId: 'Contoso plant rollout' }, 'AMER, EMEA'],
])('takes %s', async (_, query, value) => {
  const { status, body } = await salesforce.call('getRecord', { query });
  expect([status, list(body.fields).map(field => field.value)]).toEqual([200, expect.arrayContaining([value])]);
});

test('a name of several records is ambiguous with their IDs, and of none not found', async () => {
  const [one] = salesforce.sandbox.records('Contact');
  await salesforce.call('createRecord', {
    json: {
      objectType: 'Opportunity',
      fields: JSON.stringify({
        Name: one?.Name,
        Account: 'Contoso',
        StageName: 'Prospecting',
        CloseDate: '2027-01-31',
      }),
    },
  });
  const { status, body } = await salesforce.call('getRecord', { query: { recordId: String(one?.Name) } });
  expect([status, body.code]).toEqual([409, 'ambiguous']);
  expect(body.detail).toContain(`Contact ${one?.Name} (${one?.Id}`);
  const none = await salesforce.call('getRecord', { query: { recordId: 'Fabrikam' } });
  expect([none.status, none.body.code]).toEqual([404, 'not_found']);
});
