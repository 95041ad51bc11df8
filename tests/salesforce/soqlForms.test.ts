import { expect, test } from 'vitest';
import { list, useSalesforce } from './harness.ts';

const salesforce = useSalesforce();

const query = (soql: string, more: Record<string, string> = {}) =>
  salesforce.call('queryRecords', { query: { soql, ...more } });

test('totals of a ROLLUP are marked, so that they are not taken for groups, and columns are named by what they are', async () => {
  const rollup =
    'SELECT Industry, Rating, COUNT(Id), SUM(AnnualRevenue) revenue FROM Account GROUP BY ROLLUP(Industry, Rating)';
  const { body } = await query(rollup, { limit: '100' });
  const rows = list(body.records);
  const all = salesforce.sandbox.records('Account');
  expect(rows.filter(({ totalOver }) => totalOver === 'Industry, Rating (grand total)')).toEqual([
    {
      'COUNT(Id)': all.length,
      revenue: all.reduce((sum, { AnnualRevenue }) => sum + Number(AnnualRevenue), 0),
      totalOver: 'Industry, Rating (grand total)',
    },
  ]);
  const technology = all.filter(({ Industry }) => Industry === 'Technology');
  expect(rows).toContainEqual(
    expect.objectContaining({ Industry: 'Technology', 'COUNT(Id)': technology.length, totalOver: 'Rating' }),
  );
  // A group without a value is no total.
  const unrated = all.filter(({ Industry, Rating }) => Industry === 'Technology' && Rating === null).length;
  expect(rows).toContainEqual(expect.objectContaining({ Industry: 'Technology', 'COUNT(Id)': unrated }));
  expect(JSON.stringify(rows)).not.toMatch(/grouping|expr\d|attributes/);
});

test('a CUBE has totals over each of its fields', async () => {
  const { body } = await query(
    'SELECT StageName s, Type, COUNT(Id) n FROM Opportunity GROUP BY CUBE(StageName, Type)',
    {
      limit: '100',
    },
  );
  const totals = new Set(list(body.records).map(({ totalOver }) => totalOver));
  expect(totals).toEqual(new Set([undefined, 'StageName', 'Type', 'StageName, Type (grand total)']));
  for (const { totalOver, s } of list(body.records)) {
    if (String(totalOver).includes('StageName')) expect(s).toBeUndefined();
  }
});

test.each([
  [
    'SELECT COUNT_DISTINCT(Industry), MAX(AnnualRevenue) FROM Account',
    ['COUNT_DISTINCT(Industry)', 'MAX(AnnualRevenue)'],
  ],
  [
    'SELECT CALENDAR_YEAR(CloseDate), SUM( Amount ) FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate)',
    ['CALENDAR_YEAR(CloseDate)', 'SUM( Amount )'],
  ],
  ['SELECT Account.Name, COUNT(Id) n FROM Opportunity GROUP BY Account.Name', ['Account.Name', 'n']],
  ['SELECT o.StageName, MIN(o.Amount) FROM Opportunity o GROUP BY o.StageName', ['StageName', 'MIN(o.Amount)']],
  [
    'SELECT HOUR_IN_DAY(convertTimezone(CreatedDate)) FROM Lead GROUP BY HOUR_IN_DAY(convertTimezone(CreatedDate))',
    ['HOUR_IN_DAY(convertTimezone(CreatedDate))'],
  ],
  ['SELECT COUNT(Id) n, AVG(Amount) FROM Opportunity', ['n', 'AVG(Amount)']],
])('%s has the columns %j', async (soql, columns) => {
  const { body } = await query(soql);
  expect(Object.keys(list(body.records)[0] ?? {}).sort()).toEqual(columns.toSorted());
});

/** Forms that Salesforce takes, whatever a parser of this service makes of them; what reaches it is the statement. */
test.each([
  "SELECT c.Name FROM Contact c, c.Account a WHERE a.Name = 'Contoso' ORDER BY c.Id",
  'SELECT COUNT(Id) FROM Opportunity HAVING COUNT(Id) > 1',
  'SELECT MAX(CALENDAR_YEAR(CloseDate)) FROM Opportunity',
  'SELECT FORMAT(SUM(Amount)) total FROM Opportunity',
  'SELECT Id FROM Shift WHERE StartTime > 12:00:00Z ORDER BY Id',
  'SELECT Id FROM Account WHERE AnnualRevenue > 1.5E+3 ORDER BY Id',
  'SELECT Id FROM Contact AS c WHERE c.Name != null ORDER BY Id',
  "SELECT Title FROM KnowledgeArticleVersion WHERE PublishStatus = 'Online' WITH DATA CATEGORY Geo__c ABOVE usa__c ORDER BY Id",
  'SELECT Id FROM Idea WHERE Title != null WITH RecordVisibilityContext (maxDescriptorPerRecord=100) ORDER BY Id',
  "SELECT Name FROM Warehouse__c WHERE DISTANCE(Location__c, GEOLOCATION(37.775, -122.418), 'mi') < 20 ORDER BY Id",
])('%s reaches Salesforce as it is', async soql => {
  await query(soql);
  const [asked = ''] = salesforce
    .asked()
    .flatMap(({ path, query }) => (path.endsWith('/query') ? (query.get('q') ?? '') : []));
  expect(asked.replace(/ LIMIT 26$/, '')).toBe(soql);
});

test('ALL ROWS finds deleted records, by the resource that has them', async () => {
  const [deleted] = salesforce.sandbox.records('Lead');
  if (!deleted) throw new Error('There is no lead.');
  deleted.IsDeleted = true;
  const { body } = await query(`SELECT Name FROM Lead WHERE Id = '${deleted.Id}' ALL ROWS`);
  expect(list(body.records)).toMatchObject([{ Name: deleted.Name }]);
  expect(salesforce.costs()).toEqual(['GET /queryAll']);
  expect((await query(`SELECT COUNT() FROM Lead WHERE Id = '${deleted.Id}' ALL ROWS`)).body).toMatchObject({
    count: 1,
  });
  expect(list((await query(`SELECT Name FROM Lead WHERE Id = '${deleted.Id}'`)).body.records)).toEqual([]);
  deleted.IsDeleted = false;
});

test.each([
  'SELECT c.Username FROM User c, c.Profile p',
  'SELECT o.Username FROM Account a, a.Owner o WHERE a.Name = :x',
  'SELECT Owner.Alias FROM Account WHERE x y z LIMIT 1',
  'SELECT (SELECT Username FROM ManagedUsers WHERE x y) FROM Account LIMIT 1',
  'SELECT Sponsor__r.Username FROM Project__c WHERE a b LIMIT 1',
  'SELECT Id FROM Account WHERE OwnerId IN (SELECT Id FROM User WHERE a b) LIMIT 1',
])('a form that cannot be checked reaches nothing of users: %s', async soql => {
  const { status } = await query(soql.replace(' = :x', ' = 1:'));
  expect([400, 403]).toContain(status);
  expect(salesforce.asked().filter(({ path }) => path.includes('/query'))).toEqual([]);
});

test('a lookup to several objects tells of each what is asked for', async () => {
  const soql =
    'SELECT TYPEOF What WHEN Account THEN Phone WHEN Opportunity THEN Amount ELSE Name END FROM Task WHERE WhatId != null';
  const { status, body } = await query(soql, { limit: '100' });
  expect(status).toBe(200);
  const columns = new Set(list(body.records).flatMap(record => Object.keys(record)));
  expect(columns).toContain('What.Amount');
});
