import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox as startJiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import {
  type SalesforceSandbox,
  startSandbox as startSalesforceSandbox,
} from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';

interface Readiness {
  status: string;
  checks: { name: string; status: string; detail: string }[];
}

let jira: JiraSandbox;
let salesforce: SalesforceSandbox;

beforeAll(async () => {
  [jira, salesforce] = await Promise.all([startJiraSandbox(), startSalesforceSandbox()]);
});

afterAll(() => Promise.all([jira.close(), salesforce.close()]));

/** What the app says and does with both systems configured and one setting that there is not. */
async function withSetting(name: string, value: string) {
  const app = await startApp({ env: { ...jira.settings, ...salesforce.settings, [name]: value } });
  try {
    const call = (path: string, json?: object) =>
      request<{ detail?: string; code?: string }>(`${app.url}/api/${path}`, { ...(json && { json }) });
    const ready = await request<Readiness>(`${app.url}/api/health/ready`);
    const { checks } = ready.body;
    return {
      ready: ready.status,
      check: checks.find(check => check.name === name),
      read: await call('jira/getIssue?issueKey=ATLAS-1'),
      write: await call('jira/addComment', { issueKey: 'ATLAS-1', comment: 'Done.' }),
      salesforceRead: await call('salesforce/listObjects'),
    };
  } finally {
    await app.stop();
  }
}

describe('a setting that there is not', () => {
  it('is a warning of the readiness report, and stops nothing', async () => {
    const { ready, check, read, write, salesforceRead } = await withSetting('JIRA_BASEURL', 'https://other.example');
    expect(ready).toBe(200);
    expect(check).toEqual({
      name: 'JIRA_BASEURL',
      status: 'warning',
      detail: 'JIRA_BASEURL is not a setting; did you mean JIRA_BASE_URL?',
    });
    expect([read.status, write.status, salesforceRead.status]).toEqual([200, 200, 200]);
  });

  it('stops writes where it would have, and the app is not ready', async () => {
    const { ready, check, read, write } = await withSetting('READONLY', 'true');
    expect(ready).toBe(503);
    expect(check).toMatchObject({ status: 'failed', detail: 'READONLY is not a setting; did you mean READ_ONLY?' });
    expect(read.status).toBe(200);
    expect(write).toMatchObject({
      status: 500,
      body: { code: 'misconfigured', detail: expect.stringContaining('did you mean READ_ONLY?') },
    });
    expect(write.body.detail).not.toContain('true');
  });

  it('stops the system that it would have restricted, and no other', async () => {
    const { ready, check, read, salesforceRead } = await withSetting('SALESFORCE_RUNAS', 'caller');
    expect(ready).toBe(503);
    expect(check?.status).toBe('failed');
    expect(read.status).toBe(200);
    expect(salesforceRead).toMatchObject({
      status: 500,
      body: { code: 'misconfigured', detail: expect.stringContaining('did you mean SALESFORCE_RUN_AS?') },
    });
  });

  it('stops the system whose restriction it looks like, where several have the same', async () => {
    const { ready, read, salesforceRead } = await withSetting('JIRA_RUNAS', 'caller');
    expect(ready).toBe(503);
    expect(read).toMatchObject({
      status: 500,
      body: { code: 'misconfigured', detail: expect.stringContaining('did you mean JIRA_RUN_AS?') },
    });
    expect(salesforceRead.status).toBe(200);
  });

  it('is no concern of this app when App Service or another tool has set it', async () => {
    const { ready, check, write } = await withSetting('APPSETTING_READ_ONLY', 'true');
    expect([ready, check, write.status]).toEqual([200, undefined, 200]);
  });
});
