import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SalesforceSandbox, startSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { now, signIn } from './signedIn.ts';

// Made before the sandbox starts: it takes seconds, in which a connection that is kept alive would time out.
const anyNames = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .filter(name => !/[\p{Cc}\p{Cs}]/u.test(name));

let sandbox: SalesforceSandbox;
let session: Awaited<ReturnType<typeof signIn>>;

beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now });
  session = await signIn(sandbox);
});
afterAll(() => sandbox.close());

describe('a WHERE clause', () => {
  test.each([
    ["Name = 'contoso'", ['Contoso']],
    ["Name = 'D\\'Arcy & Sons'", ["D'Arcy & Sons"]],
    ["Name LIKE 'contoso%'", ['Contoso', 'Contoso Europe GmbH']],
    ["Name LIKE '100\\% Bio\\_%'", ['100% Bio_Markt']],
    ["Name LIKE '100_ Bio_Mark_'", ['100% Bio_Markt']],
    ["Name LIKE 'x\\%'", []],
    ["Name LIKE '%\\\\%'", []],
    ["Name = '\\u0043ontoso'", ['Contoso']],
    ["Name IN ('contoso', 'café águila')", ['Contoso', 'Café Águila']],
    ["Name LIKE 'contoso%' AND (NOT Name LIKE '%GmbH')", ['Contoso']],
    ["Name LIKE '%o%' AND NOT (Name LIKE '%i%' OR Name LIKE '%e%')", ['Contoso', "D'Arcy & Sons"]],
    ["(Name = 'Contoso' AND Rating = 'Cold') OR (Rating = 'Hot' AND AnnualRevenue > 1000000)", ['Contoso']],
    ["Rating = 'Hot' AND AnnualRevenue >= 48000000 AND NumberOfEmployees <= 420", ['Contoso']],
    ["ParentId != null AND Parent.Name = 'CONTOSO'", ['Contoso Europe GmbH']],
    ['AnnualRevenue = null', ['The "Quiet" Room']],
    ['AnnualRevenue < 2000000 OR Name = \'The \\"Quiet\\" Room\'', ['Café Águila', 'The "Quiet" Room']],
    ['Owner.IsActive = false', ["O'Neil Healthcare"]],
    ["Rating NOT IN ('Hot', 'Warm', 'Cold') AND BillingCountry = 'Ireland'", ["D'Arcy & Sons", 'The "Quiet" Room']],
    ["Rating != 'Hot' AND Name LIKE 'Contoso%'", ['Contoso Europe GmbH']],
    ['Id IN (SELECT AccountId FROM Opportunity WHERE Amount > 500000)', ['Fabrikam, Inc.', '田中精機']],
    [
      "Name LIKE 'C%' AND Id NOT IN (SELECT ParentId FROM Account WHERE ParentId != null)",
      ['Contoso Europe GmbH', 'Café Águila'],
    ],
  ])('%s finds %j', async (where, names) => {
    expect(await session.column(`SELECT Name FROM Account WHERE ${where}`)).toEqual(names);
  });

  test('a record is found by its id of 15 characters and of 18', async () => {
    const [contoso] = sandbox.records('Account');
    const id = contoso?.Id ?? '';
    expect(id).toHaveLength(18);
    expect(await session.column(`SELECT Name FROM Account WHERE Id = '${id}'`)).toEqual(['Contoso']);
    expect(await session.column(`SELECT Name FROM Account WHERE Id = '${id.slice(0, 15)}'`)).toEqual(['Contoso']);
    expect(await session.column(`SELECT Name FROM Account WHERE Id = '${id.slice(0, 15).toUpperCase()}'`)).toEqual([]);
  });

  test('INCLUDES wants all values of one group, EXCLUDES none', async () => {
    const projects = (where: string) => session.column(`SELECT Name FROM Project__c WHERE ${where}`);
    expect(await projects("Regions__c INCLUDES ('EMEA;AMER', 'APAC')")).toEqual(['Contoso plant rollout']);
    expect(await projects("Regions__c EXCLUDES ('AMER')")).toEqual(['Zürich press hall', "D'Arcy tills"]);
    expect(await projects("Account__r.Name = 'Contoso' AND Sponsor__r.FirstName = 'Maria'")).toHaveLength(1);
  });
});

