import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { heading, id, summary } from '../../../shared/schema/meaning.ts';
import { dayText, resolveDay } from '../../../shared/time/inputs.ts';
import { isUnknownObject } from '../api/answerFailure.ts';
import { counted } from '../api/counted.ts';
import { searchText } from '../api/inputs.ts';
import { findOwners, ownerChoice } from '../api/owners.ts';
import { valueAt } from '../api/recordValues.ts';
import type { Salesforce } from '../api/salesforce.ts';
import { soql, day as soqlDay } from '../api/soql.ts';
import { calendarOf } from '../api/summary/calendar.ts';
import { type ClosedPeriod, namedPeriod, shownDays } from '../api/summary/period.ts';
import { withVisibleFields } from '../api/visibleFields.ts';
import type { SalesforceRecord } from '../api/wire.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_forecastingitem.htm */
const itemFields = [
  'ForecastCategoryName',
  'ForecastAmount',
  'OwnerOnlyAmount',
  'OwnerId',
  'Owner.Name',
  'PeriodId',
  'Period.StartDate',
  'Period.EndDate',
  'ForecastingTypeId',
  'ForecastingType.MasterLabel',
  'CurrencyIsoCode',
];
const quotaFields = ['QuotaOwnerId', 'PeriodId', 'ForecastingTypeId', 'QuotaAmount', 'CurrencyIsoCode'];

const MAX_ITEMS = 500;
const MAX_FORECASTS = 50;

const forecast = z.object({
  owner: heading('Whose forecast it is.'),
  ownerId: id('The ID of that user.').optional(),
  type: z.string().optional().describe('What is forecast, such as opportunity revenue.'),
  from: z.string().optional().describe('The first day of the period.'),
  to: z.string().optional().describe('Its last day.'),
  quota: z.number().optional().describe('The quota of that user for the period.'),
  currency: z.string().optional().describe('The ISO code of the currency of the amounts.'),
  categories: z
    .array(
      z.object({
        category: z.string().describe('The forecast category, such as Commit.'),
        amount: z.number().optional().describe('What is forecast, with the team below and with adjustments.'),
        ownAmount: z.number().optional().describe("Of it the user's own opportunities."),
      }),
    )
    .describe('The amounts by category.'),
  withoutAmount: z.array(z.string()).optional().describe('Categories without an amount here, which is not zero.'),
});

const total = forecast.pick({ owner: true, type: true, currency: true, quota: true }).extend({
  categories: z
    .array(z.object({ category: z.string().describe('The category.'), amount: z.number().describe('The sum.') }))
    .describe('The amounts of all periods by category.'),
  periodsWithoutQuota: z
    .array(z.string())
    .optional()
    .describe('The first days of the periods that have no quota, which the quota does not include.'),
});

