// Puts into the vault the secrets that the settings call for: `node infra/hooks/set-secrets.ts`. What is there stays,
// unless it is named: `node infra/hooks/set-secrets.ts jira-api-token` asks for a new one.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systems } from '../../functions/everySystem.ts';
import type { SecretDefinition } from '../../shared/action/defineSystem.ts';
import { commonSecrets } from '../../shared/settings/common.ts';
import { secretSetting } from '../../shared/settings/config.ts';
import { describeSettings } from '../../shared/settings/describeSettings.ts';
import { askSecret } from './askSecret.ts';
import { type AzdValues, azdToken, readAzdValues } from './azd.ts';
import { runHook } from './hook.ts';
import { openVault, VaultOutOfReach } from './vault.ts';

/** Every secret that a system may need, by its name. */
const secrets: ReadonlyMap<string, SecretDefinition> = new Map(
  [{ secrets: commonSecrets }, ...systems].flatMap(({ secrets }) => Object.entries(secrets)),
);

const terminal = { input: process.stdin, output: process.stdout };

await runHook(async () => {
  const named = process.argv.slice(2).map(toSecretName);
  const values = await readAzdValues();
  const uri = values.KEY_VAULT_URI;
  if (!uri) throw new Error('There is no vault yet. Run azd provision first.');
  const onWait = () => console.log('Waiting for the vault: a new one, or a new role on it, takes a minute or two…');
  const vault = openVault({ uri, token: azdToken, onWait });

  try {
    const there = named.length > 0 ? new Set<string>() : await vault.names();
    const wanted = named.length > 0 ? named : neededSecrets(values);
    for (const name of wanted.filter(name => !there.has(name))) {
      const value = await obtain(name);
      if (value) {
        await vault.set(name, value);
        console.log(`${name} is in the vault.`);
      } else {
        console.warn(`${name} is missing. Set ${secretSetting(name)} and run azd hooks run postprovision.`);
        if (named.length > 0) process.exitCode = 1;
      }
    }
  } catch (error) {
    if (!(error instanceof VaultOutOfReach)) throw error;
    console.warn(
      `The vault takes no calls from this network, so its secrets were left alone. Set ALLOWED_IP_ADDRESSES to this machine's public address and provision again, or run azd hooks run postprovision inside the network.`,
    );
    if (named.length > 0) process.exitCode = 1;
  }
});

/** The secrets without which the systems that are configured do not work. */
function neededSecrets(values: AzdValues): string[] {
  const settings = asTheAppReads(values);
  return [...secrets].filter(([, { isNeeded }]) => isNeeded(settings)).map(([name]) => name);
}

/** Trimmed, and in lower case where a setting takes one of a few words: nothing is validated yet. */
function asTheAppReads(values: AzdValues): AzdValues {
  const words = new Set(
    describeSettings(systems)
      .filter(({ values }) => values.length > 0)
      .map(({ name }) => name),
  );
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      words.has(name) ? value?.trim().toLowerCase() : value?.trim(),
    ]),
  );
}

/** From the environment variable of the same name, or else from whoever sits at the terminal. */
async function obtain(name: string): Promise<string> {
  const given = process.env[secretSetting(name)]?.trim();
  const entry = secrets.get(name)?.entry;
  if (entry === 'generated') return given || randomBytes(32).toString('base64url');
  if (given || !process.stdin.isTTY) return given ?? '';
  // What has many lines does not fit into a prompt, which takes one.
  if (entry !== 'file') return askSecret(`${name} (hidden): `, terminal);
  const file = await askSecret(`${name}, path of its PEM file (hidden): `, terminal);
  return file && readFileSync(file, 'utf8').trim();
}

function toSecretName(text: string): string {
  if (secrets.has(text)) return text;
  throw new Error(`There is no secret ${text}. It must be one of ${[...secrets.keys()].join(', ')}.`);
}
