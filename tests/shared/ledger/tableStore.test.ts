import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LedgerRow, LedgerStore } from '../../../shared/ledger/ledgerStore.ts';
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
  tableStore({ endpoint, clientId: azurite.settings.AZURE_CLIENT_ID, env: azurite.settings, now: () => time });

const row = (more: Partial<LedgerRow> = {}): LedgerRow => ({
  owner: 'me',
  state: 'running',
  deadline: time + 10_000,
  expiresAt: time + 120_000,
  ...more,
});

describe('the ledger in Table Storage', () => {
  it('takes a row once, and gives it back as it is', async () => {
    const version = await store.insert('first', row());
    expect(version).toEqual(expect.any(String));
    expect(await store.insert('first', row({ owner: 'another' }))).toBeUndefined();
    expect(await store.read('first')).toEqual({ ...row(), version });
    expect(await store.read('none')).toBeUndefined();
  });

  it('keeps a long result whole, whatever its characters', async () => {
    for (const [index, text] of ['🦀', 'x🦀', 'xyü"', '\n\ud800x'].entries()) {
      const result = JSON.stringify({ text: text.repeat(60_000) });
      await store.insert(`long${index}`, row({ state: 'done', result }));
      expect((await store.read(`long${index}`))?.result === result).toBe(true);
    }
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

  it('removes rows that expired long ago, in passing', async () => {
    await store.insert('old', row());
    time += 2 * 3_600_000;
    await store.insert('new', row());
    await vi.waitFor(async () => expect(await store.read('old')).toBeUndefined());
    expect(await store.read('new')).toBeDefined();
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
