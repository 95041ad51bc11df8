import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import * as z from 'zod';
import { emptyDatabase } from './emptyDatabase.ts';

// PGlite runs in this process and would block the one of its user. Started by startSandbox.ts.

const DAY_MS = 86_400_000;
/** Unless told, the server takes one connection; it takes no more than one statement at a time all the same. */
const MAX_CONNECTIONS = 200;

const orderSchema = z.strictObject({
  orderNumber: z.string(),
  customer: z.string(),
  status: z.string(),
  daysAgo: z.number().nonnegative(),
  currency: z.string().length(3),
  note: z.string().optional(),
  lines: z
    .array(z.strictObject({ product: z.string(), quantity: z.int().positive(), unitPrice: z.number().nonnegative() }))
    .min(1),
});

const [data = '', now = '', wantedPort = '0'] = process.argv.slice(2);

const db = await emptyDatabase();
await db.exec(await readFile(join(import.meta.dirname, 'schema.sql'), 'utf8'));
await insert(z.array(orderSchema).parse(JSON.parse(await readFile(join(data, 'orders.json'), 'utf8'))));

// The socket server does not tell which port it was given.
const port = Number(wantedPort) || (await freePort());
const server = new PGLiteSocketServer({ db, port, host: '127.0.0.1', maxConnections: MAX_CONNECTIONS });
await server.start();
process.on('disconnect', () => process.exit());
process.send?.({ port });

async function insert(samples: readonly z.output<typeof orderSchema>[]): Promise<void> {
  for (const { orderNumber, customer, status, daysAgo, currency, note = null, lines } of samples) {
    const orderedAt = new Date(Number(now) - daysAgo * DAY_MS);
    const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0).toFixed(2);
    await db.query('INSERT INTO customers (name) VALUES ($1) ON CONFLICT DO NOTHING', [customer]);
    await db.query(
      `INSERT INTO orders (order_number, customer_id, status, ordered_at, currency, total, note)
       SELECT $1, customer_id, $3, $4, $5, $6, $7 FROM customers WHERE name = $2`,
      [orderNumber, customer, status, orderedAt, currency, total, note],
    );
    for (const [at, { product, quantity, unitPrice }] of lines.entries()) {
      await db.query('INSERT INTO order_lines SELECT order_id, $2, $3, $4, $5 FROM orders WHERE order_number = $1', [
        orderNumber,
        at + 1,
        product,
        quantity,
        unitPrice,
      ]);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(listening => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise(closed => probe.close(closed));
  return port;
}
