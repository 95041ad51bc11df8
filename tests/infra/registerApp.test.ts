import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeAzd, runHook } from './fakeAzd.ts';

interface GraphRequest {
  method: string;
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent, for a test to look at.
  body: any;
}

interface Application {
  id: string;
  appId: string;
  uniqueName?: string;
  identifierUris: string[];
  // biome-ignore lint/suspicious/noExplicitAny: what the hook adds, for a test to look at.
  [property: string]: any;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

/** As much of Microsoft Graph as the hook needs: one tenant's applications, service principals and credentials. */
async function startFakeGraph({ forbids = false, openToAll = false } = {}) {
  const applications: Application[] = [];
  const principals: string[] = [];
  const credentials: Record<string, string>[] = [];
  const requests: GraphRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = '' } = request;
    const path = decodeURIComponent(request.url ?? '').replace('/v1.0', '');
    const sent = await text(request);
    const body = sent ? JSON.parse(sent) : undefined;
    requests.push({ method, path, body });
    const answer = (status: number, json?: object) => response.writeHead(status).end(json && JSON.stringify(json));
    if (forbids || request.headers.authorization !== 'Bearer token-of-azd') {
      return answer(403, { error: { code: 'Authorization_RequestDenied' } });
    }
    const [, key, value] = /\((appId|uniqueName)='([^']*)'\)/.exec(path) ?? [];
    if (path.startsWith('/servicePrincipals')) {
      if (method === 'POST') return answer(201, { id: String(principals.push(body.appId)) });
      return principals.includes(value ?? '')
        ? answer(200, { appId: value, appRoleAssignmentRequired: !openToAll })
        : answer(404);
    }
    if (path.includes('/federatedIdentityCredentials')) {
      if (method === 'GET') return answer(200, { value: credentials });
      if (method === 'PATCH') Object.assign(credentials[0] ?? {}, body);
      else credentials.push({ id: 'credential', ...body });
      return answer(method === 'PATCH' ? 204 : 201, method === 'PATCH' ? undefined : credentials[0]);
    }
    if (method === 'POST') {
      const made = { id: 'object', appId: 'new-app', identifierUris: [], ...body };
      applications.push(made);
      return answer(201, made);
    }
    if (method === 'PATCH') {
      Object.assign(applications.find(({ id }) => path.endsWith(id)) ?? {}, body);
      return answer(204);
    }
    const found = applications.find(application => application[key as 'appId'] === value);
    return found ? answer(200, found) : answer(404, { error: { code: 'Request_ResourceNotFound' } });
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const env = { GRAPH_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const writes = () => requests.filter(({ method }) => method !== 'GET');
  return { applications, principals, credentials, env, requests, writes };
}

const entra = { INBOUND_AUTH: ' Entra ', AZURE_ENV_NAME: 'test', AZURE_SUBSCRIPTION_ID: 'subscription' };
const provisioned = { IDENTITY_PRINCIPAL_ID: 'identity', ENTRA_ISSUER: 'https://login.example/tenant/v2.0' };

function environment(values: Record<string, string>) {
  const azd = fakeAzd(values);
  cleanups.push(azd.remove);
  return azd;
}

