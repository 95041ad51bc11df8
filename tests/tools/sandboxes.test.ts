import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systems } from '../../functions/everySystem.ts';
import { jira } from '../../functions/jira/system.ts';
import { ownSettings } from '../../shared/settings/config.ts';
import { fillWithSandboxes, findSandbox, type StartSandbox } from '../../tools/sandboxes.ts';

const fake =
  (closed: string[] = []) =>
  async (): Promise<StartSandbox> =>
  async () => ({
    url: 'http://127.0.0.1:1',
    settings: { JIRA_BASE_URL: 'http://127.0.0.1:1', JIRA_EMAIL: 'sandbox@example.com' },
    close: async () => void closed.push('Jira'),
  });

test('a system that is not configured gets a sandbox, and the settings that point at it', async () => {
  const closed: string[] = [];
  const env: NodeJS.ProcessEnv = { JIRA_EMAIL: 'me@example.com' };
  const { backings, close } = await fillWithSandboxes([jira], env, fake(closed));
  expect(backings).toMatchObject([{ title: 'Jira', kind: 'sandbox', url: 'http://127.0.0.1:1' }]);
  expect(env).toEqual({ JIRA_BASE_URL: 'http://127.0.0.1:1', JIRA_EMAIL: 'sandbox@example.com' });
  await close();
  expect(closed).toEqual(['Jira']);
});

test('a configured system is left alone', async () => {
  const env: NodeJS.ProcessEnv = { JIRA_BASE_URL: 'https://acme.example.com' };
  const { backings } = await fillWithSandboxes([jira], env, fake());
  expect(backings).toMatchObject([{ kind: 'real', url: 'https://acme.example.com' }]);
  expect(env).toEqual({ JIRA_BASE_URL: 'https://acme.example.com' });
});

test('with a key vault no sandbox starts, because the vault does not hold its secrets', async () => {
  const env: NodeJS.ProcessEnv = { KEY_VAULT_URI: 'https://vault.example.com' };
  const { backings } = await fillWithSandboxes([jira], env, fake());
  expect(backings).toMatchObject([{ kind: 'nothing' }]);
  expect(env).toEqual({ KEY_VAULT_URI: 'https://vault.example.com' });
});

test('every system of a vendor has a sandbox where the convention says', async () => {
  // A system that needs no setting of its own stands on others, or on the app itself.
  const ofVendors = systems.filter(system => ownSettings(system).length > 0);
  expect(ofVendors.length).toBeGreaterThan(1);
  const found = await Promise.all(ofVendors.map(findSandbox));
  expect(found).toEqual(ofVendors.map(() => expect.any(Function)));
});

test('SANDBOX_DATA gives each sandbox the folder of its system, and must be a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-data-'));
  try {
    await mkdir(join(folder, 'salesforce'));
    const started: Record<string, unknown> = {};
    const env: NodeJS.ProcessEnv = { SANDBOX_DATA: folder };
    const start = (name: string): StartSandbox => {
      return async options => {
        started[name] = options?.data;
        return { url: 'http://127.0.0.1:1', settings: {}, close: async () => {} };
      };
    };
    await fillWithSandboxes(systems, env, async ({ name }) => start(name));
    expect(started).toEqual({ jira: undefined, salesforce: join(folder, 'salesforce') });

    const missing: NodeJS.ProcessEnv = { SANDBOX_DATA: join(folder, 'nowhere') };
    await expect(fillWithSandboxes(systems, missing, async ({ name }) => start(name))).rejects.toThrow(
      'nowhere, which is no folder',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
