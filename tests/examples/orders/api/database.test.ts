import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type Database, openDatabase } from '../../../../examples/orders/api/database.ts';
import { sql } from '../../../../examples/orders/api/sql.ts';
import { settings } from '../../../../examples/orders/settings.ts';
import type { Call } from '../../../../shared/call.ts';
import { createSecretStore } from '../../../../shared/secrets/secretStore.ts';
import { createUpstream } from '../../../../shared/upstream/upstream.ts';
import { testCall } from '../../../shared/upstream/testCall.ts';
import { makeCertificate } from '../../../support/certificate.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../postgres.ts';

const wherePostgresIs = postgresPrograms ? '' : ' (skipped: PostgreSQL is not installed)';
const schema = new URL('../../../../examples/orders/sandbox/schema.sql', import.meta.url);
const password = 'password-of-the-reader';
/** How long a test waits for what the server does by itself. */
const patience = { timeout: 15_000 };

describe.skipIf(!postgresPrograms)(`On a real PostgreSQL${wherePostgresIs}`, () => {
  let postgres: Postgres;
  const opened: Database[] = [];
  /** What the secret `orders-password` is in the vault. */
  let secret = password;

  beforeAll(async () => {
    postgres = await startPostgres(postgresPrograms ?? '');
    await postgres.admin('CREATE DATABASE shop', 'postgres');
    await postgres.admin(`${await readFile(schema, 'utf8')};
      CREATE ROLE reader LOGIN PASSWORD '${password}';
      GRANT SELECT ON customers, orders, order_lines TO reader;
      CREATE TABLE secrets_of_others (secret text);`);
  });
  afterAll(() => postgres.remove());

  afterEach(async () => {
    secret = password;
    await Promise.all(opened.splice(0).map(database => database.close()));
  });

  const open = (more: Record<string, string> = {}) => {
    const secrets = createSecretStore(async () => secret, { ttlSeconds: 300 });
    const values = settings.parse({ ORDERS_URL: `postgresql://reader@127.0.0.1:${postgres.port}/shop`, ...more });
    const upstream = createUpstream('Orders');
    const database = openDatabase({
      settings: values,
      secrets,
      upstream,
      env: process.env,
      rulesOf: () => [],
      timeZone: () => undefined,
      now: Date.now,
    });
    opened.push(database);
    return database;
  };
  const session = z.object({ pid: z.number(), readOnly: z.string(), timeout: z.string() });
  const readSession = async (database: Database, call = testCall()) => {
    const statement = sql`SELECT pg_backend_pid() AS pid, current_setting('transaction_read_only') AS "readOnly",
                                 current_setting('statement_timeout') AS timeout`;
    const [row] = await database.read(statement, session, call);
    return session.parse(row);
  };
  const sleep = (database: Database, seconds: number, call: Call) =>
    database.read(sql`SELECT pg_sleep(${seconds}), pg_backend_pid() AS pid`, z.object({ pid: z.number() }), call);
  /** The statements that the server is working on for us. */
  const active = async () => {
    const rows = await postgres.admin<{ query: string }>(
      "SELECT query FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active'",
    );
    return rows.map(({ query }) => query);
  };
  const terminateAll = () =>
    postgres.admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'");

  it('a statement runs in a read-only transaction, for as long as its try may take', async () => {
    const { readOnly, timeout } = await readSession(open(), testCall(5_000));
    expect(readOnly).toBe('on');
    expect(timeout).toMatch(/^(\d{3,4}ms|[123]s)$/);
    await expect(
      open().read(sql`INSERT INTO customers (name) VALUES ('New')`, z.unknown(), testCall()),
    ).rejects.toMatchObject({ code: 'internal' });
    expect(await postgres.admin('SELECT 1 FROM customers')).toEqual([]);
  });

  it('calls that follow each other use one connection', async () => {
    const database = open();
    const sessions = [];
    for (let times = 0; times < 5; times += 1) sessions.push(await readSession(database));
    expect(new Set(sessions.map(({ pid }) => pid)).size).toBe(1);
  });

  it('calls at the same time use no more connections than the pool has, and all are answered', async () => {
    const database = open({ ORDERS_POOL_SIZE: '3' });
    const rows = await Promise.all(Array.from({ length: 9 }, () => sleep(database, 0.1, testCall())));
    expect(new Set(rows.map(([row]) => row?.pid)).size).toBe(3);
  });

  it('a statement that takes too long ends at the deadline, on the server as well', async () => {
    await expect(sleep(open(), 20, testCall(600))).rejects.toMatchObject({ code: 'upstream_timeout', retryable: true });
    await expect.poll(active, patience).toEqual([]);
  });

  it.each(['plain', 'TLS'])(
    'a statement of a call that has ended is cancelled long before its time, over %s',
    async kind => {
      const database = open(kind === 'TLS' ? { ORDERS_SSL_CA: postgres.certificate.file } : {});
      const ended = new AbortController();
      const call = { ...testCall(60_000), signal: ended.signal };
      const answer = sleep(database, 30, call);
      answer.catch(() => {});
      await expect.poll(active, patience).toHaveLength(1);
      ended.abort();
      await expect(answer).rejects.toMatchObject({ code: 'upstream_timeout' });
      await expect.poll(active, patience).toEqual([]);
      expect((await readSession(database)).readOnly).toBe('on');
    },
  );

  it('a call that finds no connection free is late, and the next one that does is answered', async () => {
    const database = open({ ORDERS_POOL_SIZE: '1' });
    const ended = new AbortController();
    const long = sleep(database, 30, { ...testCall(60_000), signal: ended.signal });
    long.catch(() => {});
    await expect.poll(active, patience).toHaveLength(1);
    await expect(readSession(database, testCall(400))).rejects.toMatchObject({ code: 'upstream_timeout' });
    ended.abort();
    await expect(long).rejects.toThrow();
    expect((await readSession(database)).readOnly).toBe('on');
  });

  it('a statement whose connection is ended by the server is tried again', async () => {
    const database = open();
    const answer = sleep(database, 1, testCall(20_000));
    await expect.poll(active, patience).toHaveLength(1);
    await terminateAll();
    expect(await answer).toHaveLength(1);
  });

  it('a server that is stopped is unavailable, and is used again once it is back', async () => {
    const database = open();
    await readSession(database);
    await postgres.stop();
    await expect(readSession(database)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await postgres.start();
    expect((await readSession(database)).readOnly).toBe('on');
  });

  describe('the sign-in', () => {
    afterEach(() => postgres.admin(`ALTER ROLE reader PASSWORD '${password}'`));

    it('with a wrong password tells which secret to renew, and nothing of it', async () => {
      secret = 'wrong-password';
      const failure = await readSession(open()).catch(error => error);
      expect(failure).toMatchObject({
        code: 'upstream_auth_failed',
        message: expect.stringContaining('orders-password'),
      });
      expect(failure.message).not.toContain('wrong-password');
    });

    it('takes up a password that was changed, and the caller notices nothing', async () => {
      const database = open();
      await readSession(database);
      secret = 'new-password';
      await postgres.admin("ALTER ROLE reader PASSWORD 'new-password'");
      await terminateAll();
      expect((await readSession(database)).readOnly).toBe('on');
    });

    it('by Entra ID gives an access token of the managed identity for a password', async () => {
      const asked: (string | null)[] = [];
      const identity = createServer((request, response) => {
        asked.push(new URL(request.url ?? '', 'http://localhost').searchParams.get('resource'));
        const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ access_token: secret, expires_on, resource: asked[0], token_type: 'Bearer' }));
      });
      await new Promise<void>(listening => identity.listen(0, '127.0.0.1', listening));
      vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${(identity.address() as AddressInfo).port}/msi/token`);
      vi.stubEnv('IDENTITY_HEADER', 'header');
      try {
        const database = open({ ORDERS_AUTH: 'entra' });
        await readSession(database);
        await readSession(database);
        expect(asked).toEqual(['https://ossrdbms-aad.database.windows.net']);
        await postgres.admin("ALTER ROLE reader PASSWORD 'another'");
        await terminateAll();
        await expect(readSession(database)).rejects.toMatchObject({
          code: 'upstream_auth_failed',
          message: expect.stringContaining('Microsoft Entra role reader'),
        });
      } finally {
        vi.unstubAllEnvs();
        identity.closeAllConnections();
        identity.close();
      }
    });
  });

  describe('over TLS', () => {
    it('the certificate is verified by the authority that is set', async () => {
      const database = open({ ORDERS_SSL_CA: postgres.certificate.file });
      const statement = sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
      expect(await database.read(statement, z.unknown(), testCall())).toEqual([{ ssl: true }]);
    });

    const untrusted = { code: 'misconfigured', message: expect.stringContaining('ORDERS_SSL_CA') };

    it('a certificate of another authority is refused, and so is one for another host', async () => {
      const other = await makeCertificate();
      await expect(readSession(open({ ORDERS_SSL_CA: other.file }))).rejects.toMatchObject(untrusted);
      await other.remove();
      const ORDERS_URL = `postgresql://reader@127.0.0.2:${postgres.port}/shop`;
      const elsewhere = open({ ORDERS_URL, ORDERS_SSL_CA: postgres.certificate.file });
      await expect(readSession(elsewhere)).rejects.toMatchObject(untrusted);
    });

    it('only a server on this machine may do without a certificate that is trusted', async () => {
      // The system takes this address for its own, but it is no loopback address.
      const database = open({ ORDERS_URL: `postgresql://reader@0.0.0.0:${postgres.port}/shop` });
      await expect(readSession(database)).rejects.toMatchObject(untrusted);
    });

    it('a server without TLS is refused where TLS is wanted', async () => {
      await postgres.admin('ALTER SYSTEM SET ssl = off');
      await postgres.admin('SELECT pg_reload_conf()');
      await expect
        .poll(() => readSession(open({ ORDERS_SSL_CA: postgres.certificate.file })).catch(error => error), patience)
        .toMatchObject({ code: 'misconfigured', message: expect.stringContaining('does not encrypt') });
      await postgres.admin('ALTER SYSTEM RESET ssl');
      await postgres.admin('SELECT pg_reload_conf()');
    });
  });

  it.each([
    ['a database that there is not', { path: 'other' }, 'SELECT 1', 'misconfigured', 'ORDERS_URL'],
    ['a table that the user may not read', {}, 'SELECT secret FROM secrets_of_others', 'misconfigured', 'SELECT on'],
    ['a table that there is not', {}, 'SELECT 1 FROM nothing', 'misconfigured', 'other tables'],
    ['a value that cannot be', {}, "SELECT '2026-99-99'::date", 'invalid_input', 'Correct the inputs'],
  ])('%s is told as what it is', async (_, { path = 'shop' }: { path?: string }, text, code, message) => {
    const database = open({ ORDERS_URL: `postgresql://reader@127.0.0.1:${postgres.port}/${path}` });
    const statement = sql(Object.assign([text], { raw: [text] }));
    await expect(database.read(statement, z.unknown(), testCall())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('a server that takes no more connections of the user limits the rate', async () => {
    const busy = open();
    await postgres.admin('ALTER ROLE reader CONNECTION LIMIT 1');
    await readSession(busy);
    await expect(readSession(open())).rejects.toMatchObject({ code: 'rate_limited', retryable: true });
    await postgres.admin('ALTER ROLE reader CONNECTION LIMIT -1');
  });
});

it('a server that never answers costs no more than the deadline', async () => {
  const silent = createTcpServer(() => {});
  await new Promise<void>(listening => silent.listen(0, '127.0.0.1', listening));
  const { port } = silent.address() as AddressInfo;
  const values = settings.parse({ ORDERS_URL: `postgresql://reader@127.0.0.1:${port}/shop` });
  const secrets = createSecretStore(async () => 'password', { ttlSeconds: 300 });
  const parts = {
    settings: values,
    secrets,
    upstream: createUpstream('Orders'),
    env: {},
    rulesOf: () => [],
    timeZone: () => undefined,
    now: Date.now,
  };
  const startedAt = performance.now();
  await expect(openDatabase(parts).read(sql`SELECT 1`, z.unknown(), testCall(400))).rejects.toMatchObject({
    code: 'upstream_timeout',
  });
  expect(performance.now() - startedAt).toBeLessThan(9_000);
  silent.close();
});
