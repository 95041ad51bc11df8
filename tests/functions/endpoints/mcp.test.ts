import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../../functions/everySystem.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { answerOf, putBack } from '../../support/examples.ts';
import { sandboxedActions } from '../../support/sandboxedActions.ts';

/** Those that the server without a toolset has. */
const actions = sandboxedActions.filter(({ core }) => core);

const execute = promisify(execFile);
const clientInfo = { name: 'test', version: '1.0.0' };

interface Server {
  app: RunningApp;
  url: URL;
  /** Puts the data of its sandboxes back. */
  reset(): void;
  stop(): Promise<void>;
}

/** The built app, on sandboxes of its own. */
async function startServer(): Promise<Server> {
  const env: Record<string, string> = {};
  const sandboxes = await fillWithSandboxes(systems, env);
  const app = await startApp({ env });
  return {
    app,
    url: new URL('/api/mcp', app.url),
    reset: sandboxes.reset,
    async stop() {
      await app.stop();
      await sandboxes.close();
    },
  };
}

let server: Server;
let url: URL;
let home: string;

beforeAll(async () => {
  server = await startServer();
  url = server.url;
  home = await mkdtemp(join(tmpdir(), 'mcp-'));
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
});

/** What the methods that these tests call answer with, each with a part of it. */
interface Result {
  protocolVersion: string;
  instructions: string;
  tools: { inputSchema: object; outputSchema: object; annotations: object }[];
  content: { text: string }[];
  isError?: boolean;
  structuredContent?: { updates: object[] };
}

interface Message {
  result: Result;
  error?: { code: number; message: string };
}

/** Posts one JSON-RPC message as a client without any SDK would. */
async function post(message: object | string, headers: Record<string, string> = {}, to: URL | string = url) {
  const response = await fetch(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : undefined) as Message };
}

const call = (name: string, input: object) =>
  post({ id: 1, method: 'tools/call', params: { name, arguments: input } }).then(({ body }) => body.result);

const errorIn = ([content]: Result['content']) =>
  JSON.parse(content?.text ?? '').error as { errors: { field: string }[] };

const initialize = (protocolVersion: string) =>
  post({ id: 1, method: 'initialize', params: { protocolVersion, capabilities: {}, clientInfo } });

