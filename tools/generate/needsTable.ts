import { type Action, type Needs, needsOf } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';

type Grant = 'permissions' | 'scopes';

/** The lines of a system's README that say which permissions and scopes which of its actions need; none where it has none. */
export function needsTable({ name, permissions = {}, scopes = {} }: System, actions: readonly Action[]): string[] {
  const using = actions
    .filter(({ uses }) => uses.some(system => system.name === name))
    .sort((one, other) => Number(other.system === name) - Number(one.system === name));
  const table = (
    grant: Grant,
    title: string,
    names: Readonly<Record<string, string>>,
    tell: (name: string) => string,
  ) => {
    const rows = Object.keys(names).flatMap(each => {
      const users = usersOf(each, grant, { system: name, actions: using });
      return users ? [`| ${tell(each)} | ${users} |`] : [];
    });
    return rows.length > 0 ? [`| ${title} | for |`, '|---|---|', ...rows] : [];
  };
  const tables = [
    table('scopes', 'scope', scopes, each => `\`${each}\`, ${scopes[each]}`),
    table('permissions', 'permission', permissions, each => permissions[each] ?? each),
  ].filter(lines => lines.length > 0);
  return tables.flatMap(lines => ['', ...lines]).concat(tables.length > 0 ? [''] : []);
}

/** `every action`, or those that need it: `createIssue`, `addComment` in a service project. */
function usersOf(
  name: string,
  grant: Grant,
  { system, actions }: { system: string; actions: readonly Action[] },
): string {
  const needing = actions.flatMap(action => {
    const when = whenNeeded(name, grant, needsOf(action, system));
    return when === undefined ? [] : [{ action: action.name, when }];
  });
  if (needing.length === actions.length && needing.every(({ when }) => when === '')) return 'every action';
  const groups = Map.groupBy(needing, ({ when }) => when);
  return [...groups]
    .map(([when, group]) => [group.map(({ action }) => `\`${action}\``).join(', '), when].filter(Boolean).join(' '))
    .join('; ');
}

/** Empty where it is needed always; undefined where it is not needed. */
function whenNeeded(name: string, grant: Grant, needs: Needs | undefined): string | undefined {
  if (needs?.[grant]?.includes(name)) return '';
  return needs?.also?.find(also => also[grant]?.includes(name))?.when;
}

/** @throws Error for an action that needs what its system does not declare */
export function checkNeeds(actions: readonly Action[], systems: readonly System[]): void {
  for (const action of actions) {
    const stray = Object.keys(action.needsIn ?? {}).find(name => !action.uses.some(used => used.name === name));
    if (stray !== undefined) throw new Error(`${action.name} needs something in ${stray}, which it does not use.`);
    for (const { name: system, permissions = {}, scopes = {} } of systems) {
      const needs = needsOf(action, system);
      const grants = needs ? [needs, ...(needs.also ?? [])] : [];
      const unknown = grants.flatMap(grant => [
        ...(grant.permissions ?? []).filter(each => !(each in permissions)),
        ...(grant.scopes ?? []).filter(each => !(each in scopes)),
      ]);
      if (unknown.length > 0) {
        throw new Error(`${action.name} needs ${unknown.join(', ')}, which ${system} does not declare.`);
      }
    }
  }
}
