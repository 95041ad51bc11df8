import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import { list, useSalesforce } from '../harness.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const hiding = (hiddenFields: object) => ({ systems: { salesforce: { hiddenFields } } });
const keys = {
  [hash('no-amounts')]: hiding({ Opportunity: ['Amount'] }),
  [hash('no-next-step')]: hiding({ Opportunity: ['NextStep'] }),
  [hash('no-cases')]: { systems: { salesforce: { objects: ['Opportunity', 'Account', 'Report', 'Dashboard'] } } },
  [hash('no-reports')]: { systems: { salesforce: { objects: ['Opportunity', 'Account'] } } },
};
const as = (key: string) => ({ headers: { 'x-functions-key': key } });

const salesforce = useSalesforce({ app: { env: { POLICY: JSON.stringify({ keys, default: {} }) } } });

const open = () => salesforce.sandbox.records('Opportunity').filter(({ IsClosed }) => !IsClosed);
const sumOf = (rows: Record<string, unknown>[]) => rows.reduce((sum, { Amount }) => sum + Number(Amount ?? 0), 0);
const usd = (amount: number) => `${amount.toLocaleString('en-US')} USD`;
const run = (query: Record<string, string>, options = {}) => salesforce.call('runReport', { query, ...options });
const stages = async (where: object) => {
  const { status, body } = await run({ report: 'Pipeline by stage', where: JSON.stringify(where), rows: '0' });
  expect([status, body.detail]).toEqual([200, undefined]);
  return { totals: body.totals, groups: list(body.groups ?? []).map(({ group }) => group) };
};

describe('listReports', () => {
  it('lists those that were run last first, and finds by name and folder', async () => {
    const { body } = await salesforce.call('listReports', { query: { folder: 'sales' } });
    expect(list(body.reports).map(({ name }) => name)).toEqual([
      'Pipeline by stage',
      'Pipeline by owner',
      'Closed deals by owner and stage',
    ]);
    const { body: dashboards } = await salesforce.call('listReports', { query: { kind: 'dashboard' } });
    expect(list(dashboards.reports)).toMatchObject([{ name: 'Sales Leaders', folder: 'Sales dashboards' }]);
    const { body: none } = await salesforce.call('listReports', { query: { term: "100%_'x" } });
    expect(none.summary).toBe('No report matches.');
  });
});

