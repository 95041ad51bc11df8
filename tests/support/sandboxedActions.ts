import { actions as entries } from '../../functions/actions.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { findSandbox } from '../../tools/sandboxes.ts';

/** Every action of the app. */
export const actions: readonly Action[] = await Promise.all(entries.map(async ({ load }) => (await load()).default));

const inSandbox = await Promise.all(
  actions.map(async ({ uses }) => (await Promise.all(uses.map(findSandbox))).every(start => start !== undefined)),
);

/** Those that can be tried with no account: each system that they use has a sandbox. */
export const sandboxedActions: readonly Action[] = actions.filter((_, index) => inSandbox[index]);
