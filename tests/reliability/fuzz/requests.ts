import * as fc from 'fast-check';
import type { Action } from '../../../shared/action/defineAction.ts';
import { inputSchema, type PlainSchema } from '../../../shared/action/plainSchema.ts';

/** One request as it is sent, whatever it is. */
export interface OddRequest {
  method: 'GET' | 'POST';
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** Names that every object has in JavaScript, or that mean something to it. */
const prototypeNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'toJSON',
  'then',
];

const oddTexts = [
  '',
  ' ',
  '\n',
  '\u0000',
  '\ud800',
  '\u202e\u2066\u200b\ufeff',
  '\u{e0041}\u{e0000}',
  '𝔸👩‍👩‍👧‍👦e\u0301',
  '"',
  "' OR 1=1 --",
  '\\',
  '../../etc/passwd',
  '%2e%2e%2f%00',
  '{"a":',
  '[[[[[[[[[[',
  '{}',
  'null',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '0x10',
  '9007199254740993',
  'true',
  'me',
  'none',
  '7d',
  '99999999d',
  '2026-02-30',
  '0000-00-00',
  '+275760-09-13T00:00:00Z',
  'ATLAS-0',
  'ATLAS-99999999999999999999',
  '001Sx0000000001IAA',
  '<script>alert(1)</script>',
  '{{7*7}}',
  'a'.repeat(300),
  '(*'.repeat(200),
  '@'.repeat(100),
];

const words = [
  ...[
    'project',
    '=',
    '!=',
    'in',
    'not',
    'is',
    'empty',
    'and',
    'or',
    'order by',
    'asc',
    'ATLAS',
    '(',
    ')',
    ',',
    '"',
    "'",
    '\\',
  ],
  ...[
    'currentUser()',
    'issueHistory()',
    '~',
    'was',
    'changed',
    'SELECT',
    'FROM',
    'WHERE',
    'Account',
    'Id',
    'Name',
    'LIMIT',
    '5',
  ],
  ...[
    'COUNT()',
    'GROUP BY',
    'TYPEOF',
    'END',
    'FIELDS(ALL)',
    'USING SCOPE mine',
    'LIKE',
    "'%a%'",
    'Contacts',
    '0',
    'null',
  ],
];
/** Words of queries in any order. */
const query = fc.array(fc.constantFrom(...words), { maxLength: 12 }).map(parts => parts.join(' '));

const text = fc.oneof(
  fc.constantFrom(...oddTexts, ...prototypeNames),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  query,
);

/** JSON of any depth, with odd names. */
const json = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53),
    fc.array(tie('any'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(fc.oneof(text, fc.constantFrom('Name', 'Industry', 'Story Points', 'OwnerId', 'Team')), tie('any')),
        {
          maxLength: 4,
        },
      )
      .map(entries => withEntries(entries)),
  ),
})).any;

/** An object with these entries, `__proto__` as any other. */
function withEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries)
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true });
  return object;
}

function valueFor({ type, enum: choices, minimum = -5, maximum = 200 }: PlainSchema, example: unknown) {
  const likely =
    choices !== undefined
      ? fc.constantFrom<unknown>(...choices)
      : type === 'boolean'
        ? fc.boolean()
        : type === 'string'
          ? fc.oneof<fc.Arbitrary<unknown>[]>(
              text,
              query,
              json.map(value => JSON.stringify(value) ?? ''),
            )
          : fc.integer({ min: minimum - 2, max: maximum + 2 });
  return fc.oneof(
    { weight: 14, arbitrary: example === undefined ? likely : fc.constant(example) },
    { weight: 6, arbitrary: likely },
    { weight: 2, arbitrary: json },
  );
}

/** Inputs by the action's schema, with values and names that do not belong there. */
function inputFor(action: Action): fc.Arbitrary<Record<string, unknown>> {
  const { properties } = inputSchema(action);
  const names = Object.keys(properties);
  const known = fc
    .tuple(fc.subarray(names), fc.nat())
    .chain(([chosen]) =>
      fc.tuple(
        ...[...new Set([...Object.keys(action.example), ...chosen])].map(name =>
          fc.tuple(fc.constant(name), valueFor(properties[name] ?? {}, action.example[name])),
        ),
      ),
    );
  const unknown = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...prototypeNames), text), json), { maxLength: 2 });
  return fc
    .tuple(known, fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: unknown }))
    .map(([fields, others]) => withEntries([...fields, ...others]));
}

const headers = fc.record(
  {
    'x-error-mode': fc.constantFrom('inline', 'INLINE', 'x'),
    'x-correlation-id': fc.constantFrom('mine-1', 'a'.repeat(200), '<b>', '../x'),
    traceparent: fc.constantFrom('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-0', 'x'),
    'x-functions-key': fc.constantFrom('k', ''),
    'x-ms-client-principal': fc.constantFrom('e30=', 'bnVsbA=='),
    accept: fc.constantFrom('text/html', '*/*', ''),
  },
  { requiredKeys: [] },
);

const bytes = fc.uint8Array({ maxLength: 60 }).map(array => new Uint8Array(array));

