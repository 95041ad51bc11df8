import { describe, expect, test } from 'vitest';
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

test('all fields are answered at once, though they are more than a page of other lists', async () => {
  const { body } = await salesforce.call('describeObject', { query: { objectType: 'Lead' } });
  expect(list(body.fields).length).toBe(body.fieldCount);
  expect(list(body.fields).length).toBeGreaterThan(25);
  expect(body).not.toHaveProperty('nextPageToken');
});

describe('where they have no room in one answer', () => {
  const small = useSalesforce({ app: { env: { MAX_RESPONSE_BYTES: '2048' } } });

  test('the rest follows, each once, by a short token', async () => {
    const seen: unknown[] = [];
    let pageToken = '';
    for (let pages = 0; pages < 30; pages += 1) {
      const { body } = await small.call('describeObject', { query: { objectType: 'Account', pageToken } });
      seen.push(...list(body.fields).map(({ field }) => field));
      pageToken = body.nextPageToken;
      if (!pageToken) break;
      expect(body.truncated).toBe(true);
      expect(pageToken.length).toBeLessThan(200);
    }
    const whole = await salesforce.call('describeObject', { query: { objectType: 'Account' } });
    expect(seen).toEqual(list(whole.body.fields).map(({ field }) => field));
  });
});
