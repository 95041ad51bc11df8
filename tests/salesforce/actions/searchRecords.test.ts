import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchWords } from '../../../functions/salesforce/api/searchWords.ts';
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

/** Words as people write them, and what makes operators of them. */
const typed = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('acme', 'O’Brien', "O'Brien", 'ana@contoso.com', 'T-1000', '田中', 'Águila'),
  },
  { weight: 2, arbitrary: fc.constantFrom('AND', 'OR', 'NOT', 'and', 'Or', 'AND NOT', 'IN', 'RETURNING') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('*', '?', '"', '"Acme Corp"', 'ac*', '?cme', '(', ')', '{x}', '[', '\\', '~', '^2'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);

/** As Salesforce reads a search: a quoted phrase, an operator, a sign that means something, or a word. */
const lexemes = (q: string) =>
  [...q.matchAll(/"([^"]*)"|([*?"\\(){}[\]^~!&|+:])|([^\s*?"\\(){}[\]^~!&|+:]+)/g)].map(
    ([, phrase, sign, word = '']) => {
      if (phrase !== undefined) return { kind: 'phrase', text: phrase };
      if (sign !== undefined) return { kind: 'sign', text: sign };
      return { kind: /^(and|or|not)$/i.test(word) ? 'operator' : /^-/.test(word) ? 'sign' : 'word', text: word };
    },
  );

test('whatever was typed is words to the search: no operator, no wildcard, no phrase of several', () => {
  fc.assert(
    fc.property(fc.array(typed, { minLength: 1, maxLength: 6 }), parts => {
      const text = parts.join(' ');
      const q = searchWords(text);
      const letters = [...text.replace(/[^\p{L}\p{N}]/gu, '')].length;
      expect(q === undefined).toBe(letters < 2);
      for (const { kind, text: of } of lexemes(q ?? '')) {
        expect([q, of, kind]).toEqual([q, of, kind === 'phrase' ? 'phrase' : 'word']);
        if (kind === 'phrase') expect(of).toMatch(/^(and|or|not)$/i);
      }
      // Nothing that was typed is lost.
      expect((q ?? text).replace(/[^\p{L}\p{N}]/gu, '').slice(0, 999)).toBe(text.replace(/[^\p{L}\p{N}]/gu, ''));
    }),
  );
});

test('operators and wildcards are asked as words', async () => {
  await salesforce.call('searchRecords', { query: { term: 'contoso AND NOT "plant rollout" ac* O\'Brien' } });
  expect(JSON.parse(salesforce.asked()[0]?.body ?? '')).toMatchObject({
    q: 'contoso "AND" "NOT" plant rollout ac O\'Brien',
  });
});

test.each(['x', '*', '?? "', 'a -', "'"])('%s is too little to search for', async term => {
  const { status, body } = await salesforce.call('searchRecords', { query: { term } });
  expect([status, body.detail]).toEqual([400, 'term: Give at least two letters or digits.']);
  expect(salesforce.asked()).toEqual([]);
});

describe('what the user may not see', () => {
  const refuse = (errorCode: string, message: string, times = 1) =>
    salesforce.sandbox.fail({
      path: '/parameterizedSearch$',
      status: 400,
      body: JSON.stringify([{ errorCode, message }]),
      times,
    });
  const searched = () =>
    salesforce
      .asked()
      .filter(({ path }) => path.endsWith('/parameterizedSearch'))
      .map(({ body }) =>
        JSON.parse(body).sobjects.map(({ name, fields }: Record<string, unknown>) => ({ name, fields })),
      );

  test('of objects is left out, and said', async () => {
    refuse('INVALID_TYPE', "sObject type 'Lead' is not supported.");
    const { status, body } = await salesforce.call('searchRecords', { query: { term: 'contoso' } });
    expect(status).toBe(200);
    expect(list(body.records)[0]).toMatchObject({ name: 'Contoso' });
    expect(body.notShown).toEqual(['Lead']);
    const [all, others] = searched();
    expect(all).toHaveLength(5);
    expect(others.map(({ name }: { name: string }) => name)).toEqual(['Account', 'Contact', 'Opportunity', 'Case']);
  });

  test('of fields is left out, and said', async () => {
    refuse('INVALID_FIELD', "No such column 'Phone' on entity 'Contact'.");
    refuse('INVALID_FIELD', "No such column 'Industry' on sobject of type Account");
    const { status, body } = await salesforce.call('searchRecords', { query: { term: 'contoso' } });
    expect(status).toBe(200);
    expect(list(body.records)[0]).toMatchObject({ name: 'Contoso', detail: 'Seattle, USA' });
    expect(body.notShown).toEqual(['Contact.Phone', 'Account.Industry']);
  });

  test('of an object that was named is left out beside others, and forbidden where nothing is left', async () => {
    const search = (objectTypes: string) =>
      salesforce.call('searchRecords', { query: { term: 'contoso', objectTypes } });
    expect((await search('Account,Nothing__c')).body).toMatchObject({
      records: [{ name: 'Contoso' }, { name: 'Contoso Europe GmbH' }],
      notShown: ['Nothing__c'],
    });
    const { status, body } = await search('Nothing__c');
    expect(status).toBe(403);
    expect(body.detail).toContain('There is no Nothing__c in Salesforce');
  });

  test('is no reason to go on where Salesforce refuses for another', async () => {
    refuse('MALFORMED_SEARCH', 'It is malformed.');
    expect((await salesforce.call('searchRecords', { query: { term: 'contoso' } })).status).toBe(400);
    expect(searched()).toHaveLength(1);
  });
});

test.each(['Account;Contact', 'Account(Id)', ',', '../Account'])(
  'objects such as %s are refused',
  async objectTypes => {
    const { status } = await salesforce.call('searchRecords', { query: { term: 'contoso', objectTypes } });
    expect(status).toBe(400);
    expect(salesforce.asked()).toEqual([]);
  },
);
