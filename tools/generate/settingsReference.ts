import type { System } from '../../shared/action/defineSystem.ts';
import { commonSecrets } from '../../shared/settings/common.ts';
import { secretSetting } from '../../shared/settings/config.ts';
import type { SettingDescription } from '../../shared/settings/describeSettings.ts';
import { GENERATED } from './generated.ts';

/** The text of docs/settings.md: every setting and secret, those of the app first. */
export function settingsReference(settings: readonly SettingDescription[], systems: readonly System[]): string {
  const ofApp = settings.filter(({ system }) => system === undefined);
  return `<!-- ${GENERATED} -->
# Settings

They are application settings of the function app, values of the azd environment (\`azd env set <name> <value>\`, then \`azd provision\`), and for a local run the \`Values\` in \`local.settings.json\`.

A setting that is missing or wrong stops only the actions that need it: they answer \`misconfigured\` and name it, and so does \`GET /api/health/ready\`, which also names settings that there are not. Where a setting that restricts something is wrong or misspelt, what it would have restricted is stopped. A word such as \`true\` may be in any case; an address must be https.

## The app

${settingsTable(ofApp)}
${systems.map(system => systemSection(system, settings)).join('\n')}
## Secrets

With \`KEY_VAULT_URI\` secrets are in that vault, and \`azd up\` asks for each one that is needed and is not there. Without it, each is read from the setting beside it.

${secretsTable(systems)}`;
}

function systemSection({ name, title }: System, settings: readonly SettingDescription[]): string {
  const own = settings.filter(({ system }) => system === name);
  if (own.length === 0) return `## ${title}\n\n${title} has no settings of its own.\n`;
  return `## ${title}\n\nAccounts and permissions: [functions/${name}/README.md](../functions/${name}/README.md).\n\n${settingsTable(own)}`;
}

function settingsTable(settings: readonly SettingDescription[]): string {
  return table(
    ['setting', 'meaning', 'default', 'values, or a sample', 'needed', 'restricts'],
    settings.map(setting => [
      code(setting.name),
      setting.description,
      setting.default === undefined ? '' : code(setting.default),
      (setting.values.length > 0 ? setting.values : [setting.sample ?? '']).filter(Boolean).map(code).join(', '),
      need(setting),
      setting.restricts ? restrictions[setting.restricts] : '',
    ]),
  );
}

function need({ needed, setByDeployment, deployedOnly }: SettingDescription): string {
  const words = [
    needed ? 'yes' : 'no',
    ...(setByDeployment ? ['the deployment sets it'] : []),
    ...(deployedOnly ? ['on Azure only'] : []),
  ];
  return words.join('; ');
}

const restrictions = { everything: 'every action', writes: 'writes', system: 'the actions of this system' };

const entries = { line: 'typed', file: 'by the path of a file that holds it', generated: 'made at random' };

function secretsTable(systems: readonly System[]): string {
  const rows = [{ title: 'the app', secrets: commonSecrets }, ...systems].flatMap(({ title, secrets }) =>
    Object.entries(secrets).map(([name, { description, neededFor, entry }]) => [
      code(name),
      code(secretSetting(name)),
      title,
      description,
      neededFor,
      entries[entry],
    ]),
  );
  return table(['secret', 'setting without a vault', 'of', 'what it is', 'needed when', 'entered'], rows);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}
