import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JiraApp, startJiraApp } from '../jira/harness.ts';
import { list, type SalesforceApp, startSalesforceApp } from '../salesforce/harness.ts';

// Many rows look alike, and few of them fit into an answer.
const env = { MAX_RESPONSE_BYTES: '1500' };
let jira: JiraApp;
let salesforce: SalesforceApp;

beforeAll(async () => {
  jira = await startJiraApp(env);
  salesforce = await startSalesforceApp({ app: { env } });
});
afterAll(async () => {
  await jira.stop();
  await salesforce.stop();
});

it.each(['1', '7', '25', '100'])(
  'of an issue with 60 equal changes, each is told once, at a limit of %s',
  async limit => {
    const issue = jira.issue('ATLAS-12');
    const [entry] = issue.histories;
    if (!entry) throw new Error('The issue has no history.');
    issue.histories = Array.from({ length: 60 }, () => structuredClone(entry));
    const history = await jira.readAll('getIssueHistory', 'history', { issueKey: 'ATLAS-12', limit });
    expect(history).toHaveLength(60);
    expect(new Set(history.map(each => JSON.stringify(each))).size).toBe(1);
  },
);

it.each(['7', '25', '100'])(
  'of records of which one field is asked for, each is told once, at a limit of %s',
  async limit => {
    const soql = 'SELECT Status FROM Case WHERE CreatedDate > 2000-01-01T00:00:00Z';
    const counted = new Map<string, number>();
    let rows = 0;
    for (let pageToken = '', pages = 0; pages < 200; pages += 1) {
      const { status, body } = await salesforce.call('queryRecords', { query: { soql, limit, pageToken } });
      expect([status, body.detail]).toEqual([200, undefined]);
      for (const row of list(body.records)) {
        rows += 1;
        counted.set(JSON.stringify(row), (counted.get(JSON.stringify(row)) ?? 0) + 1);
      }
      if (!body.nextPageToken) break;
      pageToken = body.nextPageToken;
    }
    const whole = await salesforce.call('queryRecords', {
      query: { soql: 'SELECT COUNT(Id) total FROM Case WHERE CreatedDate > 2000-01-01T00:00:00Z' },
    });
    expect(Number(list(whole.body.records)[0]?.total)).toBe(rows);
    expect(rows).toBeGreaterThan(15);
    expect(counted.size).toBeLessThan(10);
  },
);