describe('runReport', () => {
  it('tells the totals, the groups and the first rows in two requests', async () => {
    const { body } = await run({ report: 'pipeline by stage', rows: '3' });
    expect(salesforce.costs().filter(cost => !cost.startsWith('GET /connect'))).toEqual([
      'GET /query',
      'POST /analytics/reports/00OSx0000000001MAA',
    ]);
    expect(body.totals).toEqual([usd(sumOf(open())), String(open().length)]);
    const byStage = Map.groupBy(open(), ({ StageName }) => String(StageName));
    expect(list(body.groups)).toEqual(
      [...byStage].sort().map(([group, rows]) => ({ group, values: [usd(sumOf(rows)), String(rows.length)] })),
    );
    expect(body.columns).toEqual(['Stage', 'Opportunity Name', 'Account Name', 'Amount', 'Close Date']);
    expect(body.rows).toHaveLength(3);
    expect(JSON.stringify(body.rows)).toMatch(/"\d{4}-\d\d-\d\d"/);
    expect(body.note).toBe(`${open().length} rows in all; the first 3 are shown.`);
  });

  it('marks the totals of a matrix, and counts nothing twice', async () => {
    const { body } = await run({ report: 'Closed deals by owner and stage', rows: '0' });
    const groups = list(body.groups) as { group: string; isTotal?: boolean; values: string[] }[];
    const count = (which: typeof groups) => which.reduce((sum, { values }) => sum + Number(values[1]), 0);
    const all = Number((body.totals as string[])[1]);
    expect(count(groups.filter(({ isTotal }) => !isTotal))).toBe(all);
    expect(count(groups.filter(({ group }) => group.endsWith(' / all')))).toBe(all);
    expect(groups.filter(({ group }) => /\ball\b/.test(group)).every(({ isTotal }) => isTotal)).toBe(true);
    expect(body).not.toHaveProperty('rows');
  });

  it('filters by the labels of columns, besides what the report filters by itself', async () => {
    expect(await stages({ stage: ['Prospecting', 'Qualification'] })).toMatchObject({
      groups: ['Prospecting', 'Qualification'],
    });
    expect((await stages({ Stage: { not: 'Prospecting' } })).groups).not.toContain('Prospecting');
    const large = open().filter(({ Amount }) => Number(Amount) >= 100_000 && Number(Amount) <= 400_000);
    expect((await stages({ Amount: { from: 100_000, to: 400_000 } })).totals).toEqual([
      usd(sumOf(large)),
      String(large.length),
    ]);
    const ofContoso = open().filter(({ Name }) => String(Name).includes('Contoso'));
    expect((await stages({ 'Opportunity Name': { contains: 'contoso' } })).totals).toEqual([
      usd(sumOf(ofContoso)),
      String(ofContoso.length),
    ]);
    const withStep = open().filter(({ NextStep }) => NextStep);
    expect((await stages({ 'Next step': { empty: false } })).totals).toEqual([
      usd(sumOf(withStep)),
      String(withStep.length),
    ]);
    expect((await stages({ 'Account Name': ['Fabrikam, Inc.'] })).groups.length).toBeGreaterThan(0);
  });

  it.each([
    [{ Stag: 'Prospecting' }, 'Stage'],
    [{ Stage: 'Dreaming' }, 'Prospecting'],
    [{ Amount: { not: { from: 1 } } }, 'range'],
  ])('refuses the filter %o and says what there is', async (where, told) => {
    const { status, body } = await run({ report: 'Pipeline by stage', where: JSON.stringify(where) });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(told);
  });

  it.each([
    [{ Amount: { from: 'much' } }, 'It must be a number'],
    [{ Amount: ['1.234'] }, 'not clear'],
    [{ 'Opportunity Owner': ['me'] }, 'Give the name'],
  ])('finds not nothing by a value that the column cannot have: %j', async (where, told) => {
    const { status, body } = await run({ report: 'Pipeline by stage', where: JSON.stringify(where) });
    expect([status, body.code, body.detail]).toEqual([400, 'invalid_input', expect.stringContaining(told)]);
  });

  it('takes an amount as people write it', async () => {
    const { body } = await run({ report: 'Pipeline by stage', where: '{"Amount":{"from":"80k"}}', rows: '0' });
    const large = open().filter(({ Amount }) => Number(Amount) >= 80_000);
    expect(body.totals).toEqual([usd(sumOf(large)), String(large.length)]);
  });

  it('keeps the logic of the report when filters are added', async () => {
    const reportFilters = [
      { column: 'CLOSED', operator: 'equals', value: 'False' },
      { column: 'WON', operator: 'equals', value: 'False' },
    ];
    const body = {
      reportMetadata: {
        reportType: { type: 'Opportunity' },
        detailColumns: [],
        reportFilters,
        reportBooleanFilter: '1 OR 2',
      },
      reportTypeMetadata: { categories: [{ columns: { AMOUNT: { label: 'Amount', dataType: 'currency' } } }] },
    };
    salesforce.sandbox.fail({ path: '/describe$', status: 200, body: JSON.stringify(body) });
    await run({ report: 'Pipeline by stage', where: '{"Amount":{"from":5}}' });
    const sent = salesforce.asked().find(({ path, method }) => method === 'POST' && path.includes('/analytics/'));
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      reportMetadata: {
        reportFilters: [...reportFilters, { column: 'AMOUNT', operator: 'greaterOrEqual', value: '5' }],
        reportBooleanFilter: '(1 OR 2) AND 3',
      },
    });
  });

  it('takes no report of several, and tells near ones of none', async () => {
    const several = await run({ report: 'pipeline' });
    expect([several.status, several.body.code]).toEqual([409, 'ambiguous']);
    expect(several.body.detail).toContain('Pipeline by owner (00OSx0000000004MAA, Sales reports)');
    const none = await run({ report: 'Pipelines by stages' });
    expect([none.status, none.body.detail]).toEqual([404, expect.stringContaining('"Pipeline by stage"')]);
    const joined = await run({ report: 'Accounts and their cases' });
    expect([joined.status, joined.body.detail]).toEqual([400, expect.stringContaining('joined report')]);
    const byId = await run({ report: recordId('00O', 3), rows: '0' });
    expect(byId.body.name).toBe('Open cases');
  });

  it.each([
    ['FORBIDDEN', "You can't run more than 500 reports synchronously every 60 minutes."],
    ['BAD_REQUEST', 'You have too many reports running at once. Only 20 reports can run at a time.'],
  ])("tells Salesforce's limits of reports: %s", async (errorCode, message) => {
    const body = JSON.stringify([{ errorCode, message }]);
    salesforce.sandbox.fail({ method: 'POST', path: '/analytics/', status: 403, body });
    const { status, body: answer } = await run({ report: 'Open cases' });
    expect([status, answer.code]).toEqual([429, 'rate_limited']);
  });
});

