import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../shared/sandbox/sandboxServer.ts';
import { type SalesforceApp, startSalesforceApp } from '../salesforce/harness.ts';
import { request } from '../support/request.ts';

let salesforce: SalesforceApp;

beforeAll(async () => {
  salesforce = await startSalesforceApp({ app: { env: { ACTION_TIMEOUT_MS: '1500' } } });
});
afterAll(() => salesforce.stop());

const data = '^/services/data';
const query = { name: 'Contoso' };
const contoso = '001Sx0000000001IAA';

/** Whatever went wrong, the same process goes on answering; and a good answer closes the breaker's count. */
afterEach(async () => {
  expect((await salesforce.call('findAccounts', { query })).status).toBe(200);
  expect(salesforce.app.logs()).not.toMatch(/uncaught|unhandled|sandbox-secret/i);
});

/** Lets the next `times` requests to the API fail, asks once, and tells the outcome and how many requests it took. */
async function outcomeOf(fault: Fault, times = 1) {
  await salesforce.call('findAccounts', { query });
  salesforce.asked();
  salesforce.sandbox.fail({ path: data, ...fault, times });
  const { status, body } = await salesforce.call('findAccounts', { query });
  return { status, code: body.code, requests: salesforce.asked().length };
}

/** Refusals as Salesforce words them: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm */
function refusal(status: number, ...errors: object[]): Fault {
  return { status, body: JSON.stringify(errors), headers: { 'content-type': 'application/json' } };
}

describe('a Salesforce that fails once', () => {
  it.each<[string, Fault]>([
    ['resets the connection', { reset: 'before' }],
    ['breaks off in the middle of its answer', { reset: 'midBody' }],
    ['answers 503', { status: 503, body: '[{"errorCode":"SERVER_UNAVAILABLE"}]' }],
    ['answers 500 with HTML', { status: 500, body: '<html>' }],
  ])('and %s goes unnoticed', async (_, fault) => {
    expect(await outcomeOf(fault)).toEqual({ status: 200, code: undefined, requests: 2 });
  });
});

describe('a Salesforce that goes on failing', () => {
  it.each<[string, Fault, { status: number; code: string; requests: number }]>([
    ['resets connections', { reset: 'before' }, { status: 502, code: 'upstream_error', requests: 3 }],
    ['breaks off its answers', { reset: 'midBody' }, { status: 502, code: 'upstream_error', requests: 3 }],
    [
      'answers HTML with 200',
      { status: 200, body: '<html>Maintenance' },
      { status: 502, code: 'upstream_error', requests: 1 },
    ],
    ['answers nothing with 200', { status: 200, body: '' }, { status: 502, code: 'upstream_error', requests: 1 }],
    [
      'answers other JSON',
      { status: 200, body: '{"records":7}' },
      { status: 502, code: 'upstream_error', requests: 1 },
    ],
    ['answers 404 with HTML', { status: 404, body: '<html>' }, { status: 500, code: 'misconfigured', requests: 1 }],
    [
      'redirects',
      { status: 302, headers: { location: 'https://evil.example' } },
      { status: 502, code: 'upstream_error', requests: 1 },
    ],
  ])('and %s is told in one error', async (_, fault, outcome) => {
    const { requests } = outcome;
    expect(await outcomeOf(fault, requests)).toEqual(outcome);
  });

  it('and never answers costs no more than the deadline', async () => {
    expect(await outcomeOf({ hang: true }, 2)).toMatchObject({ status: 504, code: 'upstream_timeout' });
  });

  it('at the sign-in is told in the same way', async () => {
    salesforce.sandbox.expireSessions();
    salesforce.sandbox.fail({ path: '^/services/oauth2/token', status: 200, body: '<html>', times: 1 });
    const { status, body } = await salesforce.call('findAccounts', { query });
    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'upstream_error', retryable: true });
  });
});

describe('a refusal of a read', () => {
  it.each<[string, Fault, { status: number; code: string }, string | RegExp]>([
    [
      'REQUEST_LIMIT_EXCEEDED',
      refusal(403, { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }),
      { status: 429, code: 'rate_limited' },
      'Try again in an hour',
    ],
    [
      'REQUEST_LIMIT_EXCEEDED for now',
      refusal(403, {
        errorCode: 'REQUEST_LIMIT_EXCEEDED',
        message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
      }),
      { status: 429, code: 'rate_limited' },
      'Try again in half a minute',
    ],
    [
      'MALFORMED_QUERY',
      refusal(400, { errorCode: 'MALFORMED_QUERY', message: "unexpected token: 'x'" }),
      { status: 400, code: 'invalid_input' },
      "unexpected token: 'x'",
    ],
    [
      'ENTITY_IS_DELETED',
      refusal(404, { errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] }),
      { status: 404, code: 'not_found' },
      'was deleted',
    ],
    [
      'INSUFFICIENT_ACCESS',
      refusal(403, {
        errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY',
        message: 'insufficient access rights on object id',
      }),
      { status: 403, code: 'forbidden' },
      'insufficient access rights',
    ],
    [
      'API_DISABLED_FOR_ORG',
      refusal(403, { errorCode: 'API_DISABLED_FOR_ORG', message: 'no' }),
      { status: 502, code: 'upstream_auth_failed' },
      'API Enabled',
    ],
    [
      'QUERY_TIMEOUT',
      refusal(400, { errorCode: 'QUERY_TIMEOUT', message: 'Your query request was running for too long.' }),
      { status: 400, code: 'invalid_input' },
      'narrower filter',
    ],
    [
      'INVALID_QUERY_LOCATOR',
      refusal(400, { errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }),
      { status: 400, code: 'invalid_input' },
      'Leave pageToken out',
    ],
    [
      'several errors',
      refusal(
        400,
        { errorCode: 'X', message: 'One is wrong', fields: ['A'] },
        { errorCode: 'Y', message: 'So is two' },
      ),
      { status: 400, code: 'invalid_input' },
      'Salesforce refused it: One is wrong. So is two.',
    ],
    [
      'an error that is no list',
      { status: 400, body: '{"errorCode":"Z","message":"Alone"}' },
      { status: 400, code: 'invalid_input' },
      'Alone.',
    ],
    [
      'a very long error',
      refusal(400, { errorCode: 'Z', message: 'x'.repeat(5000) }),
      { status: 400, code: 'invalid_input' },
      /^.{1,400}$/,
    ],
  ])('with %s has one code and a sentence with the cure', async (_, fault, { status, code }, sentence) => {
    salesforce.sandbox.fail({ path: data, ...fault });
    const { status: answered, body } = await salesforce.call('findAccounts', { query });
    expect({ status: answered, code: body.code }).toEqual({ status, code });
    expect(body.detail).toMatch(sentence);
  });
});

