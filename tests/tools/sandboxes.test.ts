import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { systems } from '../../functions/everySystem.ts';
import { jira } from '../../functions/jira/system.ts';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { salesforce } from '../../functions/salesforce/system.ts';
import { createBackend } from '../../shared/action/backend.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { id } from '../../shared/schema/meaning.ts';
import { ownSettings } from '../../shared/settings/config.ts';
import { fillWithSandboxes, findSandbox, type StartSandbox } from '../../tools/sandboxes.ts';
import { sandboxUser } from '../../tools/sandboxUser.ts';
import { sandboxedActions } from '../support/sandboxedActions.ts';

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

const exampleOf = (name: string) => {
  const action = sandboxedActions.find(each => each.name === name);
  if (!action) throw new Error(`There is no action ${name}`);
  return action;
};

/** An example that takes away what the others of Salesforce are about. */
const removeAccount = salesforce.action({
  name: 'removeAccount',
  toolset: 'salesforce',
  access: 'write',
  effect: 'removes',
  idempotent: true,
  title: 'Remove an account',
  description: 'Removes an account.',
  input: z.object({ recordId: z.string() }),
  output: z.object({ recordId: id('The ID of the record.') }),
  example: { recordId: recordId('001', 1) },
  async run({ recordId }, { salesforce }) {
    await salesforce.remove('Account', recordId);
    return { recordId };
  },
});

test.each<[string, Action, Action]>([
  ['removes what another one is about', removeAccount, exampleOf('getAccountOverview')],
  ['takes a name', exampleOf('createVersion'), exampleOf('createVersion')],
])('an example that %s breaks no other one, once the data are put back', async (_, destructive, other) => {
  const env: Record<string, string> = { ACTION_TIMEOUT_MS: '100000', ...sandboxUser.settings };
  const sandboxes = await fillWithSandboxes(systems, env);
  const log = { info() {}, warn() {}, error() {} };
  // A backend of its own knows of no earlier call.
  const isAnswered = async (action: Action) => {
    const { invoke } = createBackend(env, { systems, actions: [] });
    const headers = new Headers(sandboxUser.headers);
    const call = { headers, code: undefined, presented: [], correlationId: 'c', traceparent: '', log };
    return (await invoke(action, async () => action.example, call)).ok;
  };
  try {
    for (const _ of ['once', 'again']) {
      expect(await isAnswered(destructive)).toBe(true);
      expect(await isAnswered(other)).toBe(false);
      sandboxes.reset();
      expect(await isAnswered(other)).toBe(true);
      sandboxes.reset();
    }
  } finally {
    await sandboxes.close();
  }
});
