import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox as startJira } from '../../../functions/jira/sandbox/startSandbox.ts';
import { startSandbox as startSalesforce } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { meaningOf } from '../../../shared/schema/meaning.ts';
import { startApp } from '../../support/app.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { putBack } from '../../support/examples.ts';
import { type Answered, allActions, callAction, callMcp, type Input } from '../callAction.ts';
import { startSandboxes } from '../startSandboxes.ts';
import { type Case, KEY, type SettingSet, type SignedIn, settingSets, signedIn } from './cases.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
  await azurite.createTable('audit');
});
afterAll(() => azurite.stop());

const codeOf: Record<number, string> = {
  400: 'invalid_input',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  500: 'misconfigured',
};

interface Asked {
  action: Action;
  input: Input;
  /** Whether the input means whoever asks. */
  isMe: boolean;
}

/** Each action with its example, and once more for each input of Jira's that takes a person, with `me`. */
const asked: Asked[] = allActions.flatMap(action => {
  const people = Object.entries(action.input.shape).filter(([, schema]) => {
    const { mayMatchSeveral, names } = meaningOf(schema);
    return action.system === 'jira' && mayMatchSeveral === true && !names;
  });
  return [
    { action, input: action.example, isMe: false },
    ...people.map(([name]) => {
      const me = name === 'where' ? '{"Assignee": "me"}' : 'me';
      return { action, input: { ...action.example, [name]: me }, isMe: true };
    }),
  ];
});

/** Whether its policy, its roles and the action itself let a caller in. */
function isLetIn({ refused, permits = () => true, isUser = true }: Case, action: Action): boolean {
  return refused === undefined && permits(action) && (isUser || action.callers !== 'users');
}

/** The status by the rules of the case. */
function expectedOf(rules: Case, { action, isMe }: Asked, runsAsCaller: boolean): number {
  if (rules.refused !== undefined) return rules.refused;
  if (!isLetIn(rules, action)) return 403;
  const usesSalesforce = action.uses.some(({ name }) => name === 'salesforce');
  const isOutside = runsAsCaller && usesSalesforce && !rules.isInSalesforce;
  // What is searched for in both systems is told of the one that may be asked.
  if (isOutside) return action.name === 'searchEverything' ? 200 : 403;
  if (isMe && !rules.isInJira) return 400;
  // Approvals wait for a user of Salesforce, and the sandboxes have the same people.
  if (action.callers === 'users' && usesSalesforce && !rules.isInJira) return 403;
  if (action.callers !== 'users' || action.system !== 'jira' || rules.isInJira) return 200;
  // The example is about what belongs to the one who is in Jira: a comment, or an approval that waits for them alone.
  return action.toolset === 'jira-service' ? 403 : 404;
}

/** Whether it is about the latest comment of who asks: there is one as soon as the same person has asked for `addComment`. */
function isTheirsNow({ action }: Asked, expected: number): boolean {
  return expected === 404 && action.callers === 'users';
}

/** What came, as its status; with the code where that does not belong to it. */
function gotOf({ status, text, body }: Answered, { action }: Asked): string {
  // Whoever comes second finds done what a change that is not idempotent does, or there what has a name of its own.
  if (status === 409 && (!action.idempotent || action.effect === 'adds') && body?.code === 'conflict') return '200';
  const isPlatform = (status === 401 || status === 500) && text === '';
  return status === 200 || isPlatform || body?.code === codeOf[status] ? String(status) : `${status} ${body?.code}`;
}

interface Row {
  caller: string;
  expected: number;
  got: string;
  asked: string;
}

