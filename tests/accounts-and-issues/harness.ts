import type { SalesforceSandboxOptions } from '../../functions/salesforce/sandbox/startSandbox.ts';
import { type Reply, request } from '../support/request.ts';
import { type SandboxedApp, useSandboxedApp } from '../support/sandboxedApp.ts';

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

export interface BothApp extends SandboxedApp {
  read(action: string, query: Record<string, string>, headers?: Headers): Promise<Reply<Answer>>;
  write(action: string, json: Record<string, unknown>, headers?: Headers): Promise<Reply<Answer>>;
  /** What both were asked for since this was last called, without sign-ins: `POST /rest/api/3/search/jql`, `GET /query`. */
  costs(): string[];
}

/** An app with a sandbox of each vendor for all tests of a file. */
export function useBoth(
  env: Record<string, string> = {},
  options: { salesforce?: SalesforceSandboxOptions } = {},
): BothApp {
  const running = useSandboxedApp(env, options);
  let seen = { jira: 0, salesforce: 0 };
  const urlOf = (action: string) => `${running.app.url}/api/accounts-and-issues/${action}`;
  return {
    get app() {
      return running.app;
    },
    get jira() {
      return running.jira;
    },
    get salesforce() {
      return running.salesforce;
    },
    read: (action, query, headers = {}) =>
      request<Answer>(`${urlOf(action)}?${new URLSearchParams(query)}`, { headers }),
    write: (action, json, headers = {}) => request<Answer>(urlOf(action), { json, headers }),
    costs() {
      const { jira, salesforce } = running;
      const asked = [...jira.requests.slice(seen.jira), ...salesforce.requests.slice(seen.salesforce)];
      seen = { jira: jira.requests.length, salesforce: salesforce.requests.length };
      return asked
        .map(({ method, path }) => `${method} ${path.replace(/^\/services\/data\/v67\.0|^\/rest\/api\/3/, '')}`)
        .filter(each => !each.includes('oauth2'));
    },
  };
}
