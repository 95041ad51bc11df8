import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openVault, VaultOutOfReach } from '../../infra/hooks/vault.ts';
import { type FakeAzd, fakeAzd, noTerminal, runHook, runHookAtTerminal } from './fakeAzd.ts';
import { type FakeVault, startFakeVault } from './fakeVault.ts';

const root = join(import.meta.dirname, '../..');
const jira = { JIRA_BASE_URL: 'https://contoso.atlassian.net' };
const salesforce = { SALESFORCE_LOGIN_URL: 'https://contoso.my.salesforce.com' };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function start(options: Parameters<typeof startFakeVault>[0] & { values?: Record<string, string> } = {}) {
  // The key that is made at random is there, but where a test is about it.
  const secrets = { 'signing-key': 'there', ...options.secrets };
  const vault: FakeVault = await startFakeVault({ ...options, secrets });
  const azd: FakeAzd = fakeAzd({ AZURE_ENV_NAME: 'test', KEY_VAULT_URI: vault.uri, ...options.values });
  cleanups.push(() => vault[Symbol.asyncDispose](), azd.remove);
  return { vault, azd };
}

/** A copy of the project in which there is one system more. */
function projectWithOrders(): string {
  const project = mkdtempSync(join(tmpdir(), 'project-'));
  cleanups.push(() => rmSync(project, { recursive: true }));
  for (const part of ['package.json', 'infra/hooks', 'shared', 'functions']) {
    cpSync(join(root, part), join(project, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'), 'junction');
  writeFileSync(
    join(project, 'functions/systems.ts'),
    `import * as z from 'zod';
import { defineSystem } from '../shared/action/defineSystem.ts';
export { jira } from './jira/system.ts';
export const orders = defineSystem({
  name: 'orders', title: 'Orders', about: '', advice: '', toolsets: { orders: 'Orders' },
  settings: z.object({ ORDERS_URL: z.string().meta({ description: 'Where it is.' }) }),
  secrets: { 'orders-key': { description: '', neededFor: '', isNeeded: ({ ORDERS_URL }) => Boolean(ORDERS_URL), entry: 'line' } },
});
`,
  );
  return project;
}

describe('set-secrets', () => {
  it('takes what is missing from environment variables, as a pipeline gives them', async () => {
    const { vault, azd } = await start({ values: { ...jira, ...salesforce } });
    const env = { JIRA_API_TOKEN: 'a jira token', SALESFORCE_CLIENT_SECRET: 'a salesforce secret' };
    const { code, output } = await runHook('set-secrets.ts', { azd, env });
    expect(code).toBe(0);
    expect(vault.secrets).toEqual(
      new Map([
        ['signing-key', 'there'],
        ['jira-api-token', 'a jira token'],
        ['salesforce-client-secret', 'a salesforce secret'],
      ]),
    );
    expect(output).not.toContain('a jira token');
  });

  it('tells azd no secret: not as an argument, not as a value of the environment', async () => {
    const { azd } = await start({ values: jira });
    await runHook('set-secrets.ts', { azd, env: { JIRA_API_TOKEN: 'a jira token' } });
    expect(JSON.stringify(azd.calls())).not.toContain('a jira token');
    expect(JSON.stringify(azd.values())).not.toContain('a jira token');
  });

  it('keeps what is there, and reads no value of it', async () => {
    const { vault, azd } = await start({
      values: { ...jira, ...salesforce },
      secrets: { 'salesforce-client-secret': 'old', 'jira-api-token': 'old' },
    });
    const env = { JIRA_API_TOKEN: 'new', SALESFORCE_CLIENT_SECRET: 'new' };
    expect((await runHook('set-secrets.ts', { azd, env })).code).toBe(0);
    expect([...vault.secrets.values()]).toEqual(['there', 'old', 'old']);
    expect(new Set(vault.requests)).toEqual(new Set(['GET /secrets']));
  });

  it('replaces what is named', async () => {
    const { vault, azd } = await start({ values: jira, secrets: { 'jira-api-token': 'old' } });
    const run = await runHook('set-secrets.ts', { azd, args: ['jira-api-token'], env: { JIRA_API_TOKEN: 'new' } });
    expect(run.code).toBe(0);
    expect(vault.secrets.get('jira-api-token')).toBe('new');
  });

  it.each([
    [{ ...jira, JIRA_AUTH: 'service-account' }, 'JIRA_CLIENT_SECRET', 'jira-client-secret'],
    [{ ...jira, JIRA_AUTH: ' Service-Account ' }, 'JIRA_CLIENT_SECRET', 'jira-client-secret'],
    [{ ...salesforce, SALESFORCE_AUTH: 'jwt-bearer' }, 'SALESFORCE_PRIVATE_KEY', 'salesforce-private-key'],
  ])('asks only for the secret of the way of signing in: %j', async (values, variable, name) => {
    const { vault, azd } = await start({ values });
    await runHook('set-secrets.ts', { azd, env: { JIRA_API_TOKEN: 'unused', [variable]: 'a value' } });
    expect([...vault.secrets]).toEqual([
      ['signing-key', 'there'],
      [name, 'a value'],
    ]);
  });

  it('asks for none of a system at which the callers sign in themselves', async () => {
    const { vault, azd } = await start({ values: { ...jira, JIRA_AUTH: ' Caller ' } });
    expect((await runHook('set-secrets.ts', { azd, env: { JIRA_API_TOKEN: 'unused' } })).code).toBe(0);
    expect([...vault.secrets]).toEqual([['signing-key', 'there']]);
  });

  it('knows the systems that a pipeline configures by environment variables alone', async () => {
    const { vault, azd } = await start();
    await runHook('set-secrets.ts', { azd, env: { ...jira, JIRA_API_TOKEN: 'a jira token' } });
    expect([...vault.secrets]).toEqual([
      ['signing-key', 'there'],
      ['jira-api-token', 'a jira token'],
    ]);
  });

  it('asks for the secret of a new system, once the system is in the list of systems', async () => {
    const { vault, azd } = await start({ values: { ORDERS_URL: 'https://orders.example' } });
    const run = await runHook('set-secrets.ts', { azd, env: { ORDERS_KEY: 'a key' }, project: projectWithOrders() });
    expect(run).toEqual({ code: 0, output: 'orders-key is in the vault.\n' });
    expect([...vault.secrets]).toEqual([
      ['signing-key', 'there'],
      ['orders-key', 'a key'],
    ]);
  });

  it('wants nothing for systems that are not configured', async () => {
    const { vault, azd } = await start();
    expect(await runHook('set-secrets.ts', { azd })).toEqual({ code: 0, output: '' });
    expect([...vault.secrets.keys()]).toEqual(['signing-key']);
  });

  it('does not hang where there is no terminal, but says what is missing and lets the deployment go on', async () => {
    const { azd } = await start({ values: jira });
    const { code, output } = await runHook('set-secrets.ts', { azd });
    expect(code).toBe(0);
    expect(output).toBe('jira-api-token is missing. Set JIRA_API_TOKEN and run azd hooks run postprovision.\n');
  });

  it('fails when a named secret was not given', async () => {
    const { azd } = await start({ values: jira });
    expect((await runHook('set-secrets.ts', { azd, args: ['jira-api-token'] })).code).toBe(1);
  });

  it('names the secrets there are when it is asked for another', async () => {
    const { azd } = await start();
    const { code, output } = await runHook('set-secrets.ts', { azd, args: ['jira-password'] });
    expect(code).toBe(1);
    expect(output).toContain('There is no secret jira-password. It must be one of signing-key, jira-api-token,');
  });

  it('waits while the role assignment is not known to the vault', async () => {
    const { vault, azd } = await start({ values: jira, refusals: [{ status: 403, reason: 'ForbiddenByRbac' }] });
    const { code, output } = await runHook('set-secrets.ts', { azd, env: { JIRA_API_TOKEN: 'a jira token' } });
    expect(code).toBe(0);
    expect(output).toBe(
      'Waiting for the vault: a new one, or a new role on it, takes a minute or two…\njira-api-token is in the vault.\n',
    );
    expect(vault.secrets.get('jira-api-token')).toBe('a jira token');
  });

  it('lets the deployment go on when the vault is closed to this network, and says how to open it', async () => {
    const { vault, azd } = await start({ values: jira, refusals: [{ status: 403, reason: 'ForbiddenByConnection' }] });
    const { code, output } = await runHook('set-secrets.ts', { azd, env: { JIRA_API_TOKEN: 'a jira token' } });
    expect(code).toBe(0);
    expect(output).toContain('ALLOWED_IP_ADDRESSES');
    expect(vault.requests).toHaveLength(1);
  });

  it('says what to do before anything is provisioned', async () => {
    const azd = fakeAzd({});
    cleanups.push(azd.remove);
    const run = await runHook('set-secrets.ts', { azd });
    expect(run).toEqual({ code: 1, output: 'There is no vault yet. Run azd provision first.\n' });
  });

  it('says what to do where azd is not installed, or nobody is signed in', async () => {
    expect(await runHook('set-secrets.ts', {})).toEqual({
      code: 1,
      output: 'azd is not on PATH: https://aka.ms/azd-install\n',
    });
    const { azd } = await start({ values: { ...jira, signedOut: 'true' } });
    const { code, output } = await runHook('set-secrets.ts', { azd });
    expect(code).toBe(1);
    expect(output).toBe('azd auth token failed. ERROR: not logged in\n');
  });
});

describe.skipIf(noTerminal)(`set-secrets at a terminal${noTerminal ? ` (${noTerminal})` : ''}`, () => {
  it('asks, and shows nothing of what is typed', async () => {
    const { vault, azd } = await start({ values: jira });
    const { code, output } = await runHookAtTerminal('set-secrets.ts', { azd, keys: 'typed secret\r' });
    expect(code).toBe(0);
    expect(vault.secrets.get('jira-api-token')).toBe('typed secret');
    expect(output).toContain('jira-api-token (hidden): ');
    expect(output).not.toContain('typed');
  });

  it('takes a private key from a file', async () => {
    const { vault, azd } = await start({ values: { ...salesforce, SALESFORCE_AUTH: 'jwt-bearer' } });
    const file = join(azd.folder, 'key.pem');
    writeFileSync(file, 'line one\nline two\n');
    expect((await runHookAtTerminal('set-secrets.ts', { azd, keys: `${file}\r` })).code).toBe(0);
    expect(vault.secrets.get('salesforce-private-key')).toBe('line one\nline two');
  });

  it('ends on Ctrl-C with nothing written', async () => {
    const { vault, azd } = await start({ values: jira });
    const { code } = await runHookAtTerminal('set-secrets.ts', { azd, keys: 'half a sec\u0003' });
    expect(code).toBe(130);
    expect([...vault.secrets.keys()]).toEqual(['signing-key']);
  });

  it('leaves a secret out on Enter alone', async () => {
    const { vault, azd } = await start({ values: jira });
    const { code, output } = await runHookAtTerminal('set-secrets.ts', { azd, keys: '\r' });
    expect(code).toBe(0);
    expect(output).toContain('jira-api-token is missing');
    expect([...vault.secrets.keys()]).toEqual(['signing-key']);
  });
});

describe('the signing key', () => {
  it('is made at random, once, and nobody is asked for it', async () => {
    const vault = await startFakeVault();
    const azd = fakeAzd({ AZURE_ENV_NAME: 'test', KEY_VAULT_URI: vault.uri });
    cleanups.push(() => vault[Symbol.asyncDispose](), azd.remove);
    const { output } = await runHook('set-secrets.ts', { azd });
    expect(output).toBe('signing-key is in the vault.\n');
    const made = vault.secrets.get('signing-key') ?? '';
    expect(Buffer.from(made, 'base64url')).toHaveLength(32);
    expect((await runHook('set-secrets.ts', { azd })).output).toBe('');
    expect(vault.secrets.get('signing-key')).toBe(made);
  });
});

describe('the vault', () => {
  async function open(refusals: { status: number; reason: string }[]) {
    const vault = await startFakeVault({ refusals });
    cleanups.push(() => vault[Symbol.asyncDispose]());
    const waits: number[] = [];
    const scopes: string[] = [];
    const client = openVault({
      uri: vault.uri,
      token: async scope => `token ${scopes.push(scope)}`,
      onWait: () => waits.push(0),
      sleep: async milliseconds => waits.push(milliseconds),
    });
    return { vault, client, waits };
  }
  const refused = { status: 403, reason: 'ForbiddenByRbac' };

  it('is asked again for minutes, each time after a longer pause, and the caller is told once', async () => {
    const { vault, client, waits } = await open([refused, refused, { status: 503, reason: 'Busy' }, refused, refused]);
    await client.set('jira-api-token', 'value');
    expect(waits).toEqual([0, 1000, 2000, 4000, 8000, 10_000]);
    expect(vault.secrets.get('jira-api-token')).toBe('value');
  });

  it.each([
    ['https://kv.vault.azure.net/', 'https://vault.azure.net/.default'],
    ['https://kv.vault.usgovcloudapi.net', 'https://vault.usgovcloudapi.net/.default'],
  ])('%s is opened with a token for %s', async (uri, scope) => {
    const token = (wanted: string) => Promise.reject(new Error(`asked for ${wanted}`));
    await expect(openVault({ uri, token, onWait: () => {} }).names()).rejects.toThrow(`asked for ${scope}`);
  });

  it('is given up after five minutes, with its own words', async () => {
    const { client, waits } = await open(Array.from({ length: 100 }, () => refused));
    await expect(client.names()).rejects.toThrow('answered 403. Refused.');
    const waited = waits.reduce((sum, wait) => sum + wait, 0);
    expect(waited).toBeGreaterThanOrEqual(300_000);
    expect(waited).toBeLessThan(320_000);
  });

  it('is waited for, too, while nobody knows its name', async () => {
    const { vault, client, waits } = await open([]);
    await vault[Symbol.asyncDispose]();
    await expect(client.names()).rejects.toThrow(`${vault.uri} cannot be reached.`);
    expect(waits.length).toBeGreaterThan(10);
  });

  it('is not asked again when it lets in nobody from this network, or finds the request wrong', async () => {
    const closed = await open([{ status: 403, reason: 'ForbiddenByFirewall' }]);
    await expect(closed.client.names()).rejects.toThrow(VaultOutOfReach);
    const wrong = await open([{ status: 409, reason: 'ObjectIsDeletedButRecoverable' }]);
    await expect(wrong.client.set('jira-api-token', 'value')).rejects.toThrow('answered 409');
    expect([...closed.waits, ...wrong.waits]).toEqual([]);
  });
});
