import { describe, expect, it } from 'vitest';
import { useJiraApp } from '../../jira/harness.ts';
import { rawRequest } from '../../support/request.ts';

const running = useJiraApp();

async function post(body: string | Uint8Array, headers: Record<string, string> = {}, path = '/api/mcp') {
  const { status, text } = await rawRequest(running.app.url, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status, answer: text === '' ? undefined : JSON.parse(text) };
}

const message = (method: string, params?: string) =>
  `{"jsonrpc":"2.0","id":7,"method":"${method}"${params === undefined ? '' : `,"params":${params}`}}`;
const clientInfo = '{"name":"test","version":"1"}';
/** A method and its parameters. */
type Case = [string, string | undefined];

/** Parameters that are no object, or whose `_meta` is none. */
const shapeless = ['null', '"x"', '5', 'true', '[]', '{"_meta":"x"}', '{"_meta":[]}', '{"_meta":{"progressToken":{}}}'];

describe('parameters that are malformed are refused as such', () => {
  it.each([
    ['initialize', undefined],
    ['initialize', '{}'],
    ['initialize', `{"protocolVersion":5,"capabilities":{},"clientInfo":${clientInfo}}`],
    ['initialize', `{"protocolVersion":null,"capabilities":{},"clientInfo":${clientInfo}}`],
    ['initialize', `{"protocolVersion":"2025-11-25","clientInfo":${clientInfo}}`],
    ['initialize', `{"protocolVersion":"2025-11-25","capabilities":"all","clientInfo":${clientInfo}}`],
    ['initialize', '{"protocolVersion":"2025-11-25","capabilities":{}}'],
    ['initialize', '{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test"}}'],
    ['initialize', '{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":[]}'],
    ['tools/list', '{"cursor":5}'],
    ['tools/list', '{"cursor":null}'],
    ['tools/call', undefined],
    ['tools/call', '{}'],
    ['tools/call', '{"name":5}'],
    ['tools/call', '{"name":"listProjects","arguments":null}'],
    ['tools/call', '{"name":"listProjects","arguments":"x"}'],
    ['tools/call', '{"name":"listProjects","arguments":[]}'],
    ['tools/call', '{"name":"listProjects","arguments":{"__proto__":"x"}}'],
    ['tools/call', '{"name":"listProjects","arguments":{"term":"a","term":"b"}}'],
    ['tools/call', '{"name":"listProjects","arguments":{"term":"\\ud800"}}'],
    ['tools/call', `{"name":"listProjects","arguments":{"term":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`],
    ['tools/call', '{"name":"__proto__"}'],
    ['tools/call', '{"name":"constructor","arguments":{}}'],
    ['tools/call', '{"name":"toString","arguments":{}}'],
    ...['initialize', 'ping', 'tools/list', 'tools/call'].flatMap(method =>
      shapeless.map((params): Case => [method, params]),
    ),
  ] satisfies Case[])('%s with %.80s', async (method, params) => {
    const { status, answer } = await post(message(method, params));
    expect([status, answer]).toEqual([
      200,
      { jsonrpc: '2.0', id: 7, error: { code: -32602, message: expect.stringMatching(/^[A-Z][^\n]{5,300}\.$/) } },
    ]);
  });
});

describe('a method that there is not is not found, whatever goes with it', () => {
  it.each([
    ...['nope', '__proto__', 'constructor', 'tools/Call', '', 'notifications/initialized'].map(
      (name): Case => [name, '{}'],
    ),
    ...shapeless.map((params): Case => ['resources/list', params]),
  ])('%s with %s', async (method, params) => {
    const { status, answer } = await post(message(method, params));
    expect([status, answer.id, answer.error.code]).toEqual([200, 7, -32601]);
  });
});

