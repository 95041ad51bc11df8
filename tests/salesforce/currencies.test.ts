import { describe, expect, test } from 'vitest';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { list, startSalesforceApp, useSalesforce } from './harness.ts';
import { orgWith } from './orgData.ts';

const contoso = recordId('001', 1);

/** Contoso's deals are in three currencies, of which the corporate one is the dollar. */
const several = await orgWith(({ records, others }) => {
  others['currencies.json'] = [
    { isoCode: 'USD', corporate: true },
    { isoCode: 'EUR', rate: 0.8 },
    { isoCode: 'JPY', rate: 150 },
  ];
  const deal = (Name: string, Amount: number | null, CurrencyIsoCode: string) => ({
    Name,
    Amount,
    CurrencyIsoCode,
    AccountId: 'contoso',
    OwnerId: 'li-wei',
    StageName: 'Prospecting',
    CloseDate: '+9d',
  });
  records.Opportunity = [
    deal('Lathes', 4800, 'EUR'),
    deal('Drills', 5200, 'USD'),
    deal('Presses', 600_000, 'JPY'),
    deal('Saws', 0.1, 'EUR'),
    deal('Files', 0.2, 'EUR'),
    deal('Advice', null, 'JPY'),
  ];
  records.Task = [];
  records.Event = [];
  for (const account of records.Account ?? []) Object.assign(account, { CurrencyIsoCode: 'JPY' });
});

