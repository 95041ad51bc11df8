import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SalesforceSandbox, startSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { base, now, signIn } from './signedIn.ts';

let sandbox: SalesforceSandbox;
let session: Awaited<ReturnType<typeof signIn>>;

beforeEach(async () => {
  sandbox = await startSandbox({ now: () => now });
  session = await signIn(sandbox);
});
afterEach(() => sandbox.close());

const rowOf = (objectType: string, field: string, value: string) => {
  const found = sandbox.records(objectType).find(row => row[field] === value);
  if (!found) throw new Error(`There is no ${objectType} with ${field} ${value}.`);
  return found;
};
const idOf = (objectType: string, field: string, value: string) => rowOf(objectType, field, value).Id;

describe('describe', () => {
  test('lists the objects, a custom one among them', async () => {
    const { sobjects } = await session.connection.describeGlobal();
    expect(sobjects.map(({ name, keyPrefix }) => `${name} ${keyPrefix}`)).toEqual(
      expect.arrayContaining(['Account 001', 'User 005', 'RecordType 012', 'QueueSobject 03g', 'Project__c a00']),
    );
  });

  test("tells a field's type, length, rights, values and target", async () => {
    const { fields, childRelationships } = await session.connection.sobject('Opportunity').describe();
    const field = (name: string) => fields.find(entry => entry.name === name);
    expect(field('Name')).toMatchObject({
      type: 'string',
      length: 120,
      nillable: false,
      nameField: true,
      updateable: true,
    });
    expect(field('IsWon')).toMatchObject({ type: 'boolean', updateable: false, createable: false });
    expect(field('AccountId')).toMatchObject({
      type: 'reference',
      referenceTo: ['Account'],
      relationshipName: 'Account',
    });
    expect(field('StageName')?.picklistValues?.map(({ value }) => value)).toContain('Closed Won');
    expect(childRelationships.map(({ relationshipName }) => relationshipName)).toEqual(
      expect.arrayContaining(['Tasks', 'Events']),
    );
  });
});

