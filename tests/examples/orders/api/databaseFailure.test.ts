import { type AddressInfo, createServer } from 'node:net';
import { DatabaseError, Pool } from 'pg';
import { describe, expect, it } from 'vitest';
import { databaseFailure } from '../../../../examples/orders/api/databaseFailure.ts';
import { CredentialsRefused } from '../../../../shared/upstream/credentials.ts';

const fromServer = (code: string) =>
  Object.assign(new DatabaseError('column "secret_note" of customer Contoso', 1, 'error'), { code });

describe('an error of the server', () => {
  it.each([
    ['3D000', 'misconfigured', false],
    ['42501', 'misconfigured', false],
    ['42P01', 'misconfigured', false],
    ['42703', 'misconfigured', false],
    ['57014', 'upstream_timeout', true],
    ['53300', 'rate_limited', true],
    ['53200', 'upstream_unavailable', true],
    ['08006', 'upstream_unavailable', true],
    ['57P01', 'upstream_unavailable', true],
    ['57P03', 'upstream_unavailable', true],
    ['40001', 'upstream_error', true],
    ['40P01', 'upstream_error', true],
    ['55P03', 'upstream_error', true],
    ['22P02', 'invalid_input', false],
    ['23505', 'conflict', false],
    ['25006', 'internal', false],
    ['XX000', 'upstream_error', true],
  ])('with the SQLSTATE %s is %s, and its own words are not told', (state, code, retryable) => {
    const failure = databaseFailure('Orders', fromServer(state));
    expect(failure).toMatchObject({ code, retryable });
    expect(failure.message).toMatch(/^Orders .*\.$/);
    expect(failure.message).not.toMatch(/secret_note|Contoso/);
  });

  it.each(['28P01', '28000'])('with the SQLSTATE %s refuses the sign-in', state => {
    expect(databaseFailure('Orders', fromServer(state))).toBeInstanceOf(CredentialsRefused);
  });
});

describe('an error of the connection', () => {
  it.each([
    ['ECONNREFUSED', 'upstream_unavailable'],
    ['ENOTFOUND', 'upstream_unavailable'],
    ['ECONNRESET', 'upstream_error'],
    ['CERT_HAS_EXPIRED', 'misconfigured'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'misconfigured'],
  ])('%s is %s', (code, expected) => {
    expect(databaseFailure('Orders', Object.assign(new Error('socket'), { code }))).toMatchObject({ code: expected });
  });

  it('tells a server that does not answer from a pool that has no connection free', async () => {
    const silent = createServer(() => {});
    await new Promise<void>(listening => silent.listen(0, '127.0.0.1', listening));
    const { port } = silent.address() as AddressInfo;
    const pool = new Pool({ host: '127.0.0.1', port, max: 1, connectionTimeoutMillis: 100 });
    const failures = await Promise.all(
      [pool.connect(), pool.connect()].map(connecting => connecting.catch(error => error)),
    );
    expect(failures.map(failure => databaseFailure('Orders', failure))).toMatchObject([
      { code: 'upstream_unavailable' },
      { code: 'rate_limited', message: expect.stringContaining('in use') },
    ]);
    await pool.end();
    silent.close();
  });
});
