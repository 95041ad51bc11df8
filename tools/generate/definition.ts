import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { withSite } from '../../shared/action/site.ts';
import { connectorDefinition, mcpDefinition } from './connector.ts';
import type { ConnectorKey } from './folders.ts';
import { corePresentation, systemPresentation, toolsetPresentation } from './presentation.ts';

/** What a definition is made from. */
export interface Declared {
  systems: readonly System[];
  actions: readonly Action[];
  /** Of the app. */
  version: string;
}

/** What of a system a connector has: the operations of some of its toolsets, for some of its sites. */
export interface Choice {
  /** All, unless given. */
  toolsets?: readonly string[];
  /** These actions alone, by their names. */
  actions?: readonly string[];
  /** Those among which each call chooses one; none is named unless given. */
  sites?: readonly string[];
}

/** The actions that a connector has operations or tools for. */
export function actionsOf(key: ConnectorKey, actions: readonly Action[], choice: Choice = {}): Action[] {
  const { toolsets, actions: names } = choice;
  if (key === 'core') return actions.filter(({ core }) => core);
  return actions.filter(
    ({ name, system, toolset }) =>
      system === key.system &&
      (key.toolset === undefined || toolset === key.toolset) &&
      (toolsets === undefined || toolsets.includes(toolset)) &&
      (names === undefined || names.includes(name)),
  );
}

/** A connector's definition, but for the host and how callers sign in. @throws Error for a system that there is not */
export function definitionOf(key: ConnectorKey, { systems, actions, version }: Declared, choice: Choice = {}) {
  const own = actionsOf(key, actions, choice);
  if (key === 'core') {
    const withCore = systems.filter(({ name }) => own.some(({ system }) => system === name));
    return mcpDefinition(corePresentation(withCore), '/mcp', version);
  }
  const system = systems.find(({ name }) => name === key.system);
  if (!system) throw new Error(`There is no system ${key.system} in functions/systems.ts.`);
  if (key.toolset !== undefined) {
    return mcpDefinition(toolsetPresentation(system, key.toolset), `/mcp/x/${key.toolset}`, version);
  }
  const operations = own.map(action => withSite(action, choice.sites ?? []));
  return connectorDefinition(systemPresentation(system, own), operations, version);
}
