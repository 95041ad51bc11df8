import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeAzd, fakeAzd, runHook } from './fakeAzd.ts';

let azd: FakeAzd | undefined;
afterEach(() => azd?.remove());

async function write(values: Record<string, string>, existing?: object) {
  azd = fakeAzd(values);
  const file = join(azd.folder, 'local.settings.json');
  if (existing) writeFileSync(file, JSON.stringify(existing));
  const { code, output } = await runHook('local-settings.ts', { azd, args: [file] });
  return { code, output, settings: JSON.parse(readFileSync(file, 'utf8')) };
}

describe('local-settings', () => {
  it('writes the settings that the app knows, and nothing else of the environment', async () => {
    const { code, output, settings } = await write({
      AZURE_SUBSCRIPTION_ID: 'subscription',
      KEY_VAULT_URI: 'https://kv.example',
      JIRA_BASE_URL: 'https://contoso.atlassian.net',
      JIRA_EMAIL: '',
    });
    expect(code).toBe(0);
    expect(output).toBe('local.settings.json now has KEY_VAULT_URI, JIRA_BASE_URL.\n');
    expect(settings).toEqual({
      IsEncrypted: false,
      Values: {
        FUNCTIONS_WORKER_RUNTIME: 'node',
        KEY_VAULT_URI: 'https://kv.example',
        JIRA_BASE_URL: 'https://contoso.atlassian.net',
      },
    });
  });

  it('leaves the sign-in of Azure out: a local run has none to check it', async () => {
    const { settings } = await write({ INBOUND_AUTH: 'entra', READ_ONLY: 'true' });
    expect(settings.Values).toEqual({ FUNCTIONS_WORKER_RUNTIME: 'node', READ_ONLY: 'true' });
  });

  it('keeps what a person has put there', async () => {
    const { settings } = await write(
      { JIRA_EMAIL: 'agent@contoso.example' },
      {
        IsEncrypted: false,
        Values: { JIRA_API_TOKEN: 'mine', JIRA_EMAIL: 'old@contoso.example' },
        Host: { CORS: '*' },
      },
    );
    expect(settings).toEqual({
      IsEncrypted: false,
      Values: { JIRA_API_TOKEN: 'mine', JIRA_EMAIL: 'agent@contoso.example' },
      Host: { CORS: '*' },
    });
  });
});
