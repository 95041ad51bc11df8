import { styleText } from 'node:util';
import type { Backing } from '../sandboxes.ts';
import type { ServedFunction } from './host.ts';

/** What the banner needs to know of an action: how to call it, with values that answer something. */
export interface CallableAction {
  name: string;
  access: 'read' | 'write';
  callers?: 'users' | undefined;
  title: string;
  example: Readonly<Record<string, string | number | boolean>>;
}

export interface BannerOptions {
  url: string;
  backings: readonly Backing[];
  functions: readonly ServedFunction[];
  actions: readonly CallableAction[];
}

/** What runs and against what, every function with its address, and for every action a `curl` to paste. */
export function banner({ url, backings, functions, actions }: BannerOptions): string {
  const callable = new Map(actions.map(action => [action.name, action]));
  const lines = backings.map(describeBacking);
  for (const served of functions) {
    const action = callable.get(served.name);
    if (!action) continue;
    lines.push('', `${styleText('bold', served.name)}  ${styleText('dim', action.title)}`);
    lines.push(`  ${served.methods.join(', ')} ${served.url}`);
    // On this machine nobody signs in.
    const isForUsers = action.callers === 'users';
    lines.push(isForUsers ? '  For people who sign in: it is refused here.' : `  ${curl(served.url, action)}`);
  }
  lines.push('');
  for (const { name, methods, url } of functions.filter(({ name }) => !callable.has(name))) {
    lines.push(`${styleText('bold', name)}  ${methods.join(', ')} ${url}`);
  }
  lines.push('', `Serving on ${url}`, 'Ctrl-C stops everything.');
  return lines.join('\n');
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
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(example)) query.set(name, String(value));
  return `curl ${quote(query.size > 0 ? `${url}?${query}` : url)}`;
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
