import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { idempotencyKey } from '../../../shared/ledger/idempotencyKey.ts';
import type { LedgerRow, LedgerStore } from '../../../shared/ledger/ledgerStore.ts';
import { seal, unseal } from '../../../shared/ledger/seal.ts';
import { tableStore } from '../../../shared/ledger/tableStore.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';

let azurite: Azurite;
let store: LedgerStore;
let time = Date.now();

beforeAll(async () => {
  azurite = await startAzurite();
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER, NODE_EXTRA_CA_CERTS = '' } = azurite.settings;
  // This process is under way already, so what an app is told when it starts must be told to it otherwise.
  vi.stubEnv('IDENTITY_ENDPOINT', IDENTITY_ENDPOINT);
  vi.stubEnv('IDENTITY_HEADER', IDENTITY_HEADER);
  tls.setDefaultCACertificates([...tls.getCACertificates(), readFileSync(NODE_EXTRA_CA_CERTS, 'utf8')]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await azurite.stop();
});
beforeEach(() => {
  store = open(azurite.settings.LEDGER_TABLE_ENDPOINT ?? '');
});

const open = (endpoint: string) =>
  tableStore({
    endpoint,
    clientId: azurite.settings.AZURE_CLIENT_ID,
    env: azurite.settings,
    now: () => time,
    longestMs: 60_000,
  });

const row = (more: Partial<LedgerRow> = {}): LedgerRow => ({
  owner: 'me',
  state: 'running',
  runsForMs: 10_000,
  keptForMs: 120_000,
  ...more,
});

describe('the ledger in Table Storage', () => {
  it('takes a row once, and gives it back as it is', async () => {
    const version = await store.insert('first', row());
    expect(version).toEqual(expect.any(String));
    expect(await store.insert('first', row({ owner: 'another' }))).toBeUndefined();
    expect(await store.read('first')).toEqual({ ...row(), version, ageMs: expect.any(Number) });
    expect(await store.read('none')).toBeUndefined();
  });

  it('keeps a long result whole', async () => {
    const result = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
    await store.insert('long', row({ state: 'done', result }));
    expect(Buffer.from((await store.read('long'))?.result ?? '').equals(result)).toBe(true);
  });

  it('changes and removes only the version that is known', async () => {
    const first = (await store.insert('versions', row())) ?? '';
    const second = (await store.replace('versions', row({ state: 'unknown' }), first)) ?? '';
    expect(second).not.toBe(first);
    expect(await store.replace('versions', row({ state: 'done' }), first)).toBeUndefined();
    await store.remove('versions', first);
    expect((await store.read('versions'))?.state).toBe('unknown');
    await store.remove('versions', second);
    expect(await store.read('versions')).toBeUndefined();
    expect(await store.replace('versions', row(), second)).toBeUndefined();
  });

  it("tells a row's age by the service's clock, whatever this instance's says", async () => {
    const actual = time;
    time += 3_600_000;
    await store.insert('age', row());
    time = actual - 3_600_000;
    await new Promise(waited => setTimeout(waited, 2_100));
    const age = (await store.read('age'))?.ageMs;
    // The service tells whole seconds.
    expect(age).toBeGreaterThanOrEqual(1_000);
    expect(age).toBeLessThan(10_000);
    time = actual;
  });

  it('holds what a write answered for nobody who cannot make the same write', async () => {
    const key = idempotencyKey('ana', 'addComment', { comment: 'a secret thought' });
    const other = idempotencyKey('li', 'addComment', { comment: 'a secret thought' });
    const result = seal(JSON.stringify({ comment: 'a secret thought 🦀 \ud800' }), key);
    await store.insert(key.id, row({ state: 'done', result }));
    const held = (await store.read(key.id))?.result ?? new Uint8Array();
    expect(JSON.parse(unseal(held, key))).toEqual({ comment: 'a secret thought 🦀 \ud800' });
    expect(() => unseal(held, other)).toThrow();
    const rows = await azurite.readTable('ledger');
    expect(rows).toContain(key.id);
    expect(rows).not.toContain('secret thought');
    expect(rows).not.toContain(Buffer.from('a secret thought').toString('base64').slice(0, 12));
  });

  it('removes rows once they count no more, in passing', async () => {
    await store.insert('old', row());
    time += 180_000;
    await store.read('old');
    // From here on the service's clock is taken to be as far ahead as this instance's.
    const ahead = open(azurite.settings.LEDGER_TABLE_ENDPOINT ?? '');
    time += 120_000;
    await ahead.insert('new', row());
    await vi.waitFor(async () => expect(await ahead.read('old')).toBeUndefined());
  });

  it('says what to do when its account is not there, or cannot be reached', async () => {
    const endpoint = new URL(azurite.settings.LEDGER_TABLE_ENDPOINT ?? '');
    for (const wrong of [`${endpoint.origin}/otheraccount`, 'https://127.0.0.1:1/devstoreaccount1']) {
      await expect(open(wrong).insert('x', row())).rejects.toMatchObject({
        code: expect.stringMatching(/^(misconfigured|upstream_unavailable)$/),
        message: expect.stringMatching(/^Nothing was changed: /),
      });
    }
  });
});
