/** Where the generated files of a connector lie, from the root of the project. */
export const CONNECTOR_FOLDER = 'infra/connector';

/** The names of the files, which the command-line tools `pac` and `paconn` expect. */
export const connectorFile = {
  definition: 'apiDefinition.swagger.json',
  properties: 'apiProperties.json',
  settings: 'settings.json',
  icon: 'icon.png',
} as const;

/** A connector: the actions of a system, the tools of a toolset by MCP, or the core tools of all systems by MCP. */
export type ConnectorKey = { system: string; toolset?: string } | 'core';

/** The folder of a connector below that of all of them. */
export function connectorFolder(key: ConnectorKey): string {
  if (key === 'core') return 'mcp';
  return key.toolset === undefined ? key.system : `${key.system}/mcp/${key.toolset}`;
}

/** Where the generated plugins lie, from the root of the project: one in a folder of each system's name. */
export const PLUGIN_FOLDER = 'infra/plugin';

export const pluginFile = { manifest: 'ai-plugin.json', openApi: 'openapi.json', functions: 'actions.json' } as const;