describe('getDashboard', () => {
  const show = (query: Record<string, string>, options = {}) =>
    salesforce.call('getDashboard', { query: { dashboard: 'sales leaders', ...query }, ...options });

  it('tells each component with its figures, as whom it runs and as of when', async () => {
    const { body } = await show({});
    expect(body).toMatchObject({ name: 'Sales Leaders', runningUser: 'Ana Ruiz' });
    expect(body.asOf).toMatch(/T06:00:00\.000Z$|T07:00:00\+01:00$|T08:00:00\+02:00$/);
    expect(list(body.components).map(({ title, totals }) => [title, totals])).toEqual([
      ['Pipeline by stage', [usd(sumOf(open())), String(open().length)]],
      ['Closed by owner', expect.any(Array)],
      ['Open cases', [expect.stringMatching(/^\d+$/)]],
    ]);
  });

  it('takes a choice of a filter by its name', async () => {
    const { body } = await show({ filters: '{"stage":"Prospecting"}' });
    const [pipeline] = list(body.components);
    const prospecting = open().filter(({ StageName }) => StageName === 'Prospecting');
    expect(pipeline?.totals).toEqual([usd(sumOf(prospecting)), String(prospecting.length)]);
    const wrong = await show({ filters: '{"Stage":"Won"}' });
    expect([wrong.status, wrong.body.detail]).toEqual([400, expect.stringContaining('Prospecting, Qualification')]);
    const other = await show({ filters: '{"Region":"EMEA"}' });
    expect([other.status, other.body.detail]).toEqual([400, expect.stringContaining('Stage')]);
  });

  it('leaves out what a policy closes, and says so', async () => {
    const { body } = await show({}, as('no-cases'));
    expect(list(body.components).map(({ title }) => title)).toEqual(['Pipeline by stage', 'Closed by owner']);
    expect(body.note).toContain('1 component is left out');
    expect(body).not.toHaveProperty('filters');
    const amounts = await show({}, as('no-amounts'));
    expect(list(amounts.body.components).map(({ title }) => title)).toEqual(['Open cases']);
    const filtered = await show({ filters: '{"Stage":"Prospecting"}' }, as('no-cases'));
    expect(filtered.status).toBe(400);
  });
});

