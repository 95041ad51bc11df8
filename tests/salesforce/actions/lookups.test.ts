import { parseQuery } from '@jetstreamapp/soql-parser-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { type SandboxServer, startSandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { request } from '../../support/request.ts';
import { type SalesforceApp, startSalesforceApp } from '../harness.ts';

let salesforce: SalesforceApp;
const contoso = recordId('001', 1);

beforeAll(async () => {
  salesforce = await startSalesforceApp();
  await salesforce.call('findAccounts', { query: { name: 'sign in' } });
});
beforeEach(() => void salesforce.asked());
afterAll(() => salesforce.stop());

/** The statements that the org was asked since the last look. */
function statements(): string[] {
  return salesforce.asked().map(({ query }) => query.get('q') ?? '');
}

function list(value: unknown): Record<string, unknown>[] {
  return z.array(z.record(z.string(), z.unknown())).parse(value);
}

test('findAccounts finds accounts by a part of the name, with owner and link, in one request', async () => {
  const { status, body } = await salesforce.call('findAccounts', { query: { name: 'contoso' } });
  expect(status).toBe(200);
  expect(body.summary).toBe('2 accounts match.');
  expect(body.accounts).toEqual([
    {
      accountId: contoso,
      name: 'Contoso',
      type: 'Customer - Direct',
      industry: 'Technology',
      city: 'Seattle',
      country: 'USA',
      phone: '+1 206 555 0101',
      website: 'https://contoso.example',
      annualRevenue: 48_000_000,
      owner: 'Li Wei',
      url: `${salesforce.sandbox.url}/lightning/r/Account/${contoso}/view`,
    },
    expect.objectContaining({ name: 'Contoso Europe GmbH', owner: 'Jonas Weber' }),
  ]);
  expect(salesforce.costs()).toEqual(['GET /query']);
});

test("the log line of a call tells how much of the org's daily allowance is used", async () => {
  await salesforce.call('findAccounts', { query: { name: 'contoso' } });
  await expect.poll(() => salesforce.app.logs()).toMatch(/"upstreamCalls":1,"apiUsage":"\d+\/15000"/);
});

test('a name with quotes, backslashes and wildcards is looked for as it is', async () => {
  const name = String.raw`D'Arcy \ Sons%_`;
  const account = salesforce.sandbox.records('Account').at(-1);
  Object.assign(account ?? {}, { Name: name });
  const { status, body } = await salesforce.call('findAccounts', { query: { name } });
  expect(status).toBe(200);
  const [statement = ''] = statements();
  expect(statement).toContain(String.raw`Name LIKE '%D\'Arcy \\ Sons\%\_%'`);
  expect(parseQuery(statement).where).toMatchObject({ left: { field: 'Name', operator: 'LIKE' } });
  expect(body.accounts).toEqual([expect.objectContaining({ name })]);
});

test('getAccountOverview tells owner, open opportunities with their total, open cases, contacts and activities in one request', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    summary: 'Contoso is owned by Li Wei: 3 open opportunities worth 338,500.5 and 3 open cases.',
    account: { accountId: contoso, name: 'Contoso', owner: 'Li Wei', ownerEmail: 'li.wei@example.com' },
    openOpportunityCount: 3,
    openOpportunityTotal: 338_500.5,
    openCaseCount: 3,
  });
  expect(body.openOpportunities).toContainEqual(
    expect.objectContaining({ name: 'Contoso – plant rollout', amount: 240_000 }),
  );
  expect(body.openCases).toContainEqual(
    expect.objectContaining({ subject: 'Press stops after ten minutes', status: 'Escalated' }),
  );
  expect(body.keyContacts).toHaveLength(5);
  const dates = list(body.latestActivities).map(({ date }) => date);
  expect(dates).toEqual([...dates].sort().reverse());
  expect(body).not.toHaveProperty('notVisible');
  expect(salesforce.costs()).toEqual(['POST /composite']);
});

test.each([
  ['../../limits?x=1', 'a path'],
  ['../../../limits', 'a path as long as an ID'],
  ["001' OR Name LIKE '%", 'SOQL'],
  ['001Sx0000000001IAA/../x', 'a longer path'],
  [recordId('003', 1), 'the ID of a contact'],
])('an account ID that is %s is refused before anything is sent', async accountId => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId } });
  expect(status).toBe(400);
  expect(body.code).toBe('invalid_input');
  expect(salesforce.asked()).toEqual([]);
});

