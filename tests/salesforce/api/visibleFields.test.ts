import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

const refusal = (field: string, object: string) => [
  { errorCode: 'INVALID_FIELD', message: `No such column '${field}' on entity '${object}'.` },
];
/** The description of an object as a user sees it from whom a field is hidden. */
const hide = (object: string, field: string, fields: object[]) => {
  const seen = fields.filter(entry => !('name' in entry) || entry.name !== field);
  const body = JSON.stringify({ name: object, label: object, fields: seen });
  salesforce.sandbox.fail({ path: `/sobjects/${object}/describe$`, status: 200, body });
};
const columns = (...names: string[]) => names.map(name => ({ name, label: name, type: 'string' }));
const owner = { name: 'OwnerId', label: 'Owner ID', type: 'reference', relationshipName: 'Owner' };

test('fields that the user may not see are left out of what is found, and the rest is answered', async () => {
  const body = JSON.stringify(refusal('AnnualRevenue', 'Account'));
  salesforce.sandbox.fail({ path: '/query$', status: 400, body });
  hide('Account', 'AnnualRevenue', [...columns('Id', 'Name', 'AnnualRevenue', 'Phone'), owner]);
  const { status, body: answer } = await salesforce.call('findAccounts', { query: { name: 'Contoso Europe' } });
  expect(status).toBe(200);
  expect(list(answer.accounts)[0]).toMatchObject({ name: 'Contoso Europe GmbH', owner: 'Jonas Weber' });
  expect(list(answer.accounts)[0]).not.toHaveProperty('annualRevenue');
  const asked = salesforce.asked().map(({ query }) => query.get('q'));
  expect(asked.at(-1)).toMatch(/^SELECT Id, Name, Phone, Owner\.Name FROM Account/);
  expect(asked).toHaveLength(3);
});

test('fields that the user may not see in one part of an overview do not cost the others', async () => {
  hide('Opportunity', 'NextStep', [...columns('Id', 'Name', 'StageName', 'Amount', 'CloseDate'), owner]);
  const answers = [1, 2, 3, 4, 5].map(at => ({
    httpStatusCode: at === 2 ? 400 : 200,
    body: at === 2 ? refusal('NextStep', 'Opportunity') : { totalSize: 0, done: true, records: [] },
  }));
  const body = JSON.stringify({ compositeResponse: answers });
  salesforce.sandbox.fail({ path: '/composite$', status: 200, body });
  const { status, body: answer } = await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
  expect(status).toBe(200);
  expect(answer).toMatchObject({ openOpportunityCount: 3, openCaseCount: 3 });
  expect(answer.notShown).toEqual(expect.arrayContaining(['Opportunity.NextStep']));
  expect(JSON.stringify(answer.openOpportunities)).not.toContain('nextStep');
});

test('fields that the user may not see cannot be searched by', async () => {
  const body = JSON.stringify(refusal('Phone', 'Account'));
  salesforce.sandbox.fail({ path: '/query$', status: 400, body, times: 2 });
  const { status, body: answer } = await salesforce.call('findAccounts', { query: { phone: '5550101' } });
  expect(status).toBe(400);
  expect(answer.detail).toContain("No such column 'Phone' on entity 'Account'.");
});
