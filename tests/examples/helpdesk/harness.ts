import { type HelpdeskSandbox, startSandbox } from '../../../examples/helpdesk/sandbox/startSandbox.ts';
import type { RunningApp } from '../../support/app.ts';
import { startAppWith } from '../../support/exampleApp.ts';
import { type Reply, request } from '../../support/request.ts';

/** What the tests of these actions look at in an answer. */
interface HelpdeskAnswer {
  ticketNumber: string;
  status: string;
  tickets: { ticketNumber: string; customer: string; status: string }[];
  replies: { text: string; audience: string }[];
  nextPageToken: string;
  code: string;
  detail: string;
  retryable: boolean;
  retryAfterSeconds: number;
  errors: { field: string; message: string }[];
  [field: string]: unknown;
}

export interface HelpdeskApp {
  app: RunningApp;
  sandbox: HelpdeskSandbox;
  /** Calls a read action with its inputs in the query. */
  read(action: string, query?: Record<string, string>): Promise<Reply<HelpdeskAnswer>>;
  /** Calls a write action with its inputs in the body. */
  write(action: string, json: unknown): Promise<Reply<HelpdeskAnswer>>;
  /** What the help desk was asked for since `costs` was last called: `GET /v1/tickets/1042` and the like. */
  costs(): string[];
  stop(): Promise<void>;
}

interface Options {
  /** How the app signs in. */
  auth?: 'api-key' | 'client-credentials';
  env?: Record<string, string>;
}

/** Runs the built app against a help desk of its own. */
export async function startHelpdeskApp({ auth = 'api-key', env = {} }: Options = {}): Promise<HelpdeskApp> {
  const sandbox = await startSandbox();
  const settings = auth === 'api-key' ? sandbox.settings : sandbox.oauthSettings;
  const app = await startAppWith('helpdesk', { env: { ...settings, ...env } });
  let from = 0;
  return {
    app,
    sandbox,
    read: (action, query = {}) =>
      request<HelpdeskAnswer>(`${app.url}/api/helpdesk/${action}?${new URLSearchParams(query)}`),
    write: (action, json) => request<HelpdeskAnswer>(`${app.url}/api/helpdesk/${action}`, { json }),
    costs() {
      const requests = sandbox.requests.slice(from);
      from = sandbox.requests.length;
      return requests.map(({ method, path }) => `${method} ${path}`);
    },
    async stop() {
      await app.stop();
      await sandbox.close();
    },
  };
}
