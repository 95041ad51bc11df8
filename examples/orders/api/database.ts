import { Pool } from 'pg';
import * as z from 'zod';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import type { OrdersParts, OrdersSettings } from '../settings.ts';
import type { Server } from './cancelRequest.ts';
import { databaseFailure } from './databaseFailure.ts';
import { readOnly } from './readOnly.ts';
import { signIn } from './signIn.ts';
import type { Sql } from './sql.ts';

export interface Database {
  /**
   * Runs a statement that changes nothing, within the call's deadline, and reads its rows.
   * @throws Failure
   */
  read<Row extends z.ZodType>(statement: Sql, row: Row, call: Call): Promise<z.output<Row>[]>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
/** Azure's load balancers forget connections that are idle for four minutes. */
const IDLE_MS = 60_000;
/** So that a server that was added, or came back, gets its share. */
const LIFETIME_SECONDS = 1_800;

/** The database, for many calls: one pool, and one connection at a time for each statement. */
export function openDatabase(parts: OrdersParts): Database {
  const { settings, upstream } = parts;
  const { title } = upstream;
  const server = serverOf(settings);
  const credentials = signIn(parts);
  let open: { password: string; pool: Pool } | undefined;

  /** No connection outlives the password that it was opened with: with another one there is another pool. */
  const poolFor = (password: string): Pool => {
    if (open?.password === password) return open.pool;
    void open?.pool.end();
    open = { password, pool: openPool(settings, server, { title, password }) };
    return open.pool;
  };

  return {
    async read(statement, row, call) {
      const { host, port, database } = settings.ORDERS_URL;
      const work = { target: `${host}:${port}/${database}`, safe: true };
      const rows = await credentials.authorized(call, password =>
        upstream.run(
          async (signal, timeLeftMs) => {
            try {
              return await readOnly(poolFor(password), server, statement, { signal, timeLeftMs });
            } catch (error) {
              throw signal.aborted ? error : databaseFailure(title, error);
            }
          },
          work,
          call,
        ),
      );
      const { success, data, error } = z.array(row).safeParse(rows);
      if (success) return data;
      throw new Failure(
        'misconfigured',
        `${title} holds values of other types than this action reads. An administrator must correct ORDERS_URL, or the action.`,
        { cause: error },
      );
    },

    async close() {
      await open?.pool.end();
    },
  };
}

/** The certificate is always verified; only a server on this machine may do without one. */
function serverOf({ ORDERS_URL: { host, port, isLoopback }, ORDERS_SSL_CA: ca }: OrdersSettings): Server {
  const isPlain = isLoopback && ca === undefined;
  return { host, port, tls: !isPlain && { rejectUnauthorized: true, ...(ca && { ca }) } };
}

function openPool(
  settings: OrdersSettings,
  { host, port, tls }: Server,
  { title, password }: { title: string; password: string },
): Pool {
  const { user, database } = settings.ORDERS_URL;
  const pool = new Pool({
    ...{ host, port, user, database, password, ssl: tls },
    application_name: title,
    max: settings.ORDERS_POOL_SIZE,
    pipeline: true,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // A connection that breaks while nobody uses it is replaced by the next call; one in use fails its statement as well.
  pool.on('error', () => {});
  pool.on('connect', client => client.on('error', () => {}));
  return pool;
}
