import { readFile } from 'node:fs/promises';
import type { System } from '../../shared/action/defineSystem.ts';
import { commonSecrets } from '../../shared/settings/common.ts';
import { secretSetting } from '../../shared/settings/config.ts';
import { describeSettings, type SettingDescription } from '../../shared/settings/describeSettings.ts';
import { type Reached, settingsParameters, settingsType, systemConnectors } from './bicep.ts';
import { checkSystems } from './checkSystems.ts';
import { replaceRegion } from './region.ts';
import { settingsReference } from './settingsReference.ts';

/**
 * The files that follow from the systems' settings and secrets, by their path. Of some only a region is generated; what
 * is around it is taken from the file as it is.
 * @throws Error when the systems break a rule, or a file has no region
 */
export async function settingsFiles(
  root: URL,
  systems: readonly System[],
  actions: readonly Reached[],
): Promise<[path: string, text: string][]> {
  checkSystems(systems);
  const settings = describeSettings(systems);
  const chosen = settings.filter(({ setByDeployment }) => !setByDeployment);
  const secrets = [{ secrets: commonSecrets }, ...systems].flatMap(({ secrets }) =>
    Object.keys(secrets).map(secretSetting),
  );
  const withRegion = async (path: string, region: string, lines: readonly string[]): Promise<[string, string]> => [
    path,
    replaceRegion(path, await readFile(new URL(path, root), 'utf8'), region, lines),
  ];
  return [
    ['infra/settings.bicep', settingsType(chosen)],
    ['infra/systems.bicep', systemConnectors(systems, actions)],
    await withRegion('infra/main.bicepparam', 'settings', settingsParameters(chosen)),
    await withRegion(
      'azure.yaml',
      'settings',
      chosen.map(({ name }) => `- ${name}`),
    ),
    await withRegion(
      '.github/workflows/azure-dev.yml',
      'secrets',
      secrets.map(name => `${name}: \${{ secrets.${name} }}`),
    ),
    ['local.settings.sample.json', sampleSettings(systems, chosen)],
    ['docs/settings.md', settingsReference(settings, systems)],
  ];
}

/** What a local run needs: of each system the settings with a sample, and the secrets that these settings call for. */
function sampleSettings(systems: readonly System[], chosen: readonly SettingDescription[]): string {
  const values: Record<string, string> = { FUNCTIONS_WORKER_RUNTIME: 'node' };
  for (const { name: system, secrets } of systems) {
    const samples = chosen.flatMap(setting =>
      setting.system === system && setting.sample !== undefined ? [[setting.name, setting.sample] as const] : [],
    );
    const needed = Object.entries(secrets).filter(([, { isNeeded }]) => isNeeded(Object.fromEntries(samples)));
    Object.assign(values, Object.fromEntries([...samples, ...needed.map(([name]) => [secretSetting(name), ''])]));
  }
  return `${JSON.stringify({ IsEncrypted: false, Values: values }, null, 2)}\n`;
}
