import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';
import { startVault, type Vault } from '../../support/vault.ts';

let jira: JiraSandbox;
let vault: Vault;
let app: RunningApp;

const token = () => jira.settings.JIRA_API_TOKEN ?? '';

async function start(settings: Record<string, string> = {}) {
  vault = await startVault({ 'jira-api-token': token() });
  const { JIRA_API_TOKEN: _, ...jiraSettings } = jira.settings;
  app = await startApp({ env: { ...jiraSettings, ...vault.settings, ...settings } });
}

const updates = () => request(`${app.url}/api/jira/getProjectUpdates?projectId=ATLAS`);

beforeAll(async () => {
  jira = await startSandbox();
});
afterEach(async () => {
  await app.stop();
  await vault.close();
  jira.rotateApiToken(token());
});
afterAll(() => jira.close());

describe('secrets from Key Vault, through the real SDKs', () => {
  it('are read once with one identity request, however many cold calls come at once', async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 200 }, () => updates()));
    expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200));
    expect(vault.reads).toEqual(['jira-api-token']);
    expect(vault.tokenRequests).toBe(1);

    const before = jira.requests.length;
    expect((await updates()).status).toBe(200);
    expect(jira.requests.length - before).toBe(1);
    expect(vault.reads).toHaveLength(1);
    expect(app.logs()).not.toContain(token());
    expect(app.logs()).not.toContain('vault-token');
  });

  it('are read again when Jira refuses one, because it may have been rotated', async () => {
    await start();
    expect((await updates()).status).toBe(200);
    jira.rotateApiToken('a-newer-token');
    vault.secrets.set('jira-api-token', 'a-newer-token');
    expect((await updates()).status).toBe(200);
    expect(vault.reads).toHaveLength(2);
  });

  it('that Jira goes on refusing cost one read more and one request, and the answer says whom to tell', async () => {
    await start();
    vault.secrets.set('jira-api-token', 'a-wrong-token');
    const before = jira.requests.length;
    const { status, body } = await updates();
    expect({ status, code: body.code }).toEqual({ status: 502, code: 'upstream_auth_failed' });
    expect(body.detail).toContain('jira-api-token');
    expect(jira.requests.length - before).toBe(1);
    expect(vault.reads).toHaveLength(2);
    expect(JSON.stringify(body) + app.logs()).not.toContain('a-wrong-token');
  });

  it('that are not in the vault are named', async () => {
    await start();
    vault.secrets.clear();
    const { status, body } = await updates();
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'misconfigured' });
    expect(body.detail).toMatch(/no secret jira-api-token/);
  });

  it('that the identity may not read lead to the role that is missing', async () => {
    await start();
    vault.failWith = 403;
    const { body } = await updates();
    expect(body.code).toBe('misconfigured');
    expect(body.detail).toContain('Key Vault Secrets User');
  });

  it.each<[string, { failWith?: number; secret?: string }]>([
    ['is not there', {}],
    ['is empty', { secret: ' ' }],
    ['may not be read', { failWith: 403 }],
    ['cannot be read now', { failWith: 503 }],
  ])('never tell their address where one %s: the log does', async (_, { failWith, secret }) => {
    await start();
    vault.secrets.clear();
    if (secret) vault.secrets.set('jira-api-token', secret);
    vault.failWith = failWith;
    const { host } = new URL(vault.settings.KEY_VAULT_URI ?? '');
    const told = [await updates(), await request(`${app.url}/api/health/ready`)];
    expect(told.map(({ status }) => status >= 500)).toEqual([true, true]);
    expect(JSON.stringify(told.map(({ body }) => body))).not.toContain(host);
    expect(app.logs()).toContain(`At ${host}`);
  });

  it('are served from memory past their life while the vault is down', async () => {
    await start({ SECRET_TTL_SECONDS: '1' });
    expect((await updates()).status).toBe(200);
    vault.failWith = 503;
    await new Promise(resolve => setTimeout(resolve, 1_100));
    expect((await updates()).status).toBe(200);
    expect(vault.reads.length).toBeGreaterThan(1);
  });

  it('outlive an identity endpoint that is down', async () => {
    await start({ SECRET_TTL_SECONDS: '1' });
    vault.tokenSeconds = 1;
    expect((await updates()).status).toBe(200);
    vault.identityFault = { kind: 'reset', times: 1000 };
    await new Promise(resolve => setTimeout(resolve, 1_100));
    for (let call = 0; call < 3; call += 1) expect((await updates()).status).toBe(200);
  });

  it('are had in time in spite of an identity endpoint that hangs once', async () => {
    await start();
    vault.identityFault = { kind: 'hang', times: 1 };
    expect((await updates()).status).toBe(200);
    expect(vault.tokenRequests).toBe(2);
  });

  it('of a vault that never answers cost no more than the deadline', async () => {
    await start({ ACTION_TIMEOUT_MS: '700' });
    vault.hang = true;
    const startedAt = Date.now();
    const { status, body } = await updates();
    expect({ status, code: body.code }).toEqual({ status: 504, code: 'upstream_timeout' });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });
});