/** A line for each caller: how many calls came to what, and which of them should not have. */
function table(rows: readonly Row[]): string {
  const callers = [...new Set(rows.map(({ caller }) => caller))];
  const lines = callers.map(caller => {
    const own = rows.filter(row => row.caller === caller);
    const statuses = [...new Set(own.map(({ got }) => got))].sort();
    const counts = statuses.map(status => `${own.filter(({ got }) => got === status).length} × ${status}`);
    const wrong = own.filter(({ expected, got }) => got !== String(expected));
    const told = wrong.map(({ asked, expected, got }) => `${asked}: ${got} for ${expected}`);
    return `| ${caller} | ${counts.join(', ')} | ${told.join('; ')} |`;
  });
  return ['| caller | answers | wrong |', '|---|---|---|', ...lines].join('\n');
}

async function settingsOf({ settings, runsAsCaller = false }: SettingSet) {
  const sandboxes = await startSandboxes();
  // A ledger would answer one set's caller with what another one's did.
  const { LEDGER_TABLE_ENDPOINT: AUDIT_TABLE_ENDPOINT = '', ...identity } = azurite.settings;
  const tables = { ...identity, AUDIT_TABLE_ENDPOINT };
  if (!runsAsCaller)
    return { env: { ...sandboxes.settings, ...tables, ...settings }, sandboxes, close: sandboxes.close };
  const salesforce = await startSalesforce();
  const { SALESFORCE_CLIENT_SECRET: _, ...others } = sandboxes.settings;
  const { SALESFORCE_USERNAME: __, ...signIn } = salesforce.jwtSettings();
  return {
    env: { ...others, ...signIn, ...tables, ...settings },
    sandboxes,
    close: async () => void (await Promise.all([sandboxes.close(), salesforce.close()])),
  };
}

it.each(settingSets)(
  'with $name every caller is answered by the rules, whatever the action',
  async set => {
    const { env, sandboxes, close } = await settingsOf(set);
    const app = await startApp({ env: { ...env, ACTION_TIMEOUT_MS: '20000' }, ...(set.keys && { keys: set.keys }) });
    const requests = () => [...sandboxes.servers.values()].reduce((sum, server) => sum + server.requests.length, 0);
    const rows: Row[] = [];
    const tryOne = async (rules: Case, call: Asked) => {
      const before = requests();
      const answer = await callAction(app.url, call.action, call.input, rules.headers);
      // Who is refused by this service costs its upstreams nothing.
      const isAsked = requests() > before && !isLetIn(rules, call.action);
      if (answer.status === 200) putBack(call.action, ...sandboxes.servers.values());
      const expected = expectedOf(rules, call, set.runsAsCaller ?? false);
      rows.push({
        caller: rules.caller,
        expected: isTheirsNow(call, expected) && answer.status === 200 ? 200 : expected,
        got: `${gotOf(answer, call)}${isAsked ? ', though asked upstream' : ''}`,
        asked: `${call.action.name}${call.isMe ? ' with me' : ''}`,
      });
    };
    for (const rules of set.cases) {
      const { caller, headers = {}, refused } = rules;
      // Where nobody is asked anything, it does not matter whose turn it is.
      if (refused !== undefined) await Promise.all(asked.map(call => tryOne(rules, call)));
      else for (const call of asked) await tryOne(rules, call);
      const { status, text } = await callMcp(app.url, 'tools/list', {}, headers);
      const isListed = ({ name }: Action) => text.includes(`"name":"${name}"`);
      const isWrong = (action: Action) => isListed(action) !== isLetIn(rules, action);
      const wrong = allActions.filter(isWrong).map(({ name }) => name);
      const got = wrong.length > 0 ? `${status} with the wrong ${wrong.join(', ')}` : String(status);
      rows.push({ caller, expected: refused ?? 200, got, asked: 'tools/list' });
      const ready = await fetch(`${app.url}/api/health/ready`, { headers });
      rows.push({ caller, expected: refused ?? 200, got: String(ready.status), asked: 'health/ready' });
    }
    await app.stop();
    await close();
    const wrong = rows.filter(({ expected, got }) => got !== String(expected));
    if (wrong.length > 0) console.error(table(rows));
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(set.cases.length * allActions.length);
  },
  120_000,
);

