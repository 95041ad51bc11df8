import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../../shared/sandbox/sandboxServer.ts';
import { type HelpdeskApp, startHelpdeskApp } from './harness.ts';

let helpdesk: HelpdeskApp;

beforeAll(async () => {
  helpdesk = await startHelpdeskApp({ env: { ACTION_TIMEOUT_MS: '1500' } });
});
afterAll(() => helpdesk.stop());

/** Whatever went wrong, the same process goes on answering. */
afterEach(async () => {
  helpdesk.sandbox.clearFaults();
  expect((await helpdesk.read('findTickets')).status).toBe(200);
  expect(helpdesk.app.logs()).not.toMatch(/uncaught|unhandled|sandbox-api-key/i);
});

/** Lets the next `times` requests fail, reads once, and tells the outcome and how many requests it took. */
async function readOutcome(fault: Fault, times: number) {
  helpdesk.costs();
  helpdesk.sandbox.fail({ ...fault, times });
  const { status, body } = await helpdesk.read('findTickets');
  return { status, code: body.code, requests: helpdesk.costs().length };
}

describe('a help desk that fails once', () => {
  it.each<[string, Fault]>([
    ['resets the connection', { reset: 'before' }],
    ['breaks off in the middle of its answer', { reset: 'midBody' }],
    ['answers 500', { status: 500, body: '<html>' }],
    ['limits the rate for no time at all', { status: 429, headers: { 'retry-after': '0' }, body: '{}' }],
  ])('and %s goes unnoticed', async (_, fault) => {
    expect(await readOutcome(fault, 1)).toEqual({ status: 200, code: undefined, requests: 2 });
  });
});

describe('a help desk that goes on failing', () => {
  it.each<[string, Fault, { status: number; code: string; requests: number }]>([
    ['resets connections', { reset: 'before' }, { status: 502, code: 'upstream_error', requests: 3 }],
    ['answers 500', { status: 500, body: 'oops' }, { status: 502, code: 'upstream_error', requests: 3 }],
    ['answers HTML with 200', { status: 200, body: '<html>' }, { status: 502, code: 'upstream_error', requests: 1 }],
    [
      'answers other JSON',
      { status: 200, body: '{"tickets":7}' },
      { status: 502, code: 'upstream_error', requests: 1 },
    ],
    ['answers nothing', { status: 200, body: '' }, { status: 502, code: 'upstream_error', requests: 1 }],
    ['redirects', { status: 302, headers: { location: '/' } }, { status: 502, code: 'upstream_error', requests: 1 }],
    ['refuses the key', { status: 401, body: '{}' }, { status: 502, code: 'upstream_auth_failed', requests: 1 }],
    ['forbids it', { status: 403, body: '<html>' }, { status: 403, code: 'forbidden', requests: 1 }],
    ['refuses it', { status: 400, body: '<html>' }, { status: 400, code: 'invalid_input', requests: 1 }],
    [
      'limits the rate for a minute',
      { status: 429, headers: { 'retry-after': '60' } },
      { status: 429, code: 'rate_limited', requests: 1 },
    ],
  ])('and %s is told by its code', async (_, fault, expected) => {
    expect(await readOutcome(fault, 3)).toEqual(expected);
  });

  it('and is slow is waited for', async () => {
    expect(await readOutcome({ delayMs: 300 }, 1)).toEqual({ status: 200, code: undefined, requests: 1 });
  });

  it('and never answers costs no more than the deadline', async () => {
    const { status, code } = await readOutcome({ hang: true }, 3);
    expect({ status, code }).toEqual({ status: 504, code: 'upstream_timeout' });
  });

  it('and cannot be reached is unavailable', async () => {
    const gone = await startHelpdeskApp();
    await gone.sandbox.close();
    const { status, body } = await gone.read('findTickets');
    await gone.app.stop();
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'upstream_unavailable' });
  });
});

describe('a write whose answer', () => {
  it.each<[string, Fault]>([
    ['is lost', { reset: 'after' }],
    ['cannot be read', { status: 201, body: '<html>' }],
    ['is something else', { status: 201, body: '{"ok":true}' }],
    ['comes too late', { hang: true }],
  ])('%s is sent once, and is not to be repeated unchecked', async (what, fault) => {
    helpdesk.costs();
    helpdesk.sandbox.fail(fault);
    const { body } = await helpdesk.write('addReply', { ticketNumber: '1042', comment: `Its answer ${what}.` });
    expect(body).toMatchObject({ code: 'upstream_timeout', retryable: false });
    expect(helpdesk.costs()).toEqual(['POST /v1/tickets/1042/replies']);
  });
});
