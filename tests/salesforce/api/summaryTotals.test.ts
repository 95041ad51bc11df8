import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Salesforce } from '../../../functions/salesforce/api/salesforce.ts';
import { soql } from '../../../functions/salesforce/api/soql.ts';
import { calendarOf, calendarYears } from '../../../functions/salesforce/api/summary/calendar.ts';
import { type Counting, countedBy } from '../../../functions/salesforce/api/summary/countedBy.ts';
import { groupingsOf } from '../../../functions/salesforce/api/summary/grouping.ts';
import { measuresOf } from '../../../functions/salesforce/api/summary/measure.ts';
import { groupsOf, numbersOf } from '../../../functions/salesforce/api/summary/told.ts';
import { describeSchema } from '../../../functions/salesforce/api/wire.ts';
import { createCurrencies } from '../../../functions/salesforce/sandbox/currencies.ts';
import { createOrg } from '../../../functions/salesforce/sandbox/org.ts';
import { createSchema } from '../../../functions/salesforce/sandbox/schema.ts';
import { runQuery } from '../../../functions/salesforce/sandbox/soql.ts';

const schema = createSchema(
  new Map([
    [
      'Deal__c',
      {
        label: 'Deal',
        labelPlural: 'Deals',
        keyPrefix: 'a01',
        fields: [
          { name: 'Stage__c', label: 'Stage', type: 'picklist', values: ['Open', { value: 'W', label: 'Won' }] },
          { name: 'Amount__c', label: 'Amount', type: 'currency' },
          { name: 'Count__c', label: 'Units', type: 'double' },
          { name: 'Due__c', label: 'Due', type: 'date' },
          { name: 'CurrencyIsoCode', label: 'Currency ISO Code', type: 'picklist', values: ['USD', 'EUR'] },
        ],
      },
    ],
  ]),
);
const object = describeSchema.parse({
  name: 'Deal__c',
  label: 'Deal',
  fields: schema
    .find('Deal__c')
    ?.fields.map(({ name, label, type, values }) => ({ name, label, type, picklistValues: values })),
});
const now = new Date('2026-11-30T12:00:00Z');
const currencies = createCurrencies([
  { isoCode: 'USD', rate: 1, corporate: true },
  { isoCode: 'EUR', rate: 0.5 },
]);

const analytics = { reportTypes: {}, reports: [], dashboards: [] };

const anyDeal = fc.record({
  Stage__c: fc.constantFrom('Open', 'W', null),
  Amount__c: fc.option(fc.integer({ min: -50_000, max: 100_000 }).map(cents => cents / 100)),
  Count__c: fc.option(fc.integer({ min: 0, max: 9 })),
  Due__c: fc.option(
    fc.integer({ min: 0, max: 500 }).map(days => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10)),
  ),
  CurrencyIsoCode: fc.constantFrom('USD', 'EUR'),
});
type Deal = typeof anyDeal extends fc.Arbitrary<infer Value> ? Value : never;

/** Salesforce with these records alone, as the sandbox carries out statements. */
function holding(deals: readonly Deal[]) {
  const org = createOrg(schema, () => now, { currencies, analytics, sharing: { defaults: {}, shares: {} } });
  const deal = schema.find('Deal__c');
  for (const values of deals) if (deal) org.insert(deal, values, '005000000000001AAA');
  const run = (text: string) =>
    runQuery({ org, viewer: { Id: '005000000000001AAA', access: 'all' }, soql: text, attributes: () => ({}) }).records;
  return {
    query: async ({ text }: { text: string }) => run(text),
    rows: async ({ text }: { text: string }, most: number) => {
      const records = run(`${text} LIMIT ${most + 1}`);
      return { records: records.slice(0, most), areAll: records.length <= most };
    },
    openPaths: async (_: string, paths: readonly string[]) => [...paths],
  } as unknown as Salesforce;
}

