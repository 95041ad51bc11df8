import { ownSettings } from '../settings/config.ts';
import { inCallerMode } from '../settings/inboundAuth.ts';
import type { Environment } from '../settings/setting.ts';
import type { Action } from './defineAction.ts';
import type { System } from './defineSystem.ts';

/**
 * Why an action is not for callers who signed in at the vendor of `signIn`, or where that is undefined, for those whom
 * INBOUND_AUTH let in: a request has one `Authorization`, whose token is for one vendor alone, and nobody who brings it is
 * given what this service may see elsewhere.
 * @returns a part of a sentence; undefined where it is for them
 */
export function whyNotServed(
  { uses }: Pick<Action, 'uses'>,
  signIn: string | undefined,
  env: Environment,
): string | undefined {
  const asked = uses.filter(asksVendor);
  const bringing = asked.filter(({ callersSignIn }) => inCallerMode(callersSignIn, env));
  const isServed = signIn === undefined ? bringing.length === 0 : asked.every(system => system.name === signIn);
  if (isServed) return undefined;
  const own = bringing.length > 0 ? bringing : asked;
  const settings = bringing.map(({ callersSignIn }) => `${callersSignIn}=caller`).join(', ');
  return `a call asks ${titles(asked)}, but each user signs in at ${titles(own)} themselves${settings && ` (${settings})`}, with a token for one of them alone`;
}

/** Whether it stands for a vendor's: one that has settings of its own. */
function asksVendor(system: System): boolean {
  return ownSettings(system).length > 0;
}

function titles(systems: readonly System[]): string {
  return systems.map(({ title }) => title).join(' and ');
}
