import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';

let jira: JiraSandbox;

beforeAll(async () => {
  jira = await startSandbox();
});
afterAll(() => jira.close());

const principal = (claims: Record<string, string>) => ({
  'x-ms-client-principal': Buffer.from(
    JSON.stringify({ auth_typ: 'aad', claims: Object.entries(claims).map(([typ, val]) => ({ typ, val })) }),
  ).toString('base64'),
});

const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

async function withApp<Result>(
  env: Record<string, string>,
  use: (app: RunningApp) => Promise<Result>,
  keys: string[] = [],
): Promise<Result> {
  const app = await startApp({ env: { ...jira.settings, ...env }, keys });
  try {
    return await use(app);
  } finally {
    await app.stop();
  }
}

const updates = ({ url }: RunningApp, headers: Record<string, string> = {}) =>
  request(`${url}/api/jira/getProjectUpdates?projectId=ATLAS`, { headers });

describe('with function keys', () => {
  it('the platform wants a key for actions, and none for the health probe', async () => {
    await withApp(
      {},
      async app => {
        expect((await fetch(`${app.url}/api/jira/getProjectUpdates?projectId=ATLAS`)).status).toBe(401);
        expect((await updates(app, { 'x-functions-key': 'the-key' })).status).toBe(200);
        expect((await request(`${app.url}/api/health`)).status).toBe(200);
        expect((await fetch(`${app.url}/api/health/ready`)).status).toBe(401);
      },
      ['the-key'],
    );
  });
});

describe('with Entra ID', () => {
  const entra = { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' };

  it('a principal is not believed when the platform has not checked it', async () => {
    await withApp({ INBOUND_AUTH: 'entra' }, async app => {
      const { body } = await updates(app, principal({ [objectId]: 'forged', upn: 'forged@example.com' }));
      expect(body.code).toBe('misconfigured');
      expect((await request(`${app.url}/api/health/ready`)).body.code).toBe('misconfigured');
    });
  });

  it('the readiness report is for callers, and the health probe for all', async () => {
    await withApp(entra, async app => {
      expect((await request(`${app.url}/api/health/ready`)).status).toBe(401);
      expect((await request(`${app.url}/api/health`)).status).toBe(200);
      const user = principal({ [objectId]: 'user-object-id', scp: 'user_impersonation' });
      expect((await request(`${app.url}/api/health/ready`, { headers: user })).body.checks).toContainEqual(
        expect.objectContaining({ name: 'jira', status: 'ok' }),
      );
    });
  });

  it('a signed-in user is let in and logged by object ID, and who is not signed in is not', async () => {
    await withApp(entra, async app => {
      const user = principal({
        [objectId]: 'user-object-id',
        preferred_username: 'ana.ruiz@example.com',
        name: 'Ana Ruiz',
      });
      expect((await updates(app, user)).status).toBe(200);
      expect(app.logs()).toContain('"caller":"user-object-id"');
      expect(app.logs()).not.toContain('ana.ruiz@example.com');

      expect((await updates(app)).body).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect((await updates(app, { 'x-ms-client-principal': 'YWJj' })).body).toMatchObject({
        status: 401,
        code: 'unauthenticated',
      });
      expect((await updates(app, principal({ name: 'Nobody' }))).body).toMatchObject({
        status: 401,
        code: 'unauthenticated',
      });
    });
  });

  it('an e-mail address alone names no user to sign in as, and makes no user of an application', async () => {
    await withApp(entra, async app => {
      const application = principal({
        oid: 'app-1',
        appid: 'client-1',
        email: 'ana.ruiz@example.com',
        roles: 'Actions.Call',
      });
      expect((await updates(app, application)).status).toBe(200);
      const asUser = await startApp({
        env: {
          ...entra,
          SALESFORCE_LOGIN_URL: 'http://127.0.0.1:9',
          SALESFORCE_CLIENT_ID: 'client',
          SALESFORCE_AUTH: 'jwt-bearer',
          SALESFORCE_RUN_AS: 'caller',
          SALESFORCE_PRIVATE_KEY: 'never needed',
        },
      });
      const user = principal({ oid: 'user-1', email: 'ana.ruiz@example.com', scp: 'user_impersonation' });
      const { body } = await request(`${asUser.url}/api/salesforce/listObjects`, { headers: user });
      await asUser.stop();
      expect(body).toMatchObject({ status: 403, code: 'forbidden' });
    });
  });

  it('an application needs an app role', async () => {
    await withApp(entra, async app => {
      expect((await updates(app, principal({ oid: 'app-1', appid: 'client-1' }))).body).toMatchObject({
        status: 403,
        code: 'forbidden',
      });
      expect((await updates(app, principal({ oid: 'app-1', appid: 'client-1', roles: 'Actions.Read' }))).status).toBe(
        200,
      );
    });
  });
});