describe('register-app', () => {
  it('does nothing with function keys', async () => {
    const azd = environment({ INBOUND_AUTH: 'key' });
    expect(await runHook('register-app.ts', { azd })).toEqual({ code: 0, output: '' });
    expect(azd.calls()).toEqual([['env', 'get-values', '--output', 'json']]);
  });

  it('registers one app for this tenant, with a scope for users and a role for applications', async () => {
    const graph = await startFakeGraph();
    const azd = environment(entra);
    const { code, output } = await runHook('register-app.ts', { azd, env: graph.env });
    expect({ code, output }).toEqual({
      code: 0,
      output: 'Registered copilot-connector-test (new-app) for callers to sign in to.\n',
    });
    expect(graph.applications).toEqual([
      expect.objectContaining({
        uniqueName: 'copilot-connector-test-subscription',
        signInAudience: 'AzureADMyOrg',
        identifierUris: ['api://new-app'],
        api: {
          requestedAccessTokenVersion: 2,
          oauth2PermissionScopes: [expect.objectContaining({ value: 'user_impersonation', type: 'User' })],
          preAuthorizedApplications: [
            {
              appId: 'fe053c5f-3692-4f14-aef2-ee34fc081cae',
              delegatedPermissionIds: [graph.applications[0]?.api.oauth2PermissionScopes[0].id],
            },
          ],
        },
        optionalClaims: { accessToken: [{ name: 'upn' }] },
        appRoles: ['Actions.Read', 'Actions.Write', 'Actions.Call'].map(value => expect.objectContaining({ value })),
      }),
    ]);
    expect(graph.applications[0]).not.toHaveProperty('passwordCredentials');
    expect(graph.principals).toEqual(['new-app']);
    expect(azd.values().ENTRA_CLIENT_ID).toBe('new-app');
  });

  it('once there is an identity, lets it vouch for the app', async () => {
    const graph = await startFakeGraph();
    const azd = environment({ ...entra, ...provisioned });
    await runHook('register-app.ts', { azd, env: graph.env });
    expect(graph.credentials).toEqual([
      {
        id: 'credential',
        name: 'app-identity',
        issuer: 'https://login.example/tenant/v2.0',
        subject: 'identity',
        audiences: ['api://AzureADTokenExchange'],
      },
    ]);
  });

  it('changes nothing the second time', async () => {
    const graph = await startFakeGraph();
    const azd = environment({ ...entra, ...provisioned });
    await runHook('register-app.ts', { azd, env: graph.env });
    const before = graph.writes().length;
    expect(await runHook('register-app.ts', { azd, env: graph.env })).toEqual({ code: 0, output: '' });
    expect(graph.writes()).toHaveLength(before);
  });

  it('finishes what an earlier run left half done', async () => {
    const graph = await startFakeGraph();
    const uniqueName = 'copilot-connector-test-subscription';
    graph.applications.push({ id: 'object', appId: 'half-made', uniqueName, identifierUris: [] });
    const azd = environment(entra);
    expect((await runHook('register-app.ts', { azd, env: graph.env })).code).toBe(0);
    expect(graph.applications[0]?.identifierUris).toEqual(['api://half-made']);
    expect(graph.principals).toEqual(['half-made']);
    expect(azd.values().ENTRA_CLIENT_ID).toBe('half-made');
  });

  it('trusts the new identity when the old one was deleted', async () => {
    const graph = await startFakeGraph();
    const azd = environment({ ...entra, ...provisioned });
    await runHook('register-app.ts', { azd, env: graph.env });
    const again = environment({ ...azd.values(), IDENTITY_PRINCIPAL_ID: 'another' });
    await runHook('register-app.ts', { azd: again, env: graph.env });
    expect(graph.credentials).toEqual([expect.objectContaining({ name: 'app-identity', subject: 'another' })]);
  });

  it('brings a registration that a person made up to what is needed, and changes nothing of what it has', async () => {
    const graph = await startFakeGraph({ openToAll: true });
    const scope = { id: 'scope', value: 'user_impersonation' };
    const other = { appId: 'other', delegatedPermissionIds: ['scope'] };
    graph.applications.push({
      id: 'object',
      appId: 'by-hand',
      identifierUris: ['api://contoso'],
      api: { oauth2PermissionScopes: [scope], preAuthorizedApplications: [other] },
      appRoles: [{ id: 'own', value: 'Actions.Call', displayName: 'Ours' }],
      optionalClaims: { accessToken: [{ name: 'email' }], idToken: [{ name: 'x' }] },
    });
    graph.principals.push('by-hand');
    const azd = environment({ ...entra, ENTRA_CLIENT_ID: 'by-hand' });
    const { code, output } = await runHook('register-app.ts', { azd, env: graph.env });
    expect(code).toBe(0);
    expect(output).toContain('Assignment required');
    expect(graph.applications[0]).toMatchObject({
      identifierUris: ['api://contoso'],
      api: {
        oauth2PermissionScopes: [scope],
        preAuthorizedApplications: [
          other,
          { appId: 'fe053c5f-3692-4f14-aef2-ee34fc081cae', delegatedPermissionIds: ['scope'] },
        ],
      },
      appRoles: [
        { id: 'own', value: 'Actions.Call', displayName: 'Ours' },
        { value: 'Actions.Read' },
        { value: 'Actions.Write' },
      ],
      optionalClaims: { accessToken: [{ name: 'email' }, { name: 'upn' }], idToken: [{ name: 'x' }] },
    });
    const before = graph.writes().length;
    await runHook('register-app.ts', { azd, env: graph.env });
    expect(graph.writes()).toHaveLength(before);
  });

  it('lets in only who is assigned, because any connector of the tenant could ask for a token', async () => {
    const graph = await startFakeGraph();
    await runHook('register-app.ts', { azd: environment(entra), env: graph.env });
    const made = graph.requests.find(({ method, path }) => method === 'POST' && path === '/servicePrincipals');
    expect(made?.body).toEqual({ appId: 'new-app', appRoleAssignmentRequired: true });
  });

  it('wants the subscription chosen first, as its name is made of it', async () => {
    const { AZURE_SUBSCRIPTION_ID: _, ...values } = entra;
    const { code, output } = await runHook('register-app.ts', { azd: environment(values) });
    expect(code).toBe(1);
    expect(output).toContain('azd env set AZURE_SUBSCRIPTION_ID');
  });

  it('where it may not register, says who must', async () => {
    const graph = await startFakeGraph({ forbids: true });
    const { code, output } = await runHook('register-app.ts', { azd: environment(entra), env: graph.env });
    expect(code).toBe(1);
    expect(output).toContain('ask an administrator to, and set ENTRA_CLIENT_ID');
  });

  it('where it may not look, leaves the registration that is set, so that a pipeline can deploy', async () => {
    const graph = await startFakeGraph({ forbids: true });
    const azd = environment({ ...entra, ENTRA_CLIENT_ID: 'by-hand' });
    const { code, output } = await runHook('register-app.ts', { azd, env: graph.env });
    expect(code).toBe(0);
    expect(output).toContain('by-hand was left as it is');
  });
});
