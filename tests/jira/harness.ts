import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { type Reply, request } from '../support/request.ts';

/** What the tests of these actions look at in an answer; what is particular to an action by the name it gives it. */
interface JiraAnswer {
  issueKey: string;
  url: string;
  title: string;
  status: string;
  assignee: string;
  issues: { issueKey: string; url: string; updatedAt: string; status: string; assignee?: string; type: string }[];
  nextPageToken: string;
  deduplicated: boolean;
  code: string;
  detail: string;
  retryable: boolean;
  errors: { field: string; message: string }[];
  // biome-ignore lint/suspicious/noExplicitAny: an answer's own fields are what each test is about.
  [field: string]: any;
}

export interface JiraApp {
  app: RunningApp;
  jira: JiraSandbox;
  /** Calls a read action with its inputs in the query. */
  read(action: string, query?: Record<string, string>, headers?: Record<string, string>): Promise<Reply<JiraAnswer>>;
  /** Calls a write action with its inputs in the body. */
  write(action: string, json?: unknown, headers?: Record<string, string>): Promise<Reply<JiraAnswer>>;
  /** What Jira was asked for since `costs` was last called: `POST issue/ATLAS-1/comment` and the like. */
  costs(): string[];
  /** The body of the last request that had one and matches. */
  sent(method: string, path: RegExp): Record<string, unknown>;
  stop(): Promise<void>;
}

/** Runs the built app against a Jira sandbox of its own, or one that is shared. */
export async function startJiraApp(env: Record<string, string> = {}, shared?: JiraSandbox): Promise<JiraApp> {
  const jira = shared ?? (await startSandbox());
  const app = await startApp({ env: { ...jira.settings, ...env } });
  let from = jira.requests.length;
  return {
    app,
    jira,
    read: (action, query = {}, headers = {}) =>
      request<JiraAnswer>(`${app.url}/api/jira/${action}?${new URLSearchParams(query)}`, { headers }),
    write: (action, json = {}, headers = {}) => request<JiraAnswer>(`${app.url}/api/jira/${action}`, { json, headers }),
    costs() {
      const requests = jira.requests.slice(from);
      from = jira.requests.length;
      return requests.map(({ method, path }) => `${method} ${path.replace(/^\/rest\/api\/3\//, '')}`).sort();
    },
    sent(method, path) {
      const found = jira.requests.findLast(each => each.method === method && path.test(each.path));
      return JSON.parse(found?.body || '{}');
    },
    async stop() {
      await app.stop();
      if (!shared) await jira.close();
    },
  };
}
