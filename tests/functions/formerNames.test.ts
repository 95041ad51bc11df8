import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systems } from '../../functions/everySystem.ts';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { fillWithSandboxes } from '../../tools/sandboxes.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { request } from '../support/request.ts';
import { sandboxedActions as actions } from '../support/sandboxedActions.ts';

const renamedActions = actions.filter(({ formerly }) => formerly?.name);
const renamedInputs = actions.flatMap(action =>
  Object.entries(action.formerly?.inputs ?? {}).map(([old, now]) => ({ name: action.name, old, now, action })),
);

const closed = 'a-key-without-it';
const open = 'a-key-with-it';
const keyed = (actions: readonly string[]) => ({ actions: [...actions] });
const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const policy = {
  default: {},
  keys: {
    [hash(closed)]: keyed(actions.filter(({ formerly }) => !formerly?.name).map(({ name }) => name)),
    // Written before the actions were renamed.
    [hash(open)]: keyed(renamedActions.map(({ formerly }) => formerly?.name ?? '')),
  },
};

let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let app: RunningApp;

beforeAll(async () => {
  const env: Record<string, string> = {};
  sandboxes = await fillWithSandboxes(systems, env);
  app = await startApp({ env: { ...env, POLICY: JSON.stringify(policy) } });
});
afterAll(async () => {
  await app.stop();
  await sandboxes.close();
});

/** No test sees what another one wrote. */
beforeEach(() => sandboxes.reset());

const call = ({ system, access }: Action, name: string, input: object, headers: Record<string, string> = {}) =>
  access === 'read'
    ? request(`${app.url}/api/${system}/${name}?${new URLSearchParams(input as Record<string, string>)}`, { headers })
    : request(`${app.url}/api/${system}/${name}`, { headers, json: input });

async function mcp(method: string, params: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${app.url}/api/mcp/x/all`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return (await response.json()) as {
    result?: { structuredContent?: object; isError?: boolean; tools?: { name: string }[] };
    error?: { message: string };
  };
}

describe.each(renamedActions)('$name under its former name', action => {
  const former = action.formerly?.name ?? '';

  it('answers over HTTP and over MCP as under its new one', async () => {
    const { status, body } = await call(action, action.name, action.example);
    expect(status).toBe(200);
    expect(await call(action, former, action.example)).toMatchObject({ status, body });
    const { result } = await mcp('tools/call', { name: former, arguments: action.example });
    expect(result?.structuredContent).toEqual(body);
  });

  it('is audited under its new one', async () => {
    const id = `former-${action.name}`;
    await call(action, former, action.example, { 'x-functions-key': closed, 'x-correlation-id': id });
    const lines = app.logs().split('\n');
    const audited = lines.find(line => line.includes('"event":"audit"') && line.includes(id));
    expect(audited).toContain(`"action":"${action.name}"`);
  });

  it('is closed where a policy closes the new one, and open where one still has the former', async () => {
    const refused = await call(action, former, action.example, { 'x-functions-key': closed });
    expect(refused.body).toMatchObject({ code: 'forbidden' });
    const { error } = await mcp('tools/call', { name: former }, { 'x-functions-key': closed });
    expect(error?.message).toBe(`There is no tool ${former}.`);
    for (const name of [former, action.name]) {
      expect((await call(action, name, action.example, { 'x-functions-key': open })).status).toBe(200);
    }
  });

  it('is left out where a client leaves either name out, and taken where it asks for either', async () => {
    for (const name of [former, action.name]) {
      const { error } = await mcp('tools/call', { name: former }, { 'x-mcp-exclude-tools': name });
      expect(error?.message).toBe(`There is no tool ${former}.`);
      const { result } = await mcp('tools/list', {}, { 'x-mcp-tools': name });
      expect(result?.tools?.map(tool => tool.name)).toEqual([action.name]);
    }
  });
});

describe.each(renamedInputs)('the input $now of $name', ({ action, old, now }) => {
  const value = String(action.example[now] ?? (now === 'people' ? recordId('003', 1) : '2026-11-01'));

  it(`is taken as ${old}, and not under both names`, async () => {
    const { [now]: _, ...others } = action.example;
    const first = await call(action, action.name, { ...others, [now]: value });
    const { status } = first;
    expect(status).toBe(200);
    // A write that is made once more says so in its note.
    const { note: _note, ...body } = first.body as Record<string, unknown>;
    expect(await call(action, action.name, { ...others, [old]: value })).toMatchObject({ status, body });
    expect(await call(action, action.name, { ...others, [old]: value, [now]: '' })).toMatchObject({ status, body });
    const both = await call(action, action.name, { ...others, [old]: value, [now]: value });
    expect(both.body).toMatchObject({
      code: 'invalid_input',
      errors: [{ field: old, message: expect.stringContaining(`Give ${now} alone`) }],
    });
  });

  it(`is told as ${now} alone`, async () => {
    const { body } = await call(action, action.name, { nothingSuch: 'x' });
    expect(body).toMatchObject({ detail: expect.stringContaining(now) });
    const inputs = /the inputs are ([^.]*)\./.exec((body as { detail: string }).detail)?.[1]?.split(', ');
    expect(inputs).toContain(now);
    expect(inputs).not.toContain(old);
  });
});

it('no former name of an action is in anything that is generated, but for the routes', async () => {
  const root = new URL('../../', import.meta.url);
  const files = await Promise.all(
    ['docs', 'infra'].map(async folder =>
      (await readdir(new URL(folder, root), { recursive: true, withFileTypes: true }))
        .filter(entry => entry.isFile() && /\.(json|md)$/.test(entry.name) && entry.name !== 'reliability.md')
        .map(entry => `${entry.parentPath}/${entry.name}`),
    ),
  );
  const texts = await Promise.all(files.flat().map(file => readFile(file, 'utf8')));
  for (const { formerly } of renamedActions) {
    expect(texts.filter(text => text.toLowerCase().includes(String(formerly?.name).toLowerCase()))).toEqual([]);
  }
  const { result } = await mcp('tools/list', {});
  const listed = result?.tools?.map(({ name }) => name);
  // Where there is a policy, what removes is open only where it says so.
  const open = actions.filter(({ callers, effect }) => callers !== 'users' && effect !== 'removes');
  expect(listed).toEqual(open.map(({ name }) => name));
});
