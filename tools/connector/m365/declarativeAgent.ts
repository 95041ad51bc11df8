import type { System } from '../../../shared/action/defineSystem.ts';
import { type AgentParts, agentInstructions, conversationStarters } from '../../generate/agentInstructions.ts';
import { operationId } from '../../generate/naming.ts';
import { packageFile } from './appManifest.ts';

/** A declarative agent takes 12; Copilot shows six. */
const STARTERS = 6;

/** The agent with the plugin of a system: https://learn.microsoft.com/microsoft-365/copilot/extensibility/declarative-agent-manifest-1.8 */
export function declarativeAgent(
  { title, description }: { title: string; description: string },
  system: System,
  parts: Omit<AgentParts, 'systems'>,
) {
  const own = { ...parts, systems: [system] };
  return {
    $schema: 'https://developer.microsoft.com/json-schemas/copilot/declarative-agent/v1.8/schema.json',
    version: 'v1.8',
    name: title,
    description,
    instructions: agentInstructions(own, operationId),
    conversation_starters: conversationStarters(own, STARTERS),
    actions: [{ id: system.name, file: packageFile.plugin }],
  };
}
