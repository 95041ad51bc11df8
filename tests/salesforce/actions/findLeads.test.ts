import { expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

test.each<[Record<string, string>, string[]]>([
  [{ name: 'Søren' }, ['Søren Kjær']],
  [{ company: "O'Hara" }, ["Philippa O'Hara"]],
  [{ source: 'Trade Show', openOnly: 'true' }, ['Violet MacLeod']],
  [{ status: 'Open - Not Contacted', createdSince: '2d' }, ['Chloé Dubois']],
])('finds by %o, in one request', async (query, expected) => {
  const { status, body } = await salesforce.call('findLeads', { query });
  expect(status).toBe(200);
  expect(list(body.leads).map(({ name }) => name)).toEqual(expect.arrayContaining(expected));
  expect(salesforce.costs()).toEqual(['GET /query']);
});
