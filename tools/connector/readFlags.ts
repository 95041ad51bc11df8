import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { ActionEntry } from '../../shared/action/defineAction.ts';
import type { ConnectorKey } from '../generate/folders.ts';
import type { SignIn } from './withSignIn.ts';

export const usage = `Usage: npm run connector -- --system <system> --auth key|entra --host <host>
         [--client-id <id> --tenant-id <id>]   of the app registration, with --auth entra
         [--mcp <toolset>|core]                the MCP server's tools instead; core is of all systems, without --system
         [--out <folder>]                      connector/ unless given
Such as: npm run connector -- --system jira --auth key --host your-app.azurewebsites.net`;

/** Which connector is wanted, and for what. */
interface Wanted {
  key: ConnectorKey;
  signIn: SignIn;
  out: string | undefined;
}

/** Flags that cannot be served; its message says why. */
export class WrongFlags extends Error {}

const options = {
  system: { type: 'string' },
  auth: { type: 'string' },
  host: { type: 'string' },
  'client-id': { type: 'string' },
  'tenant-id': { type: 'string' },
  mcp: { type: 'string' },
  out: { type: 'string' },
} as const;

type Flags = Readonly<Partial<Record<keyof typeof options, string>>>;

/** Reads the command's flags; there is a connector for each system and toolset that has an action. @throws WrongFlags */
export function readFlags(args: string[], actions: readonly ActionEntry[]): Wanted {
  const flags = parse(args);
  return { key: readKey(flags, actions), signIn: readSignIn(flags), out: flags.out };
}

function parse(args: string[]): Flags {
  try {
    return parseArgs({ args, options }).values;
  } catch (cause) {
    throw new WrongFlags(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readKey({ system, mcp }: Flags, actions: readonly ActionEntry[]): ConnectorKey {
  if (mcp === 'core') {
    if (system !== undefined) throw new WrongFlags('--mcp core is of all systems: leave --system out.');
    return 'core';
  }
  if (!system) throw new WrongFlags('--system is missing.');
  const systems = [...new Set(actions.map(action => action.system))];
  if (!systems.includes(system)) {
    throw new WrongFlags(`There is no system ${system} with actions; there is ${systems.join(', ')}.`);
  }
  if (mcp === undefined) return { system };
  const toolsets = [...new Set(actions.filter(action => action.system === system).map(({ toolset }) => toolset))];
  if (!toolsets.includes(mcp)) {
    throw new WrongFlags(`${system} has no toolset ${mcp} with actions; there is ${toolsets.join(', ')}.`);
  }
  return { system, toolset: mcp };
}

function readSignIn({ auth, host, 'client-id': clientId, 'tenant-id': tenantId }: Flags): SignIn {
  if (!auth) throw new WrongFlags('--auth is missing.');
  if (!host) throw new WrongFlags('--host is missing.');
  if (URL.parse(`https://${host}`)?.host !== host.toLowerCase()) {
    throw new WrongFlags(`--host must be the name of a host alone, such as your-app.azurewebsites.net, not ${host}.`);
  }
  switch (auth) {
    case 'key':
      if (clientId ?? tenantId) throw new WrongFlags('--client-id and --tenant-id are for --auth entra.');
      return { auth, host };
    case 'entra':
      if (!clientId || !tenantId) throw new WrongFlags('--auth entra needs --client-id and --tenant-id.');
      if (![clientId, tenantId].every(id => z.guid().safeParse(id).success)) {
        throw new WrongFlags(
          '--client-id and --tenant-id must be GUIDs, as the page of the app registration has them.',
        );
      }
      return { auth, host, clientId, tenantId };
    default:
      throw new WrongFlags(`--auth must be key or entra, not ${auth}.`);
  }
}