test('an account that does not exist is not found', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: recordId('001', 4000) } });
  expect(status).toBe(404);
  expect(body.code).toBe('not_found');
});

test('a search without any condition is refused and names the inputs', async () => {
  const { status, body } = await salesforce.call('findAccounts', { query: {} });
  expect(status).toBe(400);
  expect(body.detail).toBe('Give at least one of name, phone, website, city, industry, owner.');
  expect(salesforce.asked()).toEqual([]);
});

test('a list that just fills its page ends there', async () => {
  const { body } = await salesforce.call('findAccounts', { query: { name: 'contoso', limit: '2' } });
  expect(body.accounts).toHaveLength(2);
  expect(body).not.toHaveProperty('nextPageToken');
});

test('a list goes on where it stopped, and its token takes nobody to another address', async () => {
  const first = await salesforce.call('findAccounts', { query: { name: 'o', limit: '2' } });
  expect(first.body.accounts).toHaveLength(2);
  expect(first.body.summary).toBe('The first 2 accounts that match; there are more on the next page.');
  const second = await salesforce.call('findAccounts', {
    query: { name: 'o', limit: '2', pageToken: first.body.nextPageToken },
  });
  const all = await salesforce.call('findAccounts', { query: { name: 'o' } });
  expect([...list(first.body.accounts), ...list(second.body.accounts)]).toEqual(list(all.body.accounts).slice(0, 4));
  expect(salesforce.costs()).toEqual(['GET /query', 'GET /query', 'GET /query']);

  const [text = '', tag] = first.body.nextPageToken.split('.');
  const token = JSON.parse(Buffer.from(text, 'base64url').toString());
  for (const cursor of ['https://evil.example/', '../../limits', '/services/data/v67.0/query/01g-1', '01g/../x+0']) {
    const forged = `${Buffer.from(JSON.stringify({ ...token, c: cursor })).toString('base64url')}.${tag}`;
    const { status } = await salesforce.call('findAccounts', { query: { name: 'o', limit: '2', pageToken: forged } });
    expect(status).toBe(400);
  }
  expect(salesforce.asked()).toEqual([]);
});

describe('a long list in an org that keeps its answers short', () => {
  const token = { access_token: 'session', instance_url: '' };
  const row = (at: number) => ({
    attributes: { type: 'Account' },
    Id: `001${String(at).padStart(12, '0')}`,
    Name: `Account ${at}`,
  });
  const cursors: object[][] = [];
  let batch = 200;
  let matches = 0;
  let org: SandboxServer;
  let app: RunningApp;

  const answer = (rows: object[], from: number, cursor: number) => ({
    totalSize: rows.length,
    done: from + batch >= rows.length,
    ...(from + batch < rows.length && { nextRecordsUrl: `/services/data/v67.0/query/01g${cursor}-${from + batch}` }),
    records: rows.slice(from, from + batch),
  });

  beforeAll(async () => {
    org = await startSandboxServer(({ path, query }) => {
      if (path === '/services/oauth2/token') return { json: { ...token, instance_url: org.url } };
      const [, cursor, from] = /\/query\/01g(\d+)-(\d+)$/.exec(path) ?? [];
      if (cursor) return { json: answer(cursors[Number(cursor)] ?? [], Number(from), Number(cursor)) };
      const [, limit, offset = 0] = / LIMIT (\d+)(?: OFFSET (\d+))?$/.exec(query.get('q') ?? '') ?? [];
      const all = Array.from({ length: matches }, (_, at) => row(at));
      const rows = all.slice(Number(offset), Number(offset) + Number(limit));
      return { json: answer(rows, 0, cursors.push(rows) - 1) };
    });
    const env = { SALESFORCE_LOGIN_URL: org.url, SALESFORCE_CLIENT_ID: 'a', SALESFORCE_CLIENT_SECRET: 'b' };
    app = await startApp({ env });
  });
  afterAll(async () => {
    await app.stop();
    await org.close();
  });

  const idsOf = async (path: string, list: string) => {
    const ids: unknown[] = [];
    let pageToken = '';
    for (let pages = 0; pages < 60; pages += 1) {
      const { status, body } = await request<Record<string, unknown>>(
        `${app.url}/api/salesforce/${path}&pageToken=${pageToken}`,
      );
      expect(status).toBe(200);
      ids.push(
        ...z
          .array(z.object({ url: z.string() }))
          .parse(body[list])
          .map(({ url }) => url.split('/').at(-2)),
      );
      if (typeof body.nextPageToken !== 'string') break;
      pageToken = body.nextPageToken;
    }
    return ids;
  };
  const expected = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => row(from + at).Id);

  test.each([
    [60, 10, 25],
    [60, 10, 7],
    [2500, 200, 100],
    [2500, 2000, 90],
    [201, 200, 100],
  ])('all of %i records come once, in batches of %i and pages of %i', async (count, size, limit) => {
    [matches, batch] = [count, size];
    expect(await idsOf(`findAccounts?name=x&limit=${limit}`, 'accounts')).toEqual(expected(0, count));
  });

  test('a statement with bounds of its own gets what is between them', async () => {
    [matches, batch] = [2500, 10];
    const soql = encodeURIComponent("SELECT Id FROM Account WHERE Name != 'y' LIMIT 43 OFFSET 15");
    expect(await idsOf(`queryRecords?soql=${soql}&limit=20`, 'records')).toEqual(expected(15, 58));
  });
});

