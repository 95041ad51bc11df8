import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import type { Fault } from '../../shared/sandbox/sandboxServer.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { request } from '../support/request.ts';

let jira: JiraSandbox;
let app: RunningApp;

beforeAll(async () => {
  jira = await startSandbox();
});
afterAll(() => jira.close());
afterEach(async () => {
  expect(app.logs()).not.toContain(jira.settings.JIRA_API_TOKEN);
  await app.stop();
});

const start = async (settings: Record<string, string> = {}) => {
  app = await startApp({ env: { ...jira.settings, ...settings } });
  jira.requests.length = 0;
};
const updates = (headers: Record<string, string> = {}) =>
  request(`${app.url}/api/jira/getProjectUpdates?projectId=ATLAS`, { headers });

/** Lets the next `times` requests fail, asks once, and tells the outcome and how many requests it took. */
async function outcomeOf(fault: Fault, times = 1) {
  jira.fail({ ...fault, times });
  const before = jira.requests.length;
  const { status, body } = await updates();
  return { status, code: body.code, requests: jira.requests.length - before };
}

/** A call is refused without asking Jira, and told when to come again. */
async function expectLeftAlone(): Promise<void> {
  const before = jira.requests.length;
  const { status, body } = await updates();
  jira.clearFaults();
  expect({ status, requests: jira.requests.length - before }).toEqual({ status: 503, requests: 0 });
  expect(body).toMatchObject({ code: 'upstream_unavailable', retryable: true, retryAfterSeconds: 10 });
}

describe('a Jira that fails once', () => {
  it.each<[string, Fault]>([
    ['resets the connection', { reset: 'before' }],
    ['breaks off in the middle of its answer', { reset: 'midBody' }],
    ['answers 503', { status: 503, body: 'down' }],
    ['answers 502 with HTML', { status: 502, body: '<html>' }],
    ['limits the rate for no time at all', { status: 429, headers: { 'retry-after': '0' }, body: '{}' }],
    ['limits the rate for a second', { status: 429, headers: { 'retry-after': '1' }, body: '{}' }],
  ])('and %s goes unnoticed', async (_, fault) => {
    await start();
    expect(await outcomeOf(fault)).toEqual({ status: 200, code: undefined, requests: 2 });
  });
});

describe('a Jira that goes on failing', () => {
  it.each<[string, Fault, { status: number; code: string; requests: number }]>([
    ['resets connections', { reset: 'before' }, { status: 502, code: 'upstream_error', requests: 3 }],
    ['breaks off its answers', { reset: 'midBody' }, { status: 502, code: 'upstream_error', requests: 3 }],
    ['answers 500', { status: 500, body: 'oops' }, { status: 502, code: 'upstream_error', requests: 3 }],
    [
      'answers HTML with 200',
      { status: 200, body: '<html>hello' },
      { status: 502, code: 'upstream_error', requests: 1 },
    ],
    [
      'answers JSON that is not its own',
      { status: 200, body: '{"issues":7}' },
      { status: 502, code: 'upstream_error', requests: 1 },
    ],
    [
      'redirects',
      { status: 302, headers: { location: 'https://example.com' } },
      { status: 502, code: 'upstream_error', requests: 1 },
    ],
    [
      'limits the rate for a minute',
      { status: 429, headers: { 'retry-after': '60' } },
      { status: 429, code: 'rate_limited', requests: 1 },
    ],
    [
      'takes us for nobody',
      { status: 400, body: '{}', headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' } },
      { status: 502, code: 'upstream_auth_failed', requests: 1 },
    ],
    ['refuses the credentials', { status: 401 }, { status: 502, code: 'upstream_auth_failed', requests: 1 }],
    ['forbids it', { status: 403, body: '{"errorMessages":["No."]}' }, { status: 403, code: 'forbidden', requests: 1 }],
    [
      'refuses a value',
      { status: 400, body: '{"errorMessages":["Bad."]}' },
      { status: 400, code: 'invalid_input', requests: 1 },
    ],
    ['is not at its address', { status: 404 }, { status: 500, code: 'misconfigured', requests: 1 }],
    ['sees a conflict', { status: 409 }, { status: 409, code: 'conflict', requests: 1 }],
  ])('and %s is told by its code', async (_, fault, expected) => {
    await start();
    expect(await outcomeOf(fault, 5)).toEqual(expected);
    jira.clearFaults();
  });

  it('and never answers is given up at the deadline', async () => {
    await start({ ACTION_TIMEOUT_MS: '600' });
    const { status, code } = await outcomeOf({ hang: true }, 3);
    expect({ status, code }).toEqual({ status: 504, code: 'upstream_timeout' });
    jira.clearFaults();
    expect((await updates()).status).toBe(200);
  });

  it('and cannot be reached is unavailable', async () => {
    const gone = await startSandbox();
    await gone.close();
    await start({ JIRA_BASE_URL: gone.url });
    const { status, body } = await updates();
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'upstream_unavailable' });
  });

  it('is left alone for a while after ten calls in a row have failed', async () => {
    await start();
    jira.fail({ status: 500, times: 1000 });
    for (let call = 0; call < 10; call += 1) expect((await updates()).status).toBe(502);
    await expectLeftAlone();
  });
});

