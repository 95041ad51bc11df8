import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

test('finds a word in every kind of record, in one request that changes nothing', async () => {
  const { status, body } = await salesforce.call('searchRecords', { query: { term: 'contoso' } });
  expect(status).toBe(200);
  const types = new Set(list(body.records).map(({ objectType }) => objectType));
  expect([...types]).toEqual(expect.arrayContaining(['Account', 'Contact', 'Opportunity']));
  expect(list(body.records)[0]).toMatchObject({
    recordId: contoso,
    name: 'Contoso',
    detail: 'Technology, Seattle, USA',
  });
  expect(salesforce.costs()).toEqual(['POST /parameterizedSearch']);
});

test('goes on where it stopped, and ends', async () => {
  const all = list((await salesforce.call('searchRecords', { query: { term: 'contoso', limit: '100' } })).body.records);
  const found: unknown[] = [];
  let pageToken = '';
  for (let pages = 0; pages < 30; pages += 1) {
    const { body } = await salesforce.call('searchRecords', { query: { term: 'contoso', limit: '3', pageToken } });
    found.push(...list(body.records));
    pageToken = body.nextPageToken;
    if (!pageToken) break;
  }
  expect(found).toEqual(all);
});

test('takes other objects by their API names, custom ones too', async () => {
  const query = { term: 'rollout', objectTypes: 'Project__c, Task' };
  const { body } = await salesforce.call('searchRecords', { query });
  expect(body.summary).toBe('1 record matches "rollout": 1 of Project__c.');
  expect(list(body.records)).toMatchObject([{ objectType: 'Project__c', name: 'Contoso plant rollout' }]);
});

test('takes the names of objects in any case, each by what people call its records', async () => {
  const query = { term: 'press', objectTypes: 'case,account,Case,workOrder' };
  await salesforce.call('searchRecords', { query });
  const { sobjects } = JSON.parse(salesforce.asked()[0]?.body ?? '');
  expect(sobjects).toMatchObject([
    { name: 'Case', fields: ['Id', 'CaseNumber', 'Subject', 'Status', 'Priority'] },
    { name: 'Account', fields: ['Id', 'Name', 'Industry', 'BillingCity', 'BillingCountry'] },
    { name: 'workOrder', fields: ['Id', 'WorkOrderNumber'] },
  ]);
});

test('characters that mean something to the search are only text', async () => {
  const term = String.raw`a" OR {x} & (b) | !c ^ ~ * ? : \ ' + - [d]`;
  const { status } = await salesforce.call('searchRecords', { query: { term } });
  expect(status).toBe(200);
  expect(JSON.parse(salesforce.asked()[0]?.body ?? '')).toMatchObject({ q: term });
});

test.each(['Account;Contact', 'Account(Id)', ',', '../Account'])(
  'objects such as %s are refused',
  async objectTypes => {
    const { status } = await salesforce.call('searchRecords', { query: { term: 'contoso', objectTypes } });
    expect(status).toBe(400);
    expect(salesforce.asked()).toEqual([]);
  },
);