describe('findContacts', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['a part of the name, accents and quotes included', { name: "Seán D'Arcy" }, ["Seán D'Arcy"]],
    ['an e-mail address', { email: 'maria.olsen@contoso.example' }, ['Maria Olsen']],
    ['the account, and the title', { account: 'Contoso', title: 'buyer' }, ['Piotr Nowak', 'Yuki Mori']],
    ['the ID of the account', { accountId: recordId('001', 8) }, ['Ciara Walsh']],
    ['the owner by e-mail', { owner: 'ana.ruiz@example.com', title: 'CEO' }, ['Urs Müller']],
    ['a phone number in another notation', { phone: '(206) 555-02.13', account: 'Contoso' }, ['Inês Carvalho']],
  ])('finds by %s, in one request', async (_what, query, expected) => {
    const { status, body } = await salesforce.call('findContacts', { query });
    expect(status).toBe(200);
    expect(list(body.contacts).map(({ name }) => name)).toEqual(expected);
    expect(salesforce.costs()).toEqual(['GET /query']);
  });

  test('tells how to reach a person, the account and a link', async () => {
    const { body } = await salesforce.call('findContacts', { query: { name: 'Maria Olsen' } });
    expect(list(body.contacts)[0]).toMatchObject({
      title: 'Chief Operating Officer',
      email: 'maria.olsen@contoso.example',
      account: 'Contoso',
      accountId: contoso,
      owner: 'Li Wei',
      url: `${salesforce.sandbox.url}/lightning/r/Contact/${recordId('003', 1)}/view`,
    });
  });

  test('a phone number of three digits is refused', async () => {
    const { body } = await salesforce.call('findContacts', { query: { phone: '12-3' } });
    expect(body.detail).toContain('at least four digits');
  });
});

describe('findOpportunities', () => {
  test('finds open ones that close soon and are worth much, with what they are worth together', async () => {
    const before = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const query = { account: 'Contoso', openOnly: 'true', closingBefore: before, amountOver: '1000.5' };
    const { body } = await salesforce.call('findOpportunities', { query });
    expect(body.summary).toBe('1 opportunity matches, worth 240,000.');
    expect(list(body.opportunities)).toEqual([
      expect.objectContaining({ name: 'Contoso – plant rollout', stage: 'Negotiation/Review', isClosed: false }),
    ]);
    expect(salesforce.costs()).toEqual(['GET /query']);
  });

  test.each<[Record<string, string>, string[]]>([
    [{ stage: 'Closed Lost', account: 'Contoso' }, ['Contoso – spare parts']],
    [{ name: '– lathes' }, ['田中 – lathes']],
    [{ owner: 'Jonas', amountOver: '1000000' }, ['Fabrikam – robot arms']],
  ])('finds by %o', async (query, expected) => {
    const { body } = await salesforce.call('findOpportunities', { query });
    expect(list(body.opportunities).map(({ name }) => name)).toEqual(expected);
  });

  test.each(['2026-02-30', 'soon', "2026-01-01' OR"])(
    'a date such as %s is refused before anything is sent',
    async date => {
      const { status, body } = await salesforce.call('findOpportunities', { query: { closingBefore: date } });
      expect(status).toBe(400);
      expect(body.detail).toContain('closingBefore: It must be a date such as 2026-11-15.');
      expect(salesforce.asked()).toEqual([]);
    },
  );

  test('of a page of many, it tells what that page is worth', async () => {
    const { body } = await salesforce.call('findOpportunities', { query: { openOnly: 'true', limit: '2' } });
    const worth = list(body.opportunities).reduce((sum, { amount }) => sum + Number(amount), 0);
    expect(body.summary).toBe(
      `The first 2 opportunities that match, worth ${worth.toLocaleString('en-US')}; there are more on the next page.`,
    );
  });

  test('openOnly=false is no condition, and is not asked for', async () => {
    const { status, body } = await salesforce.call('findOpportunities', { query: { openOnly: 'false' } });
    expect(status).toBe(400);
    expect(body.detail).toContain(' openOnly=true,');
  });
});

