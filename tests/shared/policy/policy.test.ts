import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../../functions/everySystem.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';
import { sandboxedActions as actions } from '../../support/sandboxedActions.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const reader = 'reader-key';
const writer = 'writer-key';
const [first] = actions;
const toolset = first?.toolset ?? '';

const policy = {
  keys: {
    [hash(reader)]: { effects: ['reads'], toolsets: [toolset] },
    [hash(writer).toUpperCase()]: {
      actions: actions.filter(({ effect }) => effect === 'adds').map(({ name }) => name),
    },
  },
};

let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let env: Record<string, string>;
let app: RunningApp;

beforeAll(async () => {
  env = {};
  sandboxes = await fillWithSandboxes(systems, env);
  app = await startApp({ env: { ...env, POLICY: JSON.stringify(policy) } });
});
afterAll(async () => {
  await app.stop();
  await sandboxes.close();
});

const call = ({ system, name, access, example }: Action, headers: Record<string, string>, at = app) =>
  access === 'read'
    ? request(`${at.url}/api/${system}/${name}?${new URLSearchParams(example as Record<string, string>)}`, { headers })
    : request(`${at.url}/api/${system}/${name}`, { headers, json: example });

async function listTools(headers: Record<string, string>, at = app) {
  const response = await fetch(`${at.url}/api/mcp/x/all`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  return { status: response.status, body: (await response.json()) as { result?: { tools: { name: string }[] } } };
}

const namesFor = async (key: string) =>
  (await listTools({ 'x-functions-key': key })).body.result?.tools.map(({ name }) => name);

describe('a policy', () => {
  it.each(actions)('lets the holder of one key call $name only if it reads and is of the toolset', async action => {
    const { body } = await call(action, { 'x-functions-key': reader });
    const isOpen = action.access === 'read' && action.toolset === toolset;
    expect(body.code).toBe(isOpen ? undefined : 'forbidden');
    if (!isOpen) expect(body.detail).toContain(action.callers === 'users' ? 'a user who signed in' : 'policy');
  });

  it('lists for each key what it may call', async () => {
    const reads = actions.filter(({ access, toolset: own }) => access === 'read' && own === toolset);
    expect(await namesFor(reader)).toEqual(reads.map(({ name }) => name));
    expect(await namesFor(writer)).toEqual(actions.filter(({ effect }) => effect === 'adds').map(({ name }) => name));
    expect(await namesFor('another-key')).toEqual([]);
  });

  it('allows nothing to a key that it does not name', async () => {
    for (const headers of [{}, { 'x-functions-key': 'another-key' }]) {
      expect((await call(first as Action, headers)).body.code).toBe('forbidden');
    }
  });

  it('shows in the readiness report only the systems that the caller may use', async () => {
    const { body } = await request<{ checks: { name: string }[] }>(`${app.url}/api/health/ready`, {
      headers: { 'x-functions-key': reader },
    });
    const names = body.checks.map(({ name }) => name);
    const open = systems.filter(({ toolsets }) => toolset in toolsets).map(({ name }) => name);
    expect(names.filter(name => systems.some(system => system.name === name))).toEqual(open);
  });
});

describe('a wrong policy', () => {
  it.each([
    ['is not JSON', '{"keys":'],
    ['names an unknown toolset', JSON.stringify({ default: { toolsets: ['nothing'] } })],
    ['names an unknown action', JSON.stringify({ default: { actions: ['nothing'] } })],
    ['has an unknown member', JSON.stringify({ defaults: {} })],
    ['names a key that is no hash', JSON.stringify({ keys: { [reader]: {} } })],
    ['has a member of which a parser drops the first', '{"default":{"effects":[]},"default":{}}'],
    ['names a prototype among its members', '{"__proto__":{"effects":[]}}'],
    ['names a prototype among its roles', '{"roles":{"__proto__":{"effects":[]}}}'],
    ['names a prototype among its systems', '{"default":{"systems":{"__proto__":{}}}}'],
    ['names a prototype as a toolset', '{"default":{"toolsets":["constructor"]}}'],
    ['names a prototype as an action', '{"default":{"actions":["__proto__"]}}'],
    ['names a file that is not there', 'no-such-policy.json'],
  ])('that %s stops everything, and the readiness report says why', async (_, text) => {
    const other = await startApp({ env: { ...env, POLICY: text } });
    try {
      const { body } = await call(first as Action, {}, other);
      expect(body).toMatchObject({ code: 'misconfigured', detail: expect.stringContaining('POLICY') });
      expect((await listTools({}, other)).status).toBe(500);
      const ready = await request<{ checks: { name: string; status: string }[] }>(`${other.url}/api/health/ready`);
      expect(ready.status).toBe(503);
      expect(ready.body.checks).toContainEqual(expect.objectContaining({ name: 'POLICY', status: 'failed' }));
    } finally {
      await other.stop();
    }
  });
});

describe('with Entra ID', () => {
  const entra = { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True', REQUIRE_ROLES: 'true' };
  const application = '11111111-2222-4333-8444-555555555555';
  const principal = (claims: readonly (readonly [string, string])[]) => ({
    'x-ms-client-principal': Buffer.from(
      JSON.stringify({ claims: claims.map(([typ, val]) => ({ typ, val })) }),
    ).toString('base64'),
  });
  const user = (...roles: string[]) =>
    principal([
      ['oid', 'ana'],
      ['scp', 'x'],
      ['upn', 'ana@contoso.com'],
      ...roles.map(role => ['roles', role] as const),
    ]);
  const read = actions.find(({ access }) => access === 'read') as Action;
  // It can be carried out again.
  const write = actions.find(({ name }) => name === 'addComment') as Action;
  let other: RunningApp;

  beforeAll(async () => {
    other = await startApp({ env: { ...env, ...entra } });
  });
  afterAll(() => other.stop());

  it.each([
    ['nobody without a role', user(), 'forbidden', 'forbidden'],
    ['a reader read', user('Actions.Read'), undefined, 'forbidden'],
    ['a writer write', user('Actions.Write'), 'forbidden', undefined],
    ['a holder of both roles do both', user('Actions.Read', 'Actions.Write'), undefined, undefined],
    ['no user do anything by the role for applications', user('Actions.Call'), 'forbidden', 'forbidden'],
    [
      'an application do both by its own role',
      principal([
        ['oid', 'app'],
        ['roles', 'Actions.Call'],
      ]),
      undefined,
      undefined,
    ],
  ])('REQUIRE_ROLES lets %s', async (_, headers, reading, writing) => {
    expect((await call(read, headers, other)).body.code).toBe(reading);
    expect((await call(write, headers, other)).body.code).toBe(writing);
  });

  it.each(['__proto__', 'constructor', 'toString'])('a caller called %s is nobody that a policy names', async name => {
    const rules = { applications: { [application]: {} }, roles: { Reader: {} } };
    const own = await startApp({ env: { ...env, ...entra, REQUIRE_ROLES: 'false', POLICY: JSON.stringify(rules) } });
    try {
      const caller = principal([
        ['oid', 'ana'],
        ['scp', 'x'],
        ['appid', name],
        ['roles', name],
      ]);
      expect((await call(read, caller, own)).body.code).toBe('forbidden');
    } finally {
      await own.stop();
    }
  });

  it('a policy holds by application and by role, and each of them must allow it', async () => {
    const rules = {
      applications: { [application.toUpperCase()]: { effects: ['reads', 'adds'] } },
      roles: { 'Actions.Read': { effects: ['reads'] } },
    };
    const own = await startApp({ env: { ...env, ...entra, REQUIRE_ROLES: 'false', POLICY: JSON.stringify(rules) } });
    const through = (...claims: (readonly [string, string])[]) =>
      principal([['oid', 'ana'], ['scp', 'x'], ['appid', application], ...claims]);
    try {
      expect((await call(write, through(), own)).body.code).toBeUndefined();
      expect((await call(write, through(['roles', 'Actions.Read']), own)).body.code).toBe('forbidden');
      expect((await call(read, through(['roles', 'Actions.Read']), own)).body.code).toBeUndefined();
      expect((await call(read, user(), own)).body.code).toBe('forbidden');
    } finally {
      await own.stop();
    }
  });

  it('nothing but the health probe answers where the platform does not check tokens', async () => {
    const open = await startApp({ env: { ...env, INBOUND_AUTH: 'Entra' } });
    try {
      expect((await call(read, user(), open)).body.code).toBe('misconfigured');
      expect((await listTools(user(), open)).body).toMatchObject({ code: 'misconfigured' });
      expect((await request(`${open.url}/api/health/ready`, { headers: user() })).body.code).toBe('misconfigured');
      expect((await request(`${open.url}/api/health`)).status).toBe(200);
    } finally {
      await open.stop();
    }
  });
});
