import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const labels = recordId('006', 22);

const add = (json: Record<string, unknown>) =>
  salesforce.call('addProducts', {
    json: Object.fromEntries(
      Object.entries(json).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
  });
const lines = () => salesforce.sandbox.records('OpportunityLineItem');
const row = (objectType: string, id: string) => salesforce.sandbox.records(objectType).find(({ Id }) => Id === id);

test('adds a product at list price, sets the standard price book, and tells the total before and after', async () => {
  const products = [{ product: 'premium support', quantity: 10 }];
  const { body: refused } = await add({ opportunity: 'Northwind – labels', products });
  expect([refused.code, row('Opportunity', labels)?.Amount]).toEqual(['conflict', 6300]);
  expect(refused.detail).toContain('its amount of 6,300 USD was entered by hand');
  const { status, body } = await add({ opportunity: 'Northwind – labels', products, replaceAmount: true });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    recordId: labels,
    priceBook: 'Standard Price Book',
    lines: [{ product: 'Premium Support', quantity: 10, price: 1200, total: 12_000 }],
    totalBefore: 6300,
    totalAfter: 12_000,
    currency: 'USD',
  });
  expect(body.note).toContain('It had no price book; Standard Price Book was set.');
  expect(body.note).toContain('6,300 USD until now, had been entered by hand');
  expect(row('Opportunity', labels)).toMatchObject({ Amount: 12_000, HasOpportunityLineItem: true });
});

test('a second call adds to what is there, in the price book that it has by now, with a price and a discount', async () => {
  const products = [{ product: 'SRV-INST', quantity: 2, price: '9000', discount: '10%' }, { product: 'TRN-REM' }];
  const { body } = await add({ opportunity: labels, products });
  expect(body).toMatchObject({
    lines: [
      { product: 'Installation', quantity: 2, price: 9000, listPrice: 10_000, discount: 10, total: 16_200 },
      { product: 'Training Day', quantity: 1, price: 900, total: 900 },
    ],
    totalBefore: 12_000,
    totalAfter: 29_100,
  });
  expect(body.note).toBeUndefined();
});

test('is asked for in few requests: the record, the prices, the write, and what came of it', async () => {
  await add({ opportunity: labels, products: [{ product: 'Premium Support' }] });
  expect(salesforce.costs()).toEqual(['GET /query', 'GET /query', 'POST /composite/graph', 'GET /query']);
});

test.each([
  ['Fabrikam', [{ product: 'Premium Support' }], 'ambiguous', /opportunity: .*robot arms \(006.*safety audit \(006/],
  ['Northwind – labels', [{ product: 'Training Day' }], 'ambiguous', /TRN-SITE, 01t\w+, 1,500\); .*TRN-REM/],
  ['Northwind – labels', [{ product: 'Legacy Controller' }], 'invalid_input', /no longer sold/],
  ['Northwind – labels', [{ product: 'Partner Kit' }], 'invalid_input', /It is in Partner Price Book/],
  ['Northwind – labels', [{ product: 'Premium Suport' }], 'invalid_input', /Did you mean Premium Support\?/],
  ['Nobody', [{ product: 'Premium Support' }], 'not_found', /No opportunity is called "Nobody"/],
  [recordId('006', 999), [{ product: 'Premium Support' }], 'not_found', /There is no opportunity "006/],
  [
    'Northwind – labels',
    [{ product: 'Premium Support', quantity: 0 }],
    'invalid_input',
    /Product 1, quantity: .*more than 0/,
  ],
  ['Northwind – labels', [{ product: 'Premium Support', discount: 120 }], 'invalid_input', /not be more than 100/],
  ['Northwind – labels', [{ item: 'Premium Support' }], 'invalid_input', /product/],
  ['Northwind – labels', 'Premium Support', 'invalid_input', /It is not JSON/],
  ['Northwind – labels', [], 'invalid_input', /no product/],
])('nothing of %s and %j is added: %s', async (opportunity, products, code, detail) => {
  const before = lines().length;
  const { body } = await add({ opportunity, products, replaceAmount: true });
  expect(body.code).toBe(code);
  expect(body.detail).toMatch(detail);
  expect(lines()).toHaveLength(before);
});

test('where Salesforce refuses one of several, none is there, and the price book is as it was', async () => {
  const shelf = recordId('006', 26);
  const [rows, before] = [lines().length, row('Opportunity', shelf)];
  expect(before).toMatchObject({ Name: '100% Bio – shelf labels', Pricebook2Id: null });
  const products = [{ product: 'Premium Support' }, { product: 'Installation', quantity: 1 }];
  const long = [...products, { product: 'Premium Support', quantity: 1 }];
  salesforce.sandbox.fail({
    path: '/composite/graph$',
    status: 200,
    body: JSON.stringify({
      graphs: [
        {
          graphId: 'writes',
          isSuccessful: false,
          graphResponse: {
            compositeResponse: [
              ...['PROCESSING_HALTED', 'PROCESSING_HALTED'].map(errorCode => ({
                body: [{ errorCode, message: 'The transaction was rolled back.' }],
                httpStatusCode: 400,
                referenceId: 'x',
              })),
              {
                body: [{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Ask your manager.' }],
                httpStatusCode: 400,
                referenceId: 'line1',
              },
            ],
          },
        },
      ],
    }),
  });
  const { status, body } = await add({ opportunity: shelf, products: long, replaceAmount: true });
  expect(status).toBe(400);
  expect(body.detail).toMatch(/^Installation: .*Ask your manager\..*Nothing was saved\./);
  expect([lines().length, row('Opportunity', shelf)]).toEqual([rows, before]);
});

test('an opportunity is found by its account where one is open, and a given price book is set', async () => {
  const { body } = await add({
    opportunity: '100% Bio_Markt',
    priceBook: 'Partner',
    products: { product: 'Partner Kit' },
    replaceAmount: true,
  });
  expect(body).toMatchObject({ name: '100% Bio – shelf labels', priceBook: 'Partner Price Book', totalAfter: 750 });
  const other = await add({
    opportunity: '100% Bio_Markt',
    priceBook: 'Standard',
    products: { product: 'Installation' },
  });
  expect(other.body).toMatchObject({ code: 'conflict', detail: expect.stringContaining('Partner Price Book') });
});

test('a quote gets products as well', async () => {
  const { body } = await add({ quote: '00001001', products: [{ product: 'Premium Support', quantity: 5 }] });
  expect(body).toMatchObject({ name: 'Berlin line – first offer', totalBefore: 57_000, totalAfter: 63_000 });
  const { body: neither } = await add({ products: [{ product: 'Premium Support' }] });
  expect(neither).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('opportunity or quote') });
});
