import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from './harness.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const rules = {
  amounts: { hiddenFields: { Opportunity: ['Amount'] } },
  leads: { objects: ['Account', 'Campaign', 'CampaignMember', 'Contact', 'Opportunity'] },
  campaigns: { objects: ['Campaign'] },
  noEnd: { hiddenFields: { Contract: ['EndDate'] } },
  noAccount: { hiddenFields: { Contract: ['AccountId'] } },
  few: {
    fields: {
      Opportunity: ['Name', 'AccountId', 'OwnerId', 'StageName', 'CloseDate'],
      Task: ['Subject', 'ActivityDate', 'OwnerId', 'WhoId', 'WhatId', 'AccountId', 'Status', 'IsClosed'],
    },
  },
};
const keys = Object.fromEntries(
  Object.entries(rules).map(([key, salesforce]) => [hash(key), { systems: { salesforce } }]),
);
const salesforce = useSalesforce({ app: { env: { POLICY: JSON.stringify({ keys, default: {} }) } } });
const ask = async (key: keyof typeof rules | 'open', action: string, query: Record<string, string>) =>
  (await salesforce.call(action, { query, headers: { 'x-functions-key': key } })).body;

const campaign = { campaign: 'Autumn Webinar' };
const amounts = ['opportunityAmount', 'wonAmount'];
const ofLeads = ['leads', 'convertedLeads'];
const others = ['contacts', 'responses', 'opportunities', 'wonOpportunities'];

describe("what Salesforce's own fields add up and count", () => {
  it.each([
    ['open', [], [...amounts, ...ofLeads, ...others]],
    ['amounts', amounts, [...ofLeads, ...others]],
    ['leads', ofLeads, [...amounts, ...others]],
    ['campaigns', [...amounts, ...ofLeads, ...others], ['sent', 'budgetedCost']],
  ] as const)('of records is closed with them in a campaign: %s', async (key, closed, told) => {
    const body = await ask(key, 'getCampaign', campaign);
    expect(body.detail).toBeUndefined();
    expect(Object.keys(body)).toEqual(expect.arrayContaining([...told]));
    for (const name of closed) expect(body).not.toHaveProperty(name);
    if (key !== 'open') expect(body.summary).not.toMatch(key === 'leads' ? /leads/ : / USD/);
  });

  it.each(['AmountAllOpportunities', 'NumberOfLeads'])(
    'is closed to a query, a filter and an order: %s',
    async field => {
      for (const soql of [
        `SELECT Name, ${field} FROM Campaign LIMIT 5`,
        `SELECT Name FROM Campaign WHERE ${field} > 1 LIMIT 5`,
        `SELECT Name FROM Campaign ORDER BY ${field} LIMIT 5`,
        `SELECT SUM(${field}) total FROM Campaign`,
      ]) {
        expect([soql, (await ask('campaigns', 'queryRecords', { soql })).code]).toEqual([soql, 'forbidden']);
        expect([soql, (await ask('open', 'queryRecords', { soql })).code]).toEqual([soql, undefined]);
      }
    },
  );

  it('is closed in a forecast', async () => {
    expect(JSON.stringify(await ask('open', 'getForecast', {}))).toMatch(/"amount":620000.*"ownAmount"/);
    const body = await ask('amounts', 'getForecast', {});
    expect(JSON.stringify(body)).not.toMatch(/620000|"amount"|"ownAmount"/i);
    expect(list(body.forecasts)[0]).toMatchObject({ owner: 'Ana Ruiz', categories: expect.any(Array) });
  });
});

describe('what an account renews by', () => {
  it.each([
    ['noEnd', 'EndDate'],
    ['noAccount', 'AccountId'],
  ] as const)('is refused as closed where a policy closes it, and no setting is blamed: %s', async (key, field) => {
    const body = await ask(key, 'findAccounts', { renewalWithin: '90d' });
    expect([body.code, body.detail]).toEqual(['forbidden', expect.stringContaining(`field ${field} of Contract`)]);
  });
});

describe('with few fields of an object open', () => {
  it('old activities are found, without those that were deleted', async () => {
    const body = await ask('few', 'findActivities', {
      recordId: recordId('001', 1),
      dueSince: '500d',
      activityType: 'task',
    });
    expect(body.detail).toBeUndefined();
    expect(list(body.activities).length).toBeGreaterThan(0);
  });

  it.each(['month of created date', 'Created By', 'last modified date', 'Record Type'])(
    'no group is by the field of another object in place of the own: %s',
    async groupBy => {
      const body = await ask('few', 'summarizeRecords', { objectType: 'Opportunity', groupBy });
      expect([body.code, body.detail]).toEqual(['invalid_input', expect.stringContaining('There is no field')]);
    },
  );
});
