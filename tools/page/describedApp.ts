import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { inputSchema, type PlainSchema } from '../../shared/action/plainSchema.ts';
import { meaningOf } from '../../shared/schema/meaning.ts';
import { CONNECTOR_FOLDER, PLUGIN_FOLDER } from '../generate/folders.ts';
import type { Backing } from '../sandboxes.ts';

/** What the page shows of the app. */
export interface DescribedApp {
  systems: DescribedSystem[];
  actions: DescribedAction[];
  /** Where the Model Context Protocol is spoken, with the names of the tools there. */
  endpoints: { path: string; tools: string[] }[];
  /** The names of what can be downloaded: `connector/jira/apiDefinition.swagger.json`. */
  definitions: string[];
}

interface DescribedSystem {
  name: string;
  title: string;
  /** Undefined for a system that stands on others. */
  backing: Backing['kind'] | undefined;
  url: string | undefined;
  toolsets: { name: string; title: string }[];
}

interface DescribedAction extends Pick<Action, 'name' | 'system' | 'toolset' | 'access' | 'title' | 'description'> {
  isForUsers: boolean;
  inputs: DescribedInput[];
}

interface DescribedInput extends PlainSchema {
  name: string;
  isRequired: boolean;
  isAdvanced: boolean;
  example: string | number | boolean | undefined;
}

export async function describedApp(
  root: string,
  parts: { systems: readonly System[]; actions: readonly Action[]; backings: readonly Backing[] },
): Promise<DescribedApp> {
  const { systems, actions, backings } = parts;
  const namesOf = (those: readonly Action[]) => those.map(({ name }) => name);
  const shown = systems.filter(({ name }) => actions.some(({ system }) => system === name));
  return {
    systems: shown.map(({ name, title, toolsets }) => {
      const backing = backings.find(each => each.title === title);
      return {
        name,
        title,
        backing: backing?.kind,
        url: backing?.url,
        toolsets: Object.entries(toolsets)
          .map(([toolset, about]) => ({ name: toolset, title: about }))
          .filter(toolset => actions.some(action => action.toolset === toolset.name)),
      };
    }),
    actions: actions.map(action => ({
      name: action.name,
      system: action.system,
      toolset: action.toolset,
      access: action.access,
      title: action.title,
      description: action.description,
      isForUsers: action.callers === 'users',
      inputs: inputsOf(action),
    })),
    endpoints: [
      { path: '/api/mcp', tools: namesOf(actions.filter(({ core }) => core)) },
      ...shown.flatMap(({ toolsets }) =>
        Object.keys(toolsets).map(toolset => ({
          path: `/api/mcp/x/${toolset}`,
          tools: namesOf(actions.filter(action => action.toolset === toolset)),
        })),
      ),
    ].filter(({ tools }) => tools.length > 0),
    definitions: await definitionsIn(root),
  };
}

function inputsOf(action: Action): DescribedInput[] {
  const { properties, required = [] } = inputSchema(action);
  return Object.entries(properties).map(([name, schema]) => {
    const declared = action.input.shape[name];
    return {
      ...schema,
      name,
      isRequired: required.includes(name),
      isAdvanced: (declared && meaningOf(declared).advanced) ?? false,
      example: action.example[name],
    };
  });
}

/** What is generated for Power Platform and for Microsoft 365 Copilot. */
async function definitionsIn(root: string): Promise<string[]> {
  const found = await Promise.all(
    [CONNECTOR_FOLDER, PLUGIN_FOLDER].map(async folder => {
      const files = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
      const kind = folder.slice(folder.indexOf('/') + 1);
      return files
        .filter(file => file.isFile())
        .map(file => join(kind, file.parentPath.slice(join(root, folder).length), file.name).replaceAll('\\', '/'));
    }),
  );
  return found.flat().toSorted();
}
