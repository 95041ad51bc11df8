/** A vendor's API on loopback, with data to try things on. */
interface Sandbox {
  url: string;
  /** The application settings that point the app at it. */
  settings: Record<string, string>;
  close(): Promise<void>;
}

/** What is needed to put a sandbox in a system's place. */
export interface SandboxedSystem {
  title: string;
  /** The setting whose presence says that the real system is configured. */
  configuredBy: string;
  /** Its data are laid out backwards from what the clock says at the start. */
  start(options?: { now?: () => Date }): Promise<Sandbox>;
}

export const sandboxes: readonly SandboxedSystem[] = [
  {
    title: 'Jira',
    configuredBy: 'JIRA_BASE_URL',
    start: async options => (await import('../functions/jira/sandbox/startSandbox.ts')).startJiraSandbox(options),
  },
  {
    title: 'Salesforce',
    configuredBy: 'SALESFORCE_LOGIN_URL',
    start: async options =>
      (await import('../functions/salesforce/sandbox/startSandbox.ts')).startSalesforceSandbox(options),
  },
];

/** What a system's actions talk to. */
export interface Backing {
  title: string;
  /** `nothing`: not configured, and a sandbox cannot stand in for it. */
  kind: 'real' | 'sandbox' | 'nothing';
  configuredBy: string;
  /** The address of the system or of its sandbox. */
  url?: string;
}

/**
 * Starts a sandbox for every system that `env` does not configure, and puts the settings that point at it into `env`.
 * With `KEY_VAULT_URI` none is started: secrets then come from the vault, which does not hold a sandbox's.
 */
export async function fillWithSandboxes(systems: readonly SandboxedSystem[], env: NodeJS.ProcessEnv) {
  const backings: Backing[] = [];
  const started: Sandbox[] = [];
  for (const { title, configuredBy, start } of systems) {
    const url = env[configuredBy];
    if (url) {
      backings.push({ title, configuredBy, kind: 'real', url });
    } else if (env.KEY_VAULT_URI) {
      backings.push({ title, configuredBy, kind: 'nothing' });
    } else {
      const sandbox = await start();
      started.push(sandbox);
      Object.assign(env, sandbox.settings);
      backings.push({ title, configuredBy, kind: 'sandbox', url: sandbox.url });
    }
  }
  return {
    backings,
    async close() {
      await Promise.all(started.map(sandbox => sandbox.close()));
    },
  };
}
