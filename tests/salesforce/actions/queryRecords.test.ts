import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce({ sandbox: { largestPage: 4 } });
const contoso = recordId('001', 1);

const query = (soql: string, more: Record<string, string> = {}) =>
  salesforce.call('queryRecords', { query: { soql, ...more } });

test('answers plain records: parents flattened, children listed, empty values left out, with a link', async () => {
  const { status, body } = await query(
    `SELECT Id, Name, Website, Owner.Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Name = 'The "Quiet" Room'`,
  );
  expect(status).toBe(200);
  expect(body).toMatchObject({ summary: '1 record.', objectType: 'Account' });
  expect(body.records).toEqual([
    {
      Id: recordId('001', 8),
      Name: 'The "Quiet" Room',
      'Owner.Name': 'Ana Ruiz',
      Contacts: [{ LastName: 'Walsh' }],
      url: `${salesforce.sandbox.url}/lightning/r/Account/${recordId('001', 8)}/view`,
    },
  ]);
  expect(salesforce.costs()).toEqual(['GET /query']);
});

test.each([
  ['SELECT COUNT() FROM Account', 'SELECT COUNT() FROM Account'],
  ['SELECT SUM(Amount) total FROM Opportunity', 'SELECT SUM(Amount) total FROM Opportunity'],
  [
    "SELECT Id FROM Account WHERE Name = 'LIMIT 1'",
    "SELECT Id FROM Account WHERE Name = 'LIMIT 1' ORDER BY Id LIMIT 26",
  ],
  ['SELECT Id FROM Account LIMIT 2000', 'SELECT Id FROM Account ORDER BY Id LIMIT 26'],
  [
    'SELECT Id FROM Account ORDER BY Name LIMIT 2 OFFSET 3',
    'SELECT Id FROM Account ORDER BY Name, Id LIMIT 2 OFFSET 3',
  ],
  ["SELECT Id FROM Account WHERE Name='x'LIMIT 5", "SELECT Id FROM Account WHERE Name='x' ORDER BY Id LIMIT 5"],
  [`SELECT Id FROM Account LIMIT ${' '.repeat(40)}99999999999`, 'SELECT Id FROM Account ORDER BY Id LIMIT 26'],
  ['SELECT Name FROM Account ORDER BY id DESC LIMIT 50', 'SELECT Name FROM Account ORDER BY id DESC LIMIT 26'],
  [
    'SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName',
    'SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName LIMIT 26',
  ],
])('%s is asked as %s', async (soql, asked) => {
  expect((await query(soql)).status).toBe(200);
  expect(salesforce.asked()[0]?.query.get('q')).toBe(asked);
});

test('counts are told as a number', async () => {
  const { body } = await query('SELECT COUNT() FROM Account');
  expect(body).toMatchObject({ summary: '12 records match.', count: 12, records: [] });
});

test('pages hold every record of the statement once, and no more than its LIMIT', async () => {
  const seen: unknown[] = [];
  let pageToken = '';
  for (let pages = 0; pages < 20; pages += 1) {
    const { body } = await query('SELECT Name FROM Contact ORDER BY Name LIMIT 11', { limit: '3', pageToken });
    seen.push(...list(body.records).map(({ Name }) => Name));
    pageToken = body.nextPageToken;
    if (!pageToken) break;
  }
  const whole = await query('SELECT Name FROM Contact ORDER BY Name LIMIT 11', { limit: '100' });
  expect(seen).toHaveLength(11);
  expect(seen.slice(0, 4)).toEqual(list(whole.body.records).map(({ Name }) => Name));
});

test('where Salesforce answers in short pages of its own, its locator is followed, and nothing else of its URL', async () => {
  const seen: unknown[] = [];
  let pageToken = '';
  salesforce.asked();
  for (let pages = 0; pages < 20; pages += 1) {
    const { status, body } = await query("SELECT Name FROM Account WHERE Name != 'x' ORDER BY Name", { pageToken });
    expect(status).toBe(200);
    seen.push(...list(body.records).map(({ Name }) => Name));
    pageToken = body.nextPageToken;
    if (!pageToken) break;
  }
  expect(seen).toHaveLength(12);
  expect(new Set(seen).size).toBe(12);
  const [first, again, ...others] = salesforce.costs();
  expect([first, again]).toEqual(['GET /query', 'GET /query']);
  for (const path of others) expect(path).toMatch(/^GET \/query\/01g[\w-]+$/);
});

test('a list that is longer than what was asked for at once goes on behind the last locator', async () => {
  const statement = "SELECT Id FROM Contact WHERE LastName != 'x' ORDER BY Id";
  const seen: unknown[] = [];
  let pageToken = '';
  for (let pages = 0; pages < 40; pages += 1) {
    const { body } = await query(statement, { limit: '10', pageToken });
    seen.push(...list(body.records).map(({ Id }) => Id));
    pageToken = body.nextPageToken;
    if (!pageToken) break;
  }
  const all = salesforce.sandbox.records('Contact').map(({ Id }) => Id);
  expect(all.length).toBeGreaterThan(20);
  expect(seen).toEqual(all);
});

