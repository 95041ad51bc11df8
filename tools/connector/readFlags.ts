import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { ActionEntry } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import type { UserSignIn } from '../../shared/action/userSignIn.ts';
import type { Choice } from '../generate/definition.ts';
import type { ConnectorKey } from '../generate/folders.ts';
import { PLACEHOLDER_HOST } from '../generate/placeholders.ts';
import { isVendorClientId, readServer } from './vendorSignIn.ts';
import type { SignIn } from './withSignIn.ts';

export const usage = `Usage: npm run connector -- --system <system> --auth key|entra|user --host <host>
         [--client-id <id> --tenant-id <id>]   of the app registration, with --auth entra
         [--client-id <id>]                    of the app at the system's vendor, with --auth user
         [--login-url <address>]               your org's own address there, where each has one, with --auth user
         [--toolsets <toolset>,<toolset>]      only the operations of these, and with --auth user only their scopes
         [--sites <site>,<site>]               where each call names one of several sites, with --auth user
         [--mcp <toolset>|core]                the MCP server's tools instead; core is of all systems, without --system
         [--actions <action>,<action>]         only these operations
         [--m365]                              a whole app for Microsoft 365 Copilot instead: an agent with these as its
                                               functions; --auth is then key unless given
         [--reference-id <id>]                 of what was registered for it in the Teams developer portal, with --m365
         [--link-hosts <host>,<host>]          where links in answers lead to, such as contoso.atlassian.net, with --m365
         [--app-id <GUID>] [--app-version <n.n.n>]   other than those that follow from host, system and package.json, with --m365
         [--out <folder>]                      connector/ unless given
Such as: npm run connector -- --system jira --auth key --host your-app.azurewebsites.net
         npm run connector -- --system jira --auth user --host your-app.azurewebsites.net --client-id <id>
         npm run connector -- --system jira --m365 --host your-app.azurewebsites.net`;

/** Which connector is wanted, and for what. */
export interface Wanted {
  key: ConnectorKey;
  signIn: WantedSignIn;
  choice: Choice;
  /** A whole app for Microsoft 365 Copilot is wanted instead. */
  app?: WantedApp;
  out: string | undefined;
}

/** What an app is told beside a connector. */
export interface WantedApp {
  system: string;
  /** Of the key or the OAuth client in the Teams developer portal; without it the package is to be written once more. */
  referenceId: string | undefined;
  id: string | undefined;
  /** MAJOR.MINOR.PATCH. */
  version: string | undefined;
  linkHosts: readonly string[];
}

/** As a person names it: which scopes users consent to follows from the actions. */
export type WantedSignIn = Exclude<SignIn, { auth: 'user' }> | ({ auth: 'user'; host: string } & AtVendor);

interface AtVendor {
  clientId: string;
  system: System;
  userSignIn: UserSignIn;
  /** The origin of the vendor's authorization server. */
  server: string;
}

/** What there is to choose from. */
export interface Known {
  actions: readonly ActionEntry[];
  systems: readonly System[];
  /** How users sign in at a vendor, by the name of the system. */
  signIns: ReadonlyMap<string, UserSignIn>;
}

/** Flags that cannot be served; its message says why. */
export class WrongFlags extends Error {}

const options = {
  system: { type: 'string' },
  auth: { type: 'string' },
  host: { type: 'string' },
  'client-id': { type: 'string' },
  'tenant-id': { type: 'string' },
  'login-url': { type: 'string' },
  toolsets: { type: 'string' },
  actions: { type: 'string' },
  m365: { type: 'boolean' },
  'reference-id': { type: 'string' },
  'link-hosts': { type: 'string' },
  'app-id': { type: 'string' },
  'app-version': { type: 'string' },
  sites: { type: 'string' },
  mcp: { type: 'string' },
  out: { type: 'string' },
} as const;

type Flags = Readonly<Partial<Record<Exclude<keyof typeof options, 'm365'>, string>> & { m365?: boolean }>;

