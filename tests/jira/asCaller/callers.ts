import { afterAll, afterEach, beforeAll } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import type { RunningApp } from '../../support/app.ts';
import { principal } from '../../support/principal.ts';
import { type JiraAnswer, type JiraApp, startJiraApp } from '../harness.ts';
import { entra } from '../signedIn.ts';

/** The accounts of the sandbox's people, by the beginning of their address. */
type Who = 'ana.ruiz' | 'zoe.obrien' | 'sam.taylor' | 'priya.n' | 'carla' | 'maria.keller';

const addressOf = (who: Who) =>
  `${who}@${who === 'carla' || who === 'maria.keller' ? 'client.example' : 'example.com'}`;

/** The sign-in of somebody who has that address. */
const signIn = (who: Who) => principal({ tid: 'tenant', oid: `oid-${who}`, scp: 'access', upn: addressOf(who) });

/** With whose account the permissions of others are asked for. */
const administrator = 'juergen.gross@example.com';

export interface CallersApp {
  site: JiraApp;
  jira: JiraSandbox;
  app: RunningApp;
  accountOf(who: Who): string;
  /** Until the end of the test, only these people have a permission in a project. */
  grant(projectKey: string, permission: string, ...who: Who[]): void;
  /** Requests that changed something, since it was last asked. */
  changes(): string[];
  read(who: Who, action: string, query?: Record<string, string>): Promise<{ status: number; body: JiraAnswer }>;
  write(who: Who, action: string, json: object): Promise<{ status: number; body: JiraAnswer }>;
}

/** POST requests that change nothing. */
const searches = /\/(?:search\/jql|bulkfetch|permissions\/check|comment\/list|jql\/\w+)$/;

/** An app that acts with the rights of its callers, and a sandbox with people of different rights. */
export function useCallersApp(env: Record<string, string> = {}): CallersApp {
  let jira: JiraSandbox;
  let site: JiraApp;
  let from = 0;
  let undo: (() => void)[] = [];
  const person = (address: string) => {
    const found = jira.site.people.find(({ email }) => email === address);
    if (!found) throw new Error(`Nobody has ${address}`);
    return found.accountId;
  };
  beforeAll(async () => {
    jira = await startSandbox();
    jira.site.globalPermissions.ADMINISTER = [person(administrator)];
    site = await startJiraApp(
      {
        ...entra,
        JIRA_RUN_AS: 'caller',
        JIRA_PERMISSIONS_EMAIL: administrator,
        JIRA_PERMISSIONS_TOKEN: jira.apiTokenOf(administrator),
        ...env,
      },
      jira,
    );
  });
  afterEach(() => {
    for (const each of undo) each();
    undo = [];
  });
  afterAll(async () => {
    await site.stop();
    await jira.close();
  });
  return {
    get site() {
      return site;
    },
    get jira() {
      return jira;
    },
    get app() {
      return site.app;
    },
    accountOf: who => person(addressOf(who)),
    grant(projectKey, permission, ...who) {
      const project = jira.site.projects.find(({ key }) => key === projectKey);
      if (!project) throw new Error(`There is no project ${projectKey}`);
      const before = project.permissions[permission];
      project.permissions[permission] = who.map(each => person(addressOf(each)));
      undo.push(() => {
        if (before) project.permissions[permission] = before;
        else delete project.permissions[permission];
      });
    },
    changes() {
      const requests = jira.requests.slice(from);
      from = jira.requests.length;
      return requests
        .filter(({ method, path }) => method !== 'GET' && !(method === 'POST' && searches.test(path)))
        .map(({ method, path }) => `${method} ${path}`);
    },
    read: (who, action, query) => site.read(action, query, signIn(who)),
    write: (who, action, json) => site.write(action, json, signIn(who)),
  };
}
