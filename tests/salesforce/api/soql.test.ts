import { type Condition, parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOnlyQuery } from '../../../functions/salesforce/api/readOnlyQuery.ts';
import {
  allOf,
  containing,
  containingDigits,
  day,
  names,
  type Soql,
  soql,
} from '../../../functions/salesforce/api/soql.ts';

/** Texts of any characters, those that mean something in SOQL above all. */
const hostileText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '%',
      '_',
      '\n',
      '\r',
      '\t',
      '\b',
      '\f',
      '\0',
      ' OR ',
      ')',
      ' LIMIT 1',
      '--',
      '\u2028',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.integer({ min: 0xd800, max: 0xdfff }).map(unit => String.fromCharCode(unit)),
  ),
  maxLength: 40,
});

/** The text that Salesforce reads in a literal: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm */
function textOf(literal: string): string {
  const meanings: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  expect(literal).toMatch(/^'(?:[^'\\]|\\.)*'$/su);
  return literal.slice(1, -1).replace(/\\(.)/gsu, (_whole, char: string) => meanings[char] ?? char);
}

/** What a value is once it is stored: half characters and control characters that nobody can type are gone. */
function storable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]/gu, char => ('\n\r\t\b\f'.includes(char) ? char : ' '));
}

function parsed({ text }: Soql): Query {
  return parseQuery(text);
}

function literals(condition: Query['where']): string[] {
  const found: string[] = [];
  for (let clause = condition; clause; clause = 'right' in clause ? clause.right : undefined) {
    const left = clause.left as Condition | null;
    if (left && 'value' in left) found.push(...[left.value].flat().map(String));
  }
  return found;
}

/** A statement with everything in it but its values. */
function structure(query: Query): unknown {
  return JSON.parse(JSON.stringify(query, (key, value) => (key === 'value' ? typeof value : value)));
}

test('no text ever changes the structure of a statement, and each arrives as it was', () => {
  const build = (name: string, city: string, owner: string) =>
    soql`SELECT Id FROM Account WHERE ${allOf([soql`Name = ${name}`, soql`BillingCity IN ${[city, name]}`, soql`Owner.Name LIKE ${containing(owner)}`])} ORDER BY Name LIMIT 5`;
  const plain = structure(parsed(build('a', 'b', 'c')));
  fc.assert(
    fc.property(hostileText, hostileText, hostileText, (name, city, owner) => {
      const query = parsed(build(name, city, owner));
      expect(structure(query)).toEqual(plain);
      const [first = '', second = '', third = '', like = ''] = literals(query.where);
      expect([first, second, third].map(textOf)).toEqual([name, city, name].map(storable));
      expect(like).toMatch(/^'%.*%'$/su);
    }),
    { numRuns: 300 },
  );
});

test('wildcards in a text stand for themselves', () => {
  fc.assert(
    fc.property(hostileText, text => {
      const inner = containing(text).text.slice(2, -2);
      expect(inner.replace(/\\./gsu, '')).not.toMatch(/[%_']/);
    }),
  );
});

test('numbers, dates and lists are written as SOQL reads them', () => {
  const moment = new Date('2026-11-15T09:00:00Z');
  expect(soql`a = ${1e21} AND b = ${1e-7} AND c = ${-2.5} AND d = ${true}`.text).toBe(
    'a = 1000000000000000000000 AND b = 0.0000001 AND c = -2.5 AND d = true',
  );
  expect(soql`a >= ${moment} AND b < ${day('2026-11-15')}`.text).toBe(
    'a >= 2026-11-15T09:00:00.000Z AND b < 2026-11-15',
  );
  expect(soql`a IN ${['x', "o'y"]}`.text).toBe(String.raw`a IN ('x', 'o\'y')`);
  expect(soql`a LIKE ${containingDigits('5550')}`.text).toBe("a LIKE '%5%5%5%0%'");
});

test.each([
  ['an empty list', () => soql`Id IN ${[]}`],
  ['undefined', () => soql`Id = ${undefined as unknown as string}`],
  ['null in a list', () => soql`Id IN ${['a', null as unknown as string]}`],
  ['not a number', () => soql`Amount > ${Number.NaN}`],
  ['no date', () => soql`CreatedDate > ${new Date('x')}`],
  ['no conditions', () => allOf([])],
  ['a name with a space', () => names('Id FROM User')],
  ['no names', () => names()],
  ['a day that is more', () => day('2026-11-15 OR 1=1')],
  ['digits that are not', () => containingDigits("5'")],
])('%s is an error, never a condition that vanishes', (_what, build) => {
  expect(build).toThrow('A query was built from a bad value.');
});

const bounds = fc.record({
  limit: fc.option(fc.nat(5000), { nil: undefined }),
  offset: fc.option(fc.nat(2000), { nil: undefined }),
});

test('the bounds are taken off a statement, whatever its texts say, and nothing else is', () => {
  fc.assert(
    fc.property(hostileText, bounds, (text, { limit, offset }) => {
      const base = soql`SELECT Id, (SELECT Id FROM Contacts LIMIT 3) FROM Account WHERE Name = ${text}`.text;
      const asked = `${base}${limit === undefined ? '' : ` limit ${limit}`}${offset === undefined ? '' : ` OFFSET ${offset}`}`;
      const { statement, total, start } = readOnlyQuery(asked);
      expect(total).toBe(limit ?? Number.POSITIVE_INFINITY);
      expect(start).toBe(offset ?? 0);
      expect(statement().text).toBe(`${base} ORDER BY Id`);
    }),
  );
});

test.each([
  ['DELETE FROM Account', 'Only a SELECT'],
  ["UPDATE Account SET Name = 'x'", 'Only a SELECT'],
  ['SELECT Id FROM Account', 'It would return all records of Account.'],
  ['SELECT Id', 'It is not valid SOQL'],
  ['SELECT FROM Account LIMIT 1', 'It is not valid SOQL'],
  ["SELECT Id FROM Account WHERE Name = 'x' FOR UPDATE", 'FOR and UPDATE'],
  ["SELECT Id FROM Account WHERE Name = 'x' FOR VIEW", 'FOR and UPDATE'],
  ["SELECT Id FROM Account WHERE Name = 'x' UPDATE VIEWSTAT", 'FOR and UPDATE'],
  ["SELECT Id FROM Account WHERE Name = 'x'; SELECT Id FROM User LIMIT 1", 'It is not valid SOQL'],
  ['SELECT Id FROM Account WHERE Id IN :ids', 'It is not valid SOQL'],
])('%s is refused with the reason', (text, reason) => {
  expect(() => readOnlyQuery(text)).toThrow(reason);
});

test.each([
  ['SELECT COUNT() FROM Account', 'count'],
  ['SELECT SUM(Amount) total FROM Opportunity', 'totals'],
  ['SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY StageName', 'groups'],
  ['SELECT Id FROM Account LIMIT 3', 'rows'],
  ["SELECT DISTANCE(Place__c, GEOLOCATION(37, 122), 'km') FROM Account WHERE Name != 'x'", 'rows'],
  ['select Id from Account limit 3 ;', 'rows'],
])('%s is bound, and answers %s', (text, kind) => {
  expect(readOnlyQuery(text).kind).toBe(kind);
});
