import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SalesforceSandbox, startSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { north, seesBoth, south, twoWorlds, type World } from '../twoWorlds.ts';
import { base } from './signedIn.ts';

let folder: string;
let sandbox: SalesforceSandbox;

beforeAll(async () => {
  folder = await twoWorlds();
  sandbox = await startSandbox({ data: folder });
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const ask = async (username: string, path: string) => {
  const response = await fetch(`${sandbox.url}${base}${path}`, {
    headers: { authorization: `Bearer ${sandbox.tokenOf(username)}` },
  });
  return { status: response.status, text: await response.text() };
};
const recordsOf = (username: string, soql: string) => ask(username, `/query?q=${encodeURIComponent(soql)}`);

const families = {
  Account: 'Name',
  ApprovalSubmission: 'RelatedRecordId',
  Attachment: 'Name',
  Campaign: 'Name',
  CampaignMember: 'CampaignId',
  Case: 'Subject',
  CaseComment: 'CommentBody',
  CaseMilestone: 'CaseId',
  Contact: 'LastName',
  ContentDocument: 'Title',
  ContentVersion: 'Title',
  Contract: 'AccountId',
  Dashboard: 'Title',
  EmailMessage: 'Subject',
  Entitlement: 'Name',
  Event: 'Subject',
  ForecastingItem: 'OwnerId',
  Lead: 'LastName',
  Note: 'Title',
  Opportunity: 'Name',
  OpportunityFieldHistory: 'OpportunityId',
  OpportunityLineItem: 'OpportunityId',
  ProcessInstance: 'TargetObjectId',
  ProcessInstanceStep: 'Comments',
  ProcessInstanceWorkitem: 'ActorId',
  Project__c: 'Name',
  Quote: 'Name',
  QuoteLineItem: 'QuoteId',
  Report: 'Name',
  Task: 'Subject',
  TaskRelation: 'TaskId',
};

test.each(Object.entries(families))(
  'of %s each of the two users sees their own records alone',
  async (object, field) => {
    const idsOf = async (username: string): Promise<string[]> => {
      const { status, text } = await recordsOf(username, `SELECT Id, ${field} FROM ${object}`);
      expect([status, text.slice(0, 200)]).toEqual([200, expect.any(String)]);
      return JSON.parse(text).records.map(({ Id }: { Id: string }) => Id);
    };
    const [northern, southern, all] = [await idsOf(north.username), await idsOf(south.username), await idsOf(seesBoth)];
    expect(northern.length).toBeGreaterThan(0);
    expect(southern.length).toBe(northern.length);
    expect(new Set([...northern, ...southern]).size).toBe(northern.length + southern.length);
    expect(all.length).toBe(northern.length + southern.length);
  },
);

const pairs: [string, World, World][] = [
  ['Li Wei', north, south],
  ['Jonas Weber', south, north],
];

test.each(pairs)('no text that %s reads has a mark of the other', async (_name, own, other) => {
  const marked = ['Name', 'Subject', 'Title', 'LastName', 'CommentBody', 'Comments'];
  for (const [object, field] of Object.entries(families)) {
    const { text } = await recordsOf(own.username, `SELECT FIELDS(ALL) FROM ${object} LIMIT 200`);
    expect([object, text.includes(other.mark)]).toEqual([object, false]);
    if (marked.includes(field)) expect([object, text.includes(own.mark)]).toEqual([object, true]);
  }
});