describe('a write', () => {
  let changes = 0;
  /** Each is another one: the same write twice in a row is answered from memory. */
  const update = () => {
    changes += 1;
    return { objectType: 'Account', recordId: contoso, fields: `{"Phone":"+1 206 555 01${changes + 10}"}` };
  };
  const writes = () => salesforce.asked().filter(({ method }) => method === 'PATCH' || method === 'POST');

  beforeAll(() => salesforce.call('describeObject', { query: { objectType: 'Account' } }));

  it.each<[string, Fault]>([
    ['is lost on the way', { reset: 'before' }],
    ['is done and its answer lost', { reset: 'after' }],
    ['is done and never answered', { hang: true }],
  ])('that %s is sent once, and nobody is told to simply repeat it', async (_, fault) => {
    salesforce.asked();
    salesforce.sandbox.fail({ method: 'PATCH', ...fault });
    const { status, body } = await salesforce.call('updateRecord', { json: update() });
    expect(status).toBe(504);
    expect(body).toMatchObject({ code: 'upstream_timeout', retryable: false });
    expect(body.detail).toContain('may or may not have been made');
    expect(writes()).toHaveLength(1);
  });

  it('that fails with 500 is sent once', async () => {
    salesforce.asked();
    salesforce.sandbox.fail({ method: 'PATCH', status: 500, body: '[]' });
    const { body } = await salesforce.call('updateRecord', { json: update() });
    expect(body).toMatchObject({ code: 'upstream_error', retryable: false });
    expect(writes()).toHaveLength(1);
  });

  it('that was made is reported even when the look at it fails', async () => {
    salesforce.sandbox.fail({ method: 'GET', path: `${data}.*/query`, status: 400, body: '[]' });
    const { status, body } = await salesforce.call('updateRecord', { json: update() });
    expect(status).toBe(200);
    expect(body).toMatchObject({ recordId: contoso });
    expect(body).not.toHaveProperty('fields');
  });

  it('of which the answer does not name the record may or may not have been made', async () => {
    salesforce.sandbox.fail({ method: 'POST', path: '/sobjects/Task$', status: 201, body: '<html>' });
    const json = { recordId: contoso, subject: 'Called' };
    const { body } = await salesforce.call('logActivity', { json });
    expect(body).toMatchObject({ code: 'upstream_timeout', retryable: false });
  });

  it('that meets a lock may be tried again', async () => {
    const fault = refusal(400, {
      errorCode: 'UNABLE_TO_LOCK_ROW',
      message: 'unable to obtain exclusive access',
      fields: [],
    });
    salesforce.sandbox.fail({ method: 'PATCH', ...fault });
    const { status, body } = await salesforce.call('updateRecord', { json: update() });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'conflict', retryable: true, retryAfterSeconds: 5 });
  });
});

// The platform reads no longer URL either, so that such a statement comes over MCP.
describe('a statement that does not fit into a URL', () => {
  const names = Array.from({ length: 400 }, (_unused, at) => `'Some company number ${at}'`).join(', ');
  const soql = `SELECT Id, Name FROM Account WHERE Name IN (${names}, 'Contoso')`;

  const queryOverMcp = async (statement: string) => {
    const params = { name: 'queryRecords', arguments: { soql: statement } };
    const { body } = await request<{ result: unknown }>(`${salesforce.app.url}/api/mcp/x/all`, {
      json: { jsonrpc: '2.0', id: 1, method: 'tools/call', params },
      headers: { accept: 'application/json, text/event-stream' },
    });
    return body.result;
  };

  // The first call loads the code for it, which on a busy machine takes much of this app's short deadline.
  beforeAll(async () => {
    await queryOverMcp('SELECT Id FROM Account LIMIT 1');
  });

  it('goes in a body, and is still a read that may be repeated', async () => {
    salesforce.asked();
    salesforce.sandbox.fail({ path: data, reset: 'midBody' });
    const result = await queryOverMcp(soql);
    expect(result).toMatchObject({ structuredContent: { records: [{ Name: 'Contoso' }] } });
    expect(salesforce.costs()).toEqual(['POST /composite', 'POST /composite']);
  });

  it('and is refused is told like any other', async () => {
    const result = await queryOverMcp(soql.replace('Name', 'Nme'));
    expect(JSON.stringify(result)).toContain("No such column 'Nme' on entity 'Account'");
  });
});
