import { describe, expect, it } from 'vitest';
import { sandboxUser } from '../../tools/sandboxUser.ts';
import { type RawReply, rawRequest } from '../support/request.ts';
import { sandboxedActions as actions } from '../support/sandboxedActions.ts';
import { useSandboxedApp } from '../support/sandboxedApp.ts';

const running = useSandboxedApp();

const read = '/api/jira/listProjects';
const write = '/api/jira/addComment';
const query = (text: string) => rawRequest(running.app.url, `${read}?${text}`);
const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  rawRequest(running.app.url, write, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const comment = (text: string) => `{"issueKey":"ATLAS-1","comment":"${text}"}`;

interface Problem {
  code: string;
  detail: string;
  errors: { field: string; message: string }[];
}
const problem = ({ text }: RawReply): Problem => JSON.parse(text);

/** Names that every object has from its prototype. */
const prototypeNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

describe('an action', () => {
  // Some are for nobody but who signed in.
  const signedIn = useSandboxedApp(sandboxUser.settings);

  describe.each(actions.map(action => [action.name, action] as const))('%s', (_, action) => {
    const path = `/api/${action.system}/${action.name}`;
    const call = (input: [string, string][]) =>
      action.access === 'read'
        ? rawRequest(signedIn.app.url, `${path}?${new URLSearchParams(input)}`, { headers: sandboxUser.headers })
        : rawRequest(signedIn.app.url, path, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...sandboxUser.headers },
            body: `{${input.map(pair => pair.map(text => JSON.stringify(text)).join(':')).join(',')}}`,
          });
    const example = Object.entries(action.example).map(([name, value]): [string, string] => [name, String(value)]);
    const inputs = Object.keys(action.input.shape);

    it.each(prototypeNames)('has no input %s', async name => {
      const reply = await call([...example, [name, 'x']]);
      expect([reply.status, problem(reply).errors]).toMatchObject([400, [{ field: name }]]);
    });

    it('takes names that every object has for what they are in any input', async () => {
      const name = '__proto__';
      const values = [name, `${name},${name}`, `{"${name}":"x"}`, `${name} = 1`, `${name}()`, 'constructor'];
      const tried = inputs.flatMap(input => values.map(value => ({ input, value })));
      const failed = await Promise.all(
        tried.map(async ({ input, value }) => {
          const { status, text } = await call([...example.filter(([given]) => given !== input), [input, value]]);
          return status < 500 ? [] : [{ input, value, text }];
        }),
      );
      expect(failed.flat()).toEqual([]);
    });
  });
});

describe('a query', () => {
  it.each([
    ['term=a&term=b', 'term', /twice/],
    ['term=a&term=a', 'term', /twice/],
    ['=x', '', /no name/],
    ['term=%ff', 'term', /UTF-8/],
    ['term=%c3', 'term', /UTF-8/],
    ['term=%ed%a0%80', 'term', /UTF-8/],
    ['%ff=x', '%ff', /UTF-8/],
    ['TERM=x', 'TERM', /no such input/],
    ['term%5b%5d=x', 'term[]', /no such input/],
  ])('%s is refused by name', async (text, field, message) => {
    const reply = await query(text);
    expect([reply.status, problem(reply)]).toMatchObject([
      400,
      { code: 'invalid_input', errors: [{ field, message: expect.stringMatching(message) }] },
    ]);
  });

  it.each([
    '',
    '&',
    '&&term=Atlas&',
    'term',
    'term=50%',
    'term=%e2%82%ac',
    'term=a+b',
    'code=a&code=b',
    'term=%EF%BF%BD',
  ])('%j is taken', async text => {
    expect((await query(text)).status).toBe(200);
  });

  it('of thousands of names is answered in a few kilobytes', async () => {
    const names = Array.from({ length: 1_200 }, (_, index) => `n${index}=`).join('&');
    const reply = await query(names);
    expect(reply.status).toBe(400);
    expect(reply.text.length).toBeLessThan(8_192);
    expect(problem(reply).errors.at(-1)?.message).toBe('1180 more are wrong.');
  });

  it('that makes an address too long for the platform is refused with what to shorten', async () => {
    const text = new URLSearchParams({ term: 'é'.repeat(1_300), limit: '5', pageToken: 'x'.repeat(200) });
    const reply = await query(`${text}`);
    expect([reply.status, problem(reply).code]).toEqual([400, 'invalid_input']);
    expect(problem(reply).errors).toEqual([
      {
        field: 'term',
        message: expect.stringMatching(/at most 8000\. This is the longest of them, with 7805: shorten/),
      },
    ]);
  });

  it('that just fits is answered for what it holds', async () => {
    const reply = await query(`term=${'x'.repeat(7_900)}`);
    expect(problem(reply).errors).toEqual([{ field: 'term', message: expect.stringMatching(/characters long/) }]);
  });

  it('does not go with a body of inputs', async () => {
    const reply = await rawRequest(running.app.url, `${write}?comment=x`, { method: 'POST', body: comment('x') });
    expect(problem(reply).errors).toEqual([{ field: 'comment', message: expect.stringContaining('JSON body') }]);
  });
});