describe('a record', () => {
  test('that is made can be found and changed, and each shows', async () => {
    const accounts = session.connection.sobject('Account');
    const made = await accounts.create({ Name: "D'Or", Industry: 'Retail' });
    expect(made).toMatchObject({ success: true, id: expect.stringMatching(/^001\w{15}$/) });
    const id = made.id ?? '';
    expect(await session.column(`SELECT CreatedDate FROM Account WHERE Id = '${id}'`)).toEqual([
      '2026-11-18T10:00:00.000+0000',
    ]);
    await accounts.update({ Id: id, Phone: '+1 555 0100' });
    expect(await session.column("SELECT Phone FROM Account WHERE Name = 'd\\'or'")).toEqual(['+1 555 0100']);
  });

  test('that was deleted is in no query and cannot be changed', async () => {
    const account = rowOf('Account', 'Name', 'Contoso');
    Object.assign(account, { IsDeleted: true });
    expect(await session.column("SELECT Id FROM Account WHERE Name = 'Contoso'")).toEqual([]);
    expect(await session.call('PATCH', `/sobjects/Account/${account.Id}`, { Rating: 'Hot' })).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
  });

  test('is changed by its short id', async () => {
    const id = idOf('Contact', 'LastName', 'Olsen');
    await session.call('PATCH', `/sobjects/Contact/${id.slice(0, 15)}`, { title: 'CEO' });
    expect(rowOf('Contact', 'LastName', 'Olsen').Title).toBe('CEO');
  });

  test('keeps what follows from its fields: a won deal is closed, a closed case has its date, a task its account', async () => {
    const deal = rowOf('Opportunity', 'Name', 'Contoso – plant rollout');
    await session.call('PATCH', `/sobjects/Opportunity/${deal.Id}`, { StageName: 'Closed Won' });
    expect(rowOf('Opportunity', 'Id', deal.Id)).toMatchObject({ IsClosed: true, IsWon: true, Probability: 100 });

    const ticket = idOf('Case', 'CaseNumber', '00001001');
    await session.call('PATCH', `/sobjects/Case/${ticket}`, { Status: 'Closed' });
    expect(rowOf('Case', 'Id', ticket)).toMatchObject({ IsClosed: true, ClosedDate: '2026-11-18T10:00:00.000+0000' });

    const lead = idOf('Lead', 'LastName', 'Boxer');
    await session.call('PATCH', `/sobjects/Lead/${lead}`, { Status: 'Closed - Converted' });
    expect(rowOf('Lead', 'Id', lead).IsConverted).toBe(true);

    const task = { Subject: 'Call', Status: 'Completed', WhoId: idOf('Contact', 'LastName', 'Olsen') };
    const { id } = (await session.call('POST', '/sobjects/Task', task)).body;
    expect(rowOf('Task', 'Id', id)).toMatchObject({ IsClosed: true, AccountId: idOf('Account', 'Name', 'Contoso') });

    const event = { Subject: 'Visit', StartDateTime: '2026-11-20T09:00:00Z', EndDateTime: '2026-11-20T10:30:00Z' };
    const made = (await session.call('POST', '/sobjects/Event', event)).body;
    expect(rowOf('Event', 'Id', made.id)).toMatchObject({ ActivityDate: '2026-11-20', DurationInMinutes: 90 });
  });

  test.each([
    ['Account', {}, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [Name]', ['Name']],
    ['Account', { Name: 'A', Nope: 1 }, 'INVALID_FIELD', "No such column 'Nope' on sobject of type Account", undefined],
    [
      'Account',
      { Name: 'x'.repeat(256) },
      'STRING_TOO_LONG',
      `Account Name: data value too large: ${'x'.repeat(256)} (max length=255)`,
      ['Name'],
    ],
    [
      'Account',
      { Name: 'A', ParentId: 'nope' },
      'MALFORMED_ID',
      'Parent Account ID: id value of incorrect type: nope',
      ['ParentId'],
    ],
    [
      'Account',
      { Name: 'A', ParentId: '001000000000000' },
      'INVALID_CROSS_REFERENCE_KEY',
      'invalid cross reference id',
      ['ParentId'],
    ],
    [
      'Account',
      { Name: 'A', AnnualRevenue: 'much' },
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of double from VALUE_STRING value much',
      undefined,
    ],
    [
      'Opportunity',
      { Name: 'O', StageName: 'Won', CloseDate: '2026-12-01' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Stage: bad value for restricted picklist field: Won',
      ['StageName'],
    ],
    [
      'Opportunity',
      { Name: 'O', StageName: 'Prospecting', CloseDate: 'soon' },
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of date from VALUE_STRING value soon',
      undefined,
    ],
    [
      'Opportunity',
      { IsWon: true },
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'Unable to create/update fields: IsWon.',
      ['IsWon'],
    ],
    [
      'Contact',
      { LastName: 'L', Email: 'nobody' },
      'INVALID_EMAIL_ADDRESS',
      'Email: invalid email address: nobody',
      ['Email'],
    ],
    [
      'Event',
      { Subject: 'E' },
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [ActivityDateTime, DurationInMinutes]',
      ['ActivityDateTime', 'DurationInMinutes'],
    ],
  ])('of %s with %j is refused as %s', async (objectType, values, errorCode, message, fields) => {
    const answer = await session.call('POST', `/sobjects/${objectType}`, values);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual([
      { errorCode, message: expect.stringContaining(message), ...(fields ? { fields } : {}) },
    ]);
  });

  test('like another is a duplicate, unless the caller says to save it', async () => {
    const twin = { LastName: 'Boxer', Company: 'Coop', Email: 'Bertha.Boxer@prospect.example' };
    const refused = await session.call('POST', '/sobjects/Lead', twin);
    expect(refused.status).toBe(400);
    expect(refused.body[0]).toMatchObject({
      errorCode: 'DUPLICATES_DETECTED',
      duplicateResult: { matchResults: [{ matchRecords: [{ record: { Id: idOf('Lead', 'LastName', 'Boxer') } }] }] },
    });
    const allowed = { 'sforce-duplicate-rule-header': 'allowSave=true' };
    expect((await session.call('POST', '/sobjects/Lead', twin, allowed)).status).toBe(201);
  });

  test.each([
    ['/sobjects/Nope/describe', 'GET', 404, 'NOT_FOUND', 'The requested resource does not exist'],
    ['/sobjects/Account/001000000000000AAA', 'PATCH', 404, 'NOT_FOUND', 'The requested resource does not exist'],
    [
      '/sobjects/Account/nope',
      'PATCH',
      404,
      'NOT_FOUND',
      'Provided external ID field does not exist or is not accessible: nope',
    ],
    ['/query', 'POST', 405, 'METHOD_NOT_ALLOWED', "HTTP Method 'POST' not allowed. Allowed are GET"],
    ['/nope', 'GET', 404, 'NOT_FOUND', 'The requested resource does not exist'],
    ['/sobjects/%E0%A4%A', 'POST', 404, 'NOT_FOUND', 'The requested resource does not exist'],
    ['/services/data/v12.0/sobjects', 'GET', 404, 'NOT_FOUND', 'The requested resource does not exist'],
    ['/query/01gSx0000000009-2000', 'GET', 400, 'INVALID_QUERY_LOCATOR', 'invalid query locator'],
  ])('%s by %s answers %i %s', async (path, method, status, errorCode, message) => {
    expect(await session.call(method, path)).toMatchObject({ status, body: [{ errorCode, message }] });
  });

  test('that is half a JSON document is a parser error', async () => {
    expect(await session.call('POST', '/sobjects/Account', '{"Name":')).toMatchObject({
      status: 400,
      body: [{ errorCode: 'JSON_PARSER_ERROR' }],
    });
  });
});

describe('paging', () => {
  test('goes on from nextRecordsUrl until all is told', async () => {
    for (let n = 0; n < 250; n += 1) await session.call('POST', '/sobjects/Task', { Subject: `Bulk ${n}` });
    const bulk = "SELECT Subject FROM Task WHERE Subject LIKE 'Bulk%'";
    const options = { 'sforce-query-options': 'batchSize=200' };
    const { body: first } = await session.call('GET', `/query?q=${encodeURIComponent(bulk)}`, undefined, options);
    expect(first).toMatchObject({ totalSize: 250, done: false });
    expect(first.records).toHaveLength(200);
    const { body: second } = await session.call('GET', first.nextRecordsUrl);
    expect(second).toMatchObject({ totalSize: 250, done: true });
    expect(second.records).toHaveLength(50);
    expect(second).not.toHaveProperty('nextRecordsUrl');
  });

  test('may be tried with few records', async () => {
    const small = await startSandbox({ now: () => now, largestPage: 5 });
    const { connection } = await signIn(small);
    const { records } = await connection.query('SELECT Id FROM Account').execute({ autoFetch: true, maxFetch: 100 });
    expect(records).toHaveLength(12);
    expect(small.requests.filter(({ path }) => path.includes('/query/'))).toHaveLength(2);
    await small.close();
  });
});

describe('search', () => {
  const search = (body: object) => session.call('POST', '/parameterizedSearch', { in: 'ALL', ...body });
  const names = async (q: string) => {
    const { body } = await search({ q, sobjects: [{ name: 'Account', fields: ['Name'] }] });
    return body.searchRecords.map(record => record.Name);
  };

  test('finds words in several objects, in any case, with and without accents', async () => {
    const { body } = await search({
      q: 'aguila',
      sobjects: [
        { name: 'Account', fields: ['Id', 'Name'] },
        { name: 'Contact', fields: ['Email'], limit: 1 },
      ],
    });
    expect(body.searchRecords).toMatchObject([
      { attributes: { type: 'Account' }, Name: 'Café Águila' },
      { attributes: { type: 'Contact' }, Email: 'carmen.aguila@aguila.example' },
    ]);
  });

  test('takes whole words, stars for the rest, and of operators OR alone', async () => {
    expect(await names('contos')).toEqual([]);
    expect(await names('contos*')).toEqual(['Contoso', 'Contoso Europe GmbH']);
    expect(await names('d\'arcy & "sons"')).toEqual(["D'Arcy & Sons"]);
    expect(await names('contoso OR fabrikam')).toEqual(['Contoso', 'Contoso Europe GmbH', 'Fabrikam, Inc.']);
    expect(await names('contoso fabrikam')).toEqual([]);
  });

  test('keeps to the limits of each object and of all', async () => {
    const sobjects = [
      { name: 'Contact', fields: ['Id'], limit: 2 },
      { name: 'Opportunity', fields: ['Id'], limit: 1 },
    ];
    const types = async (body: object) => {
      const { body: found } = await search({ q: 'contoso*', sobjects, ...body });
      return found.searchRecords.map(record => record.attributes.type);
    };
    expect(await types({})).toEqual(['Contact', 'Contact', 'Opportunity']);
    expect(await types({ overallLimit: 2 })).toEqual(['Contact', 'Contact']);
  });

  test('refuses a term of one letter, and what it does not play', async () => {
    const sobjects = [{ name: 'Account', fields: ['Id'] }];
    expect(await search({ q: 'a', sobjects })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'MALFORMED_SEARCH' }],
    });
    expect(await search({ q: 'contoso', sobjects, defaultLimit: 3 })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'JSON_PARSER_ERROR', message: expect.stringContaining('defaultLimit') }],
    });
  });
});

