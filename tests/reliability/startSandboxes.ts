import { systems } from '../../functions/everySystem.ts';
import type { SandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { findSandbox, type Sandbox } from '../../tools/sandboxes.ts';

export interface RunningSandboxes {
  /** By the name of its system; a system that stands on others has none. */
  servers: ReadonlyMap<string, Sandbox & SandboxServer>;
  /** What points an app at all of them. */
  settings: Record<string, string>;
  close(): Promise<void>;
}

/** Starts the sandbox of every system. `data` has a system's data where it is not the sandbox's own. */
export async function startSandboxes(data: Readonly<Record<string, string>> = {}): Promise<RunningSandboxes> {
  const servers = new Map<string, Sandbox & SandboxServer>();
  const settings: Record<string, string> = {};
  for (const system of systems) {
    const start = await findSandbox(system);
    if (!start) continue;
    const folder = data[system.name];
    const sandbox = await start(folder === undefined ? {} : { data: folder });
    if (!isServer(sandbox)) throw new Error(`The sandbox of ${system.title} does not fail on demand.`);
    servers.set(system.name, sandbox);
    Object.assign(settings, sandbox.settings);
  }
  return {
    servers,
    settings,
    async close() {
      await Promise.all([...servers.values()].map(server => server.close()));
    },
  };
}

function isServer(sandbox: Sandbox): sandbox is Sandbox & SandboxServer {
  return 'fail' in sandbox && 'requests' in sandbox;
}
