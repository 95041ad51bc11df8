import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Salesforce } from '../../../functions/salesforce/api/salesforce.ts';
import { calendarOf, spansBetween, units } from '../../../functions/salesforce/api/summary/calendar.ts';
import { aggregateStatement, rowStatement } from '../../../functions/salesforce/api/summary/countedBy.ts';
import { groupingsOf } from '../../../functions/salesforce/api/summary/grouping.ts';
import { measuresOf } from '../../../functions/salesforce/api/summary/measure.ts';
import { givenPeriod, namedPeriod, periodBefore } from '../../../functions/salesforce/api/summary/period.ts';
import { filtersOf } from '../../../functions/salesforce/api/summary/scope.ts';
import { describeSchema } from '../../../functions/salesforce/api/wire.ts';
import { parseSoql } from '../../../functions/salesforce/sandbox/soql.ts';
import { readConditions } from '../../../shared/filter/condition.ts';

const standard = calendarOf({ startMonth: 1, isNamedByStart: true, custom: [] });
const fromFebruary = calendarOf({ startMonth: 2, isNamedByStart: false, custom: [] });
const ownYear = calendarOf({
  startMonth: 1,
  isNamedByStart: false,
  custom: [
    {
      name: 'FY2027',
      from: '2026-02-05',
      to: '2027-02-03',
      quarters: [
        { name: 'FY2027 Q1', from: '2026-02-05', to: '2026-05-06' },
        { name: 'FY2027 Q2', from: '2026-05-07', to: '2026-08-05' },
        { name: 'FY2027 Q3', from: '2026-08-06', to: '2026-11-04' },
        { name: 'FY2027 Q4', from: '2026-11-05', to: '2027-02-03' },
      ],
    },
  ],
});

/** A Monday. */
const now = new Date('2026-11-30T12:00:00Z');
const at = (calendar = standard, timeZone = 'UTC') => ({ now, timeZone, calendar });
const days = ({ from, to }: { from?: string | undefined; to?: string | undefined }) => `${from} ${to}`;

describe('a period', () => {
  it.each([
    ['today', '2026-11-30 2026-11-30', '2026-11-29 2026-11-29'],
    ['This Week', '2026-11-30 2026-12-06', '2026-11-23 2026-11-29'],
    ['last month', '2026-10-01 2026-10-31', '2026-09-01 2026-09-30'],
    ['this quarter', '2026-10-01 2026-12-31', '2026-07-01 2026-09-30'],
    ['next quarter', '2027-01-01 2027-03-31', '2026-10-01 2026-12-31'],
    ['last_year', '2025-01-01 2025-12-31', '2024-01-01 2024-12-31'],
    ['last 30 days', '2026-11-01 2026-11-30', '2026-10-02 2026-10-31'],
    ['next 7 days', '2026-12-01 2026-12-07', '2026-11-24 2026-11-30'],
    ['last 6 months', '2026-05-01 2026-10-31', '2025-11-01 2026-04-30'],
    ['last 2 quarters', '2026-04-01 2026-09-30', '2025-10-01 2026-03-31'],
    ['next 2 years', '2027-01-01 2028-12-31', '2025-01-01 2026-12-31'],
    ['quarter to date', '2026-10-01 2026-11-30', '2026-07-01 2026-08-30'],
    ['YTD', '2026-01-01 2026-11-30', '2025-01-01 2025-11-30'],
    ['month to date', '2026-11-01 2026-11-30', '2026-10-01 2026-10-30'],
    ['Q4 2026', '2026-10-01 2026-12-31', '2026-07-01 2026-09-30'],
    ['2025 Q1', '2025-01-01 2025-03-31', '2024-10-01 2024-12-31'],
    ['Q2', '2026-04-01 2026-06-30', '2026-01-01 2026-03-31'],
    ['November 2026', '2026-11-01 2026-11-30', '2026-10-01 2026-10-31'],
    ['Sept. 2026', '2026-09-01 2026-09-30', '2026-08-01 2026-08-31'],
    ['2026-02', '2026-02-01 2026-02-28', '2026-01-01 2026-01-31'],
    ['2024', '2024-01-01 2024-12-31', '2023-01-01 2023-12-31'],
  ])('called %s is %s, after %s', (name, expected, before) => {
    const { period, previous } = namedPeriod(name, at());
    expect([days(period), days(previous)]).toEqual([expected, before]);
  });

  it.each([
    ['this quarter', '2026-11-01 2027-01-31'],
    ['this fiscal year', '2026-02-01 2027-01-31'],
    ['this calendar quarter', '2026-10-01 2026-12-31'],
    ['FY2027', '2026-02-01 2027-01-31'],
    ['FY27 Q1', '2026-02-01 2026-04-30'],
    ['Q1 FY2027', '2026-02-01 2026-04-30'],
  ])('called %s is %s where the fiscal year begins in February', (name, expected) => {
    expect(days(namedPeriod(name, at(fromFebruary)).period)).toBe(expected);
  });

  it('is that of a year which the org has defined itself', () => {
    expect(days(namedPeriod('this quarter', at(ownYear)).period)).toBe('2026-11-05 2027-02-03');
    expect(days(namedPeriod('last quarter', at(ownYear)).period)).toBe('2026-08-06 2026-11-04');
    expect(days(namedPeriod('this year', at(ownYear)).period)).toBe('2026-02-05 2027-02-03');
  });

  it('has its moments in the zone that decides', () => {
    const { period } = namedPeriod('today', at(standard, 'Asia/Kolkata'));
    expect([period.first.toISOString(), period.last.toISOString()]).toEqual([
      '2026-11-29T18:30:00.000Z',
      '2026-11-30T18:29:59.999Z',
    ]);
  });

  it.each([
    ['2026-10-01', '2026-10-31', '2026-09-01 2026-09-30'],
    ['2026-01-01', '2026-12-31', '2025-01-01 2025-12-31'],
    ['2026-11-10', '2026-11-19', '2026-10-31 2026-11-09'],
    ['2026-11-24', undefined, '2026-11-17 2026-11-23'],
  ])('from %s to %s is compared with %s', async (since, until, expected) => {
    const given = await givenPeriod({ since, until }, at());
    expect(days(periodBefore(given, at()).previous)).toBe(expected);
  });

  it.each([
    ...['', 'soon', 'this decade', '2026-13', 'Q5 2026', 'last 0 days', 'last 9999 years', 'Smarch 2026'],
    // They only begin like a month.
    ...['marketing 2026', 'decade 2026', 'jun3 2026', 'mayor 2026'],
    // SOQL has no such days.
    ...['last 300 years', 'last 999 quarters'],
  ])('is none where it is %j', name => {
    expect(() => namedPeriod(name, at())).toThrow('is no period');
  });
});