describe('in an org with several currencies', () => {
  const salesforce = useSalesforce({ sandbox: { data: several } });

  test('each amount has its currency, and only amounts of one currency are added, in one request', async () => {
    const { body } = await salesforce.call('findOpportunities', { query: { account: 'Contoso', openOnly: 'true' } });
    expect(list(body.opportunities).map(({ name, amount, currency }) => [name, amount, currency])).toEqual([
      ['Lathes', 4800, 'EUR'],
      ['Drills', 5200, 'USD'],
      ['Presses', 600_000, 'JPY'],
      ['Saws', 0.1, 'EUR'],
      ['Files', 0.2, 'EUR'],
      ['Advice', undefined, undefined],
    ]);
    expect(body.summary).toBe('6 opportunities match, worth 4,800.3 EUR, 600,000 JPY and 5,200 USD.');
    expect(salesforce.costs()).toEqual(['GET /query']);
  });

  test('an overview has a total for each currency, and no bare one', async () => {
    const { body } = await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
    expect(body.summary).toContain('6 open opportunities worth 4,800.3 EUR, 600,000 JPY and 5,200 USD');
    expect(body.openOpportunityTotals).toEqual([
      { currency: 'EUR', amount: 4800.3, count: 3 },
      { currency: 'JPY', amount: 600_000, count: 1 },
      { currency: 'USD', amount: 5200, count: 1 },
    ]);
    expect(body).not.toHaveProperty('openOpportunityTotal');
    expect(body.account).toMatchObject({ annualRevenue: 48_000_000, currency: 'JPY' });
  });

  test('a record tells its amounts with their currency', async () => {
    const query = { objectType: 'Opportunity', recordId: recordId('006', 3) };
    const { body } = await salesforce.call('getRecord', { query });
    expect(body.fields).toEqual(
      expect.arrayContaining([
        { label: 'Amount', value: '600,000 JPY' },
        { label: 'Probability (%)', value: '10%' },
      ]),
    );
  });

  const query = (soql: string) => salesforce.call('queryRecords', { query: { soql } });

  test('rows that are queried have the currency of their amounts, those of parents and children, too', async () => {
    const soql =
      "SELECT Name, (SELECT Name, Amount FROM Opportunities WHERE Amount > 5000 ORDER BY Amount), AnnualRevenue FROM Account WHERE Name = 'Contoso'";
    const { body } = await query(soql);
    expect(list(body.records)).toMatchObject([
      {
        AnnualRevenue: 48_000_000,
        CurrencyIsoCode: 'JPY',
        Opportunities: [
          { Name: 'Drills', Amount: 5200, CurrencyIsoCode: 'USD' },
          { Name: 'Presses', Amount: 600_000, CurrencyIsoCode: 'JPY' },
        ],
      },
    ]);
    const deal = await query("SELECT o.Amount, o.Account.AnnualRevenue FROM Opportunity o WHERE o.Name = 'Lathes'");
    expect(list(deal.body.records)).toMatchObject([
      { Amount: 4800, CurrencyIsoCode: 'EUR', 'Account.AnnualRevenue': 48_000_000, 'Account.CurrencyIsoCode': 'JPY' },
    ]);
  });

  test.each([
    ["SELECT Name FROM Opportunity WHERE Name = 'Lathes'", []],
    ["SELECT CurrencyIsoCode, Amount FROM Opportunity WHERE Name = 'Lathes'", ['Amount', 'CurrencyIsoCode', 'url']],
    ['SELECT FIELDS(STANDARD) FROM Opportunity LIMIT 1', []],
  ])('a currency is selected once, and only beside an amount: %s', async (soql, columns) => {
    const { status, body } = await query(soql);
    expect(status).toBe(200);
    if (columns.length > 0)
      expect(Object.keys(list(body.records)[0] ?? {}).sort()).toEqual(columns.filter(name => name !== 'url'));
  });

  test('totals say that they are converted, and into what', async () => {
    const { body } = await query('SELECT SUM(Amount) total, COUNT(Id) n FROM Opportunity');
    expect(list(body.records)).toEqual([{ total: expect.closeTo(4800.3 / 0.8 + 5200 + 4000, 5), n: 6 }]);
    expect(body.summary).toBe(
      "1 record. Totals of amounts are converted into USD, the corporate currency, at the org's rates.",
    );
    expect((await query('SELECT COUNT(Id) n FROM Opportunity')).body.summary).toBe('1 record.');
  });

  test.each([
    ['SELECT Name FROM Opportunity WHERE Amount > 5000', true],
    ['SELECT Name FROM Opportunity WHERE Amount > EUR5000', false],
    ['SELECT Name FROM Opportunity WHERE Probability > 5', false],
    ["SELECT Name FROM Contact WHERE Account.AnnualRevenue >= 5000 AND Name != 'Amount > 1'", true],
  ])('of %s it is said whether bare numbers are compared: %s', async (soql, isBare) => {
    const { status, body } = await query(soql);
    expect(status).toBe(200);
    expect(body.summary.includes('compares bare numbers, whatever the currency')).toBe(isBare);
  });

  test('amounts that Salesforce converts or formats say in which currency they are', async () => {
    const { body } = await query(
      "SELECT FORMAT(Amount) f, convertCurrency(Amount) c FROM Opportunity WHERE Name = 'Lathes'",
    );
    expect(list(body.records)).toMatchObject([{ f: 'EUR 4,800.00', c: 6000 }]);
    expect(body.summary).toContain('in the currency of the Salesforce user of this service, USD.');
  });

  test.each<[string, string[], string]>([
    // 4,800 EUR are 6,000 USD, and 600,000 JPY are 4,000 USD.
    ['5000 USD', ['Lathes', 'Drills'], '2 opportunities match, worth 4,800 EUR and 5,200 USD.'],
    ['EUR 4,500', ['Lathes'], '1 opportunity matches, worth 4,800 EUR.'],
    ['500000 jpy', ['Lathes', 'Drills', 'Presses'], '3 opportunities match'],
    [
      '5,300',
      ['Lathes'],
      "1 opportunity matches, worth 4,800 EUR. Amounts in other currencies are compared with 5,300 USD at the org's rates.",
    ],
  ])('a bound of %s compares what amounts are worth', async (amountOver, names, summary) => {
    const { body } = await salesforce.call('findOpportunities', { query: { amountOver } });
    expect(list(body.opportunities).map(({ name }) => name)).toEqual(names);
    expect(body.summary).toContain(summary);
  });
});

