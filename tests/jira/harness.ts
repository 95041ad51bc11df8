import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { type Reply, request } from '../support/request.ts';

/** What the tests of these actions look at in an answer; what is particular to an action by the name it gives it. */
export interface JiraAnswer {
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
  read<Body = JiraAnswer>(
    action: string,
    query?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Reply<Body>>;
  /** Every item of a list of a read action, page by page. */
  readAll(action: string, list: string, query: Record<string, string>): Promise<Record<string, unknown>[]>;
  /** Calls a write action with its inputs in the body. */
  write(action: string, json?: unknown, headers?: Record<string, string>): Promise<Reply<JiraAnswer>>;
  /** Lets Jira answer the next request to a path with this: what Jira may answer, although its sandbox never does. */
  answerNext(path: string, json: unknown): void;
  /** What Jira was asked for since `costs` was last called: `POST issue/ATLAS-1/comment` and the like. */
  costs(): string[];
  /** The body of the last request that had one and matches. */
  sent(method: string, path: RegExp): Record<string, unknown>;
  /** The issue as the sandbox holds it. */
  issue(issueKey: string): JiraSandbox['site']['issues'][number];
  /** Creates a task for a test that changes one. @returns its key */
  newTask(headers?: Record<string, string>): Promise<string>;
  stop(): Promise<void>;
}

/** Runs the built app against a Jira sandbox of its own, or one that is shared. */
export async function startJiraApp(env: Record<string, string> = {}, shared?: JiraSandbox): Promise<JiraApp> {
  const jira = shared ?? (await startSandbox());
  const app = await startApp({ env: { ...jira.settings, ...env } });
  let from = jira.requests.length;
  let tasks = 0;
  const read = <Body = JiraAnswer>(
    action: string,
    query: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) => request<Body>(`${app.url}/api/jira/${action}?${new URLSearchParams(query)}`, { headers });
  const write = (action: string, json: unknown = {}, headers: Record<string, string> = {}) =>
    request<JiraAnswer>(`${app.url}/api/jira/${action}`, { json, headers });
  const costs = () => {
    const requests = jira.requests.slice(from);
    from = jira.requests.length;
    return requests.map(({ method, path }) => `${method} ${path.replace(/^\/rest\/api\/3\//, '')}`).sort();
  };
  return {
    app,
    jira,
    read,
    async readAll(action, list, query) {
      const items: Record<string, unknown>[] = [];
      for (let pageToken = '', pages = 0; pages < 60; pages += 1) {
        const { status, body } = await read(action, { ...query, pageToken });
        expect(status).toBe(200);
        items.push(...body[list]);
        if (!body.nextPageToken) return items;
        pageToken = body.nextPageToken;
      }
      throw new Error('The list does not end');
    },
    write,
    answerNext(path, json) {
      jira.fail({ path, status: 200, body: JSON.stringify(json) });
    },
    costs,
    sent(method, path) {
      const found = jira.requests.findLast(each => each.method === method && path.test(each.path));
      return JSON.parse(found?.body || '{}');
    },
    issue(issueKey) {
      const found = jira.site.issues.find(({ key }) => key === issueKey);
      if (!found) throw new Error(`There is no ${issueKey}`);
      return found;
    },
    async newTask(headers) {
      const task = { projectId: 'ATLAS', issueType: 'Task', summary: `Task ${++tasks}` };
      const { body } = await write('createIssue', task, headers);
      costs();
      return body.issueKey;
    },
    async stop() {
      await app.stop();
      if (!shared) await jira.close();
    },
  };
}

/** An app with a sandbox of its own for all tests of a file. Each test counts its own costs. */
export function useJiraApp(env: Record<string, string> = {}): JiraApp {
  let started: JiraApp | undefined;
  const running = () => {
    if (!started) throw new Error('The app runs only in tests');
    return started;
  };
  beforeAll(async () => {
    started = await startJiraApp(env);
  });
  beforeEach(() => {
    running().costs();
  });
  afterAll(() => running().stop());
  return {
    get app() {
      return running().app;
    },
    get jira() {
      return running().jira;
    },
    read: (...call) => running().read(...call),
    readAll: (...call) => running().readAll(...call),
    write: (...call) => running().write(...call),
    answerNext: (...answer) => running().answerNext(...answer),
    costs: () => running().costs(),
    sent: (...request) => running().sent(...request),
    issue: issueKey => running().issue(issueKey),
    newTask: headers => running().newTask(headers),
    stop: () => running().stop(),
  };
}

/** Markdown with everything that comments and descriptions may hold. */
export const richMarkdown = [
  '# Why',
  'The **second** tap _charges_ again, see [the log](https://example.com/log).',
  '- one\n  - nested\n- two',
  '- [ ] to do\n- [x] done',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '```js\nconst a = 1;\n```',
  '> quoted',
  'Ask @ana.ruiz@example.com, not @nobody@example.org.',
].join('\n\n');
