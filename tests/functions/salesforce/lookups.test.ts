import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { recordId } from '../../../tools/sandbox/salesforce/recordId.ts';
import { type SalesforceApp, startSalesforceApp } from '../../support/salesforceApp.ts';

let salesforce: SalesforceApp;
const contoso = recordId('001', 1);

beforeAll(async () => {
  salesforce = await startSalesforceApp();
  await salesforce.call('findAccounts', { query: { name: 'sign in' } });
});
beforeEach(() => void salesforce.asked());
afterAll(() => salesforce.stop());

/** The statements that the org was asked since the last look. */
function statements(): string[] {
  return salesforce.asked().map(({ query }) => query.get('q') ?? '');
}

function list(value: unknown): Record<string, unknown>[] {
  return z.array(z.record(z.string(), z.unknown())).parse(value);
}

test('findAccounts finds accounts by a part of the name, with owner and link, in one request', async () => {
  const { status, body } = await salesforce.call('findAccounts', { query: { name: 'contoso' } });
  expect(status).toBe(200);
  expect(body.summary).toBe('2 accounts match.');
  expect(body.accounts).toEqual([
    {
      accountId: contoso,
      name: 'Contoso',
      type: 'Customer - Direct',
      industry: 'Technology',
      city: 'Seattle',
      country: 'USA',
      phone: '+1 206 555 0101',
      website: 'https://contoso.example',
      annualRevenue: 48_000_000,
      owner: 'Li Wei',
      url: `${salesforce.sandbox.url}/lightning/r/Account/${contoso}/view`,
    },
    expect.objectContaining({ name: 'Contoso Europe GmbH', owner: 'Jonas Weber' }),
  ]);
  expect(salesforce.costs()).toEqual(['GET /query']);
});

test('a name with quotes, backslashes and wildcards is looked for as it is', async () => {
  const name = String.raw`D'Arcy \ Sons%_`;
  const account = salesforce.sandbox.records('Account').at(-1);
  Object.assign(account ?? {}, { Name: name });
  const { status, body } = await salesforce.call('findAccounts', { query: { name } });
  expect(status).toBe(200);
  const [statement = ''] = statements();
  expect(statement).toContain(String.raw`Name LIKE '%D\'Arcy \\ Sons\%\_%'`);
  expect(parseQuery(statement).where).toMatchObject({ left: { field: 'Name', operator: 'LIKE' } });
  expect(body.accounts).toEqual([expect.objectContaining({ name })]);
});

test('getAccountOverview tells owner, open opportunities with their total, open cases, contacts and activities in one request', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    summary: 'Contoso is owned by Li Wei: 3 open opportunities worth 338,500.5 and 3 open cases.',
    account: { accountId: contoso, name: 'Contoso', owner: 'Li Wei', ownerEmail: 'li.wei@example.com' },
    openOpportunityCount: 3,
    openOpportunityTotal: 338_500.5,
    openCaseCount: 3,
  });
  expect(body.openOpportunities).toContainEqual(
    expect.objectContaining({ name: 'Contoso – plant rollout', amount: 240_000 }),
  );
  expect(body.openCases).toContainEqual(
    expect.objectContaining({ subject: 'Press stops after ten minutes', status: 'Escalated' }),
  );
  expect(body.keyContacts).toHaveLength(5);
  const dates = list(body.latestActivities).map(({ date }) => date);
  expect(dates).toEqual([...dates].sort().reverse());
  expect(body).not.toHaveProperty('notVisible');
  expect(salesforce.costs()).toEqual(['POST /composite']);
});

test.each([
  ['../../limits?x=1', 'a path'],
  ["001' OR Name LIKE '%", 'SOQL'],
  ['001Sx0000000001IAA/../x', 'a longer path'],
  [recordId('003', 1), 'the ID of a contact'],
])('an account ID that is %s is refused before anything is sent', async accountId => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId } });
  expect(status).toBe(400);
  expect(body.code).toBe('invalid_input');
  expect(salesforce.asked()).toEqual([]);
});

test('an account that does not exist is not found', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: recordId('001', 4000) } });
  expect(status).toBe(404);
  expect(body.code).toBe('not_found');
});

test('a search without any condition is refused and names the inputs', async () => {
  const { status, body } = await salesforce.call('findAccounts', { query: {} });
  expect(status).toBe(400);
  expect(body.detail).toBe('Give at least one of name, phone, website, city, industry, owner.');
  expect(salesforce.asked()).toEqual([]);
});

test('a list goes on where it stopped, and its token takes nobody to another address', async () => {
  const first = await salesforce.call('findAccounts', { query: { name: 'o', limit: '2' } });
  expect(first.body.accounts).toHaveLength(2);
  expect(first.body.summary).toBe('2 accounts match; there are more on the next page.');
  const second = await salesforce.call('findAccounts', {
    query: { name: 'o', limit: '2', pageToken: first.body.nextPageToken },
  });
  const all = await salesforce.call('findAccounts', { query: { name: 'o' } });
  expect([...list(first.body.accounts), ...list(second.body.accounts)]).toEqual(list(all.body.accounts).slice(0, 4));
  expect(salesforce.costs()).toEqual(['GET /query', 'GET /query', 'GET /query']);

  const token = JSON.parse(Buffer.from(first.body.nextPageToken, 'base64url').toString());
  for (const cursor of ['https://evil.example/', '../../limits', '/services/data/v67.0/query/01g-1', '01g/../x+0']) {
    const forged = Buffer.from(JSON.stringify({ ...token, s: 0, c: cursor })).toString('base64url');
    const { status } = await salesforce.call('findAccounts', { query: { name: 'o', limit: '2', pageToken: forged } });
    expect(status).toBe(400);
  }
  expect(salesforce.asked()).toEqual([]);
});
