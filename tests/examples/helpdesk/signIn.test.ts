import { afterEach, describe, expect, it } from 'vitest';
import { request } from '../../support/request.ts';
import { startVault } from '../../support/vault.ts';
import { type HelpdeskApp, startHelpdeskApp } from './harness.ts';

let helpdesk: HelpdeskApp;

afterEach(async () => {
  expect(helpdesk.app.logs()).not.toMatch(/sandbox-(api-key|client-secret|access-token)/);
  await helpdesk.stop();
});

const outcome = async () => {
  const { status, body } = await helpdesk.read('getTicket', { ticketNumber: '1042' });
  return { status, code: body.code };
};
const ok = { status: 200, code: undefined };
const refused = { status: 502, code: 'upstream_auth_failed' };
const ticket = 'GET /v1/tickets/1042';
const token = 'POST /oauth/token';

describe('a sign-in by API key', () => {
  it('sends the key, and nothing before it', async () => {
    helpdesk = await startHelpdeskApp();
    expect(await outcome()).toEqual(ok);
    expect(helpdesk.costs()).toEqual([ticket]);
    const { headers } = helpdesk.sandbox.requests[0] ?? {};
    expect(headers).toMatchObject({ 'x-api-key': 'sandbox-api-key', traceparent: expect.any(String) });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('tells who must renew a key that was rotated', async () => {
    helpdesk = await startHelpdeskApp();
    helpdesk.sandbox.rotateApiKey('another');
    const { status, body } = await helpdesk.read('getTicket', { ticketNumber: '1042' });
    expect({ status, code: body.code }).toEqual(refused);
    expect(body.detail).toContain('renew the secret helpdesk-api-key');
    helpdesk.sandbox.rotateApiKey('sandbox-api-key');
    expect(await outcome()).toEqual(ok);
  });

  it('takes up a key that was rotated in the vault, and the user notices nothing', async () => {
    const vault = await startVault({ 'helpdesk-api-key': 'sandbox-api-key' });
    helpdesk = await startHelpdeskApp({ env: vault.settings });
    expect(await outcome()).toEqual(ok);
    helpdesk.sandbox.rotateApiKey('another');
    vault.secrets.set('helpdesk-api-key', 'another');
    helpdesk.costs();
    expect(await outcome()).toEqual(ok);
    expect(helpdesk.costs()).toEqual([ticket, ticket]);
    await vault.close();
  });

  it('is tried by the readiness report, as whom it names', async () => {
    helpdesk = await startHelpdeskApp();
    const { status, body } = await request(`${helpdesk.app.url}/api/health/ready`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('Agent');
    expect(helpdesk.costs()).toEqual(['GET /v1/me']);
  });
});

describe('a sign-in by client credentials', () => {
  it('gets one access token for many calls', async () => {
    helpdesk = await startHelpdeskApp({ auth: 'client-credentials' });
    expect(await Promise.all([outcome(), outcome(), outcome()])).toEqual([ok, ok, ok]);
    expect(await outcome()).toEqual(ok);
    expect(helpdesk.costs()).toEqual([token, ticket, ticket, ticket, ticket]);
    expect(helpdesk.sandbox.requests.at(-1)?.headers).not.toHaveProperty('x-api-key');
  });

  it('renews an access token that has expired, and the user notices nothing; but not for a secret that was rotated', async () => {
    helpdesk = await startHelpdeskApp({ auth: 'client-credentials' });
    await outcome();
    helpdesk.sandbox.revokeTokens();
    helpdesk.costs();
    expect(await outcome()).toEqual(ok);
    expect(helpdesk.costs()).toEqual([ticket, token, ticket]);

    helpdesk.sandbox.rotateClientSecret('another');
    const { status, body } = await helpdesk.read('getTicket', { ticketNumber: '1042' });
    expect({ status, code: body.code }).toEqual(refused);
    expect(body.detail).toContain('renew the secret helpdesk-client-secret');
  });

  it('names the setting that it lacks', async () => {
    helpdesk = await startHelpdeskApp({ auth: 'client-credentials', env: { HELPDESK_CLIENT_ID: '' } });
    const { status, body } = await helpdesk.read('findTickets');
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'misconfigured' });
    expect(body.detail).toContain('HELPDESK_CLIENT_ID is not set.');
  });
});
