import { actions as entries } from '../../functions/actions.ts';
import type { Action } from '../../shared/action/defineAction.ts';

/** Every action of the app: a new one is in all that is measured here by being declared. */
export const allActions: readonly Action[] = await Promise.all(entries.map(async ({ load }) => (await load()).default));

export type Input = Readonly<Record<string, unknown>>;

export interface Answered {
  /** Over MCP the status that the error inside tells. */
  status: number;
  headers: Headers;
  /** As it came, whatever it is. */
  text: string;
  /** What it says; undefined where it is not JSON. */
  body: Record<string, unknown> | undefined;
}

/** Calls an action as a connector does: a read with its inputs in the query, a write with them in the body. */
export async function callAction(
  url: string,
  { system, name, access }: Pick<Action, 'system' | 'name' | 'access'>,
  input: Input,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const route = `${url}/api/${system}/${name}`;
  const query = new URLSearchParams(
    Object.entries(input).map(([field, value]): [string, string] => [field, String(value)]),
  );
  const response =
    access === 'read'
      ? await fetch(`${route}?${query}`, { headers })
      : await fetch(route, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(input),
        });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

/** Sends one message of the Model Context Protocol. */
export async function callMcp(
  url: string,
  method: string,
  params: Record<string, unknown>,
  headers: Record<string, string> = {},
  path = '/x/all',
): Promise<Answered> {
  const response = await fetch(`${url}/api/mcp${path}`, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