test('a list of children that goes on says so', async () => {
  const Contacts = { totalSize: 9, done: false, records: [{ LastName: 'Walsh' }] };
  const body = JSON.stringify({ totalSize: 1, done: true, records: [{ Name: 'Contoso', Contacts }] });
  salesforce.sandbox.fail({ path: '/query$', status: 200, body });
  const { body: answer } = await query("SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'x'");
  expect(answer.records).toEqual([{ Name: 'Contoso', Contacts: [{ LastName: 'Walsh' }], 'Contacts.truncated': true }]);
});

test('a list that Salesforce has forgotten is to be started anew', async () => {
  const statement = "SELECT Name FROM Account WHERE Name != 'x'";
  let pageToken = '';
  for (let pages = 0; pages < 2; pages += 1) {
    pageToken = (await query(statement, { limit: '4', pageToken })).body.nextPageToken;
  }
  const body = JSON.stringify([{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]);
  salesforce.sandbox.fail({ path: '/query/01g', status: 404, body });
  const { status, body: answer } = await query(statement, { limit: '4', pageToken });
  expect(status).toBe(400);
  expect(answer.detail).toContain('Leave it out to start from the first page.');
});

test('groups go on page by page in what Salesforce answers at once, for it leads to no others', async () => {
  const statement = 'SELECT Industry, COUNT(Id) n FROM Account GROUP BY Industry';
  const first = await query(statement, { limit: '2' });
  expect(first.body.records).toHaveLength(2);
  salesforce.asked();
  const second = await query(statement, { limit: '2', pageToken: first.body.nextPageToken });
  expect(second.body.records).toHaveLength(2);
  expect(salesforce.asked()[0]).toMatchObject({ headers: { 'sforce-query-options': 'batchSize=2000' } });
});

test('a next page that leads elsewhere is not followed', async () => {
  const body = { totalSize: 2, done: false, nextRecordsUrl: 'https://evil.example/a b', records: [{ Id: contoso }] };
  salesforce.sandbox.fail({ path: '/query$', status: 200, body: JSON.stringify(body) });
  const { body: answer } = await query("SELECT Id FROM Account WHERE Name = 'x'");
  expect(answer.nextPageToken).toBeUndefined();
});

test.each([
  ['DELETE FROM Account', 'Only a SELECT statement is allowed'],
  ['SELECT Id FROM Account', 'It would return all records of Account. Add a WHERE'],
  ["SELECT Id FROM Account WHERE Name = 'x' FOR UPDATE", 'FOR and UPDATE clauses'],
  ["SELECT Id, (SELECT Id FROM Contacts FOR VIEW) FROM Account WHERE Name = 'x'", 'FOR and UPDATE clauses'],
  ['SELECT CALENDAR_YEAR(CreatedDate) FROM Account', 'It would return all records of Account'],
  ['SELECT COUNT(), Name FROM Account', 'It would return all records of Account'],
  ['SELECT Name, MAX(AnnualRevenue) FROM Account', 'It would return all records of Account'],
  ["SELECT FIELDS(ALL) FROM Account WHERE Name = 'x'", 'a LIMIT of at most 200'],
])('%s is refused with the reason before anything is sent', async (soql, reason) => {
  const { status, body } = await query(soql);
  expect(status).toBe(400);
  expect(body.detail).toContain(reason);
  expect(salesforce.asked()).toEqual([]);
});

test.each([
  ["SELECT Id, Industri FROM Account WHERE Name = 'x'", '"Industry"'],
  ['SELECT Id FROM Account WHERE Number_of_Employees = 5', '"NumberOfEmployees"'],
  ["SELECT Id FROM Acount WHERE Name = 'x'", '"Account"'],
])('%s is refused with the names that come near', async (soql, near) => {
  const { status, body } = await query(soql);
  expect(status).toBe(400);
  expect(body.detail).toMatch(/The nearest (?:of Account )?are /);
  expect(body.detail).toContain(near);
});

test("what only Salesforce can know is told in Salesforce's words", async () => {
  const { status, body } = await query("SELECT Foo__c FROM Account WHERE Name = 'x'");
  expect(status).toBe(400);
  expect(body.detail).toMatch(/^Salesforce says: No such column 'Foo__c' on entity 'Account'\./);
  const unfinished = await query('SELECT Id FROM Account WHERE Name');
  expect(unfinished.body).toMatchObject({ code: 'invalid_input', detail: expect.stringMatching(/^Salesforce says: /) });
});