/** The status of an action where callers sign in at both vendors; undefined where it depends on what it is about. */
function expectedOfSignedIn({ at, hasKey, refused }: SignedIn, { action }: Asked): number | undefined {
  const { system, uses, callers } = action;
  if (system !== 'jira' && system !== 'salesforce') {
    if (!hasKey) return 401;
    return uses.length > 1 ? 500 : callers === 'users' ? 403 : 200;
  }
  if (system === at) return callers === 'users' ? undefined : 200;
  return refused?.at === system ? refused.status : 401;
}

it('with their own sign-in at both vendors every caller is answered by the rules, whatever the action', async () => {
  const [jira, salesforce] = await Promise.all([startJira(), startSalesforce()]);
  const { LEDGER_TABLE_ENDPOINT: AUDIT_TABLE_ENDPOINT = '', ...identity } = azurite.settings;
  const app = await startApp({
    env: {
      ...identity,
      AUDIT_TABLE_ENDPOINT,
      JIRA_AUTH: 'caller',
      JIRA_BASE_URL: jira.url,
      JIRA_CLOUD_ID: jira.cloudId,
      SALESFORCE_AUTH: 'caller',
      SALESFORCE_LOGIN_URL: salesforce.settings.SALESFORCE_LOGIN_URL ?? '',
      ACTION_TIMEOUT_MS: '20000',
    },
    keys: [KEY],
  });
  /** What the vendors are asked but for whose a token is. */
  const requests = () =>
    [...jira.requests, ...salesforce.requests].filter(({ path }) => !/\/(myself|userinfo)$/.test(path)).length;
  const rows: Row[] = [];
  for (const rules of signedIn) {
    const headers = rules.headers({ jira: jira.tokenOf, salesforce: salesforce.tokenOf });
    const tryOne = async (call: Asked) => {
      const before = requests();
      const answer = await callAction(app.url, call.action, call.input, headers);
      if (answer.status === 200) putBack(call.action, jira, salesforce);
      const expected = expectedOfSignedIn(rules, call);
      const isAsked = expected !== undefined && expected !== 200 && requests() > before;
      const got = `${gotOf(answer, call)}${isAsked ? ', though asked upstream' : ''}`;
      const isFree = expected === undefined && answer.status !== 401 && answer.status < 500;
      const asked = `${call.action.name}${call.isMe ? ' with me' : ''}`;
      rows.push({
        caller: rules.caller,
        expected: isFree ? answer.status : (expected ?? 200),
        got: isFree ? String(answer.status) : got,
        asked,
      });
    };
    // Where nobody is asked anything, it does not matter whose turn it is.
    if (rules.at === undefined) await Promise.all(asked.map(tryOne));
    else for (const call of asked) await tryOne(call);
    for (const system of ['jira', 'salesforce'] as const) {
      const { status } = await callMcp(app.url, 'tools/list', {}, headers, `/x/${system}`);
      const expected = rules.at === system ? 200 : rules.refused?.at === system ? rules.refused.status : 401;
      rows.push({ caller: rules.caller, expected, got: String(status), asked: `tools/list of ${system}` });
    }
    for (const path of ['', '/x/all', '/x/jira,salesforce']) {
      const { status, text } = await callMcp(app.url, 'tools/list', {}, headers, path);
      const isWrong = allActions.some(
        ({ name, system }) => system !== 'my-changes' && text.includes(`"name":"${name}"`),
      );
      const got = isWrong ? `${status} with tools of vendors` : String(status);
      rows.push({
        caller: rules.caller,
        expected: rules.hasKey ? 200 : 401,
        got,
        asked: `tools/list at ${path || '/'}`,
      });
    }
  }
  await app.stop();
  await Promise.all([jira.close(), salesforce.close()]);
  const wrong = rows.filter(({ expected, got }) => got !== String(expected));
  if (wrong.length > 0) console.error(table(rows));
  expect(wrong).toEqual([]);
  expect(rows.length).toBeGreaterThan(signedIn.length * allActions.length);
}, 180_000);