describe('findCases', () => {
  test.each<[Record<string, string>, string[]]>([
    [{ caseNumber: '1001' }, ['Press stops after ten minutes']],
    [{ caseNumber: '00001001' }, ['Press stops after ten minutes']],
    [{ status: 'Escalated', account: 'Fabrikam' }, ['Emergency stop test failed']],
    [{ email: 'kate', openOnly: 'true' }, ['Tablet battery swells']],
    [
      { owner: 'Priya', since: '36h', priority: 'High' },
      ['Till won\'t print the "½ price" label', 'Emergency stop test failed'],
    ],
  ])('finds by %o, the latest first, in one request', async (query, expected) => {
    const { status, body } = await salesforce.call('findCases', { query });
    expect(status).toBe(200);
    const subjects = list(body.cases).map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(expected));
    expect(subjects).toHaveLength(expected.length);
    expect(salesforce.costs()).toEqual(['GET /query']);
  });
});

describe('findLeads', () => {
  test.each<[Record<string, string>, string[]]>([
    [{ name: 'Søren' }, ['Søren Kjær']],
    [{ company: "O'Hara" }, ["Philippa O'Hara"]],
    [{ source: 'Trade Show', openOnly: 'true' }, ['Violet MacLeod']],
    [{ status: 'Open - Not Contacted', since: '2d' }, ['Chloé Dubois']],
  ])('finds by %o, in one request', async (query, expected) => {
    const { status, body } = await salesforce.call('findLeads', { query });
    expect(status).toBe(200);
    expect(list(body.leads).map(({ name }) => name)).toEqual(expect.arrayContaining(expected));
    expect(salesforce.costs()).toEqual(['GET /query']);
  });
});

describe('searchRecords', () => {
  test('finds a word in every kind of record, in one request that changes nothing', async () => {
    const { status, body } = await salesforce.call('searchRecords', { query: { term: 'contoso' } });
    expect(status).toBe(200);
    const types = new Set(list(body.records).map(({ objectType }) => objectType));
    expect([...types]).toEqual(expect.arrayContaining(['Account', 'Contact', 'Opportunity']));
    expect(list(body.records)[0]).toMatchObject({
      recordId: contoso,
      name: 'Contoso',
      detail: 'Technology, Seattle, USA',
    });
    expect(salesforce.costs()).toEqual(['POST /parameterizedSearch']);
  });

  test('goes on where it stopped, and ends', async () => {
    const all = list(
      (await salesforce.call('searchRecords', { query: { term: 'contoso', limit: '100' } })).body.records,
    );
    const found: unknown[] = [];
    let pageToken = '';
    for (let pages = 0; pages < 30; pages += 1) {
      const { body } = await salesforce.call('searchRecords', { query: { term: 'contoso', limit: '3', pageToken } });
      found.push(...list(body.records));
      pageToken = body.nextPageToken;
      if (!pageToken) break;
    }
    expect(found).toEqual(all);
  });

  test('takes other objects by their API names, custom ones too', async () => {
    const query = { term: 'rollout', objectTypes: 'Project__c, Task' };
    const { body } = await salesforce.call('searchRecords', { query });
    expect(body.summary).toBe('1 record matches "rollout": 1 of Project__c.');
    expect(list(body.records)).toMatchObject([{ objectType: 'Project__c', name: 'Contoso plant rollout' }]);
  });

  test('takes the names of objects in any case, each by what people call its records', async () => {
    const query = { term: 'press', objectTypes: 'case,account,Case,workOrder' };
    await salesforce.call('searchRecords', { query });
    const { sobjects } = JSON.parse(salesforce.asked()[0]?.body ?? '');
    expect(sobjects).toMatchObject([
      { name: 'Case', fields: ['Id', 'CaseNumber', 'Subject', 'Status', 'Priority'] },
      { name: 'Account', fields: ['Id', 'Name', 'Industry', 'BillingCity', 'BillingCountry'] },
      { name: 'workOrder', fields: ['Id', 'WorkOrderNumber'] },
    ]);
  });

  test('characters that mean something to the search are only text', async () => {
    const term = String.raw`a" OR {x} & (b) | !c ^ ~ * ? : \ ' + - [d]`;
    const { status } = await salesforce.call('searchRecords', { query: { term } });
    expect(status).toBe(200);
    expect(JSON.parse(salesforce.asked()[0]?.body ?? '')).toMatchObject({ q: term });
  });

  test.each(['Account;Contact', 'Account(Id)', ',', '../Account'])(
    'objects such as %s are refused',
    async objectTypes => {
      const { status } = await salesforce.call('searchRecords', { query: { term: 'contoso', objectTypes } });
      expect(status).toBe(400);
      expect(salesforce.asked()).toEqual([]);
    },
  );
});