export default salesforce.action({
  name: 'getForecast',
  toolset: 'salesforce-insight',
  access: 'read',
  needs: uses(),
  title: 'Get the sales forecast',
  description:
    "Returns the sales forecast of Salesforce's collaborative forecasts, by person and category, beside the quota. " +
    'Use it for forecast, commit or quota; for the pipeline use summarizeRecords. Amounts of a manager include the team: never add those of several people.',
  input: z.object({
    owner: searchText.optional().meta({
      description: 'Whose forecast: a name, an e-mail address, or me. All that may be seen unless given.',
      mayMatchSeveral: true,
    }),
    period: searchText.optional().describe('The time, such as this month, next quarter or Q4 2026.'),
    date: dayText.optional().describe('A day in the period, such as 2026-11-15. The default is today.'),
  }),
  output: z.object({
    summary: summary('One sentence that says what was found.'),
    forecasts: z.array(forecast).describe('The forecasts, one for each person, type and period.'),
    totals: z
      .array(total)
      .optional()
      .describe('Where there are several periods: the sums of all, one for each person, type and currency.'),
    note: z.string().optional().meta({ description: 'What is left out, in a sentence.', whole: true }),
  }),
  example: { owner: 'Ana Ruiz' },
  async run({ owner, date, period }, { salesforce, now }) {
    if (date !== undefined && period !== undefined) {
      throw invalidInput([{ field: 'date', message: 'Give either date or period.' }]);
    }
    const [days, person] = await Promise.all([
      period === undefined ? dayMeant(salesforce, now, date ?? 'today') : daysMeant(salesforce, now, period),
      owner === undefined ? undefined : personCalled(salesforce, owner),
    ]);
    const [first, last] = [soqlDay(days.from), soqlDay(days.to)];
    const ofOwner = person ? soql` AND OwnerId = ${person.id}` : soql``;
    const items = await withVisibleFields(salesforce, { ForecastingItem: itemFields }, select =>
      salesforce.query(
        soql`SELECT ${select('ForecastingItem')} FROM ForecastingItem WHERE Period.StartDate <= ${last} AND Period.EndDate >= ${first}${ofOwner} ORDER BY Period.StartDate, OwnerId, ForecastingTypeId, Id LIMIT ${MAX_ITEMS}`,
      ),
    ).catch((error: unknown) => {
      throw isUnknownObject(error) ? noForecasts() : error;
    });
    const periods = [...new Set(items.flatMap(({ PeriodId }) => (typeof PeriodId === 'string' ? [PeriodId] : [])))];
    const groups = [...Map.groupBy(items, keyOf)];
    const categories = [
      ...new Set(items.flatMap(({ ForecastCategoryName: name }) => (typeof name === 'string' ? [name] : []))),
    ];
    const owners = groups
      .slice(0, MAX_FORECASTS)
      .flatMap(([, [row]]) => (typeof row?.OwnerId === 'string' ? [row.OwnerId] : []));
    const quotas = periods.length === 0 ? [] : await quotasOf(salesforce, { periods, owners });
    const forecasts = groups
      .slice(0, MAX_FORECASTS)
      .map(([key, rows]) =>
        toForecast(rows, soleOf(quotas, key), { categories, orgCurrency: salesforce.soleCurrency() }),
      );
    return {
      summary: summarize(forecasts, { count: groups.length, whose: person ? ` of ${person.name}` : '', days }),
      forecasts,
      ...(periods.length > 1 &&
        groups.length <= MAX_FORECASTS &&
        items.length < MAX_ITEMS && { totals: totalsOf(forecasts) }),
      ...((groups.length > MAX_FORECASTS || items.length === MAX_ITEMS) && {
        note: 'Only the first forecasts are shown. Give the owner, or a shorter period.',
      }),
    };
  },
});

type Days = Pick<ClosedPeriod, 'from' | 'to'>;

async function dayMeant(salesforce: Salesforce, now: Date, date: string): Promise<Days> {
  const day = await resolveDay(date, { now, timeZone: salesforce.timeZone }, 'date');
  return { from: day, to: day };
}

/** The days of a period by its name; quarters and years are the org's own. @throws Failure `invalid_input` */
async function daysMeant(salesforce: Salesforce, now: Date, name: string): Promise<Days> {
  const [timeZone, fiscal] = await Promise.all([salesforce.timeZone(), salesforce.fiscalYears()]);
  return namedPeriod(name, { now, timeZone, calendar: calendarOf(fiscal) }, 'For others give date.').period;
}

/** `2 forecasts for 1 Nov 2026 to 30 Nov 2026.` */
function summarize(
  forecasts: readonly z.output<typeof forecast>[],
  { count, whose, days }: { count: number; whose: string; days: Days },
): string {
  if (forecasts.length === 0) {
    return `There is no forecast${whose} for ${days.from === days.to ? days.from : shownDays(days)} that this service may see.`;
  }
  const known = [...new Map(forecasts.map(({ from, to }) => [`${from} ${to}`, { from, to }])).values()];
  const from = known.flatMap(each => each.from ?? []).sort()[0];
  const to = known
    .flatMap(each => each.to ?? [])
    .sort()
    .at(-1);
  const what = `${counted(count, ['forecast', 'forecasts'])}${whose}`;
  if (from === undefined || to === undefined) return `${what} for the period with ${shownDays(days)}.`;
  if (known.length === 1) return `${what} for ${shownDays({ from, to })}.`;
  return `${what} for ${known.length} periods from ${shownDays({ from, to })}, each told by itself, and together in totals.`;
}

