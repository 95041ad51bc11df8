import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { namesOf } from '../../shared/action/formerNames.ts';
import { neededSettings, ownSettings } from '../../shared/settings/config.ts';
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

/** What of an action decides how it is reached. */
export type Reached = Pick<Action, 'name' | 'formerly' | 'system' | 'toolset' | 'uses'>;

/** The text of infra/systems.bicep: each system's connector, and the settings that decide whether it is deployed. */
export function systemConnectors(systems: readonly System[], actions: readonly Reached[]): string {
  // A system without actions has no connector.
  const withActions = systems.filter(({ name }) => actions.some(({ system }) => system === name));
  const entries = withActions.map(
    system => `  {
    name: ${text(system.name)}
    configuredBy: ${list(
      configuredBy(system, actions).map(names => list(names.map(text), 6)),
      4,
    )}
    isVendors: ${ownSettings(system).length > 0}
    signInSettings: ${list(signInSettings(system, actions).map(text), 4)}
    paths: ${list(pathsOf(system, actions).map(text), 4)}
    definition: loadJsonContent('connector/${system.name}/apiDefinition.swagger.json')
    presentation: loadJsonContent('connector/${system.name}/apiProperties.json').properties
  }
`,
  );
  return `// ${GENERATED}
@export()
@description('''
The systems, and the connector of each. A system is configured when each of the lists in configuredBy has a setting that is set.
Where one of signInSettings is caller, users sign in at a vendor. The paths are those of its actions and toolsets.
''')
var systems = [
${entries.join('')}]
`;
}

/**
 * One list of settings for each system that must be configured, any of which configures it. A system without a facade
 * stands on those that its actions use.
 */
function configuredBy(system: System, actions: readonly Reached[]): string[][] {
  return standsOn(system, actions)
    .map(({ settings }) => neededSettings(settings))
    .filter(names => names.length > 0);
}

function standsOn(system: System, actions: readonly Reached[]): readonly System[] {
  if (system.open) return [system];
  const own = actions.filter(action => action.system === system.name);
  return [...new Set(own.flatMap(({ uses }) => uses))];
}

/** The settings that may say that users sign in at a vendor, of a system or of those that it stands on. */
function signInSettings(system: System, actions: readonly Reached[]): string[] {
  return standsOn(system, actions).flatMap(({ callersSignIn }) => callersSignIn ?? []);
}

/**
 * The paths of a system: of its actions, former names too, and of the MCP server with one of its toolsets. They are told one
 * by one, for where the platform must let a path pass: a wildcard, which it takes, could let pass what others sign in for.
 */
function pathsOf({ name }: System, actions: readonly Reached[]): string[] {
  const own = actions.filter(({ system }) => system === name);
  const toolsets = [...new Set(own.map(({ toolset }) => `/api/mcp/x/${toolset}`))];
  return [
    ...own.flatMap(namesOf).map(action => `/api/${name}/${action}`),
    ...toolsets.flatMap(path => [path, `${path}/readonly`]),
  ];
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