describe('the spans of a unit', () => {
  const anyDay = fc
    .integer({ min: 0, max: 20_000 })
    .map(count => new Date(Date.UTC(2000, 0, 1 + count)).toISOString().slice(0, 10));

  it('have each day once, and follow one another without a gap', () => {
    fc.assert(
      fc.property(
        anyDay,
        fc.constantFrom(...units),
        fc.constantFrom(standard, fromFebruary, ownYear),
        (day, unit, calendar) => {
          const span = calendar.span(unit, day);
          expect(span.from <= day && day <= span.to).toBe(true);
          const spans = spansBetween(calendar, unit, { from: span.from, to: day, most: 400 });
          if (calendar !== ownYear) expect(spans).toEqual([span]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const object = describeSchema.parse({
  name: 'Opportunity',
  label: 'Opportunity',
  fields: [
    { name: 'StageName', label: 'Stage', type: 'picklist' },
    { name: 'Amount', label: 'Amount', type: 'currency', groupable: false },
    { name: 'CloseDate', label: 'Close Date', type: 'date' },
    { name: 'CreatedDate', label: 'Created Date', type: 'datetime', groupable: false },
    { name: 'IsWon', label: 'Won', type: 'boolean' },
    { name: 'IsClosed', label: 'Closed', type: 'boolean' },
    { name: 'NextStep', label: `It's "odd" \\ OR`, type: 'string' },
    { name: 'OwnerId', label: 'Owner ID', type: 'reference', referenceTo: ['User'], relationshipName: 'Owner' },
  ],
});
/** Nothing is asked for but paths, which are all open. */
const salesforce = { openPaths: async (_: string, paths: readonly string[]) => [...paths] } as unknown as Salesforce;

describe('every statement that is built', () => {
  const anyText = fc
    .string({
      unit: fc.constantFrom("'", '"', '\\', '%', ')', '(', ' OR ', ' LIMIT 1', ' GROUP BY Id', '\n', '--', ',', 'a'),
      minLength: 1,
    })
    .filter(text => text.trim() !== '');

  it('parses, and has its own conditions, groups and figures alone, whatever the values are', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.subarray(['Stage', 'owner', 'week of Created Date', 'quarter of close date', 'Won', 'day of closing'], {
          minLength: 0,
          maxLength: 2,
        }),
        fc.subarray(['Amount', 'average Amount', 'win rate', 'days to close'], { minLength: 0 }),
        fc.boolean(),
        async (text, groupBy, measure, isMulti) => {
          const read = readConditions(JSON.stringify({ 'It\'s "odd" \\ OR': text, Stage: { contains: text } }));
          if (!('conditions' in read)) return;
          const describing = { ...salesforce, describe: async () => object } as unknown as Salesforce;
          const { conditions } = await filtersOf({ where: read.conditions, openOnly: true, overdue: true }, object, {
            salesforce: describing,
            clock: at(),
          });
          const parts = { salesforce, object, calendar: standard, timeZone: 'UTC', dateField: 'CloseDate' };
          const counting = {
            salesforce,
            objectType: 'Opportunity',
            conditions,
            groupings: await groupingsOf(groupBy, parts),
            measures: measuresOf(measure, object),
            now,
            timeZone: 'UTC',
            sessionTimeZone: 'UTC',
            isMulti,
            withArchived: false,
            corporate: 'USD',
          };
          const grouped = parseSoql(aggregateStatement(counting).text);
          const isGrouped =
            groupBy.length > 0 || measure.includes('win rate') || (isMulti && /amount/i.test(measure.join()));
          expect([grouped.sObject, grouped.limit, grouped.groupBy !== undefined]).toEqual([
            'Opportunity',
            isGrouped ? 2000 : undefined,
            isGrouped,
          ]);
          const rows = parseSoql(rowStatement(counting, false).text);
          expect([rows.sObject, rows.limit, rows.groupBy]).toEqual(['Opportunity', undefined, undefined]);
          // The value is one literal, and nothing of it a condition: two of the texts, and three of the flags.
          const count = (clause: typeof rows.where): number =>
            clause
              ? (clause.left && 'operator' in clause.left ? 1 : 0) + ('right' in clause ? count(clause.right) : 0)
              : 0;
          expect([count(grouped.where), count(rows.where)]).toEqual([5, 5]);
        },
      ),
      { numRuns: 120 },
    );
  });
});
