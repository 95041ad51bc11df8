import type { System } from '../../shared/action/defineSystem.ts';
import { ownSettings, secretSetting, systemOf } from '../../shared/settings/config.ts';

/** Names with a meaning of their own: routes of the app, and the word after `npm run new --`. */
export const reservedNames: ReadonlySet<string> = new Set(['system', 'mcp', 'health', 'endpoints']);

/** @throws Error for a system whose name is taken, reserved or malformed, or whose settings or secrets have another's prefix */
export function checkSystems(systems: readonly System[]): void {
  for (const { name } of systems) {
    if (reservedNames.has(name)) throw new Error(`No system can have the name ${name}: it is reserved. Rename it.`);
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
      throw new Error(`The system ${name} must have a name of lower-case letters, digits and single hyphens.`);
    }
    if (systems.filter(system => system.name === name).length > 1) {
      throw new Error(`Two systems have the name ${name}. Rename one.`);
    }
  }
  for (const system of systems) {
    for (const setting of ownSettings(system)) checkPrefix(setting, `setting ${setting}`, system, systems);
    for (const secret of Object.keys(system.secrets)) {
      checkPrefix(secretSetting(secret), `secret ${secret}`, system, systems);
    }
  }
}

function checkPrefix(setting: string, what: string, { name }: System, systems: readonly System[]): void {
  const owner = systemOf(setting, systems);
  if (owner?.name === name) return;
  const prefix = secretSetting(name);
  throw new Error(
    owner
      ? `The ${what} of ${name} begins as those of ${owner.name} do. Rename it, so that it is plain whose it is.`
      : `The ${what} of ${name} must begin with ${what.startsWith('secret') ? `${name}-` : `${prefix}_`}. Rename it.`,
  );
}
