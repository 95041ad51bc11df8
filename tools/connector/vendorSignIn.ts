import { access } from 'node:fs/promises';
import { type Action, needsOf } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import type { UserSignIn } from '../../shared/action/userSignIn.ts';

/** What a connector is told of the vendor that its users sign in at. */
export interface VendorSignIn {
  /** https URLs, without a query. */
  authorizationUrl: string;
  tokenUrl: string;
  /** What an authorization request says beside what the standard has in it. */
  query: Readonly<Record<string, string>>;
  /** The scopes that users consent to, and what they open. */
  scopes: Readonly<Record<string, string>>;
}

/** How the users of systems sign in at their vendors, by the name of the system; those where they do not are left out. */
export async function userSignIns(systems: readonly Pick<System, 'name'>[]): Promise<ReadonlyMap<string, UserSignIn>> {
  const found = await Promise.all(systems.map(async system => [system.name, await findUserSignIn(system)] as const));
  return new Map(found.flatMap(([name, signIn]) => (signIn ? [[name, signIn] as const] : [])));
}

async function findUserSignIn({ name }: Pick<System, 'name'>): Promise<UserSignIn | undefined> {
  const module = new URL(`../../functions/${name}/userSignIn.ts`, import.meta.url);
  const isThere = await access(module).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const { userSignIn } = (await import(module.href)) as { userSignIn: UserSignIn };
  return userSignIn;
}

/** A client ID as vendors give them: no space, and nothing that a template would take for a name in braces. */
export function isVendorClientId(text: string): boolean {
  return /^[\w.~-]{1,255}$/.test(text);
}

/**
 * The origin of the authorization server. `address` is that of an organisation's own, where each has one.
 * @returns the origin, or what is wrong with the address, as it goes on after its name
 */
export function readServer(
  { server }: Pick<UserSignIn, 'server'>,
  address: string | undefined,
): { origin: string } | { refusal: string } {
  if (typeof server === 'string') return { origin: server };
  const url = URL.parse(address?.trim() ?? '');
  const isOrigin = url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.hash && !url.username;
  if (!isOrigin) return { refusal: `must be an https address of a host alone, such as ${server.sample}` };
  const refusal = server.refusal(url.host);
  return refusal === undefined ? { origin: url.origin } : { refusal };
}

/**
 * What a connector with these actions is told, for a server at this origin. All scopes are asked for that any of the
 * actions may need.
 */
export function vendorSignIn(
  { system, userSignIn, server }: { system: System; userSignIn: UserSignIn; server: string },
  actions: readonly Action[],
): VendorSignIn {
  const { paths, query, scopes } = userSignIn;
  const grants = actions.flatMap(action => {
    const needs = needsOf(action, system.name);
    return needs ? [needs, ...(needs.also ?? [])] : [];
  });
  const needed = new Set(grants.flatMap(grant => grant.scopes ?? []));
  // In the order in which the system declares them, so that two equal choices give equal files.
  const ofActions = Object.entries(system.scopes ?? {}).filter(([scope]) => needed.has(scope));
  return {
    authorizationUrl: `${server}${paths.authorize}`,
    tokenUrl: `${server}${paths.token}`,
    query,
    scopes: { ...Object.fromEntries(ofActions), ...scopes },
  };
}