describe('getAccountOverview', () => {
  test('leaves out what the user may not see, and says so', async () => {
    const body = JSON.stringify({
      compositeResponse: [
        [200, { totalSize: 1, done: true, records: [{ Id: contoso, Name: 'Contoso', Owner: null, Contacts: null }] }],
        [200, { totalSize: 0, done: true, records: [] }],
        [400, [{ errorCode: 'INVALID_TYPE', message: "sObject type 'Case' is not supported." }]],
        [403, [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }]],
        [200, { totalSize: 0, done: true, records: [] }],
      ].map(([httpStatusCode, answer]) => ({ httpStatusCode, body: answer })),
    });
    salesforce.sandbox.fail({ path: '/composite$', status: 200, body });
    const { status, body: answer } = await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      summary: 'Contoso is owned by nobody that this service may see: no open opportunities.',
      notVisible: ['cases', 'tasks'],
      keyContacts: [],
      latestActivities: [],
    });
    expect(answer).not.toHaveProperty('openCases');
  });
});

describe('a part of an overview', () => {
  /** Answers the next overview with this in place of the part at `place`. */
  const failPart = (place: number, httpStatusCode: number, errors: object[]) => {
    const empty = { httpStatusCode: 200, body: { totalSize: 1, done: true, records: [{ Id: contoso }] } };
    const compositeResponse = Array.from({ length: 5 }, (_, at) =>
      at === place ? { httpStatusCode, body: errors } : empty,
    );
    salesforce.sandbox.fail({ path: '/composite$', status: 200, body: JSON.stringify({ compositeResponse }) });
  };
  const overview = () => salesforce.call('getAccountOverview', { query: { accountId: contoso } });

  test.each([
    [1, 503, [], { code: 'upstream_error', retryable: true }],
    [0, 500, [{ errorCode: 'INVALID_FIELD', message: 'x' }], { code: 'upstream_error', retryable: true }],
    [2, 429, [], { code: 'rate_limited', retryable: true }],
    [3, 400, [{ errorCode: 'QUERY_TIMEOUT', message: 'x' }], { code: 'invalid_input' }],
  ])('at %i that fails with %i is a failure, not what nobody may see', async (place, status, errors, expected) => {
    failPart(place, status, errors);
    expect((await overview()).body).toMatchObject(expected);
  });

  test('tells tasks that nobody has set a day for, while they are open', async () => {
    const account = recordId('001', 11);
    await salesforce.call('logActivity', { json: { recordId: account, subject: 'Some day', dueDate: '2026-01-01' } });
    await salesforce.call('logActivity', { json: { recordId: account, subject: 'Done some day' } });
    for (const task of salesforce.sandbox.records('Task')) {
      if (String(task.Subject).endsWith('ome day')) Object.assign(task, { ActivityDate: null });
    }
    const { body } = await salesforce.call('getAccountOverview', { query: { accountId: account } });
    const subjects = list(body.latestActivities).map(({ subject }) => subject);
    expect(subjects).toContain('Some day');
    expect(subjects).not.toContain('Done some day');
  });

  test('whose number has reached what is counted is told as at least that', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => ({ Id: recordId('006', at + 1), Amount: 10 }));
    const compositeResponse = [[{ Id: contoso, Name: 'Contoso' }], rows, [], [], []].map(records => ({
      httpStatusCode: 200,
      body: { totalSize: records.length, done: true, records },
    }));
    salesforce.sandbox.fail({ path: '/composite$', status: 200, body: JSON.stringify({ compositeResponse }) });
    expect((await overview()).body.summary).toContain('at least 200 open opportunities worth at least 2,000 and');
  });

  test('whose session has ended is asked for again with a new one', async () => {
    failPart(1, 401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]);
    expect((await overview()).body).toMatchObject({ openOpportunityCount: 3 });
    expect(salesforce.costs()).toEqual(['POST /composite', 'POST /services/oauth2/token', 'POST /composite']);
  });

  test('that is about contacts is left out alone when the user may not see any', async () => {
    const message = "Didn't understand relationship 'Contacts' in FROM part of query call.";
    failPart(0, 400, [{ errorCode: 'INVALID_TYPE', message }]);
    const { status, body } = await overview();
    expect(status).toBe(200);
    expect(body).toMatchObject({ account: { name: 'Contoso', owner: 'Li Wei' }, notVisible: ['contacts'] });
    expect(body).not.toHaveProperty('keyContacts');
  });
});

