import type { Pool, PoolClient } from 'pg';
import * as z from 'zod';
import { waitFor } from '../../../shared/singleFlight.ts';
import { requestCancel, type Server } from './cancelRequest.ts';
import { type Sql, toQuery } from './sql.ts';

/** How long a server may take to accept that a statement is cancelled. */
const CANCEL_MS = 2_000;

/** node-postgres does not declare these. */
const backendKey = z.object({ processID: z.number(), secretKey: z.number() });

interface Limits {
  /** When it aborts, the server is asked to stop. */
  signal: AbortSignal;
  /** The server stops by itself after this time, even when this process is gone. */
  timeLeftMs: number;
}

/**
 * Runs one statement in a read-only transaction. After a failure its connection is not used again: what the server had
 * still to say would be taken for the answer to the next statement, and a late cancel request would hit that.
 */
export async function readOnly(pool: Pool, server: Server, statement: Sql, limits: Limits): Promise<unknown[]> {
  const { signal, timeLeftMs } = limits;
  const startedAt = performance.now();
  const client = await checkOut(pool, signal);
  try {
    const timeoutMs = Math.max(1, Math.floor(timeLeftMs - (performance.now() - startedAt)));
    const rows = await waitFor(transaction(client, statement, timeoutMs), signal);
    client.release();
    return rows;
  } catch (error) {
    if (signal.aborted) {
      const { data: key } = backendKey.safeParse(client);
      if (key) await requestCancel(server, key, AbortSignal.timeout(CANCEL_MS)).catch(() => {});
      client.connection.stream.destroy();
    }
    client.release(true);
    throw error;
  }
}

/** A connection of the pool. One that comes when nobody waits any longer goes back. */
async function checkOut(pool: Pool, signal: AbortSignal): Promise<PoolClient> {
  const connecting = pool.connect();
  try {
    return await waitFor(connecting, signal);
  } catch (error) {
    connecting.then(
      client => client.release(),
      () => {},
    );
    throw error;
  }
}

/** The pool's clients are in pipeline mode, so all four go out together and cost one round trip. */
async function transaction(client: PoolClient, statement: Sql, timeoutMs: number): Promise<unknown[]> {
  const sent = [
    client.query('BEGIN READ ONLY'),
    client.query("SELECT set_config('statement_timeout', $1, true)", [String(timeoutMs)]),
    client.query(toQuery(statement)),
    client.query('COMMIT'),
  ];
  const [begun, limited, answered] = await Promise.allSettled(sent);
  for (const step of [begun, limited, answered]) if (step?.status === 'rejected') throw step.reason;
  return answered?.status === 'fulfilled' ? answered.value.rows : [];
}