async function counting(deals: readonly Deal[], groupBy: string[], measure: string[]): Promise<Counting> {
  const salesforce = holding(deals);
  const parts = { salesforce, object, calendar: calendarOf(calendarYears), timeZone: 'UTC', dateField: 'Due__c' };
  return {
    salesforce,
    objectType: 'Deal__c',
    conditions: [soql`IsDeleted = FALSE`],
    groupings: await groupingsOf(groupBy, parts),
    measures: measuresOf(measure, object),
    now,
    timeZone: 'UTC',
    sessionTimeZone: 'UTC',
    isMulti: true,
    withArchived: false,
    corporate: 'USD',
  };
}

const monthOf = ({ Due__c }: Deal) => Due__c?.slice(0, 7) ?? 'none';
const stageOf = ({ Stage__c }: Deal) => (Stage__c === 'W' ? 'Won' : (Stage__c ?? 'none'));
const values = <Key extends keyof Deal>(deals: readonly Deal[], key: Key) => deals.flatMap(deal => deal[key] ?? []);
const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);

it('sums, averages and extremes are those of the records, in all and in each group', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyDeal, { maxLength: 40 }), async deals => {
      const asked = await counting(deals, ['Stage', 'month of Due'], ['Units', 'Amount']);
      const { total, cells, partial } = await countedBy(asked);
      const money = { isMulti: true, currency: 'USD' };
      const days = { calendar: calendarOf(calendarYears), from: undefined, to: undefined };
      const { groups } = groupsOf(cells, undefined, {
        groupings: asked.groupings,
        measures: asked.measures,
        money,
        days,
      });
      expect(partial).toEqual([]);

      const expectNumbers = (told: ReturnType<typeof numbersOf>, own: readonly Deal[], hasExtremes: boolean) => {
        expect(told.records).toBe(own.length);
        const units = values(own, 'Count__c');
        const measured = told.measures?.find(({ measure }) => measure === 'Units');
        if (units.length === 0) expect(measured).toBeUndefined();
        else {
          expect(measured).toMatchObject({ sum: sum(units), average: Number((sum(units) / units.length).toFixed(2)) });
          if (hasExtremes) expect(measured).toMatchObject({ least: Math.min(...units), most: Math.max(...units) });
        }
        const amounts = told.measures?.find(({ measure }) => measure === 'Amount');
        for (const code of ['USD', 'EUR']) {
          const inCode = values(
            own.filter(({ CurrencyIsoCode }) => CurrencyIsoCode === code),
            'Amount__c',
          );
          const of =
            amounts?.perCurrency?.find(({ currency }) => currency === code) ??
            (amounts?.currency === code && !amounts.converted ? amounts : undefined);
          if (inCode.length > 0) expect(of?.sum).toBeCloseTo(sum(inCode), 6);
        }
        if (amounts?.converted) {
          const dollars = own.flatMap(({ Amount__c, CurrencyIsoCode }) =>
            Amount__c === null ? [] : [CurrencyIsoCode === 'EUR' ? Amount__c / 0.5 : Amount__c],
          );
          expect(amounts.sum).toBeCloseTo(sum(dollars), 5);
        }
      };
      expectNumbers(numbersOf(total, asked.measures, money), deals, true);
      expect(new Set(groups.map(({ name }) => name))).toEqual(new Set(deals.map(stageOf)));
      for (const group of groups) {
        const inStage = deals.filter(deal => stageOf(deal) === group.name);
        expectNumbers(group, inStage, true);
        for (const part of group.groups ?? []) {
          expectNumbers(
            part,
            inStage.filter(deal => monthOf(deal) === part.name),
            false,
          );
        }
      }
    }),
    { numRuns: 40 },
  );
});

it('where Salesforce has more groups than it tells, what is missing is said, and the numbers of all are whole', async () => {
  const deals = Array.from(
    { length: 2100 },
    (_, at): Deal => ({
      Stage__c: 'Open',
      Amount__c: null,
      Count__c: 1,
      Due__c: new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10),
      CurrencyIsoCode: 'USD',
    }),
  );
  const { total, cells, partial } = await countedBy(await counting(deals, ['day of Due'], ['Units']));
  expect([total.records, total.stats[0]?.sum]).toEqual([2100, 2100]);
  expect(cells.map(({ groups: [day] }) => day?.name)).toContain(deals.at(-1)?.Due__c);
  expect(cells.length).toBeLessThan(2000);
  expect(partial.join()).toContain('the earliest are missing');
});