describe('a body', () => {
  it.each([
    ['bytes that are not UTF-8', Buffer.from(comment('caf\xe9'), 'latin1'), {}, /is not UTF-8/],
    ['UTF-16', Buffer.from(`\ufeff${comment('x')}`, 'utf16le'), {}, /is not UTF-8/],
    [
      'a byte of a longer character',
      Buffer.concat([Buffer.from('{"comment":"'), Buffer.from([0xe2, 0x82])]),
      {},
      /is not UTF-8/,
    ],
    [
      'another charset',
      comment('x'),
      { 'content-type': 'application/json; charset=iso-8859-1' },
      /is said to be "iso-8859-1"/,
    ],
    [
      'another charset in quotes',
      comment('x'),
      { 'content-type': 'application/json;charset="UTF-16"' },
      /is said to be "UTF-16"/,
    ],
    ['compression', comment('x'), { 'content-encoding': 'gzip' }, /is compressed/],
    ['a list', '[1]', {}, /is not a JSON object/],
    ['null', 'null', {}, /is not a JSON object/],
    ['a number', '5', {}, /is not a JSON object/],
    ['a text', '"x"', {}, /is not a JSON object/],
    ['half a JSON', '{"comment":', {}, /is not JSON/],
    ['a form', 'issueKey=ATLAS-1&comment=x', { 'content-type': 'application/x-www-form-urlencoded' }, /is not JSON/],
    ['a name twice', '{"issueKey":"ATLAS-1","comment":"x","comment":"y"}', {}, /gives "comment" twice/],
    [
      'a name twice, once escaped',
      '{"issueKey":"ATLAS-1","comment":"x","c\\u006fmment":"y"}',
      {},
      /gives "comment" twice/,
    ],
    ['a name twice below', '{"issueKey":"ATLAS-1","comment":{"a":1,"a":2}}', {}, /gives "a" twice/],
    ['half a surrogate pair', comment('a \\ud800 b'), {}, /half of a surrogate pair/],
    ['the other half', comment('\\udc00'), {}, /half of a surrogate pair/],
    ['half a pair in a name', '{"\\ud83d":1}', {}, /half of a surrogate pair/],
    ['a prototype below', '{"issueKey":"ATLAS-1","comment":{"__proto__":{"a":1}}}', {}, /the name "__proto__" in it/],
    ['objects 10,000 deep', `{"comment":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`, {}, /nested deeper/],
    ['lists 10,000 deep', `{"comment":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, {}, /nested deeper/],
    ['lists 490,000 deep', `{"comment":${'['.repeat(490_000)}${']'.repeat(490_000)}}`, {}, /nested deeper/],
    ['more than a megabyte', comment('x'.repeat(1_000_000)), {}, /is longer than 1000000 bytes/],
  ])('with %s is refused, and nothing is written', async (_, body, headers, detail) => {
    const before = running.jira.requests.length;
    const reply = await post(body, headers);
    expect([reply.status, problem(reply)]).toMatchObject([
      400,
      { code: 'invalid_input', detail: expect.stringMatching(detail) },
    ]);
    expect(running.jira.requests).toHaveLength(before);
  });

  it.each([
    ['a byte order mark', `\ufeff${comment('With a mark')}`, {}],
    ['UTF-8 said in capitals', comment('With capitals'), { 'content-type': 'application/json; charset=UTF-8' }],
    ['no content type', comment('Without a type'), { 'content-type': '' }],
    ['an odd content type', comment('Odd type'), { 'content-type': 'a;b;;=' }],
    ['a whole surrogate pair', comment('Party \\ud83c\\udf89'), {}],
    ['all of Unicode', comment('é 漢 🎉'), {}],
  ])('with %s is taken', async (_, body, headers) => {
    expect((await post(body, headers)).status).toBe(200);
  });

  it('of 100,000 wrong names is answered in a few kilobytes', async () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `"n${index}":1`).join(',');
    const reply = await post(`{${names}}`);
    expect([reply.status, reply.text.length < 16_384]).toEqual([400, true]);
  });

  it('keeps a long name that is wrong out of the answer', async () => {
    const reply = await post(`{"${'n'.repeat(500_000)}":1}`);
    expect([reply.status, reply.text.length < 4_096]).toEqual([400, true]);
  });
});

describe('a JSON object in an input', () => {
  it.each([
    ['{"Story Points":1,"Story Points":2}', /gives "Story Points" twice/],
    ['{"Severity":"\\ud800"}', /half of a surrogate pair/],
    [`{"Severity":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, /nested deeper/],
    ['{"Severity":{"__proto__":1}}', /the name "__proto__" in it/],
    ['[1]', /is no object/],
  ])('%.40s is refused as the body would be', async (additionalFields, message) => {
    const input = { projectId: 'ATLAS', issueType: 'Task', summary: 'Odd', additionalFields };
    const reply = await rawRequest(running.app.url, '/api/jira/createIssue', {
      method: 'POST',
      body: JSON.stringify(input),
    });
    expect(problem(reply).errors).toEqual([{ field: 'additionalFields', message: expect.stringMatching(message) }]);
    const fields = { objectType: 'Account', fields: additionalFields };
    const other = await rawRequest(running.app.url, '/api/salesforce/createRecord', {
      method: 'POST',
      body: JSON.stringify(fields),
    });
    expect(problem(other).errors).toEqual([{ field: 'fields', message: expect.stringMatching(message) }]);
  });
});

describe('a request', () => {
  it('with a slash behind its path is answered like any other', async () => {
    expect((await rawRequest(running.app.url, `${read}/`)).status).toBe(200);
  });

  it.each(prototypeNames)('with %s among its headers and its path is answered', async name => {
    const headers = { [name]: 'x', 'x-error-mode': name, 'x-correlation-id': name, traceparent: name };
    expect((await rawRequest(running.app.url, read, { headers })).status).toBe(200);
    expect((await rawRequest(running.app.url, `/api/jira/${name}`)).status).toBe(404);
    expect((await rawRequest(running.app.url, `/api/${name}/listProjects`)).status).toBe(404);
  });
});
