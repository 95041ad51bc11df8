import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../../functions/everySystem.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { sandboxedActions } from '../../support/sandboxedActions.ts';

/** What callers are shown who have not signed in. */
const actions = sandboxedActions.filter(({ callers }) => callers !== 'users');
const namesOf = (group: readonly Action[]) => group.map(({ name }) => name);
const toolsets = [...new Set(actions.map(({ toolset }) => toolset))];
/** Two that have core actions. */
const [first = '', second = ''] = toolsets.filter(toolset =>
  actions.some(each => each.core && each.toolset === toolset),
);
/** One that stands on others has no tools alone. */
const triable = systems.filter(({ name, open }) => open && actions.some(({ system }) => system === name));

let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;
let env: Record<string, string>;
let app: RunningApp;

beforeAll(async () => {
  env = {};
  sandboxes = await fillWithSandboxes(systems, env);
  app = await startApp({ env });
});
afterAll(async () => {
  await app.stop();
  await sandboxes.close();
});

/** What an official client is offered at an MCP path, and what happens when it calls a tool there. */
async function connect(path: string, headers: Record<string, string> = {}, at = app) {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
  const url = new URL(`/api/mcp${path}`, at.url);
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
  return client;
}

async function toolsAt(path: string, headers: Record<string, string> = {}, at = app): Promise<string[]> {
  const client = await connect(path, headers, at);
  try {
    return (await client.listTools()).tools.map(({ name }) => name);
  } finally {
    await client.close();
  }
}

describe('an MCP path', () => {
  it('without toolsets has the core actions', async () => {
    expect(await toolsAt('')).toEqual(namesOf(actions.filter(({ core }) => core)));
  });

  it.each(toolsets)('with %s has that toolset alone', async toolset => {
    expect(await toolsAt(`/x/${toolset}`)).toEqual(namesOf(actions.filter(action => action.toolset === toolset)));
  });

  it.each([`/x/${first},${second}`, `/x/${first}%2C${second}`, `/x/${first.toUpperCase()},${second}`])(
    '%s has both toolsets',
    async path => {
      const both = actions.filter(({ toolset }) => [first, second].includes(toolset));
      expect(await toolsAt(path)).toEqual(namesOf(both));
    },
  );

  it('with all has every action', async () => {
    expect(await toolsAt('/x/all')).toEqual(namesOf(actions));
  });

  it('with all has, for who signed in, what is for users alone, too', async () => {
    const signedIn = await startApp({ env: { ...env, ...sandboxUser.settings } });
    try {
      expect(await toolsAt('/x/all', sandboxUser.headers, signedIn)).toEqual(namesOf(sandboxedActions));
    } finally {
      await signedIn.stop();
    }
  });

  it('gives nothing for a name that there is not, and the others all the same', async () => {
    expect(await toolsAt('/x/nothing')).toEqual([]);
    expect(await toolsAt(`/x/nothing,${first}`)).toEqual(namesOf(actions.filter(({ toolset }) => toolset === first)));
  });

  it.each(['/readonly', `/x/${first}/readonly`, '/x/all/readonly'])('%s has no writes', async path => {
    const tools = await toolsAt(path);
    expect(tools).toEqual(await toolsAt(path.replace('/readonly', '')).then(all => all.filter(isRead)));
    expect(tools.length).toBeGreaterThan(0);
  });

  it('does not call what it does not list', async () => {
    const client = await connect(`/x/${first}/readonly`);
    const write = actions.find(({ toolset, access }) => toolset === first && access === 'write');
    const foreign = actions.find(({ toolset }) => toolset === second);
    try {
      for (const action of [write, foreign]) {
        const { name = '', example } = action ?? {};
        await expect(client.callTool({ name, arguments: example })).rejects.toThrow(`There is no tool ${name}.`);
      }
    } finally {
      await client.close();
    }
  });

  it('answers 405 to GET, like the first', async () => {
    const response = await fetch(new URL(`/api/mcp/x/${first}`, app.url));
    expect(response.status).toBe(405);
  });
});