/** A request for an action: over HTTP, with a body of any kind, or over MCP. */
export function requestFor(action: Action): fc.Arbitrary<OddRequest> {
  const { system, name, access } = action;
  const path = `/api/${system}/${name}`;
  const post = { method: 'POST' as const };
  const isJson = { 'content-type': 'application/json' };
  const stringify = (value: unknown) => JSON.stringify(value) ?? '';
  const input = inputFor(action);
  const asQuery = (fields: Record<string, unknown>) =>
    new URLSearchParams(
      Object.entries(fields).map(([field, value]): [string, string] => [
        field,
        typeof value === 'string' ? value : stringify(value),
      ]),
    ).toString();
  const overHttp = fc
    .tuple(input, headers)
    .map(
      ([fields, sent]): OddRequest =>
        access === 'read'
          ? { method: 'GET', path: `${path}?${asQuery(fields)}`, headers: sent }
          : { ...post, path, headers: { ...sent, ...isJson }, body: stringify(fields) },
    );
  const twice = fc
    .tuple(input, input)
    .map(
      ([one, other]): OddRequest =>
        access === 'read'
          ? { method: 'GET', path: `${path}?${asQuery(one)}&${asQuery(other)}`, headers: {} }
          : { ...post, path: `${path}?${asQuery(other)}`, headers: isJson, body: stringify(one) },
    );
  const anyBody = fc
    .tuple(fc.oneof(json.map(stringify), text, bytes), headers)
    .map(
      ([body, sent]): OddRequest =>
        access === 'read'
          ? { method: 'GET', path: `${path}?${String(body)}`, headers: sent }
          : { ...post, path, headers: { ...sent, ...isJson }, body },
    );
  const overMcp = fc
    .tuple(input, headers)
    .map(([fields, sent]) =>
      mcpRequest({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: fields } }, '/x/all', sent),
    );
  return fc.oneof(
    { weight: 10, arbitrary: overHttp },
    { weight: 1, arbitrary: twice },
    { weight: 2, arbitrary: anyBody },
    { weight: 6, arbitrary: overMcp },
  );
}

function mcpRequest(message: unknown, path: string, sent: Record<string, string>): OddRequest {
  const accept = { accept: 'application/json, text/event-stream' };
  const body = typeof message === 'string' ? message : (JSON.stringify(message) ?? '');
  return {
    method: 'POST',
    path: `/api/mcp${path}`,
    headers: { ...accept, ...sent, 'content-type': 'application/json' },
    body,
  };
}

const methods = ['initialize', 'ping', 'tools/list', 'tools/call', 'resources/list', 'notifications/initialized', 'x'];

/** A message to the MCP endpoint, or something that is none. */
export function mcpMessage(): fc.Arbitrary<OddRequest> {
  const message = fc
    .array(
      fc.oneof(
        fc.tuple(
          fc.constant('jsonrpc'),
          fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>('2.0') }, { weight: 1, arbitrary: json }),
        ),
        fc.tuple(fc.constant('id'), fc.oneof(fc.constant<unknown>(1), fc.constant<unknown>('a'), json)),
        fc.tuple(
          fc.constant('method'),
          fc.oneof(
            { weight: 6, arbitrary: fc.constantFrom<unknown[]>(...methods, ...prototypeNames) },
            { weight: 1, arbitrary: json },
          ),
        ),
        fc.tuple(fc.constant('params'), fc.oneof(json, initialization, toolCall)),
      ),
      { minLength: 2, maxLength: 8 },
    )
    .map(entries => withEntries([['jsonrpc', '2.0'], ['id', 7], ...entries]));
  const anything = fc.oneof(
    { weight: 8, arbitrary: message },
    { weight: 1, arbitrary: fc.array(message, { maxLength: 3 }) },
    { weight: 1, arbitrary: json },
    { weight: 1, arbitrary: text },
  );
  const path = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('', '/x/all', '/readonly', '/x/jira', '/x/jira,salesforce/readonly') },
    { weight: 1, arbitrary: fc.constantFrom(...prototypeNames).map(name => `/x/${name}`) },
  );
  const selection = fc.record(
    {
      'x-mcp-toolsets': fc.constantFrom('jira', 'constructor', '', ',,,'),
      'x-mcp-tools': fc.constantFrom('getIssue', '__proto__', ''),
      'x-mcp-readonly': fc.constantFrom('true', 'maybe'),
      'mcp-protocol-version': fc.constantFrom('2025-11-25', '2024-11-05', '1900-01-01', 'x'),
      'mcp-session-id': fc.constantFrom('x', ''),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(anything, path, selection).map(([sent, below, narrowing]) => mcpRequest(sent, below, narrowing));
}

const initialization = fc.record(
  {
    protocolVersion: fc.oneof(fc.constant<unknown>('2025-11-25'), json),
    capabilities: fc.oneof(fc.constant<unknown>({}), json),
    clientInfo: fc.oneof(fc.constant<unknown>({ name: 'a', version: '1' }), json),
  },
  { requiredKeys: [] },
);

const toolCall = fc.record(
  {
    name: fc.oneof(fc.constantFrom<unknown[]>('getIssue', 'findAccounts', ...prototypeNames), json),
    arguments: json,
  },
  { requiredKeys: [] },
);
