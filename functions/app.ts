import { createBackend } from '../shared/action/backend.ts';
import { actionHandler } from '../shared/action/http.ts';
import { actions } from './actions.ts';
import { readiness } from './endpoints/health.ts';
import { systems } from './everySystem.ts';

const backend = createBackend(process.env, { systems, actions });

// Where nobody sees the start, this is found in the log.
for (const { message } of backend.unknownSettings) console.warn(message);

export const callAction = actionHandler(backend.invoke);
export { health } from './endpoints/health.ts';
export const ready = readiness(backend);

type McpEndpoint = ReturnType<typeof import('./endpoints/mcp.ts')['mcpEndpoint']>;

let mcpEndpoint: Promise<McpEndpoint> | undefined;

/** The MCP SDK is loaded by the first call that needs it. */
export const callMcp: McpEndpoint = async (path, request, context) => {
  mcpEndpoint ??= import('./endpoints/mcp.ts').then(mcp => mcp.mcpEndpoint(backend));
  return (await mcpEndpoint)(path, request, context);
};
