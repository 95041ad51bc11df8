import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../shared/sandbox/sandboxServer.ts';
import { startApp } from '../support/app.ts';
import { makeCertificate } from '../support/certificate.ts';
import { request } from '../support/request.ts';
import { useSandboxedApp } from '../support/sandboxedApp.ts';

const running = useSandboxedApp();

afterEach(() => {
  running.jira.clearFaults();
  running.salesforce.clearFaults();
});

const json = (value: unknown) => JSON.stringify(value);

/** What a call is told when Jira answers its next requests so, and how many requests it took. */
async function ofJira(fault: Fault, path = 'getIssue?issueKey=ATLAS-1') {
  running.jira.fail({ ...fault, times: 5 });
  const before = running.jira.requests.length;
  const { status, body } = await request(`${running.app.url}/api/jira/${path}`);
  const { code, detail, retryable } = body;
  return { status, code, detail, retryable, requests: running.jira.requests.length - before };
}

async function ofSalesforce(fault: Fault, path = 'findAccounts?name=Contoso') {
  running.salesforce.fail({ path: '^/services/data/', ...fault, times: 5 });
  const before = running.salesforce.requests.length;
  const { status, body } = await request(`${running.app.url}/api/salesforce/${path}`);
  const { code, detail, retryable } = body;
  return { status, code, detail, retryable, requests: running.salesforce.requests.length - before };
}

describe('a 404 of Jira', () => {
  it.each([
    ['a site that is suspended', json({ errorMessage: 'Site temporarily unavailable', errorCode: 'OTHER' })],
    ['a suspended site in the form of Jira', json({ errorMessages: ['Site temporarily unavailable'], errors: {} })],
    ['a page', '<!DOCTYPE html><html><title>Atlassian Cloud Notifications - Page Unavailable</title></html>'],
    ['a cloud ID that is none', json({ code: 404, message: 'Not Found' })],
    ['a cloud ID of no site', json({ code: 404, message: 'No cloud found' })],
    ['a gateway', json({ status: 404, error: 'Not Found', message: 'No message available', path: '/ex/jira/x' })],
    [
      'a path that is none',
      json({ message: 'null for uri: https://acme.atlassian.net/jira/rest', 'status-code': 404 }),
    ],
    ['a proxy', 'default backend - 404'],
    ['nobody', ''],
  ])('that comes of %s says nothing of the issue, and names the address', async (_, body) => {
    const { code, detail, retryable, requests } = await ofJira({ status: 404, body });
    expect({ code, retryable, requests }).toEqual({ code: 'misconfigured', retryable: false, requests: 1 });
    expect(detail).toContain('JIRA_BASE_URL');
    expect(detail).not.toContain('There is no');
  });

  it.each([
    [
      'the platform',
      json({ errorMessages: ['Issue does not exist or you do not have permission to see it.'], errors: {} }),
    ],
    [
      'the service desk',
      json({ errorMessage: 'The request does not exist.', i18nErrorMessage: { i18nKey: 'x', parameters: [] } }),
    ],
    ['an API with details', json({ errors: [{ status: 404, detail: 'The issue does not exist.' }] })],
  ])('in the form of %s is about the issue', async (_, body) => {
    const { code, detail } = await ofJira({ status: 404, body });
    expect(code).toBe('not_found');
    expect(detail).toMatch(/^There is no Jira issue ATLAS-1 .*does not exist/);
  });

  it.each(['searchIssues?assignee=none', 'listProjects'])(
    'to the list of %s is about no thing, whatever its form',
    async path => {
      const { code, detail } = await ofJira({ status: 404, body: json({ errorMessages: ['Not found.'] }) }, path);
      expect(code).toBe('misconfigured');
      expect(detail).toContain('JIRA_BASE_URL');
    },
  );
});

