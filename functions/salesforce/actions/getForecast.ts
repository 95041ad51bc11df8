import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { heading, id, summary } from '../../../shared/schema/meaning.ts';
import { dayText, resolveDay } from '../../../shared/time/inputs.ts';
import { isUnknownObject } from '../api/answerFailure.ts';
import { counted } from '../api/counted.ts';
import { searchText } from '../api/inputs.ts';
import { findOwners, ownerChoice } from '../api/owners.ts';
import { valueAt } from '../api/recordValues.ts';
import type { Salesforce } from '../api/salesforce.ts';
import { soql, day as soqlDay } from '../api/soql.ts';
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
    date: dayText.optional().describe('A day in the period that is meant, such as 2026-11-15. The default is today.'),
  }),
  output: z.object({
    summary: summary('One sentence that says what was found.'),
    forecasts: z.array(forecast).describe('The forecasts, one for each person, type and period.'),
    note: z.string().optional().meta({ description: 'What is left out, in a sentence.', whole: true }),
  }),
  example: { owner: 'Ana Ruiz' },
  async run({ owner, date = 'today' }, { salesforce, now }) {
    const clock = { now, timeZone: salesforce.timeZone };
    const [day, person] = await Promise.all([
      resolveDay(date, clock, 'date'),
      owner === undefined ? undefined : personCalled(salesforce, owner),
    ]);
    const on = soqlDay(day);
    const ofOwner = person ? soql` AND OwnerId = ${person.id}` : soql``;
    const items = await withVisibleFields(salesforce, { ForecastingItem: itemFields }, select =>
      salesforce.query(
        soql`SELECT ${select('ForecastingItem')} FROM ForecastingItem WHERE Period.StartDate <= ${on} AND Period.EndDate >= ${on}${ofOwner} ORDER BY Period.StartDate, OwnerId, ForecastingTypeId, Id LIMIT ${MAX_ITEMS}`,
      ),
    ).catch((error: unknown) => {
      throw isUnknownObject(error) ? noForecasts() : error;
    });
    const periods = [...new Set(items.flatMap(({ PeriodId }) => (typeof PeriodId === 'string' ? [PeriodId] : [])))];
    const groups = [...Map.groupBy(items, keyOf)];
    const owners = groups
      .slice(0, MAX_FORECASTS)
      .flatMap(([, [row]]) => (typeof row?.OwnerId === 'string' ? [row.OwnerId] : []));
    const quotas = periods.length === 0 ? [] : await quotasOf(salesforce, { periods, owners });
    const forecasts = groups
      .slice(0, MAX_FORECASTS)
      .map(([key, rows]) => toForecast(rows, soleOf(quotas, key), salesforce.soleCurrency()));
    const whose = person ? ` of ${person.name}` : '';
    return {
      summary:
        forecasts.length === 0
          ? `There is no forecast${whose} for ${day} that this service may see.`
          : `${counted(groups.length, ['forecast', 'forecasts'])}${whose} for the period with ${day}.`,
      forecasts,
      ...((groups.length > MAX_FORECASTS || items.length === MAX_ITEMS) && {
        note: 'Only the first forecasts are shown. Give the owner.',
      }),
    };
  },
});

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
  orgCurrency: string | undefined,
): z.output<typeof forecast> {
  const [first = {}] = rows;
  const text = (path: string) => {
    const value = valueAt(first, path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
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
