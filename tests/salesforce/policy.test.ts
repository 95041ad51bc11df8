import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actions as entries } from '../../functions/actions.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { type SalesforceApp, startSalesforceApp } from './harness.ts';

const actions: Action[] = (await Promise.all(entries.map(async ({ load }) => (await load()).default))).filter(
  ({ system }) => system === 'salesforce',
);
const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const accounts = { 'x-functions-key': 'accounts-agent' };
const leads = { 'x-functions-key': 'leads-agent' };
const open = { 'x-functions-key': 'open-agent' };

const contoso = '001Sx0000000001IAA';
const contact = '003Sx0000000001IAA';
/** It stands in every field and record that the agent of accounts may not see. */
const canary = 'Zanzibar';

let salesforce: SalesforceApp;

beforeAll(async () => {
  const systems = {
    salesforce: {
      objects: ['Account', 'opportunity', 'Task', 'Event'],
      fields: { Opportunity: ['Name', 'StageName', 'AccountId', 'OwnerId', 'IsClosed', 'CloseDate', 'Amount'] },
      hiddenFields: { account: ['Website', 'Description'] },
    },
  };
  salesforce = await startSalesforceApp({
    app: {
      env: {
        POLICY: JSON.stringify({
          keys: {
            [hash('accounts-agent')]: { systems },
            [hash('leads-agent')]: { systems: { salesforce: { objects: ['Lead'] } } },
          },
          default: { effects: ['reads', 'adds', 'changes', 'removes'] },
        }),
        ACTION_TIMEOUT_MS: '20000',
      },
    },
  });
  const hide = async (objectType: string, recordId: string, fields: object) => {
    const json = { objectType, recordId, fields: JSON.stringify(fields) };
    expect((await salesforce.call('updateRecord', { json, headers: open })).status).toBe(200);
  };
  await hide('Account', contoso, { Website: `https://${canary}.example`, Description: canary });
  await hide('Contact', contact, { LastName: canary, Title: canary, Email: `${canary}@example.com` });
  await hide('Opportunity', '006Sx0000000001IAA', { NextStep: canary });
  const [lead] = salesforce.sandbox.records('Lead');
  const [supportCase] = salesforce.sandbox.records('Case');
  await hide('Lead', lead?.Id ?? '', { LastName: canary, Company: canary });
  await hide('Case', supportCase?.Id ?? '', { Subject: canary, Description: canary });
});
afterAll(() => salesforce.stop());

const ask = ({ name, access }: Action, input: Record<string, unknown>, headers: Record<string, string>) =>
  access === 'read'
    ? salesforce.call(name, { query: input as Record<string, string>, headers })
    : salesforce.call(name, { json: input, headers });

/** What is told of what was found, without what the caller gave. */
const found = (body: object) => JSON.stringify({ ...body, summary: undefined, detail: undefined });

const objectTypes = ['Account', 'Contact', 'Opportunity', 'Case', 'Lead', 'Task', 'Event', 'User', 'Project__c'];

/** An action's own example, and the same with other objects and records. */
function inputsOf({ input, example }: Action): Record<string, unknown>[] {
  const { shape } = input;
  const ids = [contoso, contact, '006Sx0000000001IAA', '005Sx0000000001IAA'];
  return [
    example,
    ...('objectType' in shape ? objectTypes.map(objectType => ({ ...example, objectType })) : []),
    ...('objectTypes' in shape ? objectTypes.map(name => ({ ...example, objectTypes: name, term: canary })) : []),
    ...('recordId' in shape ? ids.map(recordId => ({ ...example, recordId })) : []),
    ...('term' in shape ? [{ ...example, term: canary }] : []),
    ...('soql' in shape ? objectTypes.map(name => ({ soql: `SELECT FIELDS(ALL) FROM ${name} LIMIT 9` })) : []),
  ];
}