describe('getForecast', () => {
  const forecast = (query: Record<string, string>) => salesforce.call('getForecast', { query });

  it('tells amounts by category beside the quota, of one person', async () => {
    const { status, body } = await forecast({ owner: 'Ana Ruiz' });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body.forecasts).toMatchObject([
      {
        owner: 'Ana Ruiz',
        type: 'Opportunity Revenue',
        quota: 800_000,
        currency: 'USD',
        categories: [
          { category: 'Commit', amount: 620_000, ownAmount: 180_000 },
          { category: 'Best Case', amount: 910_000 },
          { category: 'Closed', amount: 150_000 },
        ],
      },
    ]);
  });

  it('adds up the months of a quarter, and names those without a quota', async () => {
    const of = (PeriodId: string, StartDate: string) => ({
      ...{ OwnerId: recordId('005', 2), Owner: { Name: 'Ana Ruiz' }, PeriodId, ForecastingTypeId: 't' },
      ...{ Period: { StartDate, EndDate: StartDate }, ForecastCategoryName: 'Commit', ForecastAmount: 100.5 },
    });
    const quota = { QuotaOwnerId: recordId('005', 2), PeriodId: 'p1', ForecastingTypeId: 't', QuotaAmount: 400 };
    for (const records of [[of('p1', '2026-10-01'), of('p2', '2026-11-01')], [quota]]) {
      const body = JSON.stringify({ totalSize: records.length, done: true, records });
      salesforce.sandbox.fail({ path: '/query$', status: 200, body });
    }
    const { body } = await forecast({ owner: recordId('005', 2), date: '2026-10-15' });
    expect(body.totals).toEqual([
      {
        owner: 'Ana Ruiz',
        currency: 'USD',
        quota: 400,
        periodsWithoutQuota: ['2026-11-01'],
        categories: [{ category: 'Commit', amount: 201 }],
      },
    ]);
  });

  it('looks for the quotas of those alone whose forecasts it tells, and takes none of several for the whole', async () => {
    await forecast({ owner: 'Ana Ruiz' });
    const asked = salesforce.asked().find(({ query }) => query.get('q')?.includes('FROM ForecastingQuota'));
    expect(asked?.query.get('q')).toContain(`QuotaOwnerId IN ('${recordId('005', 2)}')`);
    const quota = { QuotaOwnerId: recordId('005', 2), PeriodId: 'p', ForecastingTypeId: 't' };
    const item = { OwnerId: quota.QuotaOwnerId, PeriodId: 'p', ForecastingTypeId: 't', ForecastCategoryName: 'Commit' };
    const answers = [[item], [1, 2].map(QuotaAmount => ({ ...quota, QuotaAmount }))];
    for (const records of answers) {
      const body = JSON.stringify({ totalSize: records.length, done: true, records });
      salesforce.sandbox.fail({ path: '/query$', status: 200, body });
    }
    const { body } = await forecast({});
    expect(list(body.forecasts)).toEqual([expect.objectContaining({ ownerId: quota.QuotaOwnerId })]);
    expect(list(body.forecasts)[0]).not.toHaveProperty('quota');
  });

  it('tells each person apart, and that there is none for another time', async () => {
    const { body } = await forecast({});
    expect(list(body.forecasts).map(({ owner }) => owner)).toEqual(['Ana Ruiz', 'Li Wei']);
    expect((await forecast({ date: '2020-01-15' })).body.summary).toContain('There is no forecast for 2020-01-15');
  });

  const monthFromNow = (months: number, day: number) => {
    // By the clock of the sandbox's users.
    const now = new Date(dayAt(new Date(), 'Europe/Berlin'));
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, day)).toISOString().slice(0, 10);
  };
  const shown = (day: string) => `${Number(day.slice(8))} ${new Date(day).toUTCString().slice(8, 16)}`;

  it('is of this month unless told otherwise, tells the days, and which categories have no amount', async () => {
    const { body } = await forecast({});
    const [from, to] = [monthFromNow(0, 1), monthFromNow(1, 0)];
    expect(body.summary).toBe(`2 forecasts for ${shown(from)} to ${shown(to)}.`);
    const [ana, li] = list(body.forecasts);
    expect(ana).toMatchObject({ from, to });
    expect(ana).not.toHaveProperty('withoutAmount');
    expect(li).toMatchObject({ owner: 'Li Wei', withoutAmount: ['Closed'] });
  });

  it.each([
    ['this month', [0, 0]],
    ['next month', [1, 1]],
    ['last 2 months', [-2, -1]],
  ] as const)('takes a period by its name: %s', async (period, [first, last]) => {
    const { body } = await forecast({ owner: 'Ana Ruiz', period });
    expect(list(body.forecasts).map(({ from, to }) => [from, to])).toEqual(
      Array.from({ length: last - first + 1 }, (_, at) => [
        monthFromNow(first + at, 1),
        monthFromNow(first + at + 1, 0),
      ]),
    );
  });

  it('tells each month of a quarter by itself, and what is no period', async () => {
    const { body } = await forecast({ owner: 'Ana Ruiz', period: 'next quarter' });
    const all = list(body.forecasts);
    expect(all).toHaveLength(3);
    expect(body.summary).toMatch(
      /^3 forecasts of Ana Ruiz for 3 periods from 1 .*, each told by itself, and together in totals\.$/,
    );
    expect(body.summary).toContain(`from ${shown(String(all[0]?.from))} to ${shown(String(all[2]?.to))}`);
    expect((await forecast({ period: 'soon' })).body.detail).toMatch(/no period that is known.*For others give date\./);
    expect((await forecast({ period: 'this month', date: 'today' })).status).toBe(400);
  });

  it('says so where the org has none', async () => {
    const body = JSON.stringify([
      { errorCode: 'INVALID_TYPE', message: "sObject type 'ForecastingItem' is not supported." },
    ]);
    salesforce.sandbox.fail({ path: '/query$', status: 400, body });
    const { status, body: answer } = await forecast({});
    expect([status, answer.detail]).toEqual([404, expect.stringContaining('no collaborative forecasts')]);
  });
});

