import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from '../../../support/request.ts';
import { type OrdersApp, START_MS, startOrdersApp } from '../harness.ts';

let shop: OrdersApp;

beforeAll(async () => {
  shop = await startOrdersApp();
}, START_MS);
afterAll(() => shop.stop());

const found = async (query: Record<string, string>) => {
  const { body } = await shop.read('findOrders', query);
  return body.orders.map(({ orderNumber }) => orderNumber);
};
const refused = async (query: Record<string, string>) => {
  const { status, body } = await shop.read('findOrders', query);
  return { status, fields: body.errors.map(({ field }) => field) };
};

describe('findOrders', () => {
  it('finds all, the latest first', async () => {
    const { status, body } = await shop.read('findOrders');
    expect(status).toBe(200);
    expect(body.summary).toBe('7 orders.');
    expect(body.orders.map(({ orderNumber }) => orderNumber)).toEqual(
      ['1042', '1041', '1040', '1039', '1038', '1037', '1036'].map(number => `SO-${number}`),
    );
    expect(body.orders[0]).toEqual({
      orderNumber: 'SO-1042',
      customer: 'Contoso',
      status: 'placed',
      orderedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      total: 1439.6,
      currency: 'EUR',
    });
  });

  it('finds by customer, status and time', async () => {
    expect(await found({ customer: 'contoso' })).toEqual(['SO-1042', 'SO-1040', 'SO-1037']);
    expect(await found({ customer: 'contoso', status: 'packed' })).toEqual(['SO-1040']);
    expect(await found({ orderedSince: '2d' })).toEqual(['SO-1042', 'SO-1041']);
    expect(await found({ status: 'delivered', orderedSince: '7d' })).toEqual([]);
  });

  it('finds by total, in one currency', async () => {
    expect(await found({ totalFrom: '830', totalTo: '1439.6', currency: 'eur' })).toEqual(['SO-1042', 'SO-1039']);
    expect(await found({ totalFrom: '1000', currency: 'USD' })).toEqual(['SO-1041']);
    expect(await refused({ totalFrom: '1000' })).toEqual({ status: 400, fields: ['currency'] });
  });

  it('looks for a customer as it is written, wildcards and quotes too', async () => {
    expect(await found({ customer: '100% paper & söhne' })).toEqual(['SO-1039']);
    expect(await found({ customer: '%' })).toEqual(['SO-1039']);
    expect(await found({ customer: '_' })).toEqual([]);
    expect(await found({ customer: "' OR TRUE; DROP TABLE orders; --" })).toEqual([]);
    expect(await found({ customer: '\\' })).toEqual([]);
    expect(await found({})).toHaveLength(7);
  });

  it('goes on where a page ended', async () => {
    const numbers: string[] = [];
    let pageToken: string | undefined;
    const summaries: string[] = [];
    do {
      const { body } = await shop.read('findOrders', { limit: '3', ...(pageToken && { pageToken }) });
      numbers.push(...body.orders.map(({ orderNumber }) => orderNumber));
      summaries.push(body.summary);
      pageToken = body.nextPageToken;
    } while (pageToken);
    expect(numbers).toEqual(await found({}));
    expect(summaries).toEqual([
      '3 orders, and there are older ones.',
      '3 more orders, and there are older ones.',
      '1 more order.',
    ]);
  });

  it('refuses a status that there is none of, and a time to come', async () => {
    expect(await refused({ status: 'lost' })).toEqual({ status: 400, fields: ['status'] });
    expect(await refused({ orderedSince: '2999-01-01' })).toEqual({ status: 400, fields: ['orderedSince'] });
  });

  it('answers a burst of calls that is larger than the pool', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => found({ customer: 'fabrikam' })));
    expect(new Set(answers.map(String))).toEqual(new Set(['SO-1041,SO-1036']));
  });
});

it('the password is in no log', () => {
  expect(shop.app.logs()).not.toContain('sandbox-password');
});

it('the readiness report names the database', async () => {
  const { status, body } = await request(`${shop.app.url}/api/health/ready`);
  expect(status).toBe(200);
  expect(JSON.stringify(body)).toContain('Database postgres as postgres');
});