/** What several periods come to. */
function totalsOf(forecasts: readonly z.output<typeof forecast>[]): z.output<typeof total>[] {
  const same = Map.groupBy(forecasts, ({ owner, ownerId, type, currency }) =>
    JSON.stringify([ownerId ?? owner, type, currency]),
  );
  const sumOf = (amounts: readonly number[]) => Number(amounts.reduce((sum, amount) => sum + amount, 0).toFixed(2));
  return [...same.values()].flatMap(each => {
    const [first] = each;
    if (!first) return [];
    const quotas = each.flatMap(({ quota }) => quota ?? []);
    const without = each.flatMap(({ quota, from }) => (quota === undefined && from !== undefined ? [from] : []));
    const categories = [
      ...Map.groupBy(
        each.flatMap(({ categories }) => categories),
        ({ category }) => category,
      ),
    ];
    return [
      {
        owner: first.owner,
        type: first.type,
        currency: first.currency,
        ...(quotas.length > 0 && { quota: sumOf(quotas) }),
        ...(without.length > 0 && { periodsWithoutQuota: without }),
        categories: categories.map(([category, rows]) => ({
          category,
          amount: sumOf(rows.flatMap(({ amount }) => amount ?? [])),
        })),
      },
    ];
  });
}

/** The quota of a forecast; undefined where it has several, such as one for each product family, of which none is the whole. */
function soleOf(quotas: readonly SalesforceRecord[], key: string): SalesforceRecord | undefined {
  const [quota, ...others] = quotas.filter(each => keyOf(each) === key);
  return others.length > 0 ? undefined : quota;
}

/** What one forecast, and its quota, have in common. */
const keyOf = ({ OwnerId, QuotaOwnerId, PeriodId, ForecastingTypeId }: SalesforceRecord) =>
  JSON.stringify([OwnerId ?? QuotaOwnerId, PeriodId, ForecastingTypeId]);

async function quotasOf(
  salesforce: Salesforce,
  { periods, owners }: { periods: readonly string[]; owners: readonly string[] },
): Promise<SalesforceRecord[]> {
  const ofOwners = owners.length > 0 ? soql` AND QuotaOwnerId IN ${owners}` : soql``;
  try {
    return await withVisibleFields(salesforce, { ForecastingQuota: quotaFields }, select =>
      salesforce.query(
        soql`SELECT ${select('ForecastingQuota')} FROM ForecastingQuota WHERE PeriodId IN ${periods}${ofOwners} LIMIT ${MAX_ITEMS}`,
      ),
    );
  } catch (error) {
    // A forecast is told without its quota, where that is not to be seen.
    if (error instanceof Failure && ['forbidden', 'invalid_input', 'not_found'].includes(error.code)) return [];
    throw error;
  }
}

function toForecast(
  rows: readonly SalesforceRecord[],
  quota: SalesforceRecord | undefined,
  { categories, orgCurrency }: { categories: readonly string[]; orgCurrency: string | undefined },
): z.output<typeof forecast> {
  const [first = {}] = rows;
  const text = (path: string) => {
    const value = valueAt(first, path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
  const withAmount = rows.filter(row => number(row.ForecastAmount) !== undefined);
  const withoutAmount = categories.filter(name => !withAmount.some(row => row.ForecastCategoryName === name));
  return {
    owner: text('Owner.Name') ?? text('OwnerId') ?? 'Somebody',
    ownerId: text('OwnerId'),
    type: text('ForecastingType.MasterLabel'),
    from: text('Period.StartDate'),
    to: text('Period.EndDate'),
    quota: number(quota?.QuotaAmount),
    currency: text('CurrencyIsoCode') ?? orgCurrency,
    categories: rows.map(row => ({
      category: typeof row.ForecastCategoryName === 'string' ? row.ForecastCategoryName : 'All',
      amount: number(row.ForecastAmount),
      ownAmount: number(row.OwnerOnlyAmount),
    })),
    ...(withoutAmount.length > 0 && { withoutAmount }),
  };
}

/** @throws Failure `not_found`, and `ambiguous` */
async function personCalled(salesforce: Salesforce, owner: string) {
  const found = await findOwners(salesforce, owner, { kinds: ['user'] });
  const exact = found.filter(({ isExact }) => isExact);
  const meant = exact.length > 0 ? exact : found;
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  if (!only) throw new Failure('not_found', `There is no Salesforce user ${owner} that this service may see.`);
  const message = `Several users match: ${meant.slice(0, 6).map(ownerChoice).join('; ')}. Ask the user which one, and give the e-mail address.`;
  throw new Failure('ambiguous', message, { errors: [{ field: 'owner', message }] });
}

function noForecasts(): Failure {
  return new Failure(
    'not_found',
    'This org has no collaborative forecasts that the Salesforce user of this service may see: they are not turned on, or it lacks View All Forecasts. For open opportunities use findOpportunities or summarizeRecords.',
  );
}