describe('what is no message is refused', () => {
  it.each([
    ['nothing', '', -32700],
    ['half a message', '{"jsonrpc"', -32700],
    ['bytes that are not UTF-8', Buffer.from(message('é'), 'latin1'), -32700],
    ['null', 'null', -32600],
    ['a number', '5', -32600],
    ['a text', '"x"', -32600],
    ['an empty object', '{}', -32600],
    ['another version', '{"jsonrpc":"1.0","id":7,"method":"ping"}', -32600],
    ['no version', '{"id":7,"method":"ping"}', -32600],
    ['no method', '{"jsonrpc":"2.0","id":7}', -32600],
    ['a method that is no text', '{"jsonrpc":"2.0","id":7,"method":5}', -32600],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
    ['an id that is a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600],
    ['an id beyond what a double counts', '{"jsonrpc":"2.0","id":99999999999999999999,"method":"ping"}', -32600],
    ['an id beyond all doubles', '{"jsonrpc":"2.0","id":1e400,"method":"ping"}', -32600],
    ['an id of 300 characters', `{"jsonrpc":"2.0","id":"${'x'.repeat(300)}","method":"ping"}`, -32600],
    ['an empty batch', '[]', -32600],
    ['a batch of what is no message', '[1]', -32600],
    ['a batch with the same id twice', `[${message('ping')},${message('tools/list')}]`, -32600],
    [
      'a batch of thousands',
      `[${Array.from({ length: 3_000 }, (_, id) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`)}]`,
      -32600,
    ],
    ['lists 400,000 deep', '['.repeat(400_000) + ']'.repeat(400_000), -32600],
  ])('%s', async (_, body, code) => {
    const { status, answer } = await post(body);
    expect([status, answer.error.code]).toEqual([400, code]);
    expect(JSON.stringify(answer).length).toBeLessThan(500);
  });

  it.each([
    [{ 'content-type': 'application/json; charset=utf-16' }, -32700],
    [{ 'content-encoding': 'gzip' }, -32700],
  ])('%j', async (headers, code) => {
    const { status, answer } = await post(message('ping'), headers);
    expect([status, answer.error.code]).toEqual([400, code]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', ''])('a content type of "%s"', async type => {
    const { status, answer } = await post(message('ping'), { 'content-type': type });
    expect([status, answer.error.message]).toEqual([415, expect.stringContaining('application/json')]);
  });
});

describe('what is odd and right is answered', () => {
  it.each([
    ['a byte order mark', `\ufeff${message('ping')}`],
    ['an id that is a text', '{"jsonrpc":"2.0","id":"__proto__","method":"ping"}'],
    ['an id that is 0', '{"jsonrpc":"2.0","id":0,"method":"ping"}'],
    ['an id that is empty', '{"jsonrpc":"2.0","id":"","method":"ping"}'],
  ])('%s', async (_, body) => {
    expect(await post(body)).toMatchObject({ status: 200, answer: { result: {} } });
  });

  it('a batch, each message by its id', async () => {
    const batch = `[${message('ping')},{"jsonrpc":"2.0","id":"b","method":"ping"}]`;
    const { answer } = await post(batch);
    expect(answer.map(({ id }: { id: unknown }) => id).sort()).toEqual([7, 'b']);
  });

  it.each([
    '/api/mcp/x/__proto__',
    '/api/mcp/x/constructor,toString',
    '/api/mcp/x/%ff',
    '/api/mcp/x/%5f%5fproto%5f%5f/readonly',
  ])('%s, which has no tools', async path => {
    expect(await post(message('tools/list'), {}, path)).toMatchObject({
      status: 200,
      answer: { result: { tools: [] } },
    });
  });

  it.each(['x-mcp-toolsets', 'x-mcp-tools'])('%s with the names of prototypes, which select nothing', async header => {
    const { answer } = await post(message('tools/list'), { [header]: '__proto__,constructor' });
    expect(answer.result.tools).toEqual([]);
  });

  it('X-MCP-Exclude-Tools with the names of prototypes, which exclude nothing', async () => {
    const all = await post(message('tools/list'));
    const { answer } = await post(message('tools/list'), { 'x-mcp-exclude-tools': '__proto__,constructor' });
    expect(answer).toEqual(all.answer);
  });
});