describe('a report is no way round a policy', () => {
  it.each([
    ['no-amounts', { report: 'Pipeline by stage' }],
    ['no-amounts', { report: 'Pipeline by owner' }],
    ['no-cases', { report: 'Open cases' }],
    ['no-reports', { report: 'Pipeline by stage' }],
  ])('%s: %o is refused', async (key, query) => {
    const { status, body } = await run(query, as(key));
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(JSON.stringify(body)).not.toContain(usd(sumOf(open())));
  });

  it('nor by a filter: a closed column is as one that is not there', async () => {
    const allowed = await run({ report: 'Pipeline by stage', rows: '0' }, as('no-next-step'));
    expect([allowed.status, allowed.body.detail]).toEqual([200, undefined]);
    const [closed, unknown] = await Promise.all(
      ['Next Step', 'Next Stop'].map(label =>
        run({ report: 'Pipeline by stage', where: JSON.stringify({ [label]: 'x' }) }, as('no-next-step')),
      ),
    );
    expect(closed?.status).toBe(400);
    expect(closed?.body.detail.replace('Next Step', 'Next Stop')).toBe(unknown?.body.detail);
  });

  const answer = (reportMetadata: object, detailColumnInfo: object = {}) =>
    JSON.stringify({
      factMap: { 'T!T': { aggregates: [{ label: 'canary', value: 7 }] } },
      reportExtendedMetadata: { aggregateColumnInfo: {}, detailColumnInfo, groupingColumnInfo: {} },
      reportMetadata: {
        reportType: { type: 'Opportunity', label: 'Opportunities' },
        detailColumns: [],
        aggregates: ['RowCount'],
        ...reportMetadata,
      },
    });
  const ran = async (body: string, key?: string) => {
    salesforce.sandbox.fail({ method: 'POST', path: '/analytics/', status: 200, body });
    return run({ report: 'Pipeline by stage' }, key === undefined ? {} : as(key));
  };

  it.each([
    ['a report type of unknown objects', { reportType: { type: 'Deals__c' } }],
    ['a formula over unknown fields', { customSummaryFormula: [{ formula: 'AMOUNT:SUM' }] }],
    ['groups that somebody made of values', { buckets: [{ sourceColumnName: 'AMOUNT' }] }],
    ['a filter over other records', { crossFilters: [{ relatedEntity: 'Case' }] }],
    ['a column of no known field', { detailColumns: ['SECRET'] }],
    [
      'a filter by a closed field',
      { reportFilters: [{ column: 'Opportunity.NextStep', operator: 'equals', value: 'x' }] },
    ],
    ['an order by a closed field', { sortBy: [{ sortColumn: 'NEXT_STEP', sortOrder: 'Asc' }] }],
    ['a sum of a column of no known object', { aggregates: ['s!Nowhere.Field'] }],
  ])('what cannot be told to be open is refused: %s', async (_, metadata) => {
    const { status, body } = await ran(answer(metadata), 'no-next-step');
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(JSON.stringify(body)).not.toContain('canary');
    // Without a policy it is the report's own affair.
    expect((await ran(answer(metadata))).status).toBe(200);
  });

  it.each([
    [{ reportType: { type: 'User' } }, {}],
    [
      { detailColumns: ['LAST_LOGIN'] },
      { LAST_LOGIN: { label: 'Last Login', fullyQualifiedName: 'User.LastLoginDate' } },
    ],
    [{ detailColumns: ['ROLE'] }, { ROLE: { label: 'Role', fullyQualifiedName: 'UserRole.Name' } }],
  ])('who may sign in, and with what rights, no report tells: %o', async (metadata, columns) => {
    const { status, body } = await ran(answer(metadata, columns));
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });
});
