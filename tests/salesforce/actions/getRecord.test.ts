import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';

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
  ['Account', recordId('001', 4000), 404, 'There is no Account'],
  ['Account', '../../../limits', 400, 'recordId'],
  ['Account', `${contoso}?x=1`, 400, 'recordId'],
  ['Account/describe', contoso, 400, 'objectType'],
  ['../Account', contoso, 400, 'objectType'],
])('answers for %s %s with the reason', async (objectType, id, expected, detail) => {
  const { status, body } = await salesforce.call('getRecord', { query: { objectType, recordId: id } });
  expect(status).toBe(expected);
  expect(body.detail).toContain(detail);
  if (expected === 400) expect(salesforce.asked()).toEqual([]);
});