describe('the MCP endpoint', () => {
  it.each([
    ['the newest protocol that it negotiates', 'auto', '2026-07-28'],
    ['an initialize handshake', 'legacy', '2025-11-25'],
  ] as const)('lets the SDK call every tool, with %s', { timeout: 60_000 }, async (_, mode, version) => {
    const { url, stop, reset } = await startServer();
    const client = new Client(clientInfo, { versionNegotiation: { mode } });
    try {
      await client.connect(new StreamableHTTPClientTransport(url));
      expect(client.getNegotiatedProtocolVersion()).toBe(version);
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(actions.map(({ name }) => name));
      for (const action of actions) {
        // The client checks what comes against the tool's own output schema.
        const answer = await client.callTool({ name: action.name, arguments: action.example });
        const { content, isError, structuredContent } = answer;
        expect({ isError, content }, answerOf(action, answer)).toMatchObject({
          isError: undefined,
          content: [{ type: 'text' }],
        });
        putBack(action, { reset });
        expect(structuredContent).toEqual(JSON.parse((content as { text: string }[])[0]?.text ?? ''));
      }
    } finally {
      await client.close();
      await stop();
    }
  });

  it('lets the first version of the SDK list and call tools', async () => {
    const client = new FirstClient(clientInfo);
    // Its optional properties are declared in a way that is not exactly optional.
    await client.connect(new FirstTransport(url) as Parameters<FirstClient['connect']>[0]);
    expect((await client.listTools()).tools).toHaveLength(actions.length);
    const good = await client.callTool({ name: 'getProjectUpdates', arguments: { projectId: 'ATLAS' } });
    expect(good.structuredContent).toMatchObject({ project: { key: 'ATLAS' } });
    const bad = await client.callTool({ name: 'getProjectUpdates', arguments: { projectId: 'NOPE' } });
    expect(bad.isError).toBe(true);
    await client.close();
  });

  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('speaks protocol version %s', async version => {
    const { status, body } = await initialize(version);
    expect(status).toBe(200);
    expect(body.result).toMatchObject({ protocolVersion: version, capabilities: { tools: {} } });
    expect(body.result.instructions).toContain('getProjectUpdates');
    const list = await post({ id: 2, method: 'tools/list' }, { 'mcp-protocol-version': version });
    expect(list.body.result.tools).toHaveLength(actions.length);
  });

  it('offers a version of its own to a client that asks for one that nobody knows', async () => {
    expect((await initialize('1999-01-01')).body.result.protocolVersion).toBe('2025-11-25');
  });

  it('describes each tool with plain schemas and says what it may do', async () => {
    const { tools } = (await post({ id: 1, method: 'tools/list' })).body.result;
    for (const [at, { name, title, description, access }] of actions.entries()) {
      expect(tools[at]).toMatchObject({ name, title, description, annotations: { readOnlyHint: access === 'read' } });
      const text = JSON.stringify([tools[at]?.inputSchema, tools[at]?.outputSchema]);
      expect(text).not.toMatch(/"(\$ref|anyOf|oneOf|allOf|exclusiveMinimum|exclusiveMaximum|const)"|"type":\[/);
    }
  });

  it('spends at most 40 kB on the tools without their outputs', async () => {
    const { tools } = (await post({ id: 1, method: 'tools/list' })).body.result;
    const inputs = tools.map(({ outputSchema: _, ...tool }: { outputSchema?: unknown }) => tool);
    expect(Buffer.byteLength(JSON.stringify(inputs))).toBeLessThanOrEqual(40_000);
  });

  it('says once what is wrong with an input', async () => {
    const { content } = await call('logWork', { issueKey: 'ATLAS-12', timeSpent: 'soon' });
    expect(JSON.stringify(content).split('It must be a time above zero')).toHaveLength(2);
    expect(errorIn(content)).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('timeSpent: ') });
  });

  it('answers a failure as an error of the tool, with the code and sentence that HTTP gives', async () => {
    const { isError, content, structuredContent } = await call('getProjectUpdates', { projectId: 'NOPE' });
    expect(isError).toBe(true);
    expect(structuredContent).toBeUndefined();
    const overHttp = await fetch(new URL('/api/jira/getProjectUpdates?projectId=NOPE', url));
    const { code, detail, status } = (await overHttp.json()) as Record<string, unknown>;
    expect(errorIn(content)).toMatchObject({ code, message: detail, status, retryable: false });
  });

  it('lets the pipeline judge the input, so that all that is wrong is told at once', async () => {
    const { isError, content } = await call('getProjectUpdates', { sinse: '7d', limit: '0' });
    expect(isError).toBe(true);
    const error = errorIn(content);
    expect(error.errors.map(({ field }) => field).sort()).toEqual(['limit', 'projectId', 'sinse']);
  });

  it('takes numbers that a model wrote as text', async () => {
    const { structuredContent } = await call('getProjectUpdates', { projectId: 'ATLAS', limit: '1' });
    expect(structuredContent?.updates).toHaveLength(1);
  });

  it('refuses a tool that does not exist', async () => {
    const { body } = await post({ id: 7, method: 'tools/call', params: { name: 'dropTables', arguments: {} } });
    expect(body).toMatchObject({ id: 7, error: { code: -32602, message: 'There is no tool dropTables.' } });
  });

  it.each([undefined, '*/*', 'application/json', 'text/event-stream', 'text/html'])(
    'answers JSON to Accept: %s',
    async accept => {
      const { status, headers } = await post({ id: 1, method: 'ping' }, accept ? { accept } : {});
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json');
      expect(headers.get('mcp-session-id')).toBeNull();
    },
  );

  it('takes a notification without an answer', async () => {
    const { status, body } = await post({ method: 'notifications/initialized' });
    expect([status, body]).toEqual([202, undefined]);
  });

  it('answers a call that the same batch cancels', async () => {
    const params = { name: 'listProjects', arguments: {} };
    const { status } = await post(
      JSON.stringify([
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
        { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
      ]),
    );
    expect(status).toBe(200);
  });

  it('answers what is not JSON with a parse error', async () => {
    const { status, body } = await post('{"jsonrpc"');
    expect(status).toBe(400);
    expect(body.error?.code).toBe(-32700);
  });

  it('keeps no stream open for a client that wants to be told of changes', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': clientInfo,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const message = {
      id: 1,
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, _meta },
    };
    const { body } = await post(message, {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    });
    expect(body.error?.message).toBe('Subscription limit reached');
  });

  it.each(['GET', 'DELETE'])('answers %s with 405: it keeps no session', async method => {
    const response = await fetch(url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('passes the correlation ID and the caller on to the log like any call over HTTP', async () => {
    const params = { name: 'getProjectUpdates', arguments: { projectId: 'ATLAS' } };
    const { headers } = await post({ id: 1, method: 'tools/call', params }, { 'x-correlation-id': 'from-mcp' });
    expect(headers.get('x-correlation-id')).toBe('from-mcp');
    expect(server.app.logs()).toMatch(
      /"action":"getProjectUpdates","system":"jira","code":"ok".*"caller":"key",.*"correlationId":"from-mcp"/,
    );
  });

  it('wants the function key when it is deployed', async () => {
    const guarded = await startApp({ keys: ['secret'] });
    const to = `${guarded.url}/api/mcp`;
    try {
      const refused = await fetch(to, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
      expect(refused.status).toBe(401);
      const { status } = await post({ id: 1, method: 'ping' }, { 'x-functions-key': 'secret' }, to);
      expect(status).toBe(200);
    } finally {
      await guarded.stop();
    }
  });
});

describe('the public MCP tools', () => {
  const require = createRequire(import.meta.url);
  const conformance = require.resolve('@modelcontextprotocol/conformance/dist/index.js');
  const inspector = require.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js');
  const run = (script: string, ...args: string[]) =>
    execute(process.execPath, [script, ...args], {
      env: { PATH: process.env.PATH, HOME: home },
    });

  // The other scenarios test what a server of tools alone does not have (resources, prompts, completion, logging,
  // sampling, elicitation, sessions with streams) or call tools that only the suite's own example server has.
  it.each(['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'])(
    'find the server conformant: %s',
    async scenario => {
      const { stdout } = await run(conformance, 'server', '--url', url.href, '--scenario', scenario);
      expect(stdout).toMatch(/Passed: ([1-9])\/\1, 0 failed, 0 warnings/);
    },
  );

  it('list and call tools from the command line of the Inspector', async () => {
    const target = ['--cli', url.href, '--transport', 'http', '--method'];
    const listed = await run(inspector, ...target, 'tools/list');
    expect(JSON.parse(listed.stdout).tools).toHaveLength(actions.length);
    const [name, value] = ['getProjectUpdates', 'projectId=ATLAS'];
    const called = await run(inspector, ...target, 'tools/call', '--tool-name', name, '--tool-arg', value);
    expect(JSON.parse(called.stdout).structuredContent.project).toEqual({ key: 'ATLAS', name: 'Atlas' });
  });

  it('call a tool of a toolset that only reads, with the header of a key, as docs/mcp-clients.md says', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../docs/mcp-clients.md'), 'utf8');
    const command = /^npx mcp-inspector (--cli http:\/\/localhost:7071\/api\/mcp\/x\/[^`]*? --tool-arg \S+)$/m.exec(
      page,
    )?.[1];
    const args = command?.replaceAll('\\\n', ' ').replace('http://localhost:7071', url.origin).split(/\s+/) ?? [];
    const { stdout } = await run(inspector, ...args, '--header', 'x-functions-key: a-key');
    expect(JSON.parse(stdout).structuredContent.issueKey).toBe('ATLAS-12');
  });
});
