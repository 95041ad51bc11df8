import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createBackend } from '../../../shared/action/backend.ts';
import { defineSystem, type SystemParts } from '../../../shared/action/defineSystem.ts';

/** A facade that answers with what it was opened with. */
const opened = (parts: SystemParts<{ [setting: string]: string }, string>) => ({
  settings: parts.settings,
  secret: (name: string) => parts.secrets.get(name, AbortSignal.timeout(1_000)),
});

const orders = defineSystem({
  name: 'orders',
  title: 'Orders',
  about: 'Orders holds orders.',
  advice: 'Use getOrder.',
  toolsets: { orders: 'Orders' },
  settings: z.object({ ORDERS_URL: z.string().meta({ description: 'Where it is.' }) }),
  secrets: { 'orders-key': { description: 'The key', neededFor: 'always', isNeeded: () => true, entry: 'line' } },
  open: async parts => ({
    for: () => ({ url: () => opened(parts).settings.ORDERS_URL, key: () => opened(parts).secret('orders-key') }),
    check: async () => 'ok',
  }),
});

const stock = defineSystem({
  name: 'stock',
  title: 'Stock',
  about: 'Stock holds goods.',
  advice: 'Use getGoods.',
  toolsets: { stock: 'Goods', 'stock-counts': 'Counts' },
  settings: z.object({ STOCK_URL: z.string().meta({ description: 'Where it is.' }) }),
  secrets: {},
  open: async () => ({ for: () => ({ count: () => 3 }), check: async () => 'ok' }),
});

const common = {
  access: 'read',
  title: 'Get it',
  description: 'Gets it.',
  input: z.object({}),
  output: z.object({ text: z.string() }),
  example: {},
} as const;

const env = { ORDERS_URL: 'https://orders.example', STOCK_URL: 'https://stock.example', ORDERS_KEY: 'secret-key' };

async function run(action: Parameters<ReturnType<typeof createBackend>['invoke']>[0], given: object = env) {
  const { invoke } = createBackend({ ...given }, { systems: [orders, stock], actions: [] });
  const silent = { info() {}, warn() {}, error() {} };
  return invoke(action, async () => ({}), {
    headers: new Headers(),
    code: undefined,
    presented: [],
    correlationId: 'test',
    traceparent: '',
    log: silent,
  });
}

describe('an action', () => {
  it("gets its own system's facade, which has that system's settings and secrets", async () => {
    const action = orders.action({
      ...common,
      name: 'getOrder',
      toolset: 'orders',
      run: async (_, { orders }) => ({ text: `${orders.url()} ${await orders.key()}` }),
    });
    expect(await run(action)).toMatchObject({ ok: true, output: { text: 'https://orders.example secret-key' } });
  });

  it('may use several systems, and gets each facade under its name', async () => {
    const action = orders.action({
      ...common,
      name: 'getBoth',
      toolset: 'orders',
      uses: [orders, stock],
      run: async (_, { orders, stock }) => ({ text: `${orders.url()} has ${stock.count()}` }),
    });
    expect(await run(action)).toMatchObject({ ok: true, output: { text: 'https://orders.example has 3' } });
    expect(await run(action, { ORDERS_URL: 'https://orders.example' })).toMatchObject({
      ok: false,
      failure: { code: 'misconfigured', message: expect.stringContaining('STOCK_URL is not set') },
    });
  });

  it('knows no facade but those it uses, and no toolset but those of its system', () => {
    orders.action({
      ...common,
      name: 'getForeign',
      toolset: 'orders',
      // @ts-expect-error: this action does not use stock.
      run: async (_, { stock }) => ({ text: String(stock) }),
    });
    orders.action({
      ...common,
      name: 'getMisplaced',
      // @ts-expect-error: this toolset is another system's.
      toolset: 'stock-counts',
      run: async () => ({ text: '' }),
    });
    // @ts-expect-error: a write says what it does to what is there.
    orders.action({
      ...common,
      name: 'makeOrder',
      toolset: 'orders',
      access: 'write',
      run: async () => ({ text: '' }),
    });
  });
});
