import * as z from 'zod';
import type { Config } from '../settings/config.ts';
import { inCallerMode } from '../settings/inboundAuth.ts';
import type { Environment } from '../settings/setting.ts';
import type { Action } from './defineAction.ts';
import type { System } from './defineSystem.ts';

/** The input that says which of several sites is meant. The pipeline takes it off. */
export interface SiteInput {
  site?: string | undefined;
}

/** The names of the sites among which each call of a system chooses; none where there is nothing to choose, or its settings are wrong. */
export function sitesOf(system: System | undefined, config: Config, env: Environment): readonly string[] {
  if (!system?.sites || !inCallerMode(system.callersSignIn, env)) return [];
  const settings = config.of(system);
  const sites = settings.problems().length === 0 ? system.sites(settings.read()) : [];
  return sites.length > 1 ? sites : [];
}

/** The action with an input that says which of these sites is meant; the action itself where there are none. */
export function withSite(action: Action, sites: readonly string[]): Action {
  if (sites.length === 0) return action;
  const input = { site: z.enum(sites).meta({ description: 'Which site: the first part of its address.' }) };
  return {
    ...action,
    input: action.input.extend(input),
    ...(action.planned && { planned: { ...action.planned, input: action.planned.input.extend(input) } }),
  };
}