describe('fields that the user of this service may not see', () => {
  const refusal = (field: string, object: string) => [
    { errorCode: 'INVALID_FIELD', message: `No such column '${field}' on entity '${object}'.` },
  ];
  /** The description of an object as a user sees it from whom a field is hidden. */
  const hide = (object: string, field: string, fields: object[]) => {
    const seen = fields.filter(entry => !('name' in entry) || entry.name !== field);
    const body = JSON.stringify({ name: object, label: object, fields: seen });
    salesforce.sandbox.fail({ path: `/sobjects/${object}/describe$`, status: 200, body });
  };
  const columns = (...names: string[]) => names.map(name => ({ name, label: name, type: 'string' }));
  const owner = { name: 'OwnerId', label: 'Owner ID', type: 'reference', relationshipName: 'Owner' };

  test('are left out of what is found, and the rest is answered', async () => {
    const body = JSON.stringify(refusal('AnnualRevenue', 'Account'));
    salesforce.sandbox.fail({ path: '/query$', status: 400, body });
    hide('Account', 'AnnualRevenue', [...columns('Id', 'Name', 'AnnualRevenue', 'Phone'), owner]);
    const { status, body: answer } = await salesforce.call('findAccounts', { query: { name: 'Contoso Europe' } });
    expect(status).toBe(200);
    expect(list(answer.accounts)[0]).toMatchObject({ name: 'Contoso Europe GmbH', owner: 'Jonas Weber' });
    expect(list(answer.accounts)[0]).not.toHaveProperty('annualRevenue');
    const asked = salesforce.asked().map(({ query }) => query.get('q'));
    expect(asked.at(-1)).toMatch(/^SELECT Id, Name, Phone, Owner\.Name FROM Account/);
    expect(asked).toHaveLength(3);
  });

  test('in one part of an overview do not cost the others', async () => {
    hide('Opportunity', 'NextStep', [...columns('Id', 'Name', 'StageName', 'Amount', 'CloseDate'), owner]);
    const answers = [1, 2, 3, 4, 5].map(at => ({
      httpStatusCode: at === 2 ? 400 : 200,
      body: at === 2 ? refusal('NextStep', 'Opportunity') : { totalSize: 0, done: true, records: [] },
    }));
    const body = JSON.stringify({ compositeResponse: answers });
    salesforce.sandbox.fail({ path: '/composite$', status: 200, body });
    const { status, body: answer } = await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ openOpportunityCount: 3, openCaseCount: 3 });
    expect(answer).not.toHaveProperty('notVisible');
    expect(JSON.stringify(answer.openOpportunities)).not.toContain('nextStep');
  });

  test('cannot be searched by', async () => {
    const body = JSON.stringify(refusal('Phone', 'Account'));
    salesforce.sandbox.fail({ path: '/query$', status: 400, body, times: 2 });
    const { status, body: answer } = await salesforce.call('findAccounts', { query: { phone: '5550101' } });
    expect(status).toBe(400);
    expect(answer.detail).toContain("No such column 'Phone' on entity 'Account'.");
  });
});