/** Reads the command's flags; there is a connector for each system and toolset that has an action. @throws WrongFlags */
export function readFlags(args: string[], known: Known): Wanted {
  const flags = parse(args);
  const key = readKey(flags, known);
  const app = readApp(flags);
  return {
    key,
    signIn: readSignIn(flags, known),
    choice: readChoice(flags, known),
    ...(app && { app }),
    out: flags.out,
  };
}

/** What is told of an app; undefined where none is wanted. */
function readApp(flags: Flags): WantedApp | undefined {
  const { system = '', 'reference-id': referenceId, 'app-id': id, 'app-version': version } = flags;
  if (!flags.m365) {
    const stray = (['reference-id', 'link-hosts', 'app-id', 'app-version'] as const).find(
      flag => flags[flag] !== undefined,
    );
    if (stray) throw new WrongFlags(`--${stray} is for --m365.`);
    return undefined;
  }
  if (flags.mcp !== undefined) {
    throw new WrongFlags(
      '--m365 has operations as its functions, not the tools of --mcp: choose some with --toolsets.',
    );
  }
  if (referenceId !== undefined && !/^[\w+/=#.:-]{1,300}$/.test(referenceId)) {
    throw new WrongFlags('--reference-id must be the registration ID as the Teams developer portal shows it.');
  }
  if (id !== undefined && !z.guid().safeParse(id).success) throw new WrongFlags('--app-id must be a GUID.');
  if (version !== undefined && !isAppVersion(version)) {
    throw new WrongFlags(`--app-version must be three numbers such as 1.0.1, not ${version}.`);
  }
  const linkHosts = readList('link-hosts', flags['link-hosts']) ?? [];
  const wrong = linkHosts.find(host => !isHost(host));
  if (wrong !== undefined) {
    throw new WrongFlags(`--link-hosts must be names of hosts, such as contoso.atlassian.net, not ${wrong}.`);
  }
  return { system, referenceId, id, version, linkHosts };
}

/** Microsoft 365 takes no version of another form: https://github.com/OfficeDev/microsoft-teams-app-schema/issues/174 */
export function isAppVersion(text: string): boolean {
  return /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}$/.test(text);
}

/** The name of a host alone, as DNS has it, with a port where it has one. */
function isHost(text: string): boolean {
  return /^[a-z0-9.-]+(?::\d{1,5})?$/i.test(text) && URL.parse(`https://${text}`)?.host === text.toLowerCase();
}

