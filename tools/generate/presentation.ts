import { titles } from '../../product.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { QUOTED } from '../../shared/action/instructions.ts';
import { nameTitle } from './naming.ts';

/** How a connector presents itself to people. */
export interface Presentation {
  title: string;
  description: string;
}

/** Where Power Platform's validator and the plugin's schema draw the line, in characters. */
const LONGEST_TITLE = 30;
const LONGEST_PLUGIN_TITLE = 20;
const DESCRIPTION = { shortest: 30, longest: 500 };
const LONGEST_PLUGIN_DESCRIPTION = 100;
/** Words that Power Platform's validator refuses in a title. */
const refusedWords = ['api', 'connector'];

/** The connector with the actions of a system. */
export function systemPresentation(system: System, actions: readonly Action[]): Presentation {
  return checked({ title: systemTitle(system), description: `${system.about} ${purpose(system, actions)} ${QUOTED}` });
}

/** The MCP connector with the tools of one toolset. */
export function toolsetPresentation(system: System, toolset: string): Presentation {
  const title = titles[toolset] ?? toolsetTitle(system, toolset);
  return checked({
    title: `${title} (MCP)`,
    description: `Tools of a Model Context Protocol server for ${systemTitle(system)}: ${system.toolsets[toolset]}. ${QUOTED}`,
  });
}

/** The MCP connector with the core tools of these systems. */
export function corePresentation(systems: readonly System[]): Presentation {
  return checked({
    title: `${titles.core ?? 'All systems'} (MCP)`,
    description: `The main tools of a Model Context Protocol server for ${new Intl.ListFormat('en').format(systems.map(systemTitle))}. ${QUOTED}`,
  });
}

/** The plugin with the actions of a system. */
export function pluginPresentation(system: System, actions: readonly Action[]): Presentation {
  const title = systemTitle(system);
  const description = purpose(system, actions);
  refuseLonger(title, LONGEST_PLUGIN_TITLE, `The plugin's title "${title}"`);
  refuseLonger(description, LONGEST_PLUGIN_DESCRIPTION, `The plugin's description "${description}"`);
  return { title, description };
}

/** What people call a system here. */
export function systemTitle({ name, title }: System): string {
  return titles[name] ?? title;
}

/** The words of its name, which begin with its system's title where the name begins with the system's. */
function toolsetTitle(system: System, toolset: string): string {
  const rest = toolset.startsWith(`${system.name}-`) ? toolset.slice(system.name.length + 1) : undefined;
  if (toolset === system.name) return systemTitle(system);
  return rest ? `${systemTitle(system)} ${rest.replaceAll('-', ' ')}` : nameTitle(toolset);
}

function purpose(system: System, actions: readonly Action[]): string {
  const changes = actions.some(({ access }) => access === 'write');
  return `Looks up ${changes ? 'and changes ' : ''}what is in ${systemTitle(system)}.`;
}

/** @throws Error for a text that Power Platform's validator would refuse */
function checked({ title, description }: Presentation): Presentation {
  refuseLonger(title, LONGEST_TITLE, `The title "${title}"`);
  const refused = title
    .toLowerCase()
    .split(' ')
    .find(word => refusedWords.includes(word));
  if (refused) throw new Error(`The title "${title}" must not have the word ${refused} in it. ${CURE}`);
  refuseLonger(description, DESCRIPTION.longest, `The description of "${title}"`);
  if (description.length < DESCRIPTION.shortest) {
    throw new Error(`The description of "${title}" has fewer than ${DESCRIPTION.shortest} characters.`);
  }
  return { title, description };
}

const CURE = 'Give it another one in product.ts.';

function refuseLonger(text: string, longest: number, what: string): void {
  if (text.length > longest) {
    throw new Error(`${what} has ${text.length} characters; ${longest} are the most. Shorten it. ${CURE}`);
  }
}
