import { systems } from '../functions/everySystem.ts';
import type { Action } from '../shared/action/defineAction.ts';
import { isConfigured, SANDBOX_URLS } from '../shared/settings/config.ts';
import { unknownSettings } from '../shared/settings/unknownSettings.ts';
import type { CallableAction } from './host/banner.ts';
import { type DescribedApp, describedApp } from './page/describedApp.ts';
import { type Backing, fillWithSandboxes, findSandbox } from './sandboxes.ts';

/** What the local host tells of the app that it serves. */
export interface LocalApp {
  backings: Backing[];
  /** Those that can be called here. */
  callable: (CallableAction & { system: string })[];
  page: DescribedApp;
  /** Sentences about settings that there are not. */
  unknown: string[];
}

/**
 * Starts the sandboxes that the app needs, puts their settings into `env`, and describes the app.
 * @param firstPort that of the first sandbox; 0 for free ones
 */
export async function openLocalApp(
  root: string,
  actions: readonly Action[],
  env: NodeJS.ProcessEnv,
  { firstPort, find = findSandbox }: { firstPort: number; find?: typeof findSandbox },
): Promise<LocalApp & { close(): Promise<void> }> {
  const { backings, close } = await fillWithSandboxes(systems, env, find, firstPort);
  env.START_REPORT_MS ??= '1000';
  env[SANDBOX_URLS] = backings.flatMap(({ kind, url }) => (kind === 'sandbox' && url ? url : [])).join(' ');
  const callable = actions.filter(({ uses }) => uses.every(system => isConfigured(system, env)));
  return {
    backings,
    callable: callable.map(({ name, system, access, example }) => ({ name, system, access, example })),
    page: await describedApp(root, { systems, actions: callable, backings }),
    unknown: unknownSettings(systems, env).map(({ message }) => message),
    close,
  };
}
