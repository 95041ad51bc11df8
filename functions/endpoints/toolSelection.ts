import type { Action } from '../../shared/action/defineAction.ts';
import { namesOf } from '../../shared/action/formerNames.ts';

/** What the path of an MCP endpoint says: `/api/mcp/x/<toolsets>/readonly`. */
export interface McpPath {
  /** Names separated by commas, or `all`; undefined for the core actions. */
  toolsets: string | undefined;
  readOnly: boolean;
}

/** Which of the actions a client is given. Each part of a request can only narrow what the others leave. */
export type ToolSelection = (action: Action) => boolean;

/**
 * Reads path and headers. Toolsets and headers follow those of GitHub's MCP server:
 * https://github.com/github/github-mcp-server/blob/main/docs/remote-server.md
 * A name that is not known selects nothing; a header that is blank says nothing.
 */
export function toolSelection({ toolsets, readOnly }: McpPath, headers: Headers): ToolSelection {
  const inPath = toolsets === undefined ? undefined : namesIn(decode(toolsets));
  const inHeader = namesIn(headers.get('x-mcp-toolsets'));
  const tools = namesIn(headers.get('x-mcp-tools'));
  const excluded = namesIn(headers.get('x-mcp-exclude-tools'));
  const readsOnly = readOnly || isOn(headers.get('x-mcp-readonly'));

  return action =>
    (inPath ? inPath.has('all') || inPath.has(action.toolset) : action.core) &&
    (inHeader.size === 0 || inHeader.has('all') || inHeader.has(action.toolset)) &&
    (tools.size === 0 || isNamed(action, tools)) &&
    !isNamed(action, excluded) &&
    !(readsOnly && action.access === 'write');
}

function isNamed(action: Action, names: ReadonlySet<string>): boolean {
  return namesOf(action).some(name => names.has(name.toLowerCase()));
}

/** Names are told apart by their letters, whatever the case, as routes are. */
function namesIn(list: string | null): ReadonlySet<string> {
  const names = (list ?? '').split(',').map(name => name.trim().toLowerCase());
  return new Set(names.filter(Boolean));
}

/** Anything but a clear no is a yes: who asks for less must not get more for a misspelling. */
function isOn(value: string | null): boolean {
  const text = value?.trim().toLowerCase();
  return Boolean(text) && text !== 'false' && text !== '0';
}

/** The platform hands `%2C` on as it came. */
export function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