describe('composite', () => {
  const composite = async (compositeRequest: object[], more: object = {}) =>
    session.call('POST', '/composite', { compositeRequest, ...more });
  const lookUp = (referenceId: string, soql: string) => ({
    method: 'GET',
    url: `${base}/query?q=${encodeURIComponent(soql)}`,
    referenceId,
  });

  test('answers each request by itself, for one call of the limit', async () => {
    const answer = await composite([
      lookUp('leads', 'SELECT COUNT() FROM Lead'),
      lookUp('wrong', 'SELECT Nope FROM Lead'),
      { method: 'GET', url: 'https://example.com/', referenceId: 'elsewhere' },
    ]);
    expect(answer.body.compositeResponse).toMatchObject([
      { referenceId: 'leads', httpStatusCode: 200, body: { totalSize: 13 } },
      { referenceId: 'wrong', httpStatusCode: 400, body: [{ errorCode: 'INVALID_FIELD' }] },
      { referenceId: 'elsewhere', httpStatusCode: 400, body: [{ errorCode: 'BAD_REQUEST' }] },
    ]);
    expect(answer.headers.get('sforce-limit-info')).toBe('api-usage=1/15000');
  });

  test('holds 25 requests and 5 queries at most, each with its own reference', async () => {
    const requests = (count: number, path: string) =>
      Array.from({ length: count }, (_unused, n) => ({ method: 'GET', url: base + path, referenceId: `r${n}` }));
    expect((await composite(requests(25, '/sobjects'))).status).toBe(200);
    expect((await composite(requests(26, '/sobjects'))).status).toBe(400);
    expect((await composite(requests(5, '/query?q=SELECT+COUNT()+FROM+Lead'))).status).toBe(200);
    expect((await composite(requests(6, '/query?q=SELECT+COUNT()+FROM+Lead'))).status).toBe(400);
    const [one, other] = [...requests(1, '/sobjects'), ...requests(1, '/sobjects')];
    expect((await composite([one ?? {}, other ?? {}])).status).toBe(400);
  });

  test('refuses what it does not play instead of leaving it out', async () => {
    expect(await composite([lookUp('leads', 'SELECT COUNT() FROM Lead')], { allOrNone: true })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'JSON_PARSER_ERROR', message: expect.stringContaining('allOrNone') }],
    });
  });
});

