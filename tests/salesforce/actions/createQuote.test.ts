import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const quote = (json: object) => salesforce.call('createQuote', { json });
const quotes = () => salesforce.sandbox.records('Quote');
const robotArms = recordId('006', 17);

test("the opportunity's own products with a discount on all make a quote, whose total is told", async () => {
  const { status, body } = await quote({ opportunity: 'Fabrikam – robot arms', priceBook: 'Standard', discount: 10 });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    opportunity: 'Fabrikam – robot arms',
    priceBook: 'Standard Price Book',
    lines: [
      { product: 'Robot Arm R7', quantity: 5, price: 230_000, discount: 10, total: 1_035_000 },
      { product: 'Installation', quantity: 10, price: 10_000, discount: 10, total: 90_000 },
    ],
    total: 1_125_000,
    currency: 'USD',
  });
  expect(body.summary).toContain('1,125,000 USD, with 10% off');
  expect(quotes().at(-1)).toMatchObject({ OpportunityId: robotArms, GrandTotal: 1_125_000, LineItemCount: 2 });
});

test('of several open opportunities none is taken because it has products', async () => {
  const before = quotes().length;
  const { body } = await quote({ opportunity: 'Fabrikam', discount: 10 });
  expect([body.code, quotes().length]).toEqual(['ambiguous', before]);
  expect(body.detail).toMatch(
    /robot arms \(006\w+\), the only one of them with products; Fabrikam – safety audit \(006/,
  );
  expect(body.detail).not.toContain('welding cell');
});

test('another price book offers the same products at its own prices, and says so', async () => {
  const products = '[{"product":"Robot Arm R7","quantity":2},{"product":"Premium Support","discount":50}]';
  const json = {
    opportunity: robotArms,
    priceBook: 'Partner Price Book',
    products,
    discount: 10,
    name: 'Second offer',
  };
  const { body } = await quote({ ...json, validUntil: '2031-01-31' });
  expect(body).toMatchObject({ name: 'Second offer', total: 360_500, priceBook: 'Partner Price Book' });
  expect(body.note ?? '').not.toContain('may mean');
  expect(quotes().at(-1)).toMatchObject({ Name: 'Second offer', ExpirationDate: '2031-01-31' });
  // It has no installation.
  const { body: refused } = await quote({ opportunity: robotArms, priceBook: 'Partner' });
  expect(refused).toMatchObject({
    code: 'invalid_input',
    detail: expect.stringContaining('Partner Price Book has no'),
  });
});

test('an opportunity without products needs some, and of several open ones the user chooses', async () => {
  const { body } = await quote({ opportunity: 'Northwind – cold chain' });
  expect(body).toMatchObject({ code: 'not_found', detail: expect.stringContaining('with products') });
  const given = { products: '[{"product":"Installation"}]' };
  expect((await quote({ opportunity: 'Northwind', ...given })).body.code).toBe('ambiguous');
  const { body: made } = await quote({ opportunity: 'Northwind – cold chain', ...given });
  expect(made).toMatchObject({ total: 10_000, priceBook: 'Standard Price Book' });
});

test('an org without quotes is told so, and nothing is there', async () => {
  const before = quotes().length;
  const body = JSON.stringify({
    graphs: [
      {
        graphId: 'writes',
        isSuccessful: false,
        graphResponse: {
          compositeResponse: [
            {
              body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
              httpStatusCode: 404,
              referenceId: 'quote',
            },
          ],
        },
      },
    ],
  });
  salesforce.sandbox.fail({ path: '/composite/graph$', status: 200, body });
  const { body: answer } = await quote({ opportunity: robotArms, name: 'Third offer' });
  expect(answer).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('has no quotes') });
  expect(quotes()).toHaveLength(before);
});

test('a quote whose answer is lost is not made again by itself', async () => {
  salesforce.sandbox.fail({ path: '/composite/graph$', status: 502, times: 1 });
  const { body } = await quote({ opportunity: robotArms, name: 'Fourth offer' });
  expect(body).toMatchObject({ code: expect.stringContaining('upstream'), retryable: false });
  expect(salesforce.costs().filter(cost => cost.endsWith('/composite/graph'))).toHaveLength(1);
});

test('a quote that has expired is not made', async () => {
  const before = quotes().length;
  const { body } = await quote({ opportunity: robotArms, validUntil: '2020-01-31' });
  expect([body.code, body.detail]).toEqual(['invalid_input', expect.stringContaining('validUntil: ')]);
  expect(quotes()).toHaveLength(before);
});
