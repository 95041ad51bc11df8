import { beforeEach, expect, it } from 'vitest';
import { actions as entries } from '../../../functions/actions.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { callAction, callMcp } from '../../reliability/callAction.ts';
import { ana, zoe } from '../signedIn.ts';
import { useCallersApp } from './callers.ts';

const actions: Action[] = (await Promise.all(entries.map(async ({ load }) => (await load()).default))).filter(
  ({ system }) => system === 'jira',
);
const effects = ['reads', 'adds', 'changes', 'removes'];
const callers = useCallersApp({
  POLICY: JSON.stringify({ default: { effects, systems: { jira: { projects: ['ATLAS', 'BEACON', 'HELP'] } } } }),
});
beforeEach(() => callers.grant('BEACON', 'BROWSE_PROJECTS', 'zoe.obrien'));

const exampleOf = ({ name, example }: Action): Record<string, string> => ({
  ...(example as Record<string, string>),
  // Those of all desks are told to nobody.
  ...(name === 'findHelpArticles' && { projectId: 'HELP' }),
});

it.each(actions)('a policy and the rights of its caller together let $name do what both allow', async action => {
  const { status, text } = await callAction(callers.app.url, action, exampleOf(action), ana);
  expect(status, text).toBe(200);
});

it('what either closes is closed', async () => {
  const code = async (who: 'ana.ruiz' | 'zoe.obrien', issueKey: string) =>
    (await callers.read(who, 'getIssue', { issueKey })).body.code;
  expect(await code('ana.ruiz', 'BEACON-1')).toBe('not_found');
  expect(await code('zoe.obrien', 'BEACON-1')).toBeUndefined();
  expect(await code('zoe.obrien', 'COMET-1')).toBe('forbidden');
  const call = { name: 'getIssue', arguments: { issueKey: 'BEACON-1' } };
  const overMcp = async (who: typeof ana) => (await callMcp(callers.app.url, 'tools/call', call, who)).text;
  expect(await overMcp(ana)).toContain('There is no Jira issue BEACON-1 that this service may see');
  expect(await overMcp(zoe)).toContain('statusCategory');
  const { body } = await callers.read('ana.ruiz', 'listProjects');
  expect(body.projects.map(({ key }: { key: string }) => key)).toEqual(['ATLAS', 'HELP']);
});

it('the credential that asks for permissions has asked for nothing else', () => {
  const { jira } = callers;
  const credential = `Basic ${Buffer.from(`juergen.gross@example.com:${jira.apiTokenOf('juergen.gross@example.com')}`).toString('base64')}`;
  const routes = (isIts: boolean) =>
    new Set(
      jira.requests
        .filter(({ headers }) => (headers.authorization === credential) === isIts)
        .map(({ method, path }) => `${method} ${path}`),
    );
  const check = 'POST /rest/api/3/permissions/check';
  expect(routes(true)).toEqual(new Set([check]));
  expect(routes(false)).not.toContain(check);
});
