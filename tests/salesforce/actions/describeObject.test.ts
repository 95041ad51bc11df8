import { expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

test('tells names, types, choices and what is required, required ones first, in one request and then none', async () => {
  const ask = () => salesforce.call('describeObject', { query: { objectType: 'Opportunity', limit: '100' } });
  const { body } = await ask();
  const fields = list(body.fields);
  expect(fields[0]).toMatchObject({ field: 'Name', required: true, type: 'text' });
  expect(fields.find(({ field }) => field === 'StageName')).toMatchObject({
    label: 'Stage',
    type: 'one of the values',
    required: true,
    values: expect.arrayContaining(['Closed Won']),
  });
  expect(fields.find(({ field }) => field === 'AccountId')).toMatchObject({ refersTo: ['Account'], required: false });
  expect(fields.find(({ field }) => field === 'ExpectedRevenue')).toMatchObject({ canUpdate: false });
  expect(body.fieldCount).toBe(fields.length);
  expect(salesforce.costs()).toEqual(['GET /sobjects/Opportunity/describe']);
  await ask();
  expect(salesforce.costs()).toEqual([]);
});

test('filters by a part of the label, and goes on page by page', async () => {
  const ask = (more: Record<string, string>) =>
    salesforce.call('describeObject', { query: { objectType: 'Contact', term: 'name', limit: '2', ...more } });
  const first = await ask({});
  const second = await ask({ pageToken: first.body.nextPageToken });
  const names = [...list(first.body.fields), ...list(second.body.fields)].map(({ field }) => field);
  expect(names).toContain('LastName');
  expect(new Set(names).size).toBe(names.length);
});

test('twenty calls at once for an object that is not known yet ask for it once', async () => {
  const ask = () => salesforce.call('describeObject', { query: { objectType: 'Event' } });
  await Promise.all(Array.from({ length: 20 }, ask));
  expect(salesforce.costs()).toEqual(['GET /sobjects/Event/describe']);
});
