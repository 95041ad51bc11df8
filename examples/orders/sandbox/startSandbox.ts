import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';

interface OrdersSandboxOptions {
  /** The clock; the orders are laid out backwards from what it says at the start. */
  now?: () => Date;
  /** 0, the default, takes a free one. */
  port?: number;
  /** The folder with `orders.json`. */
  data?: string;
}

export interface OrdersSandbox {
  /** `postgresql://127.0.0.1:<port>/sandbox` */
  url: string;
  /** The application settings with which the app reads this sandbox. */
  settings: Record<string, string>;
  close(): Promise<void>;
}

const started = z.object({ port: z.number() });

/**
 * Serves a made-up order database on loopback, in a process of its own: PGlite, which is PostgreSQL in WebAssembly. All
 * connections share one session, any password will do, and there is neither TLS nor a time limit for statements.
 */
export async function startSandbox(options: OrdersSandboxOptions = {}): Promise<OrdersSandbox> {
  const { now = () => new Date(), port = 0, data = join(import.meta.dirname, 'data') } = options;
  const server = fork(join(import.meta.dirname, 'server.ts'), [data, String(now().getTime()), String(port)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let problem = '';
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    problem += text;
  });
  const ended = once(server, 'exit');
  const message = await Promise.race([once(server, 'message'), ended.then(() => undefined)]);
  if (!message) throw new Error(`The sandbox ended before it was ready:\n${problem}`);
  const address = `127.0.0.1:${started.parse(message[0]).port}/sandbox`;

  return {
    url: `postgresql://${address}`,
    settings: { ORDERS_URL: `postgresql://reader@${address}`, ORDERS_PASSWORD: 'sandbox-password' },
    async close() {
      server.kill();
      await ended;
    },
  };
}
