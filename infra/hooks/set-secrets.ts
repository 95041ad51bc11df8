// Puts into the vault the secrets that the settings call for: `node infra/hooks/set-secrets.ts`. What is there stays,
// unless it is named: `node infra/hooks/set-secrets.ts jira-api-token` asks for a new one.
import { readFileSync } from 'node:fs';
import { type SecretName, secretNames } from '../../shared/secrets/secretStore.ts';
import { askSecret } from './askSecret.ts';
import { type AzdValues, azdToken, readAzdValues } from './azd.ts';
import { runHook } from './hook.ts';
import { openVault, VaultOutOfReach } from './vault.ts';

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
        console.warn(`${name} is missing. Set ${toVariable(name)} and run azd hooks run postprovision.`);
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
function neededSecrets(values: AzdValues): SecretName[] {
  const needed: SecretName[] = [];
  if (values.JIRA_BASE_URL) {
    needed.push(values.JIRA_AUTH === 'service-account' ? 'jira-client-secret' : 'jira-api-token');
  }
  if (values.SALESFORCE_LOGIN_URL) {
    needed.push(values.SALESFORCE_AUTH === 'jwt-bearer' ? 'salesforce-private-key' : 'salesforce-client-secret');
  }
  return needed;
}

/** From the environment variable of the same name, or else from whoever sits at the terminal. */
async function obtain(name: SecretName): Promise<string> {
  const given = process.env[toVariable(name)]?.trim();
  if (given || !process.stdin.isTTY) return given ?? '';
  // A key has many lines, and a prompt takes one.
  if (name !== 'salesforce-private-key') return askSecret(`${name} (hidden): `, terminal);
  const file = await askSecret(`${name}, path of its PEM file (hidden): `, terminal);
  return file && readFileSync(file, 'utf8').trim();
}

function toVariable(name: SecretName): string {
  return name.toUpperCase().replaceAll('-', '_');
}

function toSecretName(text: string): SecretName {
  const name = secretNames.find(known => known === text);
  if (!name) throw new Error(`There is no secret ${text}. It must be one of ${secretNames.join(', ')}.`);
  return name;
}