describe('an address', () => {
  it.each([
    ['to a page where people sign in', { location: 'https://id.atlassian.com/login?continue=x' }],
    ['elsewhere', { location: 'https://new-name.atlassian.net/rest/api/3/issue/ATLAS-1' }],
  ])('that redirects %s is told by its setting', async (where, headers) => {
    const { code, detail, requests } = await ofJira({ status: 302, headers });
    expect({ code, requests }).toEqual({ code: 'upstream_error', requests: 1 });
    expect(detail).toContain(`redirects ${where}`);
    expect(detail).toContain('JIRA_BASE_URL');
  });

  it('that answers with a page is told by its setting', async () => {
    const ofPage = { status: 200, body: '<html><title>Log in</title></html>' };
    expect((await ofJira(ofPage)).detail).toContain('JIRA_BASE_URL');
    expect((await ofSalesforce(ofPage)).detail).toContain('SALESFORCE_LOGIN_URL');
  });

  it('with a host name that does not exist is misconfigured; one that refuses connections is unavailable, in words', async () => {
    const app = await startApp({
      env: {
        ...running.jira.settings,
        ...running.salesforce.settings,
        JIRA_BASE_URL: 'https://no-such-site.invalid',
        SALESFORCE_LOGIN_URL: 'http://127.0.0.1:9',
      },
    });
    const ofJira = await request(`${app.url}/api/jira/addComment`, { json: { issueKey: 'ATLAS-1', comment: 'x' } });
    const ofSalesforce = await request(`${app.url}/api/salesforce/findAccounts?name=x`);
    await app.stop();
    expect(ofJira.body).toMatchObject({ code: 'misconfigured', retryable: false });
    expect(ofJira.body.detail).toMatch(/there is no host of that name.*JIRA_BASE_URL/);
    expect(ofSalesforce.body.detail).toMatch(/SALESFORCE_LOGIN_URL/);
  });

  it('whose certificate nobody trusts is told so, and is not tried again', async () => {
    const certificate = await makeCertificate();
    let connections = 0;
    const server = createServer(certificate, (_, response) => response.end('{}'));
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const app = await startApp({ env: { ...running.jira.settings, JIRA_BASE_URL: `https://127.0.0.1:${port}` } });
    const { body } = await request(`${app.url}/api/jira/getIssue?issueKey=ATLAS-1`);
    await app.stop();
    server.close();
    await certificate.remove();
    expect(body).toMatchObject({ code: 'upstream_unavailable', retryable: false });
    expect(body.detail).toMatch(/certificate.*JIRA_BASE_URL/);
    expect(connections).toBe(1);
  });
});

describe('a token of Jira without the scope', () => {
  it.each<[string, Fault]>([
    ['the gateway', { status: 401, body: json({ code: 401, message: 'Unauthorized; scope does not match' }) }],
    ['a challenge', { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } }],
    ['a 403 in words', { status: 403, body: json({ message: 'Missing required scope' }) }],
  ])('is told by the scope where %s says so, and no other token is tried', async (_, fault) => {
    const { code, detail, retryable, requests } = await ofJira(fault);
    expect({ code, retryable, requests }).toEqual({ code: 'upstream_auth_failed', retryable: false, requests: 1 });
    expect(detail).toContain('read:jira-work');
    expect(detail).not.toMatch(/renew/);
  });

  it('is told the scope that the challenge names', async () => {
    const challenge = 'Bearer realm="x", error="insufficient_scope", scope="read:jira-work read:jira-user"';
    const { detail } = await ofJira({ status: 401, headers: { 'www-authenticate': challenge } });
    expect(detail).toContain('read:jira-work and read:jira-user');
  });

  it.each([
    ['addComment', { issueKey: 'ATLAS-1', comment: 'Scope' }, '/comment$', 'write:jira-work'],
    [
      'addComment',
      { issueKey: 'HELP-1', comment: 'Scope', audience: 'internal' },
      'servicedeskapi',
      'write:servicedesk-request',
    ],
  ])('is told what %s of %o wants', async (action, input, path, scope) => {
    running.jira.fail({
      path,
      method: 'POST',
      status: 401,
      body: json({ message: 'Unauthorized; scope does not match' }),
    });
    const { body } = await request(`${running.app.url}/api/jira/${action}`, { json: input });
    expect(body.detail).toContain(scope);
  });
});

