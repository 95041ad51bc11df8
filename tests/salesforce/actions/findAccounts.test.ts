import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

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
      currency: 'USD',
      owner: 'Li Wei',
      url: `${salesforce.sandbox.url}/lightning/r/Account/${contoso}/view`,
    },
    expect.objectContaining({ name: 'Contoso Europe GmbH', owner: 'Jonas Weber' }),
  ]);
  expect(salesforce.costs()).toEqual(['GET /query']);
});

test("the log line of a call tells how much of the org's daily allowance is used", async () => {
  await salesforce.call('findAccounts', { query: { name: 'contoso' } });
  await expect.poll(() => salesforce.app.logs()).toMatch(/"upstreamCalls":1,"apiUsage":"\d+\/15000"/);
});

test('a name with quotes, backslashes and wildcards is looked for as it is', async () => {
  const name = String.raw`D'Arcy \ Sons%_`;
  const account = salesforce.sandbox.records('Account').at(-1);
  Object.assign(account ?? {}, { Name: name });
  const { status, body } = await salesforce.call('findAccounts', { query: { name } });
  expect(status).toBe(200);
  const statement = salesforce.asked()[0]?.query.get('q') ?? '';
  expect(statement).toContain(String.raw`Name LIKE '%D\'Arcy \\ Sons\%\_%'`);
  expect(parseQuery(statement).where).toMatchObject({ left: { field: 'Name', operator: 'LIKE' } });
  expect(body.accounts).toEqual([expect.objectContaining({ name })]);
});

test('a search without any condition is refused and names the inputs', async () => {
  const { status, body } = await salesforce.call('findAccounts', { query: {} });
  expect(status).toBe(400);
  expect(body.detail).toBe(
    'Give at least one of name, phone, website, city, owner, industry, where, missing, unchangedFor.',
  );
  expect(salesforce.asked()).toEqual([]);
});

test('a list that just fills its page ends there', async () => {
  const { body } = await salesforce.call('findAccounts', { query: { name: 'contoso', limit: '2' } });
  expect(body.accounts).toHaveLength(2);
  expect(body).not.toHaveProperty('nextPageToken');
});

test('a list goes on where it stopped, and a token that was tampered with is refused', async () => {
  const first = await salesforce.call('findAccounts', { query: { name: 'o', limit: '2' } });
  expect(first.body.accounts).toHaveLength(2);
  expect(first.body.summary).toBe('The first 2 accounts that match; there are more on the next page.');
  const second = await salesforce.call('findAccounts', {
    query: { name: 'o', limit: '2', pageToken: first.body.nextPageToken },
  });
  const all = await salesforce.call('findAccounts', { query: { name: 'o' } });
  expect([...list(first.body.accounts), ...list(second.body.accounts)]).toEqual(list(all.body.accounts).slice(0, 4));
  expect(salesforce.costs()).toEqual(['GET /query', 'GET /query', 'GET /query']);

  const token = String(first.body.nextPageToken);
  const middle = token.length >> 1;
  const tampered = `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`;
  const { status } = await salesforce.call('findAccounts', {
    query: { name: 'o', limit: '2', pageToken: tampered },
  });
  expect(status).toBe(400);
  expect(salesforce.asked()).toEqual([]);
});
