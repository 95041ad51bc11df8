import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { salesforce } from '../../../functions/salesforce/system.ts';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { readConfig } from '../../../shared/settings/config.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';
import { startVault } from '../../support/vault.ts';
import { type SalesforceApp, startSalesforceApp } from '../harness.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(...options: Parameters<typeof startSalesforceApp>): Promise<SalesforceApp> {
  const salesforce = await startSalesforceApp(...options);
  stops.push(salesforce.stop);
  return salesforce;
}

const anyAccount = { query: { name: 'Contoso' } };
const signIn = 'POST /services/oauth2/token';

describe('with client credentials', () => {
  let shared: SalesforceApp;
  beforeAll(async () => {
    // On a machine with much else to do, two hundred calls take their time.
    shared = await startSalesforceApp({ app: { env: { ACTION_TIMEOUT_MS: '100000' } } });
  });
  afterAll(() => shared.stop());

  test('two hundred calls at once on a cold app sign in once, and later ones not at all', async () => {
    const { call, costs } = shared;
    const begun = Date.now();
    const replies = await Promise.all(Array.from({ length: 200 }, () => call('findAccounts', anyAccount)));
    expect(replies.map(({ status }) => status)).toEqual(Array(200).fill(200));
    // An exchange that is not answered in ten seconds is given up, and another one is made.
    const givenUp = Math.floor((Date.now() - begun) / 10_000);
    const signIns = costs().filter(cost => cost === signIn);
    expect(signIns.length).toBeGreaterThan(0);
    expect(signIns.length).toBeLessThanOrEqual(1 + givenUp);
    await call('findAccounts', anyAccount);
    expect(costs()).toEqual(['GET /query']);
  }, 120_000);

  test('a session that has expired is renewed once, unseen', async () => {
    const { call, costs, sandbox } = shared;
    sandbox.expireSessions();
    expect((await call('findAccounts', anyAccount)).status).toBe(200);
    expect(costs()).toEqual(['GET /query', signIn, 'GET /query']);

    sandbox.expireSessions();
    const update = { objectType: 'Account', recordId: '001Sx0000000001IAA', fields: '{"Phone":"+1 206 555 0100"}' };
    expect((await call('updateRecord', { json: update })).status).toBe(200);
    const writes = sandbox.exchanges.filter(({ request: { method } }) => method === 'PATCH');
    expect(writes.map(({ status }) => status).filter(status => status < 300)).toHaveLength(1);
  });

  test('a refusal that lasts costs at most three requests, and names the secret', async () => {
    const { call, costs, sandbox } = shared;
    costs();
    sandbox.fail({ path: '^/services/data', status: 401, times: 50, body: '[{"errorCode":"INVALID_SESSION_ID"}]' });
    const { status, body } = await call('findAccounts', anyAccount);
    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'upstream_auth_failed', retryable: false });
    expect(body.detail).toContain('salesforce-client-secret');
    expect(costs().length).toBeLessThanOrEqual(3);
  });

  test('a secret that was rotated in the vault is picked up without a restart', async () => {
    const vault = await startVault({ 'salesforce-client-secret': 'sandbox-secret' });
    stops.push(vault.close);
    const salesforce = await start({
      settings: () => ({ SALESFORCE_CLIENT_SECRET: '', ...vault.settings, SECRET_TTL_SECONDS: '3600' }),
    });
    const { call, costs, sandbox } = salesforce;
    expect((await call('findAccounts', anyAccount)).status).toBe(200);

    sandbox.rotateSecret('new-secret');
    sandbox.expireSessions();
    expect((await call('findAccounts', anyAccount)).body.code).toBe('upstream_auth_failed');

    vault.secrets.set('salesforce-client-secret', 'new-secret');
    costs();
    expect((await call('findAccounts', anyAccount)).status).toBe(200);
    expect(costs().filter(cost => cost === signIn)).toHaveLength(2);
    expect(salesforce.app.logs()).not.toMatch(/sandbox-secret|new-secret/);
  });

  test('an address that signs nobody in is told, not the secret', async () => {
    const { call, sandbox } = await start();
    sandbox.fail({ path: '/oauth2/token$', status: 404, body: '<html>' });
    const { body } = await call('findAccounts', anyAccount);
    expect(body.code).toBe('upstream_auth_failed');
    expect(body.detail).toMatch(/^SALESFORCE_LOGIN_URL does not lead to/);
  });

  test('an app that Salesforce does not know is told apart from a wrong secret', async () => {
    const { call } = await start({ settings: () => ({ SALESFORCE_CLIENT_ID: 'nobody' }) });
    const { body } = await call('findAccounts', anyAccount);
    expect(body.code).toBe('upstream_auth_failed');
    expect(body.detail).toContain('SALESFORCE_CLIENT_ID');
  });
});

