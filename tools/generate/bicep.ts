import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { neededSettings } from '../../shared/settings/config.ts';
import type { SettingDescription } from '../../shared/settings/describeSettings.ts';
import { GENERATED } from './generated.ts';

/** The text of infra/settings.bicep: the type of the settings that a person chooses. */
export function settingsType(settings: readonly SettingDescription[]): string {
  const fields = settings.map(
    ({ name, description, values }) => `  @description(${text(description.replaceAll('`', ''))})
  ${name}: ${values.length > 0 ? ['', ...values].map(text).join(' | ') : 'string'}
`,
  );
  return `// ${GENERATED}
@export()
@description('''
The application settings that a person chooses, each left out of the app when it is empty.
The app is told the vault, its identity, the ledger and how callers sign in by main.bicep itself.
''')
type settings = {
${fields.join('\n')}}
`;
}

/** The lines of infra/main.bicepparam that take the settings from the azd environment. */
export function settingsParameters(settings: readonly SettingDescription[]): string[] {
  return settings.map(({ name, values }) => {
    const value = `readEnvironmentVariable('${name}', '')`;
    // The app takes such words in any case, the type that Bicep checks does not.
    return `${name}: ${values.length > 0 ? `toLower(${value})` : value}`;
  });
}

/** The text of infra/systems.bicep: each system's connector, and the settings that decide whether it is deployed. */
export function systemConnectors(
  systems: readonly System[],
  actions: readonly Pick<Action, 'system' | 'uses'>[],
): string {
  // A system without actions has no connector.
  const withActions = systems.filter(({ name }) => actions.some(({ system }) => system === name));
  const entries = withActions.map(
    system => `  {
    name: ${text(system.name)}
    configuredBy: ${list(
      configuredBy(system, actions).map(names => list(names.map(text), 6)),
      4,
    )}
    definition: loadJsonContent('connector/${system.name}/apiDefinition.swagger.json')
    presentation: loadJsonContent('connector/${system.name}/apiProperties.json').properties
  }
`,
  );
  return `// ${GENERATED}
@export()
@description('''
The systems, and the connector of each. A system is configured when each of the lists in configuredBy has a setting that is set.
''')
var systems = [
${entries.join('')}]
`;
}

/**
 * One list of settings for each system that must be configured, any of which configures it. A system without a facade
 * stands on those that its actions use.
 */
function configuredBy(system: System, actions: readonly Pick<Action, 'system' | 'uses'>[]): string[][] {
  const own = actions.filter(action => action.system === system.name);
  const needed = system.open ? [system] : new Set(own.flatMap(({ uses }) => uses));
  return [...needed].map(({ settings }) => neededSettings(settings)).filter(names => names.length > 0);
}

/** An array over several lines, as the formatter leaves it. */
function list(items: readonly string[], indent: number): string {
  if (items.length === 0) return '[]';
  const space = ' '.repeat(indent);
  return `[\n${items.map(item => `${space}  ${item}\n`).join('')}${space}]`;
}

/** A string literal: https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */
function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${').replaceAll('\n', ' ')}'`;
}
