import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowed } from '../../functions/salesforce/api/allowed.ts';
import { opennessOf } from '../../functions/salesforce/api/openness.ts';
import { Failure } from '../../shared/failure.ts';
import { type SalesforceApp, startSalesforceApp } from './harness.ts';

let salesforce: SalesforceApp;

beforeAll(async () => {
  salesforce = await startSalesforceApp({ app: { env: { ACTION_TIMEOUT_MS: '20000' } } });
  await salesforce.call('findAccounts', { query: { name: 'sign in' } });
  salesforce.asked();
});
afterAll(() => salesforce.stop());

const scopes = ['mine', 'team', 'mine_and_my_groups', 'my_territory', 'my_team_territory', 'queue_owned', 'delegated'];

describe('a statement that means its asker, where calls run as the integration user', () => {
  it.each([
    ...scopes.map(scope => `SELECT Id FROM Account USING SCOPE ${scope} LIMIT 1`),
    'SELECT Id FROM Account uSiNg\n scope\tMINE LIMIT 1',
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact USING SCOPE mine WHERE Name != 'x')",
    'SELECT Id, (SELECT Id FROM Contacts USING SCOPE mine) FROM Account LIMIT 1',
    'SELECT Id FROM RecentlyViewed LIMIT 5',
    'SELECT Name FROM Account WHERE LastViewedDate = TODAY',
    'SELECT Name FROM Contact ORDER BY Account.LastReferencedDate LIMIT 5',
  ])('is refused with what to use: %s', async soql => {
    const { status, body } = await salesforce.call('queryRecords', { query: { soql } });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toMatch(/^soql: .* means whoever asks.* Use /s);
    expect(salesforce.asked()).toEqual([]);
  });

  it.each([
    "SELECT Id FROM Account WHERE Name = 'USING SCOPE mine'",
    'SELECT Id FROM Account USING SCOPE everything LIMIT 1',
  ])('is one only where it says so: %s', async soql => {
    expect((await salesforce.call('queryRecords', { query: { soql } })).status).toBe(200);
  });
});

it.each(scopes)('USING SCOPE %s is the asking user’s own where calls run as that user', async scope => {
  const sent: string[] = [];
  const { send } = allowed({
    openness: opennessOf([]),
    runsAsCaller: true,
    send: async ({ path }) => {
      sent.push(path);
      return { status: 200, headers: new Headers(), body: '{"records":[]}' };
    },
    describe: async name => {
      throw new Failure('not_found', name);
    },
    describeAll: async () => [],
    sendSoap: async () => ({ errors: [] }),
  });
  const { readOnlyQuery } = await import('../../functions/salesforce/api/readOnlyQuery.ts');
  const { statement } = readOnlyQuery(`SELECT Id FROM Account USING SCOPE ${scope} WHERE Name != 'x'`);
  await send({ method: 'GET', path: `/services/data/v67.0/query?q=${encodeURIComponent(statement().text)}` });
  expect(decodeURIComponent(sent[0] ?? '')).toContain(`USING SCOPE ${scope}`);
});
