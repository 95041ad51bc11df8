import { styleText } from 'node:util';
import type { Backing } from '../sandboxes.ts';
import type { ServedFunction } from './host.ts';

/** What the banner needs to know of an action: how to call it, with values that answer something. */
export interface CallableAction {
  name: string;
  access: 'read' | 'write';
  example: Readonly<Record<string, string | number | boolean>>;
}

export interface BannerOptions {
  url: string;
  backings: readonly Backing[];
  functions: readonly ServedFunction[];
  /** Those that can be called here. */
  actions: readonly CallableAction[];
  platform?: NodeJS.Platform;
  /** Whether a change of a file is taken up. */
  followsChanges?: boolean;
}

/** The action that is shown: the first thing that people ask of an agent with a tracker behind it. */
const SHOWN = 'getProjectUpdates';

/** What runs and against what, where every action can be tried, and one call to paste. */
export function banner({
  url,
  backings,
  functions,
  actions,
  platform = process.platform,
  followsChanges = false,
}: BannerOptions): string {
  const shown = actions.find(({ name }) => name === SHOWN) ?? actions.find(({ access }) => access === 'read');
  const address = functions.find(({ name }) => name === shown?.name)?.url;
  const call = platform === 'win32' ? powerShell : curl;
  return [
    ...backings.map(describeBacking),
    '',
    `Try each of the ${actions.length} actions on the page ${styleText('bold', `${url}/`)}, or one of them here:`,
    ...(shown && address !== undefined ? [`  ${call(address, shown)}`] : []),
    `For MCP clients: ${url}/api/mcp, or ${url}/api/mcp/x/<toolset>. Every action with its address: docs/actions.md`,
    '',
    `Serving on ${url}`,
    ...(followsChanges ? ['What you change is built and served, and the sandboxes keep their data.'] : []),
    'Ctrl-C stops everything.',
  ].join('\n');
}

function describeBacking({ title, kind, configuredBy, url }: Backing): string {
  const name = styleText('bold', title);
  if (kind === 'real') return `${name} is ${url}, for real.`;
  if (kind === 'sandbox')
    return `${name} is a sandbox with made-up data at ${url}. Set ${configuredBy} to use your own.`;
  return (
    `${name} is not configured: set ${configuredBy}. ` +
    'No sandbox stands in for it, because KEY_VAULT_URI is set and a vault does not hold the secrets of a sandbox.'
  );
}

/** A command line for a POSIX shell that makes the call. */
export function curl(url: string, { access, example }: Pick<CallableAction, 'access' | 'example'>): string {
  if (access === 'write') {
    return `curl ${quote(url)} -H ${quote('content-type: application/json')} -d ${quote(JSON.stringify(example))}`;
  }
  return `curl ${quote(withQuery(url, example))}`;
}

/** The same for PowerShell, on Windows, where `curl` with quotation marks in its arguments is another in each version. */
export function powerShell(url: string, { access, example }: Pick<CallableAction, 'access' | 'example'>): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  if (access === 'write') {
    return `Invoke-RestMethod ${quoted(url)} -Method Post -ContentType 'application/json' -Body ${quoted(JSON.stringify(example))} | ConvertTo-Json -Depth 9`;
  }
  return `Invoke-RestMethod ${quoted(withQuery(url, example))} | ConvertTo-Json -Depth 9`;
}

function withQuery(url: string, example: CallableAction['example']): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(example)) query.set(name, String(value));
  return query.size > 0 ? `${url}?${query}` : url;
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
