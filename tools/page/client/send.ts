import type { DescribedApp } from '../describedApp.ts';
import type { NoticedCall } from '../noticedCalls.ts';

export type Action = DescribedApp['actions'][number];
export type Input = Record<string, string | number | boolean>;

/** How an action is called: as a connector does, with failures inside of an answer or not, or as an agent's MCP client does. */
export type Way = 'http' | 'inline' | 'mcp';

export interface Answer {
  status: number;
  /** What came, laid out for reading. */
  text: string;
  milliseconds: number;
  bytes: number;
  /** What the app logged of the call, where it has. */
  call: NoticedCall | undefined;
}

/** The address of an action with what is in a read's query. */
export function addressOf({ system, name, access }: Action, input: Input): string {
  const query = new URLSearchParams(Object.entries(input).map(([field, value]) => [field, String(value)]));
  return `/api/${system}/${name}${access === 'read' && query.size > 0 ? `?${query}` : ''}`;
}

export async function send(action: Action, input: Input, way: Way): Promise<Answer> {
  const correlationId = crypto.randomUUID();
  const headers = { 'x-correlation-id': correlationId, 'content-type': 'application/json' };
  const began = performance.now();
  const response = await request(action, input, way, headers);
  const body = await response.text();
  const milliseconds = Math.round(performance.now() - began);
  const noticed = await fetch(`/_page/calls/${correlationId}`);
  return {
    status: response.status,
    text: way === 'mcp' ? toolText(body) : laidOut(body),
    milliseconds,
    bytes: new Blob([body]).size,
    call: noticed.ok ? await noticed.json() : undefined,
  };
}

function request(action: Action, input: Input, way: Way, headers: Record<string, string>): Promise<Response> {
  if (way === 'mcp') {
    const params = { name: action.name, arguments: input };
    return fetch(`/api/mcp/x/${action.toolset}`, {
      method: 'POST',
      headers: { ...headers, accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    });
  }
  const all = { ...headers, ...(way === 'inline' && { 'x-error-mode': 'inline' }) };
  if (action.access === 'read') return fetch(addressOf(action, input), { headers: all });
  return fetch(addressOf(action, input), { method: 'POST', headers: all, body: JSON.stringify(input) });
}

/** The texts of a tool's result: all that a model reads of it. */
function toolText(body: string): string {
  const { result, error } = JSON.parse(body);
  if (error) return JSON.stringify(error, null, 2);
  const parts: { type: string; text?: string; mimeType?: string }[] = result.content;
  return parts
    .map(({ type, text, mimeType }) => (text === undefined ? `[${type}: ${mimeType}]` : laidOut(text)))
    .join('\n');
}

function laidOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