describe('the address in the answer to a sign-in', () => {
  let org: SandboxServer;
  let app: RunningApp;
  let instanceUrl: string;
  const paths: string[] = [];

  beforeAll(async () => {
    org = await startSandboxServer(({ path }) => {
      paths.push(path);
      return path === '/services/oauth2/token'
        ? { json: { access_token: 'session', instance_url: instanceUrl } }
        : { json: { totalSize: 0, done: true, records: [] } };
    });
    const env = { SALESFORCE_LOGIN_URL: org.url, SALESFORCE_CLIENT_ID: 'a', SALESFORCE_CLIENT_SECRET: 'b' };
    app = await startApp({ env });
  });
  beforeEach(() => void paths.splice(0));
  afterAll(async () => {
    await app.stop();
    await org.close();
  });

  test.each([
    'https://evil.example',
    'http://acme.my.salesforce.com',
    'https://salesforce.com.evil.example',
    'https://evilsalesforce.com',
    'https://acme.my.salesforce.com@evil.example',
    'https://127.0.0.1.evil.example',
    'ftp://127.0.0.1',
  ])('is not used when it is %s', async address => {
    instanceUrl = address;
    const { status, body } = await request(`${app.url}/api/salesforce/findAccounts?name=x`);
    expect(status).toBe(502);
    expect(body.detail).toContain('SALESFORCE_LOGIN_URL');
    expect(paths).toEqual(['/services/oauth2/token']);
  });

  test('is used when it is on this machine, as the configured one is', async () => {
    instanceUrl = `${org.url}/`;
    expect((await request(`${app.url}/api/salesforce/findAccounts?name=x`)).status).toBe(200);
    expect(paths).toEqual([
      '/services/oauth2/token',
      '/services/data/v67.0/connect/organization',
      '/services/data/v67.0/query',
    ]);
  });
});

describe('with a JWT', () => {
  const pkcs1 = (pem: string) => createPrivateKey(pem).export({ type: 'pkcs1', format: 'pem' }).toString();
  const onOneLine = (pem: string) => pem.trim().replaceAll('\n', '\\n');

  test.each([
    ['PKCS#8', (pem: string) => pem],
    ['PKCS#1 on one line', (pem: string) => onOneLine(pkcs1(pem))],
    ['PKCS#8 on one line, in quotes', (pem: string) => `"${onOneLine(pem)}"`],
    ['PKCS#1 with spaces for line breaks', (pem: string) => pkcs1(pem).replaceAll('\n', ' ')],
  ])('a private key in %s signs in as the integration user', async (_form, write) => {
    const { app, asked } = await start({
      settings: sandbox => ({ ...sandbox.jwtSettings(), SALESFORCE_PRIVATE_KEY: write(sandbox.privateKey()) }),
    });
    const { status, body } = await request(`${app.url}/api/health/ready`);
    expect(status).toBe(200);
    expect(body.checks).toContainEqual({
      name: 'salesforce',
      status: 'ok',
      detail: 'Integration User, API usage 2 of 15000',
    });
    const [signedIn] = asked();
    const assertion = new URLSearchParams(signedIn?.body).get('assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'RS256' });
    const { exp = 0, sub } = decodeJwt(assertion);
    expect(sub).toBe('integration@example.com');
    expect(exp - Date.now() / 1000).toBeLessThanOrEqual(300);
  });

  test('a key that is too short for Salesforce is told as such', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { call } = await start({
      settings: sandbox => ({ ...sandbox.jwtSettings(), SALESFORCE_PRIVATE_KEY: pem }),
    });
    const { body } = await call('findAccounts', anyAccount);
    expect(body.code).toBe('misconfigured');
    expect(body.detail).toContain('at least 2,048 bits');
  });

  test('a key that is none is told without any of it', async () => {
    const { call, app } = await start({
      settings: sandbox => ({ ...sandbox.jwtSettings(), SALESFORCE_PRIVATE_KEY: '-----BEGIN-secret-part-' }),
    });
    const { body } = await call('findAccounts', anyAccount);
    expect(body.code).toBe('misconfigured');
    expect(body.detail).toContain('salesforce-private-key');
    expect(JSON.stringify(body) + app.logs()).not.toContain('secret-part');
  });

  test('a key that Salesforce does not know is refused in one go', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { call, costs } = await start({
      settings: sandbox => ({ ...sandbox.jwtSettings(), SALESFORCE_PRIVATE_KEY: pem }),
    });
    expect((await call('findAccounts', anyAccount)).body.code).toBe('upstream_auth_failed');
    expect(costs()).toEqual([signIn]);
  });
});

