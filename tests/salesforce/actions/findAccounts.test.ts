import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { addDays, dayAt } from '../../../shared/time/timeZone.ts';
import { list, startSalesforceApp, useSalesforce } from '../harness.ts';

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
    'Give at least one of name, phone, website, city, renewalWithin, owner, industry, where, missing, unchangedFor, or orderBy.',
  );
  expect(salesforce.asked()).toEqual([]);
});

test('the largest of all are found by their order alone', async () => {
  const { body } = await salesforce.call('findAccounts', { query: { orderBy: 'Annual Revenue desc', limit: '2' } });
  const revenues = salesforce.sandbox.records('Account').map(({ AnnualRevenue }) => Number(AnnualRevenue ?? 0));
  const ids = list(body.accounts).map(({ accountId }) => accountId);
  const [first, second] = ids.map(id => salesforce.sandbox.records('Account').find(({ Id }) => Id === id));
  expect([first?.AnnualRevenue, second?.AnnualRevenue]).toEqual(revenues.sort((one, other) => other - one).slice(0, 2));
});

test('a time of day sorts the latest first unless told otherwise, and says so', async () => {
  const ask = async (orderBy: string) => {
    const { body } = await salesforce.call('findAccounts', { query: { name: 'o', orderBy, limit: '1' } });
    return body.summary;
  };
  expect(await ask('Created Date')).toContain(
    'They are sorted by Created Date, the latest first; for the earliest give orderBy "Created Date asc".',
  );
  expect(await ask('Created Date asc')).not.toContain('sorted');
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

describe('accounts with something that ends', () => {
  const dayIn = (days: number) => addDays(dayAt(new Date(), 'Europe/Berlin'), days);
  const ending = async (query: Record<string, string>, { call } = salesforce) => {
    const { status, body } = await call('findAccounts', { query });
    expect(status, body.detail).toBe(200);
    return { summary: body.summary, accounts: list(body.accounts).map(({ name, renewals }) => [name, renewals]) };
  };
  const contract = (number: number, days: number) => ({
    recordId: recordId('800', number),
    name: `Contract 0000100${number}`,
    kind: 'Contract',
    status: 'Activated',
    endsOn: dayIn(days),
  });

  test('are those of which an activated contract ends within the time, with which and when, in two requests', async () => {
    await ending({ renewalWithin: '1d' });
    salesforce.costs();
    const { summary, accounts } = await ending({ renewalWithin: '90 days' });
    // Tanaka's contract is a draft, Zürich's has ended, and Contoso's second one ends later.
    expect(accounts).toEqual([
      ['Contoso', [contract(1, 60)]],
      ['Fabrikam, Inc.', [contract(3, 20)]],
      ['Northwind Traders', [contract(4, 90)]],
    ]);
    expect(summary).toContain(
      `Renewals from ${dayIn(0)} to ${dayIn(90)} go by Contract End Date of activated contracts (Contract.EndDate).`,
    );
    expect(salesforce.costs()).toEqual(['GET /query', 'GET /query']);
  });

  test.each<[Record<string, string>, unknown[]]>([
    [{ renewalWithin: '12w', owner: 'Li Wei' }, [['Contoso', [contract(1, 60)]]]],
    [{ renewalWithin: `${dayIn(-40)}..${dayIn(19)}`, columns: 'Owner' }, [['Zürich Werkzeuge', [contract(5, -35)]]]],
    [{ renewalWithin: dayIn(365), name: 'Contoso' }, [['Contoso', [contract(1, 60), contract(2, 265)]]]],
    [{ renewalWithin: '19d' }, []],
  ])('are found by %j', async (query, expected) => {
    expect((await ending(query)).accounts).toEqual(expected);
  });

  test.each<[Record<string, string>, string]>([
    [{ name: 'Contoso', renewalWithin: '30d' }, '2 accounts match, but none has a renewal that ends within that time.'],
    [{ name: 'Bio_Markt', renewalWithin: '30d' }, '1 account matches, but it is none that has a renewal that ends'],
    [{ name: 'o', renewalWithin: '1d', limit: '2' }, '2 or more accounts match, but none has a renewal that ends'],
    [{ name: 'Nonesuch', renewalWithin: '30d' }, 'No account matches, whether or not it has a renewal that ends'],
    [{ renewalWithin: '1d' }, 'No account matches. Renewals from'],
  ])('are none by %j, which says what was missing', async (query, expected) => {
    const { summary, accounts } = await ending(query);
    expect([accounts, summary]).toEqual([[], expect.stringContaining(expected)]);
    expect(summary).toContain('go by Contract End Date');
  });

  test.each(['soon', 'yesterday', '2027-02-01..2027-01-01', '7d..9d'])('are not found by %s', async renewalWithin => {
    const { status, body } = await salesforce.call('findAccounts', { query: { renewalWithin } });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain('renewalWithin: ');
  });

  test.each<[string, string, string[]]>([
    ['Opportunity.CloseDate', 'Close Date of won opportunities (Opportunity.CloseDate)', ['Contoso Europe GmbH']],
    ['Project__c.Due__c by Account__c', '', []],
    ['Contract.Nope', '', []],
    ['Account.Name', '', []],
  ])('go by what SALESFORCE_RENEWALS names: %s', async (SALESFORCE_RENEWALS, by, expected) => {
    const other = await startSalesforceApp({ settings: () => ({ SALESFORCE_RENEWALS }) });
    try {
      const query = { renewalWithin: `${dayIn(-16)}..${dayIn(-14)}` };
      if (by === '') {
        const { body } = await other.call('findAccounts', { query });
        expect([body.code, body.detail]).toEqual(['misconfigured', expect.stringContaining('SALESFORCE_RENEWALS')]);
      } else {
        const { summary, accounts } = await ending(query, other);
        expect(summary).toContain(by);
        expect(accounts.map(([name]) => name)).toEqual(expected);
        expect(accounts.map(([, renewals]) => renewals)).toEqual([
          [expect.objectContaining({ amount: expect.any(Number), currency: 'USD' })],
        ]);
      }
    } finally {
      await other.stop();
    }
  });

  test('are not told where a policy closes contracts', async () => {
    const rules = { objects: ['Account', 'Contact'] };
    const POLICY = JSON.stringify({ default: { systems: { salesforce: rules } } });
    const other = await startSalesforceApp({ app: { env: { POLICY } } });
    try {
      const { status, body } = await other.call('findAccounts', { query: { renewalWithin: '90d' } });
      expect([status, body.code]).toEqual([403, 'forbidden']);
    } finally {
      await other.stop();
    }
  });
});