describe('what a policy closes', () => {
  it.each(actions)('is in no answer of $name', async action => {
    for (const input of inputsOf(action)) {
      const { status, body } = await ask(action, input, accounts);
      expect(found(body)).not.toContain(canary);
      expect(status).not.toBe(500);
      if (body.code === 'forbidden')
        expect(body.detail).toMatch(/policy|closed|through this service|user who signed in/);
    }
  });

  it('is there for those whom nothing restricts', async () => {
    const { body } = await salesforce.call('getAccountOverview', { query: { accountId: contoso }, headers: open });
    expect(JSON.stringify(body)).toContain(canary);
  });

  it('is left out of what is found, and the rest is answered', async () => {
    const { body } = await salesforce.call('findAccounts', {
      query: { name: 'Contoso', limit: '1' },
      headers: accounts,
    });
    expect(body.accounts).toEqual([expect.objectContaining({ name: 'Contoso', owner: expect.any(String) })]);
    expect(JSON.stringify(body.accounts)).not.toContain('website');
  });

  it('is left out of an overview, which says so', async () => {
    const { status, body } = await salesforce.call('getAccountOverview', {
      query: { accountId: contoso },
      headers: accounts,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ account: { name: 'Contoso' }, notShown: ['contacts', 'cases', 'renewals'] });
    expect(body.openOpportunities).toEqual(
      expect.arrayContaining([expect.objectContaining({ amount: expect.any(Number) })]),
    );
  });

  it('is left out of a record', async () => {
    const query = { objectType: 'Account', recordId: contoso };
    const { status, body } = await salesforce.call('getRecord', { query, headers: accounts });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(/Website|Description/);
  });

  it('is not searched, and names are', async () => {
    const search = (term: string) => salesforce.call('searchRecords', { query: { term }, headers: accounts });
    const { status, body } = await search('Contoso');
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body.records).toEqual(expect.arrayContaining([expect.objectContaining({ recordId: contoso })]));
    expect((await search(canary)).body.records).toEqual([]);
  });

  it('cannot be looked up by', async () => {
    const { body } = await salesforce.call('findAccounts', { query: { website: canary }, headers: accounts });
    expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('Website of Account') });
    const soql = "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE LastName = 'x')";
    expect((await salesforce.call('queryRecords', { query: { soql }, headers: accounts })).body).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('Contact'),
    });
  });

  it('is not listed, and not described, whoever asked before', async () => {
    const namesFor = async (headers: Record<string, string>) => {
      const { body } = await salesforce.call('listObjects', { query: { limit: '50' }, headers });
      return (body.objects as { name: string }[]).map(({ name }) => name);
    };
    const fieldsFor = async (headers: Record<string, string>, objectType: string) => {
      const { body } = await salesforce.call('describeObject', { query: { objectType, limit: '100' }, headers });
      return body.code ?? (body.fields as { field: string }[]).map(({ field }) => field);
    };
    for (const round of [1, 2]) {
      expect([round, await namesFor(open)]).toEqual([round, expect.arrayContaining(['Account', 'Contact', 'Lead'])]);
      expect([round, (await namesFor(accounts)).sort()]).toEqual([
        round,
        ['Account', 'Event', 'Opportunity', 'Task', 'User'],
      ]);
      expect([round, (await namesFor(leads)).sort()]).toEqual([round, ['Lead', 'User']]);
      expect(await fieldsFor(open, 'Account')).toEqual(expect.arrayContaining(['Name', 'Website']));
      expect(await fieldsFor(accounts, 'Account')).toContain('Name');
      expect(await fieldsFor(accounts, 'Account')).not.toContain('Website');
      expect(await fieldsFor(leads, 'Account')).toBe('forbidden');
      expect(await fieldsFor(accounts, 'Contact')).toBe('forbidden');
    }
  });

  it('is not written', async () => {
    const write = async (action: string, json: object) =>
      (await salesforce.call(action, { json, headers: accounts })).body;
    const before = salesforce.sandbox.records('Contact').length;
    expect(await write('createRecord', { objectType: 'Contact', fields: '{"LastName":"Ray"}' })).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('policy'),
    });
    expect(salesforce.sandbox.records('Contact')).toHaveLength(before);
    const website = { objectType: 'Account', recordId: contoso, fields: '{"Website":"https://example.com"}' };
    expect((await write('updateRecord', website)).code).toBe('invalid_input');
    expect((await write('logActivity', { recordId: contact, subject: 'Called' })).code).toBe('forbidden');
  });

  it.each([
    ['Task', (name: string) => ({ Who: name })],
    ['Task', (name: string) => ({ WhoId: name })],
    ['Task', (name: string) => ({ WhoId: { Email: `${name}@example.com` } })],
    ['Task', (name: string) => ({ Who: { attributes: { type: 'Contact' }, LastName: name } })],
    ['Opportunity', (name: string) => ({ AccountId: { Website: `https://${name}.example` } })],
    ['Opportunity', (name: string) => ({ 'Account.Website': `https://${name}.example` })],
    ['Opportunity', (name: string) => ({ AccountId: { Id: contoso, Description: name }, NextStep: { append: name } })],
  ])('is not told by a lookup of a write: %s %s', async (objectType, fieldsFor) => {
    const answers = await Promise.all(
      [canary, 'Nobody'].map(async name => {
        const json = { objectType, fields: JSON.stringify({ Subject: 'x', Name: 'x', ...fieldsFor(name) }) };
        const { status, body } = await salesforce.call('createRecord', { json, headers: accounts });
        return [status, body.code, body.detail.replaceAll(name, '…')];
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toBeGreaterThanOrEqual(400);
  });

  it('is not in what a write says of before and now', async () => {
    const json = { objectType: 'Account', recordId: contoso, fields: '{"Rating":"Warm","Phone":"1"}' };
    const { status, body } = await salesforce.call('updateRecord', { json, headers: accounts });
    expect(status).toBe(200);
    expect((body.changes as { field: string }[]).map(({ field }) => field)).toEqual([
      'Account Rating',
      'Account Phone',
    ]);
    const closed = { ...json, fields: '{"Description":{"append":"more"}}' };
    const refused = await salesforce.call('updateRecord', { json: closed, headers: accounts });
    expect(refused.body.code).toBe('invalid_input');
    expect(JSON.stringify([body, refused.body])).not.toContain(canary);
  });

  it('is no duplicate that is named', async () => {
    const match = { attributes: { type: 'Contact' }, Id: contact, Name: canary };
    const duplicateResult = { allowSave: true, matchResults: [{ matchRecords: [{ record: match }] }] };
    const refusal = JSON.stringify([{ errorCode: 'DUPLICATES_DETECTED', message: 'Twice?', duplicateResult }]);
    salesforce.sandbox.fail({ method: 'POST', path: '/sobjects/Account$', status: 400, body: refusal, times: 1 });
    const json = { objectType: 'Account', fields: '{"Name":"Twin"}' };
    const { body } = await salesforce.call('createRecord', { json, headers: accounts });
    expect(body.code).toBe('conflict');
    expect(body.detail).toContain('allowDuplicate=true');
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`${canary}|${contact}`));
  });
});