test('a record is found by its name, whatever the name, with = and with LIKE', async () => {
  const quoted = (text: string) => text.replace(/['"\\]/g, '\\$&');
  await fc.assert(
    fc.asyncProperty(anyNames, async name => {
      const { id } = (await session.call('POST', '/sobjects/Lead', { LastName: name, Company: 'Fuzz' })).body;
      const pattern = quoted(name).replace(/[%_]/g, '\\$&');
      for (const where of [`LastName = '${quoted(name)}'`, `LastName LIKE '${pattern}'`]) {
        expect(await session.column(`SELECT Id FROM Lead WHERE Company = 'Fuzz' AND ${where}`)).toContain(id);
      }
    }),
    { numRuns: 60 },
  );
});

describe('date literals, on Wednesday 18 November 2026', () => {
  const dates = [
    '2025-11-18',
    '2026-08-19',
    '2026-08-20',
    '2026-09-30',
    '2026-10-01',
    '2026-10-31',
    '2026-11-08',
  ].concat([
    '2026-11-14',
    '2026-11-15',
    '2026-11-17',
    '2026-11-18',
    '2026-11-19',
    '2026-11-21',
    '2026-11-22',
    '2026-12-01',
    '2027-01-01',
  ]);
  let other: SalesforceSandbox;
  let column: (soql: string) => Promise<unknown[]>;

  beforeAll(async () => {
    other = await startSandbox({ now: () => now });
    const { call, column: read } = await signIn(other);
    column = read;
    for (const date of dates) await call('POST', '/sobjects/Task', { Subject: 'Dated', ActivityDate: date });
  });
  afterAll(() => other.close());

  test.each([
    ['= TODAY', ['2026-11-18']],
    ['= YESTERDAY', ['2026-11-17']],
    ['= TOMORROW', ['2026-11-19']],
    ['= LAST_N_DAYS:3', ['2026-11-15', '2026-11-17', '2026-11-18']],
    ['= NEXT_N_DAYS:3', ['2026-11-19', '2026-11-21']],
    ['= LAST_90_DAYS', dates.filter(date => date >= '2026-08-20' && date <= '2026-11-18')],
    ['= N_DAYS_AGO:4', ['2026-11-14']],
    ['= THIS_WEEK', ['2026-11-15', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-21']],
    ['= LAST_WEEK', ['2026-11-08', '2026-11-14']],
    ['= NEXT_WEEK', ['2026-11-22']],
    ['= LAST_MONTH', ['2026-10-01', '2026-10-31']],
    ['= NEXT_MONTH', ['2026-12-01']],
    ['= LAST_N_MONTHS:2', ['2026-09-30', '2026-10-01', '2026-10-31']],
    ['= LAST_QUARTER', ['2026-08-19', '2026-08-20', '2026-09-30']],
    ['= NEXT_YEAR', ['2027-01-01']],
    ['= LAST_FISCAL_YEAR', ['2025-11-18']],
    ['> THIS_MONTH', ['2026-12-01', '2027-01-01']],
    ['>= NEXT_WEEK', ['2026-11-22', '2026-12-01', '2027-01-01']],
    ['< LAST_QUARTER', ['2025-11-18']],
    ['<= LAST_QUARTER', ['2025-11-18', '2026-08-19', '2026-08-20', '2026-09-30']],
    ['> 2026-11-22', ['2026-12-01', '2027-01-01']],
    ['<= 2026-08-19', ['2025-11-18', '2026-08-19']],
  ])('ActivityDate %s', async (condition, expected) => {
    const soql = `SELECT ActivityDate FROM Task WHERE Subject = 'Dated' AND ActivityDate ${condition} ORDER BY ActivityDate`;
    expect(await column(soql)).toEqual(expected);
  });

  test('a time is compared as an instant, whatever its zone', async () => {
    const created = (condition: string) =>
      column(`SELECT COUNT(Id) FROM Task WHERE Subject = 'Dated' AND CreatedDate ${condition}`);
    expect(await created('= 2026-11-18T11:00:00+01:00')).toEqual([dates.length]);
    expect(await created('> 2026-11-18T10:00:00Z')).toEqual([0]);
    expect(await created('<= 2026-11-18T10:00:00Z')).toEqual([dates.length]);
    expect(await created('< 2026-11-18T10:00:00Z')).toEqual([0]);
    expect(await created('= TODAY')).toEqual([dates.length]);
  });
});

describe('a SELECT list', () => {
  test('nests parents, and says null for one that is missing', async () => {
    const { records } = await session.query(
      "SELECT Name, parent.owner.name, Parent.Name, Owner.Name FROM Account WHERE Name LIKE 'Contoso%' ORDER BY Name",
    );
    expect(records).toMatchObject([
      { Name: 'Contoso', Parent: null, Owner: { attributes: { type: 'User' }, Name: 'Li Wei' } },
      {
        Name: 'Contoso Europe GmbH',
        Parent: { Name: 'Contoso', Owner: { Name: 'Li Wei' } },
        Owner: { Name: 'Jonas Weber' },
      },
    ]);
    expect(records[0]?.attributes).toEqual({
      type: 'Account',
      url: `/services/data/v67.0/sobjects/Account/${sandbox.records('Account')[0]?.Id}`,
    });
  });

  test('follows a reference to objects of several types as far as they are alike', async () => {
    const { records } = await session.query(
      "SELECT What.Name, What.Type, Who.Name FROM Task WHERE Subject = 'Correct invoice 4711'",
    );
    expect(records).toMatchObject([
      { What: { attributes: { type: 'Name' }, Name: '00001002', Type: 'Case' }, Who: { Name: 'Sam Peters' } },
    ]);
    const { 0: error } = await session.query('SELECT What.Amount FROM Task');
    expect(error).toMatchObject({
      errorCode: 'INVALID_FIELD',
      message: expect.stringContaining("'Amount' on entity 'Name'"),
    });
  });

  test('holds children, filtered, sorted and limited for each parent, and null where there are none', async () => {
    const { records } = await session.query(
      `SELECT Name, (SELECT Name, Amount FROM Opportunities WHERE IsClosed = false ORDER BY Amount DESC LIMIT 2),
        (SELECT Id FROM Projects__r) FROM Account WHERE Name IN ('Contoso', 'Café Águila') ORDER BY Name`,
    );
    expect(records[0]).toMatchObject({ Name: 'Café Águila', Projects__r: null });
    expect(records[1]?.Opportunities).toMatchObject({
      totalSize: 2,
      done: true,
      records: [{ Amount: 240_000 }, { Amount: 86_000 }],
    });
  });

  test('FIELDS(ALL) gives every field, up to 200 records', async () => {
    const { records } = await session.query('SELECT FIELDS(ALL) FROM Project__c LIMIT 200');
    expect(records[0]).toMatchObject({ Name: 'Contoso plant rollout', Remaining__c: 159_500, IsDeleted: false });
    const { 0: error } = await session.query('SELECT FIELDS(ALL) FROM Project__c');
    expect(error?.message).toContain('must have a LIMIT of at most 200');
  });
});

test('records come in the order asked for: nulls first unless told, picklists in their own order, then by the next key', async () => {
  const stages = await session.column('SELECT StageName FROM Opportunity ORDER BY StageName, Amount DESC NULLS LAST');
  expect(stages[0]).toBe('Prospecting');
  expect(stages.at(-1)).toBe('Closed Lost');
  const amounts = 'SELECT Amount FROM Opportunity WHERE IsClosed = false ORDER BY Amount';
  expect((await session.column(`${amounts} LIMIT 2`))[0]).toBeNull();
  expect(await session.column(`${amounts} DESC NULLS LAST LIMIT 2`)).toEqual([1_250_000, 520_000]);
  expect(await session.column(`${amounts} DESC NULLS LAST LIMIT 2 OFFSET 1`)).toEqual([520_000, 410_000]);
});

describe('aggregates', () => {
  test('COUNT() answers with a size and no records', async () => {
    expect(await session.query("SELECT COUNT() FROM Account WHERE Name LIKE 'contoso%'")).toEqual({
      totalSize: 2,
      done: true,
      records: [],
    });
  });

  test('groups are counted, summed, filtered and sorted, under their aliases or expr0', async () => {
    const { records } = await session.query(
      `SELECT Account.Name, COUNT(Id) deals, SUM(Amount), MAX(CloseDate) latest FROM Opportunity WHERE IsWon = true
        GROUP BY Account.Name HAVING SUM(Amount) > 90000 ORDER BY SUM(Amount) DESC`,
    );
    expect(records).toEqual([
      {
        attributes: { type: 'AggregateResult' },
        Name: 'Fabrikam, Inc.',
        deals: 1,
        expr0: 330_000,
        latest: '2026-10-19',
      },
      {
        attributes: { type: 'AggregateResult' },
        Name: 'Zürich Werkzeuge',
        deals: 1,
        expr0: 150_000,
        latest: '2026-05-02',
      },
      { attributes: { type: 'AggregateResult' }, Name: '田中精機', deals: 1, expr0: 99_000, latest: '2026-11-08' },
    ]);
  });

  test('nulls do not count', async () => {
    const { records } = await session.query(
      "SELECT COUNT(Id), COUNT(Amount), AVG(Amount) FROM Opportunity WHERE Account.Name = 'Café Águila'",
    );
    expect(records).toMatchObject([{ expr0: 2, expr1: 1, expr2: 7400 }]);
  });

  test('a date function groups and filters', async () => {
    const { records } = await session.query(
      'SELECT CALENDAR_YEAR(CloseDate) y, COUNT(Id) n FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) < 2027 ' +
        'GROUP BY CALENDAR_YEAR(CloseDate) ORDER BY CALENDAR_YEAR(CloseDate)',
    );
    expect(records.map(({ y }) => y)).toEqual([2025, 2026]);
  });

  test('the days of times are those of UTC, and with convertTimezone those of the zone of the user', async () => {
    const hours = async (field: string) => {
      const hour = `HOUR_IN_DAY(${field})`;
      const { records } = await session.query(
        `SELECT ${hour} h, COUNT(Id) n FROM Case GROUP BY ${hour} ORDER BY ${hour}`,
      );
      return records.map(({ h, n }) => [h, n]);
    };
    const berlin = sandbox.records('Case').map(({ CreatedDate }) => {
      const at = new Date(String(CreatedDate));
      return [
        at.getUTCHours(),
        Number(
          new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: '2-digit', hourCycle: 'h23' }).format(at),
        ),
      ];
    });
    const counted = (all: (number | undefined)[]) =>
      [...new Set(all)].sort((a = 0, b = 0) => a - b).map(hour => [hour, all.filter(each => each === hour).length]);
    expect(await hours('CreatedDate')).toEqual(counted(berlin.map(([utc]) => utc)));
    expect(await hours('convertTimezone(CreatedDate)')).toEqual(counted(berlin.map(([, local]) => local)));
  });
});

describe('a wrong statement is refused in the words of Salesforce', () => {
  test.each([
    ['SELECT Id FROM Account WHERE', 'MALFORMED_QUERY', "unexpected token: '<EOF>'"],
    [
      "SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Id = null",
      'MALFORMED_QUERY',
      "unexpected token: 'AND'",
    ],
    ['SELECT Id FROM Account WHERE Name IN ()', 'MALFORMED_QUERY', 'unexpected token'],
    [
      "SELECT Id FROM Account WHERE Name = 'a\\x'",
      'MALFORMED_QUERY',
      "Illegal character sequence '\\x' in string literal.",
    ],
    ['DELETE FROM Account', 'MALFORMED_QUERY', 'unexpected token'],
    [
      'SELECT Id, Nope FROM Account',
      'INVALID_FIELD',
      "\nSELECT Id, Nope FROM Account\n           ^\nERROR at Row:1:Column:12\nNo such column 'Nope' on entity 'Account'.",
    ],
    ['SELECT Id FROM Account WHERE Nope = 1', 'INVALID_FIELD', "No such column 'Nope' on entity 'Account'."],
    ['SELECT Boss.Name FROM Account', 'INVALID_FIELD', "Didn't understand relationship 'Boss' in field path."],
    [
      'SELECT (SELECT Id FROM Deals) FROM Account',
      'INVALID_TYPE',
      "Didn't understand relationship 'Deals' in FROM part of query call.",
    ],
    ['SELECT Id FROM Nope', 'INVALID_TYPE', "sObject type 'Nope' is not supported."],
    ['SELECT Id, id FROM Account', 'INVALID_FIELD', 'duplicate field selected: Id'],
    ['SELECT Name n FROM Account', 'MALFORMED_QUERY', 'only aggregate expressions use field aliasing'],
    ['SELECT Name, COUNT(Id) FROM Account', 'MALFORMED_QUERY', 'Field must be grouped or aggregated: Name'],
    [
      'SELECT Amount, COUNT(Id) FROM Opportunity GROUP BY Amount',
      'MALFORMED_QUERY',
      "field 'Amount' can not be grouped in a query call",
    ],
    [
      'SELECT COUNT(Id) FROM Opportunity GROUP BY CALENDAR_YEAR(convertTimezone(CloseDate))',
      'MALFORMED_QUERY',
      'convertTimezone takes a dateTime',
    ],
    [
      "SELECT Id FROM Opportunity WHERE Amount > '5'",
      'INVALID_FIELD',
      'must be of type currency and should not be enclosed in quotes',
    ],
    [
      'SELECT Id FROM Account WHERE Name = 5',
      'INVALID_FIELD',
      'must be of type string and should be enclosed in quotes',
    ],
    ['SELECT Id FROM Account WHERE CreatedDate > 2026-01-01', 'INVALID_FIELD', 'must be of type dateTime'],
    [
      "SELECT Id FROM Account WHERE Description LIKE 'a%'",
      'INVALID_FIELD',
      "field 'Description' can not be filtered in a query call",
    ],
    [
      'SELECT Id FROM Account ORDER BY Description',
      'MALFORMED_QUERY',
      "field 'Description' can not be sorted in a query call",
    ],
    ["SELECT Id FROM Account WHERE Id = 'nope'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: nope'],
    ["SELECT Id FROM Account WHERE Id LIKE '001%'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator on id field'],
    ['SELECT Id FROM Account OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000'],
  ])('%s', async (soql, errorCode, message) => {
    const answer = await session.call('GET', `/query?q=${encodeURIComponent(soql)}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual([{ errorCode, message: expect.stringContaining(message) }]);
  });
});
