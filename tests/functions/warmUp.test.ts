import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox as startJira } from '../../functions/jira/sandbox/startSandbox.ts';
import {
  type SalesforceSandbox,
  startSandbox as startSalesforce,
} from '../../functions/salesforce/sandbox/startSandbox.ts';
import { startApp } from '../support/app.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { request } from '../support/request.ts';
import { startVault, type Vault } from '../support/vault.ts';

let jira: JiraSandbox;
let salesforce: SalesforceSandbox;
let vault: Vault;
let env: Record<string, string>;
beforeAll(async () => {
  [jira, salesforce] = await Promise.all([startJira(), startSalesforce()]);
  const { JIRA_API_TOKEN = '', ...ofJira } = jira.settings;
  const { SALESFORCE_CLIENT_SECRET = '', ...ofSalesforce } = salesforce.settings;
  vault = await startVault({
    'jira-api-token': JIRA_API_TOKEN,
    'salesforce-client-secret': SALESFORCE_CLIENT_SECRET,
    'signing-key': 'a-key-of-this-test-that-signs-page-tokens',
  });
  env = { ...ofJira, ...ofSalesforce, ...vault.settings };
});
afterAll(() => Promise.all([vault.close(), jira.close(), salesforce.close()]));

beforeEach(() => {
  vault.failWith = undefined;
  salesforce.clearFaults();
  vault.reads.length = 0;
  vault.tokenRequests = 0;
  jira.requests.length = 0;
  salesforce.requests.length = 0;
});

/** However busy the machine is. */
const inTime = { timeout: 10_000 };

const sent = ({ requests }: JiraSandbox | SalesforceSandbox) => requests.map(({ method, path }) => `${method} ${path}`);
const signIn = 'POST /services/oauth2/token';
const allSecrets = ['jira-api-token', 'salesforce-client-secret', 'signing-key'];

const readJira = '/api/jira/getProjectUpdates?projectId=ATLAS&limit=1';
const readSalesforce = '/api/salesforce/findAccounts?name=Contoso&limit=1';
const bothAnswer = async (url: string, times = 1) => {
  const paths = Array.from({ length: times }, () => [readJira, readSalesforce]).flat();
  const answers = await Promise.all(paths.map(path => request(url + path)));
  return answers.every(({ status }) => status === 200);
};

/** A test's app, which is ended with it. */
async function withApp(settings: Record<string, string>, test: (app: Awaited<ReturnType<typeof startApp>>) => unknown) {
  const app = await startApp({ env: { ...env, WARM_UP: 'true', ...settings } });
  try {
    await test(app);
  } finally {
    await app.stop();
  }
}

describe('After its start an app', () => {
  it('gets token, secrets, connections and sign-ins, asks for no data, and gets none of them again', () =>
    withApp({}, async ({ url }) => {
      await expect.poll(() => [vault.reads.length, sent(salesforce).length], inTime).toEqual([3, 2]);
      expect(vault.reads.toSorted()).toEqual(allSecrets);
      expect([sent(jira), sent(salesforce)]).toEqual([['OPTIONS /'], ['OPTIONS /', signIn]]);
      const headers = [...jira.requests, ...salesforce.requests].filter(({ method }) => method === 'OPTIONS');
      expect(headers.map(each => each.headers.authorization)).toEqual([undefined, undefined]);

      expect(await bothAnswer(url)).toBe(true);
      expect([vault.tokenRequests, vault.reads.length]).toEqual([1, 3]);
      expect(sent(salesforce).filter(each => each === signIn)).toEqual([signIn]);
      expect(sent(jira)).toHaveLength(2);
    }));

  it('leaves all of it to the calls where WARM_UP is false, or wrong', async () => {
    for (const WARM_UP of ['False', 'off']) {
      await withApp({ WARM_UP }, async ({ url }) => {
        await setTimeout(600);
        expect([vault.tokenRequests, ...sent(jira), ...sent(salesforce)]).toEqual([0]);
        await request(url + readJira);
        expect(sent(jira)).toEqual(['POST /rest/api/3/search/jql']);
      });
      jira.requests.length = 0;
      vault.tokenRequests = 0;
    }
  });

  it('says nothing of what it could not get, and the next call gets it', () =>
    withApp({}, async app => {
      vault.failWith = 503;
      salesforce.fail({ path: '/services/oauth2/token', status: 503, times: 1 });
      await expect.poll(() => new Set(vault.reads).size, inTime).toBe(3);
      expect(app.logs().split('Serving on')[1]).toMatch(/^ \S+\n$/);
      vault.failWith = undefined;
      await expect.poll(() => bothAnswer(app.url), inTime).toBe(true);
      expect(app.isAlive()).toBe(true);
    }));

  it('has no part in what its users bring where they sign in at the vendor', () =>
    withApp({ JIRA_AUTH: 'caller', JIRA_CLOUD_ID: 'a-cloud', SALESFORCE_AUTH: 'caller' }, async () => {
      await expect.poll(() => vault.reads, inTime).toEqual(['signing-key']);
      await expect.poll(() => [sent(jira), sent(salesforce)], inTime).toEqual([['OPTIONS /'], ['OPTIONS /']]);
    }));

  it('lets calls that come meanwhile share it', () =>
    withApp({}, async ({ url }) => {
      expect(await bothAnswer(url, 25)).toBe(true);
      await setTimeout(300);
      expect(await bothAnswer(url, 25)).toBe(true);
      await expect.poll(() => vault.reads.toSorted(), inTime).toEqual(allSecrets);
      expect(vault.tokenRequests).toBe(1);
      expect(sent(salesforce).filter(each => each === signIn)).toEqual([signIn]);
    }));
});

describe('Of several apps that start together and share a ledger', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
    await azurite.createTable('ledger');
  });
  afterAll(() => azurite.stop());

  it('one tells in the log what they stand on, and signs in for that', async () => {
    const settings = { ...jira.settings, ...salesforce.settings, ...azurite.settings, START_REPORT_MS: '1' };
    const deployed = ['one', 'two', 'three'].map(WEBSITE_INSTANCE_ID => ({ ...settings, WEBSITE_INSTANCE_ID }));
    const apps = await Promise.all(deployed.map(env => startApp({ env })));
    try {
      const telling = () => apps.filter(app => /^Wrong: /m.test(app.logs())).length;
      await expect.poll(telling, inTime).toBe(1);
      await setTimeout(300);
      expect([telling(), sent(salesforce).filter(each => each === signIn).length]).toEqual([1, 1]);
    } finally {
      await Promise.all(apps.map(app => app.stop()));
    }
  });

  it('one signs in, and the others when they are called', async () => {
    // Their secrets are in settings: each stand-in has an identity of its own.
    const settings = { ...jira.settings, ...salesforce.settings, ...azurite.settings, WARM_UP: 'true' };
    const apps = await Promise.all([1, 2, 3].map(() => startApp({ env: settings })));
    try {
      await expect.poll(() => sent(salesforce).filter(each => each === signIn).length, inTime).toBe(1);
      expect(await Promise.all(apps.map(({ url }) => bothAnswer(url)))).toEqual([true, true, true]);
      expect(sent(salesforce).filter(each => each === signIn)).toHaveLength(3);
    } finally {
      await Promise.all(apps.map(app => app.stop()));
    }
  });
});
