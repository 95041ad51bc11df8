import { afterAll, beforeAll } from 'vitest';
import { type JiraSandbox, startSandbox as startJira } from '../../functions/jira/sandbox/startSandbox.ts';
import {
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
  startSandbox as startSalesforce,
} from '../../functions/salesforce/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from './app.ts';

export interface SandboxedApp {
  app: RunningApp;
  jira: JiraSandbox;
  salesforce: SalesforceSandbox;
}

/** The built app against a sandbox of each vendor, for all tests of a file. It runs only while they do. */
export function useSandboxedApp(
  env: Record<string, string> = {},
  { salesforce: options }: { salesforce?: SalesforceSandboxOptions } = {},
): Readonly<SandboxedApp> {
  let started: SandboxedApp | undefined;
  const running = () => {
    if (!started) throw new Error('The app runs only in tests');
    return started;
  };
  beforeAll(async () => {
    const [jira, salesforce] = await Promise.all([startJira(), startSalesforce(options)]);
    const app = await startApp({ env: { ...jira.settings, ...salesforce.settings, ...env } });
    started = { jira, salesforce, app };
  });
  afterAll(async () => {
    const { app, jira, salesforce } = running();
    await app.stop();
    await Promise.all([jira.close(), salesforce.close()]);
  });
  return {
    get app() {
      return running().app;
    },
    get jira() {
      return running().jira;
    },
    get salesforce() {
      return running().salesforce;
    },
  };
}
