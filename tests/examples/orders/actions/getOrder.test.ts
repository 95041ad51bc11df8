import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrdersApp, START_MS, startOrdersApp } from '../harness.ts';

let shop: OrdersApp;

beforeAll(async () => {
  shop = await startOrdersApp();
}, START_MS);
afterAll(() => shop.stop());

describe('getOrder', () => {
  it('tells all about an order, its products in their order', async () => {
    const { status, body } = await shop.read('getOrder', { orderNumber: ' so-1042 ' });
    expect(status).toBe(200);
    expect(body).toEqual({
      summary: expect.stringMatching(/^SO-1042 of \d+ \w+ \d{4} for Contoso is placed: 2 products, 1,439\.60 EUR\.$/),
      orderNumber: 'SO-1042',
      customer: 'Contoso',
      status: 'placed',
      orderedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      total: 1439.6,
      currency: 'EUR',
      note: 'Please deliver before noon.',
      lines: [
        { product: 'Desk lamp', quantity: 4, unitPrice: 49.9 },
        { product: 'Standing desk', quantity: 2, unitPrice: 620 },
      ],
    });
  });

  it('leaves out a note that there is none of', async () => {
    const { body } = await shop.read('getOrder', { orderNumber: 'SO-1041' });
    expect(body).not.toHaveProperty('note');
  });

  it('says how to find an order that does not exist', async () => {
    const { status, body } = await shop.read('getOrder', { orderNumber: 'SO-9' });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
    expect(body.detail).toBe('There is no order SO-9. Find it by its customer with findOrders.');
  });

  it('refuses what cannot be the number of an order', async () => {
    const { status, body } = await shop.read('getOrder', { orderNumber: "SO-1' OR '1" });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { field: 'orderNumber', message: 'It must be the number of an order, such as SO-1042.' },
    ]);
  });
});
