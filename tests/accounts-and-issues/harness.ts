import { afterAll, beforeAll } from 'vitest';
import { type JiraSandbox, startSandbox as startJira } from '../../functions/jira/sandbox/startSandbox.ts';
import {
  type SalesforceSandbox,
  type SalesforceSandboxOptions,
  startSandbox as startSalesforce,
} from '../../functions/salesforce/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { type Reply, request } from '../support/request.ts';

/** What the tests of these actions look at in an answer. */
interface Answer {
  summary: string;
  code: string;
  detail: string;
  note: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer's own fields are what each test is about.
  [field: string]: any;
}

type Headers = Record<string, string>;

export interface BothApp {
  app: RunningApp;
  jira: JiraSandbox;
  salesforce: SalesforceSandbox;
  read(action: string, query: Record<string, string>, headers?: Headers): Promise<Reply<Answer>>;
  write(action: string, json: Record<string, unknown>, headers?: Headers): Promise<Reply<Answer>>;
  /** What both were asked for since this was last called, without sign-ins: `POST /rest/api/3/search/jql`, `GET /query`. */
  costs(): string[];
}

/** An app with a sandbox of each vendor for all tests of a file. */
export function useBoth(
  env: Record<string, string> = {},
  { salesforce: options }: { salesforce?: SalesforceSandboxOptions } = {},
): BothApp {
  let started: Pick<BothApp, 'app' | 'jira' | 'salesforce'> | undefined;
  const running = () => {
    if (!started) throw new Error('The app runs only in tests');
    return started;
  };
  let seen = { jira: 0, salesforce: 0 };
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
  const urlOf = (action: string) => `${running().app.url}/api/accounts-and-issues/${action}`;
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
    read: (action, query, headers = {}) =>
      request<Answer>(`${urlOf(action)}?${new URLSearchParams(query)}`, { headers }),
    write: (action, json, headers = {}) => request<Answer>(urlOf(action), { json, headers }),
    costs() {
      const { jira, salesforce } = running();
      const asked = [...jira.requests.slice(seen.jira), ...salesforce.requests.slice(seen.salesforce)];
      seen = { jira: jira.requests.length, salesforce: salesforce.requests.length };
      return asked
        .map(({ method, path }) => `${method} ${path.replace(/^\/services\/data\/v67\.0|^\/rest\/api\/3/, '')}`)
        .filter(each => !each.includes('oauth2'));
    },
  };
}
