import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { needsOf } from '../../shared/action/defineAction.ts';
import { answerOf, putBack } from '../support/examples.ts';
import { actions } from '../support/sandboxedActions.ts';
import { type JiraApp, startJiraApp } from './harness.ts';

const ana = 'ana.ruiz@example.com';
const ofJira = actions.filter(({ system }) => system === 'jira');

let sandbox: JiraSandbox;
let site: JiraApp;
beforeAll(async () => {
  sandbox = await startSandbox();
  const env = { JIRA_AUTH: 'caller', JIRA_EMAIL: '', JIRA_API_TOKEN: '', JIRA_CLOUD_ID: sandbox.cloudId };
  site = await startJiraApp(env, sandbox);
});
afterAll(() => Promise.all([site.stop(), sandbox.close()]));

it.each(ofJira.map(action => [action.name, action] as const))(
  '%s wants no other scope than those that it names, and the one that tells whose token it is',
  async (name, action) => {
    const { scopes = [], also = [] } = needsOf(action, 'jira') ?? {};
    const all = new Set(['read:jira-user', ...scopes, ...also.flatMap(each => each.scopes ?? [])]);
    const headers = { authorization: `Bearer ${sandbox.tokenOf(ana, { scopes: [...all] })}` };
    const input = action.example as Record<string, string>;
    const { status, body } = await (action.access === 'read'
      ? site.read(name, input, headers)
      : site.write(name, input, headers));
    putBack(action, sandbox);
    expect(status, answerOf(action, body)).toBe(200);
  },
);