describe('a sign-in to Jira', () => {
  it('that is refused names the e-mail address beside the token', async () => {
    const { code, detail } = await ofJira({
      status: 401,
      body: 'Client must be authenticated to access this resource.',
    });
    expect(code).toBe('upstream_auth_failed');
    expect(detail).toContain('jira-api-token');
    expect(detail).toContain('JIRA_EMAIL');
  });

  it.each<[string, Fault, string, RegExp]>([
    [
      'captcha',
      { status: 401, headers: { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' } },
      'upstream_auth_failed',
      /CAPTCHA/,
    ],
    [
      'captcha in a 403',
      {
        status: 403,
        headers: { 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=https://x/login.jsp' },
      },
      'upstream_auth_failed',
      /CAPTCHA/,
    ],
    [
      'address',
      { status: 403, body: json({ message: 'IP address 20.1.2.3 is not allowed.' }) },
      'upstream_auth_failed',
      /IP allowlist/,
    ],
    [
      'block',
      { status: 403, body: json({ code: 403, message: 'Access blocked by admin' }) },
      'upstream_auth_failed',
      /blocked/,
    ],
    ['licence', { status: 403, body: json({ errorMessages: ['You do not have a licence.'] }) }, 'forbidden', /licence/],
    [
      'password',
      { status: 403, body: 'Basic auth with password is not allowed on this instance' },
      'upstream_auth_failed',
      /not a password/,
    ],
  ])('that is refused for its %s is told so, and no other token is tried', async (_, fault, code, sentence) => {
    const told = await ofJira(fault);
    expect(told).toMatchObject({ code, retryable: false, requests: 1 });
    expect(told.detail).toMatch(sentence);
  });
});

describe('what Jira says', () => {
  it.each([
    { errorMessages: ['The gate is shut.'], errors: {} },
    { errorMessages: ['The gate is shut.'], warningMessages: [] },
    { errors: { gate: 'The gate is shut.' } },
    { message: 'The gate is shut.' },
    { errorMessage: 'The gate is shut.', i18nErrorMessage: { i18nKey: 'gate', parameters: [] } },
    { error: 'invalid_request', error_description: 'The gate is shut.' },
    { error: 'The gate is shut.' },
    { errors: [{ detail: 'The gate is shut.' }] },
    { errors: [{ message: 'The gate is shut.' }] },
    { errors: [{ errorMessage: 'The gate is shut.' }] },
    { errors: ['The gate is shut.'] },
    { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'The gate is shut.' },
    { error: { code: 400, message: 'The gate is shut.' } },
    ['The gate is shut.'],
    'The gate is shut.',
  ])('is told, as %j', async body => {
    for (const status of [400, 403, 409, 410, 500]) {
      const { detail } = await ofJira({ status, body: json(body) });
      running.jira.clearFaults();
      expect(detail).toContain('The gate is shut.');
    }
  });
});

describe('a Salesforce that is not where it should be', () => {
  it.each([
    [
      'answers with a page',
      { status: 404, body: '<html><title>URL No Longer Exists</title></html>' },
      'SALESFORCE_LOGIN_URL',
    ],
    ['answers with nothing', { status: 404, body: '' }, 'SALESFORCE_LOGIN_URL'],
    [
      'says something of its own',
      { status: 404, body: json({ message: 'no Route matched with those values' }) },
      'SALESFORCE_LOGIN_URL',
    ],
    [
      'does not know the version',
      { status: 404, body: json([{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]) },
      'SALESFORCE_API_VERSION',
    ],
    [
      'lives elsewhere',
      { status: 400, body: json([{ errorCode: 'URL_NOT_RESET', message: 'Destination URL not reset.' }]) },
      'SALESFORCE_LOGIN_URL',
    ],
    ['redirects', { status: 302, headers: { location: 'https://renamed.my.salesforce.com/' } }, 'SALESFORCE_LOGIN_URL'],
  ])('and %s is not taken for one without the record', async (_, fault, setting) => {
    const { code, detail, retryable, requests } = await ofSalesforce(fault);
    expect(code).toMatch(/^(misconfigured|upstream_error)$/);
    expect({ retryable, requests }).toEqual({ retryable: false, requests: 1 });
    expect(detail).toContain(setting);
    expect(detail).not.toContain('There is no');
  });

  it('and is of a version that the org does not have is told by its setting, also where an object is asked for', async () => {
    const app = await startApp({ env: { ...running.salesforce.settings, SALESFORCE_API_VERSION: '99.0' } });
    const { body } = await request(`${app.url}/api/salesforce/describeObject?objectType=Account`);
    await app.stop();
    expect(body.code).toBe('misconfigured');
    expect(body.detail).toContain('SALESFORCE_API_VERSION');
  });

  it('but an object that is not there is not found', async () => {
    const { body } = await request(`${running.app.url}/api/salesforce/describeObject?objectType=Nothing__c`);
    expect(body.code).toBe('not_found');
    expect(body.detail).toContain('Nothing__c');
  });
});

describe('a session of Salesforce', () => {
  it.each<[string, Fault, RegExp]>([
    [
      'is not for the API',
      {
        status: 401,
        body: json([
          { errorCode: 'INVALID_SESSION_ID', message: 'This session is not valid for use with the REST API' },
        ]),
      },
      /API Enabled/,
    ],
    [
      'lacks a scope',
      { status: 403, headers: { 'www-authenticate': 'Token error="insufficient_scope", scope="api"' } },
      /scope api/,
    ],
    [
      'is of an org without the API',
      {
        status: 403,
        body: json([
          { errorCode: 'API_DISABLED_FOR_ORG', message: 'API is not enabled for this Organization or Partner' },
        ]),
      },
      /not enabled for this Organization/,
    ],
  ])('that %s is told so, and nobody signs in anew', async (_, fault, sentence) => {
    const { code, detail, requests } = await ofSalesforce(fault);
    expect({ code, requests }).toEqual({ code: 'upstream_auth_failed', requests: 1 });
    expect(detail).toMatch(sentence);
    expect(detail).not.toMatch(/renew/);
  });
});

describe('a sign-in to Salesforce', () => {
  const signIn = async (body: object) => {
    running.salesforce.expireSessions();
    running.salesforce.fail({ path: '/oauth2/token$', status: 400, body: json(body), times: 5 });
    const before = running.salesforce.requests.length;
    const { body: told } = await request(`${running.app.url}/api/salesforce/findAccounts?name=Contoso`);
    const asked = running.salesforce.requests.slice(before).filter(({ path }) => path.endsWith('/token'));
    return { ...told, signIns: asked.length };
  };

  it.each([
    ['invalid_grant', 'no client credentials user enabled', /Run As/],
    ['invalid_grant', "user hasn't approved this consumer", /pre-approve/],
    ['invalid_grant', 'inactive user', /active user/],
    ['invalid_grant', 'ip restricted', /IP ranges/],
    ['invalid_grant', 'audience is invalid', /SALESFORCE_LOGIN_URL/],
    ['invalid_grant', 'request not supported on this domain', /My Domain/],
    ['inactive_org', 'organization is inactive', /reactivated/],
    ['unsupported_grant_type', 'grant type not supported', /turn this flow on/],
    ['unauthorized_client', 'client is not authorized for this flow', /turn this flow on/],
    ['invalid_client_id', 'client identifier invalid', /SALESFORCE_CLIENT_ID/],
    ['invalid_scope', 'the requested scope is not allowed', /scope/],
    ['OAUTH_APP_BLOCKED', 'this app is blocked by admin', /unblock/],
  ])(
    'that is refused as %s, "%s", is told the cure, and no other secret is tried',
    async (error, description, cure) => {
      const { code, detail, signIns } = await signIn({ error, error_description: description });
      expect({ code, signIns }).toEqual({ code: 'upstream_auth_failed', signIns: 1 });
      expect(detail).toMatch(cure);
      expect(detail).not.toMatch(/renew/);
    },
  );

  it.each([
    ['invalid_client', 'invalid client credentials'],
    ['invalid_grant', 'expired access/refresh token'],
  ])('that is refused as %s, "%s", names the secret and what Salesforce says', async (error, description) => {
    const { code, detail } = await signIn({ error, error_description: description });
    expect(code).toBe('upstream_auth_failed');
    expect(detail).toContain('salesforce-client-secret');
    expect(detail).toContain('SALESFORCE_CLIENT_ID');
    expect(detail).toContain(description);
  });
});

describe('what Salesforce says', () => {
  it.each([
    [{ errorCode: 'SOME', message: 'The gate is shut.' }],
    { errorCode: 'SOME', message: 'The gate is shut.' },
    [{ errorCode: 'FIELD_INTEGRITY_EXCEPTION', message: 'The gate is shut.', fields: ['Name'] }],
    { error: 'some_error', error_description: 'The gate is shut.' },
    { message: 'The gate is shut.' },
    { id: null, success: false, errors: [{ statusCode: 'SOME', message: 'The gate is shut.', fields: [] }] },
    {
      message: 'An error occurred.',
      errorCode: 'POST_BODY_PARSE_ERROR',
      enhancedErrorType: 'RecordError',
      output: { errors: [{ errorCode: 'CUSTOM', message: 'The gate is shut.' }], fieldErrors: {} },
    },
    {
      enhancedErrorType: 'RecordError',
      output: {
        errors: [],
        fieldErrors: { Name: [{ errorCode: 'CUSTOM', message: 'The gate is shut.', field: 'Name' }] },
      },
    },
    [{ actionName: 'x', errors: [{ statusCode: 'SOME', message: 'The gate is shut.' }], isSuccess: false }],
  ])('is told, as %j', async body => {
    for (const status of [400, 403, 409, 500]) {
      const { detail } = await ofSalesforce({ status, body: json(body) });
      running.salesforce.clearFaults();
      expect(detail).toContain('The gate is shut.');
    }
  });
});
