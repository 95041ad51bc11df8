import { afterAll, beforeAll, beforeEach } from 'vitest';
import * as z from 'zod';
import {
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
  startSandbox,
} from '../../functions/salesforce/sandbox/startSandbox.ts';
import type { SandboxRequest } from '../../shared/sandbox/sandboxServer.ts';
import { type AppOptions, type RunningApp, startApp } from '../support/app.ts';
import { type Reply, request } from '../support/request.ts';

/** What the tests of these actions look at in an answer; lists by the name that the action gives them. */
interface SalesforceAnswer {
  summary: string;
  nextPageToken: string;
  code: string;
  detail: string;
  retryable: boolean;
  [list: string]: unknown;
}

interface Inputs {
  query?: Record<string, string>;
  json?: unknown;
  headers?: Record<string, string>;
}

export interface SalesforceApp {
  app: RunningApp;
  sandbox: SalesforceSandbox;
  /** Calls an action by its name: with inputs in `json` a write, else a read with its inputs in the query. */
  call(action: string, inputs: Inputs): Promise<Reply<SalesforceAnswer>>;
  /** What the org is asked for since `costs` was last called: `POST /services/oauth2/token` and the like. */
  costs(): string[];
  /** The requests behind `costs`. */
  asked(): SandboxRequest[];
  stop(): Promise<void>;
}

interface Options {
  sandbox?: SalesforceSandboxOptions;
  settings?(sandbox: SalesforceSandbox): Record<string, string>;
  app?: AppOptions;
}

/** Runs the built app against a Salesforce sandbox of its own. */
export async function startSalesforceApp(options: Options = {}): Promise<SalesforceApp> {
  const sandbox = await startSandbox(options.sandbox);
  const app = await startApp({
    ...options.app,
    env: { ...sandbox.settings, ...options.settings?.(sandbox), ...options.app?.env },
  });
  let from = 0;
  const asked = () => {
    const requests = sandbox.requests.slice(from);
    from = sandbox.requests.length;
    return requests;
  };
  return {
    app,
    sandbox,
    call: (action, { query = {}, ...rest }) =>
      request<SalesforceAnswer>(`${app.url}/api/salesforce/${action}?${new URLSearchParams(query)}`, rest),
    asked,
    costs: () => asked().map(({ method, path }) => `${method} ${path.replace(/^\/services\/data\/v67\.0/, '')}`),
    async stop() {
      await app.stop();
      await sandbox.close();
    },
  };
}

/**
 * The app for the tests of one file: started and signed in before them, and stopped after them. Each test sees only the
 * requests of its own.
 */
export function useSalesforce(options: Options = {}): Omit<SalesforceApp, 'stop'> {
  let running: SalesforceApp | undefined;
  const started = () => {
    if (!running) throw new Error('The app runs in tests alone, not while they are collected.');
    return running;
  };
  beforeAll(async () => {
    running = await startSalesforceApp(options);
    await running.call('findAccounts', { query: { name: 'sign in' } });
  });
  beforeEach(() => void started().asked());
  afterAll(() => running?.stop());
  return {
    get app() {
      return started().app;
    },
    get sandbox() {
      return started().sandbox;
    },
    call: (action, inputs) => started().call(action, inputs),
    asked: () => started().asked(),
    costs: () => started().costs(),
  };
}

/** The items of a list in an answer. */
export function list(value: unknown): Record<string, unknown>[] {
  return z.array(z.record(z.string(), z.unknown())).parse(value);
}