describe('as whoever calls', () => {
  const asCaller = (more: Record<string, string> = {}) => ({
    settings: (sandbox: SalesforceApp['sandbox']) => ({
      ...sandbox.jwtSettings(),
      SALESFORCE_USERNAME: '',
      SALESFORCE_RUN_AS: 'caller',
      INBOUND_AUTH: 'entra',
      WEBSITE_AUTH_ENABLED: 'True',
      ...more,
    }),
  });
  const principal = (claims: Record<string, string>) => ({
    'x-ms-client-principal': Buffer.from(
      JSON.stringify({ claims: Object.entries(claims).map(([typ, val]) => ({ typ, val })) }),
    ).toString('base64'),
  });
  const person = (upn: string) => principal({ oid: `id-of-${upn}`, upn });

  let shared: SalesforceApp;
  beforeAll(async () => {
    shared = await startSalesforceApp(asCaller());
  });
  beforeEach(() => void shared.asked());
  afterAll(() => shared.stop());

  test('each person sees what Salesforce lets that person see, with one sign-in each', async () => {
    const { call, costs } = shared;
    const open = { query: { openOnly: 'true', limit: '100' } };
    const ownersFor = async (upn: string) => {
      const { status, body } = await call('findOpportunities', { ...open, headers: person(upn) });
      expect(status).toBe(200);
      const opportunities = body.opportunities as { owner: string }[];
      return [...new Set(opportunities.map(({ owner }) => owner))].sort();
    };
    expect(await ownersFor('li.wei@example.com')).toEqual(['Li Wei']);
    expect(await ownersFor('jonas.weber@example.com')).toEqual(['Jonas Weber']);
    expect((await ownersFor('ana.ruiz@example.com')).length).toBeGreaterThan(2);
    expect(await ownersFor('LI.WEI@example.com')).toEqual(['Li Wei']);
    expect(costs().filter(cost => cost === signIn).length).toBeLessThanOrEqual(4);
  });

  test('what is hidden from one person is not shown from what another one saw of an object', async () => {
    const { call } = shared;
    const fieldsFor = async (upn: string) => {
      const query = { objectType: 'Opportunity', term: 'margin' };
      const { body } = await call('describeObject', { query, headers: person(upn) });
      return body.fieldCount;
    };
    expect(await fieldsFor('ana.ruiz@example.com')).toBe(1);
    expect(await fieldsFor('li.wei@example.com')).toBe(0);
  });

  test('a person with no Salesforce user, or an inactive one, is forbidden and told the cure', async () => {
    const { call } = shared;
    for (const upn of ['nobody@example.com', 'tom.becker@example.com']) {
      const { status, body } = await call('findAccounts', { ...anyAccount, headers: person(upn) });
      expect(status).toBe(403);
      expect(body).toMatchObject({ code: 'forbidden', retryable: false });
      expect(body.detail).toContain(`Salesforce does not let ${upn} in here.`);
    }
  });

  test.each([
    { error: 'invalid_app_access', error_description: 'user is not admin approved to access this app' },
    { error: 'invalid_grant', error_description: "user hasn't approved this consumer" },
  ])('a person whom the app was not approved for is forbidden: %o', async refusal => {
    const { call, sandbox } = shared;
    sandbox.fail({ path: '/oauth2/token$', status: 400, body: JSON.stringify(refusal) });
    const { body } = await call('findAccounts', { ...anyAccount, headers: person('priya.nair@example.com') });
    expect(body.code).toBe('forbidden');
    expect(body.detail).toContain('pre-approve');
  });

  test.each([
    [{ error: 'invalid_grant', error_description: 'user does not exist' }, 'pre-approve'],
    [{ error: 'invalid_grant', error_description: 'inactive user' }, 'pre-approve'],
    [{ error: 'invalid_grant', error_description: 'something about the user' }, 'pre-approve'],
    [{ error: 'invalid_grant', error_description: 'user_locked' }, 'unlock'],
    [{ error: 'invalid_grant', error_description: 'ip restricted' }, 'IP ranges'],
    [{ error: 'invalid_grant', error_description: 'login hours restricted' }, 'login hours'],
    [{ error: 'inactive_org', error_description: 'organization is inactive' }, 'reactivated'],
  ])('%o is forbidden at once, and nobody is sent to renew the secret', async (refusal, cure) => {
    const { call, sandbox, costs } = shared;
    sandbox.fail({ path: '/oauth2/token$', status: 400, body: JSON.stringify(refusal) });
    const { body } = await call('findAccounts', { ...anyAccount, headers: person('priya.nair@example.com') });
    expect(body.code).toBe('forbidden');
    expect(body.detail).toContain(cure);
    expect(costs()).toEqual([signIn]);
  });

  test('an application is forbidden before anything is sent', async () => {
    const { call, costs } = shared;
    const headers = principal({ oid: 'an-app', appid: 'an-app', roles: 'Action.Call' });
    const { status, body } = await call('findAccounts', { ...anyAccount, headers });
    expect(status).toBe(403);
    expect(body.detail).toContain('Sign in as a user');
    expect(costs()).toEqual([]);
  });

  test('without a caller of whom more than a key is known, the setting to change is named', async () => {
    const { app, call, costs } = await start(asCaller({ INBOUND_AUTH: 'key' }));
    const { body } = await call('findAccounts', anyAccount);
    expect(body.code).toBe('misconfigured');
    expect(body.detail).toContain('INBOUND_AUTH is wrong. Set it to entra');
    expect((await request(`${app.url}/api/health/ready`)).body.checks).toContainEqual(
      expect.objectContaining({ name: 'INBOUND_AUTH', status: 'failed' }),
    );
    expect(costs()).toEqual([]);
  });

  test('names are mapped where the org calls people otherwise, one by one or by domain', async () => {
    const map = 'boss@corp.example=ana.ruiz@example.com, *@corp.example=*@example.com';
    const { call, asked } = await start(asCaller({ SALESFORCE_USER_MAP: map }));
    const subjectFor = async (upn: string) => {
      expect((await call('findAccounts', { ...anyAccount, headers: person(upn) })).status).toBe(200);
      return decodeJwt(new URLSearchParams(asked()[0]?.body).get('assertion') ?? '').sub;
    };
    expect(await subjectFor('Boss@corp.example')).toBe('ana.ruiz@example.com');
    expect(await subjectFor('li.wei@corp.example')).toBe('li.wei@example.com');
  });

  test('the health report says that nobody signs in there', async () => {
    const { app } = shared;
    const { body } = await request(`${app.url}/api/health/ready`, { headers: person('ana.ruiz@example.com') });
    expect(body.checks).toContainEqual(
      expect.objectContaining({
        name: 'salesforce',
        status: 'ok',
        detail: expect.stringContaining('Runs as whoever calls'),
      }),
    );
  });

  test.each(['ana@contoso.com', 'a=b=c', 'ana@x.example=*@y.example', '=x', '*=', 'a b=c'])(
    'a map such as %s is named as wrong, with the cure',
    map => {
      const config = readConfig({
        SALESFORCE_LOGIN_URL: 'https://acme.my.salesforce.com',
        SALESFORCE_CLIENT_ID: 'app',
        SALESFORCE_USER_MAP: map,
      });
      const [problem] = config.of(salesforce).problems();
      expect(problem?.setting).toBe('SALESFORCE_USER_MAP');
      expect(problem?.message).toContain('*@contoso.com=*@contoso.com.uat');
    },
  );
});
