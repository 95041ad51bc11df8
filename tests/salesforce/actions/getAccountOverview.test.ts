import { describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { addDays, dayAt } from '../../../shared/time/timeZone.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

const dayIn = (days: number) => addDays(dayAt(new Date(), 'Europe/Berlin'), days);

test('getAccountOverview tells owner, open opportunities with their total, open cases, contacts, activities, renewals and subsidiaries in four requests', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    summary: 'Contoso is owned by Li Wei: 3 open opportunities worth 338,500.5 USD and 3 open cases.',
    account: { accountId: contoso, name: 'Contoso', owner: 'Li Wei', ownerEmail: 'li.wei@example.com' },
    openOpportunityCount: 3,
    openOpportunityTotal: 338_500.5,
    openOpportunityTotals: [{ currency: 'USD', amount: 338_500.5, count: 3 }],
    openCaseCount: 3,
  });
  expect(body.openOpportunities).toContainEqual(
    expect.objectContaining({ name: 'Contoso – licences 2027', amount: 86_000, recordType: 'Renewal' }),
  );
  expect(body.openCases).toContainEqual(
    expect.objectContaining({ subject: 'Press stops after ten minutes', status: 'Escalated' }),
  );
  expect(body.keyContacts).toHaveLength(5);
  const dates = list(body.latestActivities).map(({ date }) => date);
  expect(dates).toEqual([...dates].sort().reverse());
  const subjects = (of: unknown) => list(of).map(({ subject }) => subject);
  expect(subjects(body.latestActivities)).toEqual(
    expect.arrayContaining(['Call: volume discount', 'Plant tour', 'Thank Maria for the plant visit']),
  );
  expect(subjects(body.comingActivities).slice(0, 3)).toEqual([
    'Correct invoice 4711',
    'Check the press log',
    'Price negotiation',
  ]);
  for (const { openedAt } of list(body.openCases)) expect(openedAt).toMatch(/T\d\d:\d\d:\d\d\+0[12]:00$/);
  expect(body).not.toHaveProperty('notShown');
  expect(body.renewals).toEqual([
    {
      recordId: recordId('800', 1),
      name: 'Contract 00001001',
      kind: 'Contract',
      status: 'Activated',
      endsOn: dayIn(60),
    },
    expect.objectContaining({ name: 'Contract 00001002', endsOn: dayIn(265) }),
  ]);
  expect(body.subsidiaries).toEqual([{ accountId: recordId('001', 2), name: 'Contoso Europe GmbH' }]);
  // By now it is known what contracts are made of.
  salesforce.costs();
  await salesforce.call('getAccountOverview', { query: { accountId: contoso } });
  expect(salesforce.costs().sort()).toEqual(['GET /query', 'GET /query', 'POST /composite', 'POST /composite']);
});

test.each([
  ['the name, though others contain it', 'contoso', 'Contoso'],
  ['a part of the name of one account', 'Fabrikam', 'Fabrikam, Inc.'],
  ['the name with a quotation mark', "D'Arcy & Sons", "D'Arcy & Sons"],
  ['a sign that is a wildcard elsewhere', '%', '100% Bio_Markt'],
  ['an ID of 15 characters', contoso.slice(0, 15), 'Contoso'],
])('an account is meant by %s', async (_, accountId, name) => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId } });
  expect([status, body.account]).toEqual([200, expect.objectContaining({ name })]);
});

test('a part of the names of several accounts is ambiguous, with their IDs', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: 'onto' } });
  expect([status, body.code]).toEqual([409, 'ambiguous']);
  expect(body.detail).toContain(`Contoso (${contoso}, Seattle); Contoso Europe GmbH (${recordId('001', 2)}, `);
});

test.each([
  ['../../limits?x=1', 'a path'],
  ['../../../limits', 'a path as long as an ID'],
  ["001' OR Name LIKE '%", 'SOQL'],
  ['001Sx0000000001IAA/../x', 'a longer path'],
  ['Nonesuch', 'the name of none'],
])('an account that is given by %s is not found, and the answer says where to look', async accountId => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId } });
  expect([status, body.code]).toEqual([404, 'not_found']);
  expect(body.detail).toContain('findAccounts');
  expect(salesforce.costs()).toEqual(['POST /composite']);
});

test('the ID of a contact is refused before anything is sent', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: recordId('003', 1) } });
  expect([status, body.code]).toEqual([400, 'invalid_input']);
  expect(salesforce.asked()).toEqual([]);
});

test('an account that does not exist is not found', async () => {
  const { status, body } = await salesforce.call('getAccountOverview', { query: { accountId: recordId('001', 4000) } });
  expect(status).toBe(404);
  expect(body.code).toBe('not_found');
});

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
    summary: 'Contoso is owned by a user whom this service may not see: no open opportunities.',
    notShown: ['cases', 'tasks'],
    keyContacts: [],
    latestActivities: [],
  });
  expect(answer).not.toHaveProperty('openCases');
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
  ])(
    'at %i that fails with %i is a failure, not something that is hidden from the user',
    async (place, status, errors, expected) => {
      failPart(place, status, errors);
      expect((await overview()).body).toMatchObject(expected);
    },
  );

  test('has open tasks without a due date', async () => {
    const account = recordId('001', 11);
    await salesforce.call('logActivity', { json: { recordId: account, subject: 'Some day', dueDate: '2026-01-01' } });
    await salesforce.call('logActivity', { json: { recordId: account, subject: 'Done some day' } });
    for (const task of salesforce.sandbox.records('Task')) {
      if (String(task.Subject).endsWith('ome day')) Object.assign(task, { ActivityDate: null });
    }
    const { body } = await salesforce.call('getAccountOverview', { query: { accountId: account } });
    const subjects = list(body.comingActivities).map(({ subject }) => subject);
    expect(subjects).toContain('Some day');
    expect(subjects).not.toContain('Done some day');
  });

  test('that reaches the most that is counted says "at least"', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => ({ Id: recordId('006', at + 1), Amount: 10 }));
    const compositeResponse = [[{ Id: contoso, Name: 'Contoso' }], rows, [], [], []].map(records => ({
      httpStatusCode: 200,
      body: { totalSize: records.length, done: true, records },
    }));
    salesforce.sandbox.fail({ path: '/composite$', status: 200, body: JSON.stringify({ compositeResponse }) });
    expect((await overview()).body.summary).toContain('at least 200 open opportunities worth at least 2,000 USD and');
  });

  test('whose session has ended is asked for again with a new one', async () => {
    failPart(1, 401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]);
    expect((await overview()).body).toMatchObject({ openOpportunityCount: 3 });
    expect(salesforce.costs().filter(each => each !== 'GET /query')).toEqual([
      'POST /composite',
      'POST /composite',
      'POST /services/oauth2/token',
      'POST /composite',
    ]);
  });

  test('that is about contacts is left out alone when the user may not see any', async () => {
    const message = "Didn't understand relationship 'Contacts' in FROM part of query call.";
    failPart(0, 400, [{ errorCode: 'INVALID_TYPE', message }]);
    const { status, body } = await overview();
    expect(status).toBe(200);
    expect(body).toMatchObject({ account: { name: 'Contoso', owner: 'Li Wei' }, notShown: ['contacts'] });
    expect(body).not.toHaveProperty('keyContacts');
  });
});
