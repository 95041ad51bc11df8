import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '../shared/action/defineSystem.ts';
import { isConfigured, neededSettings, ownSettings } from '../shared/settings/config.ts';

/** A vendor's API on loopback, with data to try things on. */
export interface Sandbox {
  url: string;
  /** The application settings that point the app at it. */
  settings: Record<string, string>;
  /** Puts its data back as they were at the start. Missing where no request changes them. */
  reset?(): void;
  close(): Promise<void>;
}

export interface SandboxOptions {
  /** Its data are laid out backwards from what the clock says at the start. */
  now?: () => Date;
  /** A folder with other data than the sandbox's own. */
  data?: string;
  /** 0, the default, takes a free one. */
  port?: number;
}

export type StartSandbox = (options?: SandboxOptions) => Promise<Sandbox>;

/** Where the sandbox of a system is started, `functions/<system>/sandbox/startSandbox.ts`; undefined where it has none. */
export async function sandboxModule({ name }: Pick<System, 'name'>): Promise<URL | undefined> {
  const module = new URL(`../functions/${name}/sandbox/startSandbox.ts`, import.meta.url);
  return access(module).then(
    () => module,
    () => undefined,
  );
}

/** The start of a system's sandbox; undefined where it has none. */
export async function findSandbox(system: Pick<System, 'name'>): Promise<StartSandbox | undefined> {
  const module = await sandboxModule(system);
  if (!module) return undefined;
  const { startSandbox } = (await import(module.href)) as { startSandbox: StartSandbox };
  return startSandbox;
}

/**
 * `<SANDBOX_DATA>/<system>`, the data that a system's sandbox starts with; undefined where that folder is not there.
 * @throws Error when SANDBOX_DATA itself is no folder
 */
async function dataFolder(system: System, folder: string | undefined): Promise<string | undefined> {
  if (!folder) return undefined;
  if (!(await isFolder(folder))) throw new Error(`SANDBOX_DATA is ${folder}, which is no folder.`);
  const own = join(folder, system.name);
  return (await isFolder(own)) ? own : undefined;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );

/** What a system's actions talk to. */
export interface Backing {
  title: string;
  /** `nothing`: not configured, and no sandbox stands in for it. */
  kind: 'real' | 'sandbox' | 'nothing';
  /** The setting that would configure it. */
  configuredBy: string;
  /** The address of the system or of its sandbox. */
  url?: string;
}

/**
 * Starts the sandbox of every system that `env` does not configure, and puts the settings that point at it into `env`.
 * With `KEY_VAULT_URI` none is started: secrets then come from the vault, which does not hold a sandbox's.
 * `SANDBOX_DATA` names a folder with other data for them, in a folder for each system.
 * @param firstPort where the first of them listens, and the next ones behind it, so that addresses of their things stay good from
 * one start to the next; 0 for free ones
 */
export async function fillWithSandboxes(
  systems: readonly System[],
  env: NodeJS.ProcessEnv,
  find: (system: System) => Promise<StartSandbox | undefined> = findSandbox,
  firstPort = 0,
) {
  const backings: Backing[] = [];
  const started: Sandbox[] = [];
  for (const system of systems) {
    const [configuredBy] = neededSettings(system.settings);
    // A system that has no settings of its own stands on others, or on the app itself.
    if (!configuredBy || ownSettings(system).length === 0) continue;
    const backing = { title: system.title, configuredBy };
    const start = env.KEY_VAULT_URI ? undefined : await find(system);
    if (isConfigured(system, env)) {
      const url = env[configuredBy];
      backings.push({ ...backing, kind: 'real', ...(url && { url }) });
    } else if (start) {
      const data = await dataFolder(system, env.SANDBOX_DATA);
      const sandbox = await startAt(start, firstPort && firstPort + started.length, data);
      started.push(sandbox);
      Object.assign(env, sandbox.settings);
      backings.push({ ...backing, kind: 'sandbox', url: sandbox.url });
    } else {
      backings.push({ ...backing, kind: 'nothing' });
    }
  }
  return {
    backings,
    /** Puts the data of all of them back as they were at the start, so that one call does not see what another one did. */
    reset() {
      for (const sandbox of started) sandbox.reset?.();
    },
    async close() {
      await Promise.all(started.map(sandbox => sandbox.close()));
    },
  };
}

/** Where a port is taken, another one does. */
async function startAt(start: StartSandbox, port: number, data: string | undefined): Promise<Sandbox> {
  const options = data === undefined ? {} : { data };
  try {
    return await start({ ...options, port });
  } catch (error) {
    if (port === 0 || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return start(options);
  }
}
