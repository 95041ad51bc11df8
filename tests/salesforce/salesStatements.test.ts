import { parseQuery } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { useSalesforce } from './harness.ts';

const salesforce = useSalesforce({ app: { env: { ACTION_TIMEOUT_MS: '20000' } } });

const units = ["'", '"', '\\', '%', '_', '\n', '\0', ' OR ', ')', ' LIMIT 1', '--', '\u2028', 'ü', "' OR Name != '"];
const hostile = fc
  .sample(fc.string({ unit: fc.constantFrom(...units), minLength: 3, maxLength: 20 }), { numRuns: 8, seed: 7 })
  .map(text => `x${text}x`);

const composite = z.object({ compositeRequest: z.array(z.object({ url: z.string() })) });

/** The statements that were asked since the last call, each with everything in it but its values. */
function structures(): unknown[] {
  const statements = salesforce.asked().flatMap(({ path, query, body }) => {
    if (/\/query(All)?$/.test(path)) return [query.get('q') ?? ''];
    if (!path.endsWith('/composite')) return [];
    return composite
      .parse(JSON.parse(body))
      .compositeRequest.map(({ url }) => new URL(url, 'https://org.invalid').searchParams.get('q') ?? '');
  });
  return statements.map(text =>
    JSON.parse(JSON.stringify(parseQuery(text), (key, value) => (key === 'value' ? typeof value : value))),
  );
}

const opportunity = 'Northwind – labels';
const contact = '003Sx0000000001IAA';
const changed = (filters: object) => ({
  objectType: 'Contact',
  filters: JSON.stringify(filters),
  fields: '{"Title":"x"}',
});
const support = '[{"product":"Premium Support"}]';

test.each<[string, string, (text: string) => Record<string, string>]>([
  ['addProducts', 'opportunity', text => ({ opportunity: text, products: support })],
  ['addProducts', 'quote', text => ({ quote: text, products: support })],
  ['addProducts', 'priceBook', text => ({ opportunity, priceBook: text, products: support })],
  [
    'addProducts',
    'products',
    text => ({ opportunity, products: JSON.stringify([{ product: text }]), replaceAmount: true }),
  ],
  ['createQuote', 'opportunity', text => ({ opportunity: text })],
  ['addCampaignMembers', 'people', text => ({ campaign: 'Spring Fair', people: JSON.stringify([text]) })],
  ['addCampaignMembers', 'campaign', text => ({ campaign: text, people: 'Sam Peters' })],
  ['submitForApproval', 'record', text => ({ record: text })],
  ['createRecord', 'a lookup', text => ({ objectType: 'Contact', fields: JSON.stringify({ Account: text }) })],
  ['createRecord', 'the owner', text => ({ objectType: 'Case', fields: JSON.stringify({ Owner: text }) })],
  ['updateRecord', 'a lookup', text => ({ recordId: contact, fields: JSON.stringify({ ReportsTo: text }) })],
  ['createRecords', 'a lookup', text => ({ objectType: 'Contact', records: JSON.stringify([{ Account: text }]) })],
  ['updateRecords', 'name', text => changed({ name: text })],
  ['updateRecords', 'account', text => changed({ account: text })],
  ['updateRecords', 'where', text => changed({ where: { Title: text } })],
  ['updateRecords', 'fields', text => ({ ...changed({ name: 'Sam' }), fields: JSON.stringify({ Account: text }) })],
  ['convertLead', 'lead', text => ({ lead: text })],
  ['convertLead', 'account', text => ({ lead: 'Kwame Mensah', account: text })],
  ['convertLead', 'contact', text => ({ lead: 'Kwame Mensah', account: 'Contoso', contact: text })],
  ['convertLead', 'owner', text => ({ lead: 'Kwame Mensah', owner: text })],
  ['undeleteRecord', 'name', text => ({ objectType: 'Account', name: text })],
])('%s asks the same whatever stands in %s', async (action, _input, inputOf) => {
  const ask = async (text: string) => {
    const { status, body } = await salesforce.call(action, { json: inputOf(text) });
    expect([400, 404]).toContain(status);
    expect(body.code).toMatch(/^(invalid_input|not_found)$/);
    return structures();
  };
  const plain = await ask('xyzzyx');
  expect(plain.length).toBeGreaterThan(0);
  for (const text of hostile) expect(await ask(text)).toEqual(plain);
});

test.each(['person', 'record'])('listApprovals asks the same whatever stands in %s', async input => {
  const ask = async (text: string) => {
    const { body } = await salesforce.call('listApprovals', { query: { [input]: text } });
    expect(body.code).toMatch(/^(invalid_input|not_found)$/);
    return structures();
  };
  const plain = await ask('xyzzyx');
  for (const text of hostile) expect(await ask(text)).toEqual(plain);
});
