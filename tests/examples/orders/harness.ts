import { type OrdersSandbox, startSandbox } from '../../../examples/orders/sandbox/startSandbox.ts';
import type { RunningApp } from '../../support/app.ts';
import { startAppWith } from '../../support/exampleApp.ts';
import { type Reply, request } from '../../support/request.ts';

/** What the tests of these actions look at in an answer. */
interface OrdersAnswer {
  summary: string;
  orders: { orderNumber: string; customer: string }[];
  groups: { name: string; count: number; totals: { currency: string; total: number }[] }[];
  nextPageToken: string;
  code: string;
  detail: string;
  retryable: boolean;
  errors: { field: string; message: string }[];
  [field: string]: unknown;
}

export interface OrdersApp {
  app: RunningApp;
  sandbox: OrdersSandbox;
  /** Calls an action with its inputs in the query. */
  read(action: string, query?: Record<string, string>): Promise<Reply<OrdersAnswer>>;
  stop(): Promise<void>;
}

/** The first start of a sandbox initialises a database, which takes long where there is little to compute with. */
export const START_MS = 60_000;

/** Runs the built app against a sandbox of its own. */
export async function startOrdersApp(env: Record<string, string> = {}): Promise<OrdersApp> {
  const sandbox = await startSandbox();
  const app = await startAppWith('orders', { env: { ...sandbox.settings, ...env } });
  return {
    app,
    sandbox,
    read: (action, query = {}) =>
      request<OrdersAnswer>(`${app.url}/api/orders/${action}?${new URLSearchParams(query)}`),
    async stop() {
      await app.stop();
      await sandbox.close();
    },
  };
}
