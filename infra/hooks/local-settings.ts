// Writes the azd environment's settings to local.settings.json, for local runs: `node infra/hooks/local-settings.ts`.
// The vault's address is among them, so a local run reads the real secrets with your own sign-in; no secret is written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systems } from '../../functions/everySystem.ts';
import { describeSettings } from '../../shared/settings/describeSettings.ts';
import { readAzdValues } from './azd.ts';
import { runHook } from './hook.ts';

interface LocalSettings {
  IsEncrypted: boolean;
  Values: Record<string, string>;
}

const file = process.argv[2] ?? join(import.meta.dirname, '../../local.settings.json');

await runHook(async () => {
  const values = await readAzdValues();
  const settings: LocalSettings = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as LocalSettings)
    : { IsEncrypted: false, Values: { FUNCTIONS_WORKER_RUNTIME: 'node' } };
  // Left out is what only the deployed app has, such as its own identity.
  const names = describeSettings(systems)
    .filter(({ name, deployedOnly }) => values[name] && !deployedOnly)
    .map(({ name }) => name);
  for (const name of names) settings.Values[name] = values[name] ?? '';
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
  console.log(`${basename(file)} now has ${names.join(', ') || 'nothing new'}.`);
});