const isRead = (name: string) => actions.find(action => action.name === name)?.access === 'read';

describe('a header', () => {
  const some = namesOf(actions.filter(({ toolset }) => toolset === first)).slice(0, 3);

  it.each([
    ['X-MCP-Toolsets', first, (action: Action) => action.toolset === first],
    ['X-MCP-Toolsets', 'all', () => true],
    ['X-MCP-Toolsets', 'nothing', () => false],
    ['X-MCP-Toolsets', ' ', () => true],
    ['X-MCP-Tools', some.join(' , '), (action: Action) => some.includes(action.name)],
    ['X-MCP-Tools', 'nothing', () => false],
    ['X-MCP-Exclude-Tools', some.join(','), (action: Action) => !some.includes(action.name)],
    ['X-MCP-Exclude-Tools', 'nothing', () => true],
    ['X-MCP-Readonly', 'true', (action: Action) => action.access === 'read'],
    ['X-MCP-Readonly', 'yes please', (action: Action) => action.access === 'read'],
    ['X-MCP-Readonly', 'false', () => true],
  ] as const)('%s: %s narrows', async (name, value, isLeft) => {
    expect(await toolsAt('', { [name]: value })).toEqual(
      namesOf(actions.filter(action => action.core && isLeft(action))),
    );
  });

  it('never widens what the path or another header leaves', async () => {
    expect(await toolsAt(`/x/${first}`, { 'X-MCP-Toolsets': second })).toEqual([]);
    expect(await toolsAt(`/x/${first}/readonly`, { 'X-MCP-Readonly': 'false' })).not.toContain(
      namesOf(actions.filter(({ access }) => access === 'write'))[0],
    );
    const [one = '', other = ''] = some;
    expect(await toolsAt('', { 'X-MCP-Tools': one, 'X-MCP-Exclude-Tools': one })).toEqual([]);
    expect(await toolsAt('', { 'X-MCP-Tools': `${one},${other}`, 'X-MCP-Exclude-Tools': one })).toEqual([other]);
  });
});

describe('with one system configured', () => {
  it.each(triable)('$title, nobody sees a tool of another', async ({ name, title }) => {
    const configured: Record<string, string> = {};
    const own = await fillWithSandboxes(
      systems.filter(system => system.name === name),
      configured,
    );
    const alone = await startApp({ env: configured });
    try {
      const expected = namesOf(actions.filter(({ uses }) => uses.every(system => system.name === name)));
      expect((await toolsAt('/x/all', {}, alone)).toSorted()).toEqual(expected.toSorted());
      const client = await connect('', {}, alone);
      const others = systems.filter(system => system.name !== name).map(system => system.title);
      for (const other of others) expect(client.getInstructions()).not.toContain(other);
      expect(client.getServerVersion()?.title).toBe(title);
      await client.close();
    } finally {
      await alone.stop();
      await own.close();
    }
  });

  it('an action of another is registered all the same and says what is missing', async () => {
    const alone = await startApp({ env: {} });
    try {
      const reads = actions.filter(({ access }) => access === 'read');
      const [read] = reads;
      const query = new URLSearchParams(read?.example as Record<string, string>);
      const response = await fetch(new URL(`/api/${read?.system}/${read?.name}?${query}`, alone.url));
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([500, 'misconfigured']);
      expect(await toolsAt('/x/all', {}, alone)).toEqual([]);
    } finally {
      await alone.stop();
    }
  });
});

it('with READ_ONLY no write is listed or called', async () => {
  const readOnly = await startApp({ env: { ...env, READ_ONLY: 'true' } });
  try {
    expect(await toolsAt('/x/all', {}, readOnly)).toEqual(namesOf(actions).filter(isRead));
  } finally {
    await readOnly.stop();
  }
});
