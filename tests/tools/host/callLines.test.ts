import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systems } from '../../../functions/everySystem.ts';
import { loadInThread } from '../../../tools/dev/threadApp.ts';
import { readActionLine } from '../../../tools/host/actionLine.ts';
import { createCallLines } from '../../../tools/host/callLines.ts';
import { type Host, startHost } from '../../../tools/host/host.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { request } from '../../support/request.ts';

const dist = new URL('../../../dist', import.meta.url).pathname;
let printed: string[] = [];
let host: Host;
let sandboxes: Awaited<ReturnType<typeof fillWithSandboxes>>;

beforeAll(async () => {
  const env: NodeJS.ProcessEnv = { AZURE_FUNCTIONS_ENVIRONMENT: 'Development', JIRA_API_TOKEN: 'sandbox-token' };
  sandboxes = await fillWithSandboxes(systems, env);
  const lines = createCallLines(line => printed.push(stripVTControlCharacters(line)));
  host = await startHost({
    root: dist,
    port: 0,
    keys: ['sesame'],
    onCall: lines.tell,
    log(_level, message) {
      const line = readActionLine(message);
      if (line) lines.notice(line);
    },
    load: (root, log) => loadInThread(root, { env, log, onLost() {} }),
  });
});
afterAll(async () => {
  await host.close();
  await sandboxes.close();
});
beforeEach(() => {
  printed = [];
});

const headers = { 'x-functions-key': 'sesame' };
const ask = (query: string, more = {}) =>
  request(`${host.url}/api/jira/getIssue?${query}`, { headers: { ...headers, ...more } });
const mcp = (method: string, params?: object) =>
  request(`${host.url}/api/mcp/x/jira`, { headers, json: { jsonrpc: '2.0', id: 1, method, params } });
const time = String.raw`^\d\d:\d\d:\d\d `;
const took = String.raw`\d+ ms`;

test('a call that succeeds: method, action, status, time, requests to upstreams', async () => {
  await ask('issueKey=ATLAS-1');
  expect(printed).toEqual([expect.stringMatching(`${time}GET getIssue 200 ok ${took}, [1-9] requests?$`)]);
});

test('a call that is refused: its code, and why, in the words of the answer; inline, too', async () => {
  const why = 'not_found \\d+ ms, [1-9] requests?: There is no Jira issue ATLAS-9999 .*';
  await ask('issueKey=ATLAS-9999');
  await ask('issueKey=ATLAS-9999', { 'x-error-mode': 'inline' });
  await ask('issueKey=nothing');
  expect(printed).toEqual([
    expect.stringMatching(`${time}GET getIssue 404 ${why}`),
    expect.stringMatching(`${time}GET getIssue 200 ${why}`),
    expect.stringMatching(`${time}GET getIssue 400 invalid_input ${took}, 0 requests: .*issueKey`),
  ]);
});

test('of MCP the message, and of a call the tool', async () => {
  const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  await mcp('initialize', client);
  await mcp('tools/list');
  await mcp('tools/call', { name: 'getIssue', arguments: { issueKey: 'ATLAS-1' } });
  await mcp('tools/call', { name: 'getIssue', arguments: { issueKey: 'ATLAS-9999' } });
  await mcp('tools/call', { name: 'noSuchTool', arguments: {} });
  const post = `${time}POST mcp/x/jira`;
  expect(printed).toEqual([
    expect.stringMatching(`${post} initialize 200 ${took}$`),
    expect.stringMatching(`${post} tools/list 200 ${took}$`),
    expect.stringMatching(`${post} tools/call getIssue 200 ok ${took}, [1-9] requests?$`),
    expect.stringMatching(`${post} tools/call getIssue 200 not_found ${took}, [1-9] requests?: There is no Jira issue`),
    expect.stringMatching(`${post} tools/call noSuchTool 200 -32602 ${took}: .*noSuchTool`),
  ]);
});

test('what no function answers, and a wrong key, which is not shown', async () => {
  await fetch(`${host.url}/api/nothing?code=sesame`);
  await fetch(`${host.url}/api/jira/getIssue?issueKey=ATLAS-1&code=hidden`);
  expect(printed).toEqual([
    expect.stringMatching(`${time}GET /api/nothing 404 ${took}: nothing is called here with GET$`),
    expect.stringMatching(`${time}GET getIssue 401 ${took}: the key is missing or wrong$`),
  ]);
});
