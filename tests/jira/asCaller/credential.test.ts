import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type SandboxReply,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
} from '../../../shared/sandbox/sandboxServer.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { principal } from '../../support/principal.ts';
import { request } from '../../support/request.ts';
import { entra } from '../signedIn.ts';

/** The site as an administrator's mistakes leave it: what it answers to each of the two accounts. */
let site: SandboxServer;
let permitted: () => SandboxReply;
let app: RunningApp;

const basic = (email: string, token: string) => `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
const service = basic('service@example.com', 'service-token');
const permissions = basic('permissions@example.com', 'asks-for-others');
const health = principal({ oid: 'health', scp: 'access', upn: 'ana.ruiz@example.com' });

const env = {
  ...entra,
  JIRA_EMAIL: 'service@example.com',
  JIRA_API_TOKEN: 'service-token',
  JIRA_RUN_AS: 'caller',
  JIRA_PERMISSIONS_EMAIL: 'permissions@example.com',
  JIRA_PERMISSIONS_TOKEN: 'asks-for-others',
};

const answers = ({ path, headers }: SandboxRequest): SandboxReply => {
  if (path === '/rest/api/3/permissions/check' && headers.authorization === permissions) return permitted();
  if (headers.authorization !== service) return { status: 401, text: 'Client must be authenticated.' };
  return {
    json: path.endsWith('/myself') ? { accountId: 'service', displayName: 'Service Account' } : { permissions: {} },
  };
};

beforeAll(async () => {
  site = await startSandboxServer(answers);
  app = await startApp({ env: { ...env, JIRA_BASE_URL: site.url } });
});
beforeEach(() => {
  permitted = () => ({ json: { globalPermissions: ['ADMINISTER'], projectPermissions: [] } });
});
afterAll(async () => {
  await app.stop();
  await site.close();
});

interface Report {
  checks: { name: string; status: string; detail: string }[];
}

async function readiness(of = app) {
  const { status, body } = await request<Report>(`${of.url}/api/health/ready`, { headers: health });
  return { status, check: body.checks.find(({ name }) => name === 'jira' || name.startsWith('JIRA_')), body };
}

describe('the credential that asks what callers may do', () => {
  it('is looked at by the readiness report, which says that answers are limited', async () => {
    const { check } = await readiness();
    expect(check).toEqual({
      name: 'jira',
      status: 'ok',
      detail: 'Service Account, limited to what each caller may see and do in Jira',
    });
    const asked = site.requests.filter(({ headers }) => headers.authorization === permissions);
    expect(new Set(asked.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(['POST /rest/api/3/permissions/check']),
    );
  });

  it.each<[string, SandboxReply, string]>([
    [
      'may not ask for others',
      { json: { globalPermissions: [], projectPermissions: [] } },
      'must give it the global permission Administer Jira',
    ],
    [
      'is refused for it',
      { status: 403, json: { errorMessages: ['Only Jira administrators can perform this operation.'], errors: {} } },
      'Administer Jira; trying again will not help. Jira says: Only Jira administrators',
    ],
    [
      'lacks the scope',
      { status: 401, json: { code: 401, message: 'Unauthorized; scope does not match' } },
      'jira-permissions-token lacks the scope read:permission:jira',
    ],
    [
      'is refused at the sign-in',
      { status: 401, text: 'Client must be authenticated.' },
      'renew the secret jira-permissions-token, make sure that JIRA_PERMISSIONS_EMAIL',
    ],
    [
      'is taken for nobody',
      {
        headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
        json: { globalPermissions: ['ADMINISTER'], projectPermissions: [] },
      },
      'renew the secret jira-permissions-token',
    ],
  ])('is said to be wrong where it %s', async (_, reply, told) => {
    permitted = () => reply;
    const { status, check } = await readiness();
    expect([status, check?.status]).toEqual([503, 'failed']);
    expect(check?.detail).toContain(told);
    expect(JSON.stringify(check)).not.toContain('asks-for-others');
  });

  it.each([
    [{ JIRA_PERMISSIONS_TOKEN: '' }, 'jira', 'jira-permissions-token'],
    [{ JIRA_PERMISSIONS_EMAIL: '' }, 'JIRA_PERMISSIONS_EMAIL', 'Administer Jira'],
    [{ JIRA_RUN_AS: 'everybody' }, 'JIRA_RUN_AS', 'Set it to service or caller.'],
  ])('is said to be missing, and Jira is closed: %o', async (missing, name, told) => {
    const without = await startApp({ env: { ...env, JIRA_BASE_URL: site.url, ...missing } });
    const { check } = await readiness(without);
    expect(check).toMatchObject({ name, status: 'failed', detail: expect.stringContaining(told) });
    const before = site.requests.length;
    const { body } = await request<{ code: string }>(`${without.url}/api/jira/getIssue?issueKey=ABC-1`, {
      headers: health,
    });
    expect(body.code).not.toBe('not_found');
    expect(site.requests.slice(before).filter(({ path }) => path.includes('/issue/'))).toEqual([]);
    await without.stop();
  });

  it('needs sign-ins of users: with keys, nobody is let in', async () => {
    const keyed = await startApp({ env: { ...env, JIRA_BASE_URL: site.url, INBOUND_AUTH: 'key' } });
    const { body } = await request<{ code: string; detail: string }>(`${keyed.url}/api/jira/getIssue?issueKey=ABC-1`, {
      headers: health,
    });
    expect(body).toMatchObject({ code: 'misconfigured', detail: expect.stringContaining('INBOUND_AUTH') });
    await keyed.stop();
  });
});