describe('under a policy that opens only some fields', () => {
  const fields = { Opportunity: ['Name', 'Amount', 'IsClosed', 'CloseDate', 'AccountId'] };
  const salesforce = useSalesforce({
    sandbox: { data: several },
    app: { env: { POLICY: JSON.stringify({ default: { systems: { salesforce: { fields } } } }) } },
  });

  test('amounts keep their currency', async () => {
    const { body } = await salesforce.call('queryRecords', {
      query: { soql: "SELECT Name, Amount FROM Opportunity WHERE Name = 'Lathes'" },
    });
    expect(list(body.records)).toMatchObject([{ Name: 'Lathes', Amount: 4800, CurrencyIsoCode: 'EUR' }]);
  });
});

describe('in an org with one currency', () => {
  const salesforce = useSalesforce();

  test('amounts have it, and it is asked for once', async () => {
    const { body } = await salesforce.call('findOpportunities', { query: { name: 'plant rollout' } });
    expect(list(body.opportunities)[0]).toMatchObject({ amount: 240_000, currency: 'USD' });
    expect(salesforce.costs()).toEqual(['GET /query']);
  });

  test.each(['5000 EUR', 'five', '-3', '5 USD EUR', 'USD 5 USD', '1,2'])(
    'a bound of %s is refused',
    async amountOver => {
      const { status, body } = await salesforce.call('findOpportunities', { query: { amountOver } });
      expect([status, body.code]).toEqual([400, 'invalid_input']);
      expect(body.detail).toContain('amountOver: ');
    },
  );

  test('a bound in it is compared as a number', async () => {
    const { body } = await salesforce.call('findOpportunities', {
      query: { account: 'Contoso', openOnly: 'true', amountOver: '200000 USD' },
    });
    expect(body.summary).toBe('1 opportunity matches, worth 240,000 USD.');
    expect(salesforce.asked()[0]?.query.get('q')).toContain('Amount > 200000)');
  });

  test('rows with amounts that are queried tell it once', async () => {
    const query = (soql: string) => salesforce.call('queryRecords', { query: { soql } });
    expect((await query('SELECT SUM(Amount) total FROM Opportunity')).body).toMatchObject({
      currency: 'USD',
      summary: '1 record.',
    });
    expect((await query('SELECT Name FROM Opportunity LIMIT 1')).body).not.toHaveProperty('currency');
  });
});

test('where the org does not tell of its currencies, records tell, and are asked for them once', async () => {
  const salesforce = await startSalesforceApp();
  salesforce.sandbox.fail({ path: '/connect/organization$', status: 403, body: '[]' });
  const find = () => salesforce.call('findAccounts', { query: { name: 'Contoso Europe' } });
  const { body } = await find();
  expect(list(body.accounts)[0]).toMatchObject({ annualRevenue: 9_500_000 });
  expect(list(body.accounts)[0]).not.toHaveProperty('currency');
  expect(body).not.toHaveProperty('notShown');
  expect(salesforce.costs()).toEqual([
    'POST /services/oauth2/token',
    'GET /connect/organization',
    'GET /query',
    'GET /query',
  ]);
  await find();
  expect(salesforce.costs()).toEqual(['GET /query']);
  await salesforce.stop();
});

test('where the org does not tell of its currencies, what its objects are made of tells that there are several', async () => {
  const salesforce = await startSalesforceApp({ sandbox: { data: several } });
  salesforce.sandbox.fail({ path: '/connect/organization$', status: 404, body: '[]' });
  const found = await salesforce.call('findOpportunities', { query: { openOnly: 'true' } });
  expect(found.body.summary).toContain('worth 4,800.3 EUR, 600,000 JPY and 5,200 USD');
  const total = await salesforce.call('queryRecords', { query: { soql: 'SELECT SUM(Amount) FROM Opportunity' } });
  expect(total.body.summary).toContain('converted into USD, the corporate currency');
  await salesforce.stop();
});