function parse(args: string[]): Flags {
  try {
    return parseArgs({ args, options }).values;
  } catch (cause) {
    throw new WrongFlags(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readKey({ system, mcp }: Flags, { actions }: Known): ConnectorKey {
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
  checkToolsets([mcp], system, actions);
  return { system, toolset: mcp };
}

function checkToolsets(toolsets: readonly string[], system: string, actions: readonly ActionEntry[]): void {
  const known = [...new Set(actions.filter(action => action.system === system).map(({ toolset }) => toolset))];
  const unknown = toolsets.find(toolset => !known.includes(toolset));
  if (unknown === undefined) return;
  throw new WrongFlags(`${system} has no toolset ${unknown} with actions; there is ${known.join(', ')}.`);
}

function readSignIn(flags: Flags, known: Known): WantedSignIn {
  const { 'client-id': clientId, 'tenant-id': tenantId, 'login-url': loginUrl } = flags;
  // An app can be looked at before there is a deployment, and then says what is missing.
  const { auth = flags.m365 ? 'key' : undefined, host = flags.m365 ? PLACEHOLDER_HOST : undefined } = flags;
  if (!auth) throw new WrongFlags('--auth is missing.');
  if (!host) throw new WrongFlags('--host is missing.');
  if (!isHost(host)) {
    throw new WrongFlags(`--host must be the name of a host alone, such as your-app.azurewebsites.net, not ${host}.`);
  }
  if (auth !== 'user' && loginUrl !== undefined) throw new WrongFlags('--login-url is for --auth user.');
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
    case 'user':
      return { auth, host, ...readUserSignIn(flags, known) };
    default:
      throw new WrongFlags(`--auth must be key, entra or user, not ${auth}.`);
  }
}

function readUserSignIn(flags: Flags, { systems, signIns }: Known): AtVendor {
  const { system: name = '', 'client-id': clientId, 'tenant-id': tenantId, 'login-url': loginUrl } = flags;
  const system = systems.find(each => each.name === name);
  const userSignIn = signIns.get(name);
  if (!system || !userSignIn) {
    const can = [...signIns.keys()].join(' or ');
    throw new WrongFlags(
      name
        ? `Nobody signs in at the vendor of ${name}; --auth user is for ${can}.`
        : `--auth user is for one system, because a request carries one sign-in: name --system ${can}, and with --mcp a toolset of it.`,
    );
  }
  const { vendor, app, server } = userSignIn;
  if (tenantId !== undefined) throw new WrongFlags('--tenant-id is for --auth entra.');
  if (!clientId) throw new WrongFlags(`--auth user needs --client-id, that of your ${app.kind} at ${vendor}.`);
  if (!isVendorClientId(clientId)) {
    throw new WrongFlags(`--client-id must be as ${vendor} shows it: letters, digits, and the signs . _ ~ - alone.`);
  }
  if (typeof server === 'string' && loginUrl !== undefined) {
    throw new WrongFlags(
      `--login-url is for a vendor where each organisation has an address of its own; ${vendor} has one.`,
    );
  }
  if (typeof server !== 'string' && loginUrl === undefined) {
    throw new WrongFlags(`--auth user needs --login-url, such as ${server.sample}: the one in ${server.setting}.`);
  }
  const found = readServer(userSignIn, loginUrl);
  if ('refusal' in found) throw new WrongFlags(`--login-url ${found.refusal}.`);
  return { clientId, system, userSignIn, server: found.origin };
}

/** What a connector's operations are, of those that its system has. */
function readChoice(flags: Flags, { actions, systems }: Known): Choice {
  const { system = '', mcp, toolsets, sites, auth } = flags;
  const single = readList('actions', flags.actions);
  if (single) {
    if (mcp !== undefined || toolsets !== undefined) {
      throw new WrongFlags('--actions names the operations themselves: leave --toolsets and --mcp out.');
    }
    const own = actions.filter(action => action.system === system).map(({ name }) => name);
    const unknown = single.find(name => !own.includes(name));
    if (unknown !== undefined) {
      throw new WrongFlags(`${system} has no action ${unknown}; there is ${own.join(', ')}.`);
    }
  }
  const chosen = readList('toolsets', toolsets);
  if (chosen) {
    if (mcp !== undefined)
      throw new WrongFlags('--toolsets chooses operations; the tools are those of the toolset after --mcp.');
    checkToolsets(chosen, system, actions);
  }
  const named = readList('sites', sites);
  if (named) {
    if (auth !== 'user') throw new WrongFlags('--sites is for --auth user: a service credential is of one site.');
    if (mcp !== undefined) throw new WrongFlags('--sites is for operations; the MCP server tells its sites itself.');
    if (!systems.some(each => each.name === system && each.sites)) {
      throw new WrongFlags(`--sites is for a system that may have several sites; ${system} has one.`);
    }
    if (named.length < 2) throw new WrongFlags('--sites must name two or more: of one, no call needs to name it.');
    const wrong = named.find(site => !/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/.test(site));
    if (wrong !== undefined) {
      throw new WrongFlags(
        `--sites must be the first part of each site's host name, such as contoso of https://contoso.atlassian.net, not ${wrong}.`,
      );
    }
  }
  return {
    ...(chosen && { toolsets: chosen }),
    ...(single && { actions: single }),
    ...(named && { sites: named }),
  };
}

/** The words of a flag, with commas between; undefined where it is not given. */
function readList(flag: string, text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(',').map(word => word.trim());
  if (words.some(word => word === '')) throw new WrongFlags(`--${flag} must be words with commas between.`);
  if (new Set(words).size < words.length) throw new WrongFlags(`--${flag} names one twice.`);
  return words;
}
