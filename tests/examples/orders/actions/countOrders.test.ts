import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrdersApp, START_MS, startOrdersApp } from '../harness.ts';

let shop: OrdersApp;

beforeAll(async () => {
  shop = await startOrdersApp();
}, START_MS);
afterAll(() => shop.stop());

describe('countOrders', () => {
  it('counts by status unless told otherwise, the largest group first', async () => {
    const { status, body } = await shop.read('countOrders');
    expect(status).toBe(200);
    expect(body.summary).toBe('7 orders in 5 statuses.');
    expect(body.groups.map(({ name, count }) => [name, count])).toEqual([
      ['delivered', 2],
      ['placed', 2],
      ['cancelled', 1],
      ['packed', 1],
      ['shipped', 1],
    ]);
  });

  it('never adds up different currencies', async () => {
    const { body } = await shop.read('countOrders', { groupBy: 'customer', customer: 'contoso' });
    expect(body.summary).toBe('3 orders in 1 customer.');
    expect(body.groups).toEqual([
      {
        name: 'Contoso',
        count: 3,
        totals: [
          { currency: 'EUR', total: 1613 },
          { currency: 'USD', total: 310 },
        ],
      },
    ]);
  });

  it('counts by month, the latest first', async () => {
    const { body } = await shop.read('countOrders', { groupBy: 'month' });
    const months = body.groups.map(({ name }) => name);
    expect(months.every(month => /^\d{4}-\d\d$/.test(month))).toBe(true);
    expect(months).toEqual(months.toSorted().reverse());
    expect(body.groups.reduce((sum, { count }) => sum + count, 0)).toBe(7);
  });

  it('counts only what meets the filters', async () => {
    const { body } = await shop.read('countOrders', { status: 'placed', orderedSince: '1d' });
    expect(body.groups).toEqual([{ name: 'placed', count: 1, totals: [{ currency: 'EUR', total: 1439.6 }] }]);
    const none = await shop.read('countOrders', { customer: 'nobody at all' });
    expect(none.body).toEqual({ summary: 'No order matches.', groups: [] });
  });
});