describe('one caller', () => {
  const summary = () => request(`${app.url}/api/jira/getProjectSummary?projectId=ATLAS`);

  it('whose searches are all slow does not shut Jira for the others', async () => {
    await start({ ACTION_TIMEOUT_MS: '700' });
    jira.fail({ path: '/search/jql', hang: true, times: 40 });
    const slow = await Promise.all(Array.from({ length: 20 }, () => updates()));
    expect(slow.map(({ body }) => body.code)).toEqual(slow.map(() => 'upstream_timeout'));
    jira.clearFaults();
    expect((await updates()).status).toBe(200);
  });

  it('whose searches all hang leaves room for what others ask by the same key', async () => {
    await start({ ACTION_TIMEOUT_MS: '10000' });
    jira.fail({ path: '/search/jql', hang: true, times: 1000 });
    let isOver = false;
    const slow = Promise.all(Array.from({ length: 300 }, () => updates())).then(() => {
      isOver = true;
    });
    await vi.waitUntil(() => jira.requests.length > 40, { timeout: 8_000 });
    const { status } = await request(`${app.url}/api/jira/getIssue?issueKey=ATLAS-12`);
    expect({ status, isOver }).toEqual({ status: 200, isOver: false });
    await slow;
    jira.clearFaults();
  }, 40_000);

  it('is limited in how often its call asks a Jira that limits the rate', async () => {
    await start();
    jira.fail({ status: 429, headers: { 'retry-after': '0' }, times: 100 });
    const { status, body } = await summary();
    jira.clearFaults();
    expect({ status, code: body.code }).toEqual({ status: 429, code: 'rate_limited' });
    // Eight questions, and three of them once more.
    expect(jira.requests.length).toBeLessThanOrEqual(11);
  });

  it('who asks for a summary of which two parts fail once gets it', async () => {
    await start();
    jira.fail({ status: 503, path: 'approximate-count', times: 2 });
    expect((await summary()).status).toBe(200);
    // Ten questions, and two of them once more.
    expect(jira.requests).toHaveLength(12);
  });
});

describe('a look-up that several calls share', () => {
  const create = (summary: string) =>
    request(`${app.url}/api/jira/createIssue`, { json: { projectId: 'ATLAS', issueType: 'Task', summary } });

  it('and that hangs does not hold those who ask after Jira has recovered', async () => {
    await start({ ACTION_TIMEOUT_MS: '4000' });
    jira.fail({ path: 'createmeta', hang: true });
    const first = create('First');
    await vi.waitUntil(() => jira.requests.length > 0);
    // Jira has recovered, but the request that hangs has the look-up for its own.
    const others = await Promise.all([create('Second'), create('Third')]);
    expect(others.map(({ status }) => status)).toEqual([200, 200]);
    await first;
  });

  it('tells each of them of a limit, and when it ends', async () => {
    await start({ ACTION_TIMEOUT_MS: '3000' });
    jira.fail({ path: 'createmeta', status: 429, headers: { 'retry-after': '4' }, times: 100 });
    const limited = await Promise.all(['One', 'Two', 'Three'].map(create));
    jira.clearFaults();
    for (const { body } of limited) expect(body).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 4 });
  });

  it('is made again for all of them when the limit ends in time', async () => {
    await start();
    jira.fail({ path: 'createmeta', status: 429, headers: { 'retry-after': '1' } });
    const created = await Promise.all(['Four', 'Five', 'Six'].map(create));
    expect(created.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

it('a Jira that never answers anybody is left alone', async () => {
  await start({ ACTION_TIMEOUT_MS: '700' });
  jira.fail({ hang: true, times: 1000 });
  await Promise.all(Array.from({ length: 10 }, () => updates()));
  // The host is asked whether it is there at all, and has two seconds to say so.
  await vi.waitUntil(async () => (await updates()).body.code === 'upstream_unavailable', 10_000);
  await expectLeftAlone();
});

it('of two thousand calls at once, none is refused', async () => {
  await start({ ACTION_TIMEOUT_MS: '100000' });
  const answers = await Promise.all(
    Array.from({ length: 2_000 }, () => request(`${app.url}/api/jira/getIssue?issueKey=ATLAS-1`)),
  );
  const statuses = Object.groupBy(answers, ({ status }) => status);
  expect(Object.keys(statuses)).toEqual(['200']);
}, 240_000);

describe('a failure', () => {
  it('is problem+json by default, with what a client needs to go on', async () => {
    await start();
    jira.fail({ status: 429, headers: { 'retry-after': '60' } });
    const { status, headers, body } = await updates({ 'x-correlation-id': 'trace-me-1' });
    expect(status).toBe(429);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('retry-after')).toBe('60');
    expect(body).toEqual({
      type: 'urn:problem:rate_limited',
      title: expect.any(String),
      status: 429,
      detail: 'Jira limits how often it is called. Try again in 60 seconds.',
      code: 'rate_limited',
      retryable: true,
      retryAfterSeconds: 60,
      correlationId: 'trace-me-1',
    });
  });

  it('is a 200 with the error inside when the caller asks for that', async () => {
    await start();
    jira.fail({ status: 403, body: '{"errorMessages":["Not yours."]}' });
    const { status, headers, body } = await updates({ 'X-Error-Mode': 'inline' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toEqual({
      error: {
        code: 'forbidden',
        message: 'Jira does not let this service do that. Jira says: Not yours.',
        status: 403,
        retryable: false,
        correlationId: headers.get('x-correlation-id'),
      },
    });
  });

  it('never shows what an upstream answered as a whole', async () => {
    await start();
    jira.fail({ status: 400, body: `{"errorMessages":["Too long ${'x'.repeat(5000)}"],"secret":"internal-host-7"}` });
    const { body } = await updates();
    expect(body.detail.length).toBeLessThan(500);
    expect(JSON.stringify(body)).not.toContain('internal-host-7');
  });
});