describe('set-up objects', () => {
  it.each(['User', 'PermissionSetAssignment', 'permissionset', 'Profile', 'NamedCredential'])(
    'are not written, without any policy that restricts: %s',
    async objectType => {
      for (const headers of [open, accounts]) {
        const { status, body } = await salesforce.call('createRecord', {
          json: { objectType, fields: '{"LastName":"Ray"}' },
          headers,
        });
        expect([objectType, status, body.code]).toEqual([objectType, 403, 'forbidden']);
        expect(salesforce.sandbox.records('User').some(({ LastName }) => LastName === 'Ray')).toBe(false);
      }
    },
  );

  it.each(['PermissionSet', 'LoginHistory', 'ApexClass', 'OauthToken', 'setupaudittrail'])(
    'are not read, and the refusal says so: %s',
    async objectType => {
      const { body } = await salesforce.call('queryRecords', {
        query: { soql: `SELECT Id FROM ${objectType} LIMIT 1` },
        headers: open,
      });
      expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('set-up') });
      const described = await salesforce.call('describeObject', { query: { objectType }, headers: open });
      expect(described.body.code).toBe('forbidden');
    },
  );

  it('tell of a user only who it is', async () => {
    const { body } = await salesforce.call('describeObject', {
      query: { objectType: 'User', limit: '100' },
      headers: open,
    });
    expect((body.fields as { field: string }[]).map(({ field }) => field).sort()).toEqual([
      'Email',
      'Id',
      'IsActive',
      'Name',
    ]);
    expect(body).toMatchObject({ canCreate: false, canUpdate: false });
    const { body: record } = await salesforce.call('getRecord', {
      query: { objectType: 'User', recordId: '005Sx0000000001IAA' },
      headers: open,
    });
    expect(JSON.stringify(record)).not.toMatch(/Username|Alias|Title/);
  });
});

describe('what a policy closes is neither written nor told by', () => {
  const contosoEurope = '001Sx0000000002IAA';
  const restricting: [string, Record<string, unknown>, Record<string, string>][] = [
    ['convertLead', { lead: 'Kwame Mensah' }, accounts],
    ['convertLead', { lead: 'Kwame Mensah', account: 'Contoso' }, leads],
    ['mergeRecords', { recordId: contoso, duplicateIds: contosoEurope }, accounts],
    ['mergeRecords', { recordId: contact, duplicateIds: '003Sx0000000002IAA' }, accounts],
    ['deleteRecord', { recordId: contoso }, accounts],
    ['deleteRecord', { recordId: contact }, accounts],
    ['undeleteRecord', { objectType: 'Account', name: 'Wingtip Toys' }, accounts],
    ['undeleteRecord', { objectType: 'Contact', name: 'Nobody' }, accounts],
    ['createRecords', { objectType: 'Contact', records: '[{"LastName":"Closed"}]' }, accounts],
    ['updateRecords', { objectType: 'Contact', recordIds: contact, fields: '{"Title":"x"}' }, accounts],
  ];

  it.each(restricting)('%s: %j', async (action, json, headers) => {
    salesforce.costs();
    const { status, body } = await salesforce.call(action, { json, headers });
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(JSON.stringify(body)).not.toMatch(/Zanzibar|Maria|Accra/);
    expect(salesforce.costs().filter(each => !/^(GET|POST .*\/(token|composite))/.test(each))).toEqual([]);
  });

  it('a field that is hidden is in no plan of many records', async () => {
    const objectType = 'Account';
    const hidden = { Website: 'https://x.example' };
    const created = await salesforce.call('createRecords', {
      json: { objectType, records: JSON.stringify([{ Name: 'Hidden', ...hidden }]) },
      headers: accounts,
    });
    const updated = await salesforce.call('updateRecords', {
      json: { objectType, recordIds: contoso, fields: JSON.stringify(hidden) },
      headers: accounts,
    });
    for (const { body } of [created, updated]) {
      expect([body.confirmationToken, JSON.stringify(body)]).toEqual([undefined, expect.not.stringContaining(canary)]);
      expect(body.code).toBe('invalid_input');
    }
  });
});
