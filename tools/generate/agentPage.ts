import type { AgentGuide } from '../../shared/action/agentGuide.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { agentInstructions } from './agentInstructions.ts';
import { GENERATED } from './generated.ts';
import { systemTitle } from './presentation.ts';

/** Instructions to paste into an agent: for each toolset alone, for a system's first with each other, and for the main tools. */
export function agentPage(
  systems: readonly System[],
  actions: readonly Action[],
  guides: ReadonlyMap<string, AgentGuide>,
): string {
  const withActions = systems.filter(({ name }) => actions.some(({ system }) => system === name));
  const core = actions.filter(action => action.core);
  const coreSystems = withActions.filter(({ name }) => core.some(({ system }) => system === name));
  return [
    `<!-- ${GENERATED} -->`,
    '# Instructions for agents',
    '',
    'Paste the text of the tools that your agent has into its instructions, and change what your people do otherwise. Names of tools are those of MCP; where the tools are operations of a connector, choose each in the editor by typing /. [copilot-studio.md](copilot-studio.md#instructions) says where they go. The texts come from `functions/<system>/agent.ts`.',
    ...(core.length > 0 ? section('The main tools of all systems', '/api/mcp', coreSystems, core, guides) : []),
    ...withActions.flatMap(system =>
      combinations(system, actions).flatMap(toolsets =>
        section(
          `${systemTitle(system)}: ${toolsets.map(toolset => system.toolsets[toolset]).join(', and ')}`,
          `/api/mcp/x/${toolsets.join(',')}`,
          [system],
          actions.filter(({ toolset }) => toolsets.includes(toolset)),
          guides,
        ),
      ),
    ),
    '',
  ].join('\n');
}

function combinations(system: System, actions: readonly Action[]): string[][] {
  const [first, ...others] = Object.keys(system.toolsets).filter(toolset =>
    actions.some(action => action.toolset === toolset),
  );
  if (first === undefined) return [];
  return [[first], ...others.flatMap(other => [[other], [first, other]])];
}

function section(
  title: string,
  path: string,
  systems: readonly System[],
  actions: readonly Action[],
  guides: ReadonlyMap<string, AgentGuide>,
): string[] {
  return [
    '',
    `## ${title}`,
    '',
    `\`${path}\`, ${actions.length} ${actions.length === 1 ? 'tool' : 'tools'}`,
    '',
    '```text',
    agentInstructions({ systems, actions, guides }, name => name),
    '```',
  ];
}