test('every data answer tells how much of the daily limit is used', async () => {
  const first = await session.call('GET', '/sobjects');
  const second = await session.call('GET', '/sobjects/Nope/describe');
  expect(first.headers.get('sforce-limit-info')).toBe('api-usage=1/15000');
  expect(second.headers.get('sforce-limit-info')).toBe('api-usage=2/15000');
});

test('an outage strikes data requests in the words of Salesforce, and passes', async () => {
  sandbox.refuseNext('REQUEST_LIMIT_EXCEEDED');
  expect(await session.call('GET', '/sobjects')).toMatchObject({
    status: 403,
    body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
  });
  expect((await session.call('GET', '/sobjects')).status).toBe(200);
});

test('a statement too long for a URL is refused there, and carried out inside a composite request', async () => {
  const soql = `SELECT Name FROM Account WHERE Name IN ('Contoso'${", 'Nobody at all'".repeat(1200)})`;
  const path = `/query?q=${encodeURIComponent(soql)}`;
  const response = await fetch(sandbox.url + base + path);
  expect([414, 431]).toContain(response.status);
  const compositeRequest = [{ method: 'GET', url: base + path, referenceId: 'long' }];
  const { body } = await session.call('POST', '/composite', { compositeRequest });
  expect(body.compositeResponse[0]?.body.records).toMatchObject([{ Name: 'Contoso' }]);
});

test('the data is believable: owners, accounts and numbers fit together, and no id dangles', async () => {
  expect(sandbox.records('User').filter(({ IsActive }) => !IsActive)).toHaveLength(1);
  for (const { name } of (await session.connection.describeGlobal()).sobjects) {
    const { fields } = await session.connection.sobject(name).describe();
    const references = fields.filter(({ type }) => type === 'reference');
    for (const row of sandbox.records(name)) {
      for (const field of references) {
        const target = row[field.name];
        if (target === null) continue;
        const targets = (field.referenceTo ?? []).flatMap(type => sandbox.records(type));
        expect(
          targets.map(({ Id }) => Id),
          `${name}.${field.name} of ${row.Id}`,
        ).toContain(target);
      }
    }
  }
});
