import { describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import { list, useSalesforce } from '../harness.ts';
import { orgWith } from '../orgData.ts';

type Row = Record<string, unknown>;

const sumOf = (rows: readonly Row[], field: string) => rows.reduce((sum, row) => sum + Number(row[field] ?? 0), 0);
const named = (groups: unknown, name: string) => list(groups).find(group => group.name === name);
const measured = (numbers: Row | undefined, at = 0) => list(numbers?.measures)[at];

describe('in an org with one currency', () => {
  const salesforce = useSalesforce();
  const summarize = async (query: Record<string, string>) =>
    (await salesforce.call('summarizeRecords', { query })).body;
  const opportunities = () => salesforce.sandbox.records('Opportunity');
  const regionOf = ({ AccountId }: Row) =>
    salesforce.sandbox.records('Account').find(({ Id }) => Id === AccountId)?.Region__c;

  test('the open pipeline by stage and region is one aggregate query, with labels as people see them', async () => {
    const query = { objectType: 'Opportunity', measure: 'Amount', groupBy: 'Stage, region', openOnly: 'true' };
    await summarize(query);
    salesforce.asked();
    const body = await summarize(query);
    expect(salesforce.costs()).toEqual(['GET /query']);
    const open = opportunities().filter(({ IsClosed }) => IsClosed === false);
    expect(body).toMatchObject({ records: open.length, groupedBy: ['Stage', 'Account Region'] });
    expect(measured(body)).toMatchObject({ measure: 'Amount', sum: sumOf(open, 'Amount'), currency: 'USD' });
    const inStage = open.filter(({ StageName }) => StageName === 'Negotiation/Review');
    const stage = named(body.groups, 'Negotiation/Review');
    expect(stage).toMatchObject({ records: inStage.length });
    const inAmericas = inStage.filter(row => regionOf(row) === 'AMER');
    expect(named(stage?.groups, 'Americas')).toMatchObject({ records: inAmericas.length });
    expect(measured(named(stage?.groups, 'Americas'))?.sum).toBe(sumOf(inAmericas, 'Amount'));
  });

  test.each(['Account Region', "account's region", 'Account.Region__c', 'region of the account', 'Region'])(
    '%s is a field of what a lookup leads to',
    async groupBy => {
      const body = await summarize({ objectType: 'Opportunity', groupBy });
      expect(body.groupedBy).toEqual(['Account Region']);
      expect(list(body.groups).map(({ name }) => name)).toContain('Asia Pacific');
    },
  );

  test.each([
    ['Opportunity', 'sales rep'],
    ['Case', 'queue'],
    ['Task', 'Assigned To'],
    ['Lead', "owner's name"],
  ])('of %s the %s is the owner', async (objectType, groupBy) => {
    const body = await summarize({ objectType, groupBy });
    expect(body.groupedBy).toEqual([expect.stringMatching(/^(Owner|Assigned To)$/)]);
    const total = list(body.groups).reduce((sum, { records }) => sum + Number(records), 0);
    expect(total).toBe(salesforce.sandbox.records(objectType).length);
  });

  test('a meeting of several people counts once, and by owner for each of them', async () => {
    const json = {
      subject: 'The two of us',
      start: '2031-05-05T09:00',
      end: '2031-05-05T10:00',
      owner: 'Ana Ruiz',
      invitees: recordId('005', 3),
    };
    const { status, body: meeting } = await salesforce.call('scheduleMeeting', { json });
    expect([status, meeting.detail]).toEqual([200, undefined]);
    const events = salesforce.sandbox.records('Event');
    const copies = events.filter(({ IsChild }) => IsChild === true);
    expect(copies.length).toBeGreaterThan(0);
    expect((await summarize({ objectType: 'Event' })).records).toBe(events.length - copies.length);
    const byOwner = await summarize({ objectType: 'Event', groupBy: 'Assigned To' });
    expect(byOwner).toMatchObject({ records: events.length, note: expect.stringContaining('each of them') });
    const ofLi = events.filter(({ OwnerId }) => OwnerId === recordId('005', 3)).length;
    for (const query of [{ owner: 'Li Wei' }, { where: '{"Owner":["Li Wei"]}' }]) {
      expect([query, (await summarize({ objectType: 'Event', ...query })).records]).toEqual([query, ofLi]);
    }
  });

  test.each<[Record<string, string>, string]>([
    [{ objectType: 'Task' }, 'GET /queryAll'],
    [{ objectType: 'Task', period: 'last year' }, 'GET /queryAll'],
    [{ objectType: 'Event', groupBy: 'year of Due Date' }, 'GET /queryAll'],
    [{ objectType: 'Task', period: 'last month' }, 'GET /query'],
    [{ objectType: 'Task', openOnly: 'true' }, 'GET /query'],
    [{ objectType: 'Case' }, 'GET /query'],
  ])('%o counts what is archived where there may be such, and nothing that was deleted', async (query, cost) => {
    await summarize(query);
    salesforce.asked();
    const body = await summarize(query);
    expect(body.detail).toBeUndefined();
    const asked = salesforce.asked().filter(({ path }) => /query(All)?$/.test(path));
    expect(asked.map(({ method, path }) => `${method} /${path.split('/').at(-1)}`)).toEqual([cost]);
    expect(asked[0]?.query.get('q')?.includes('IsDeleted = FALSE')).toBe(cost.endsWith('All'));
  });

  test('a period is told beside the one before, with the change', async () => {
    const body = await summarize({
      objectType: 'Opportunity',
      measure: 'sum of Amount',
      where: '{"Won": true}',
      since: '2000-01-01',
      until: 'today',
      compareWith: 'previous',
    });
    const today = dayAt(new Date(), 'Europe/Berlin');
    const won = opportunities().filter(({ IsWon, CloseDate }) => IsWon === true && String(CloseDate) <= today);
    expect(measured(body)).toMatchObject({ sum: sumOf(won, 'Amount') });
    expect(body.before).toEqual({ records: 0 });
    expect(body.period).toContain('1 Jan 2000 to ');
    expect(body.previousPeriod).toMatch(/ to 31 Dec 1999$/);
  });

  test('win rate and days to close of each owner come in one call', async () => {
    const body = await summarize({
      objectType: 'Opportunity',
      measure: 'win rate, average sales cycle',
      groupBy: 'owner',
    });
    const users = new Map(salesforce.sandbox.records('User').map(({ Id, Name }): [string, unknown] => [Id, Name]));
    for (const name of ['Li Wei', 'Jonas Weber', 'Ana Ruiz']) {
      const own = opportunities().filter(({ OwnerId }) => users.get(String(OwnerId)) === name);
      const won = own.filter(({ IsWon }) => IsWon === true);
      const closed = own.filter(({ IsClosed }) => IsClosed === true);
      const days = won.map(
        ({ CloseDate, CreatedDate }) =>
          (Date.parse(String(CloseDate)) - Date.parse(dayAt(new Date(String(CreatedDate)), 'Europe/Berlin'))) /
          86_400_000,
      );
      const group = named(body.groups, name);
      expect(measured(group)).toMatchObject({ won: won.length, lost: closed.length - won.length });
      const average = days.reduce((sum, each) => sum + each, 0) / days.length;
      expect(measured(group, 1)?.average).toBeCloseTo(average, 1);
    }
  });

  test('weeks and months are those of the zone of the user, with those in which there is nothing', async () => {
    const body = await summarize({ objectType: 'Case', groupBy: 'week' });
    const mondays = salesforce.sandbox.records('Case').map(({ CreatedDate }) => {
      const day = dayAt(new Date(String(CreatedDate)), 'Europe/Berlin');
      return new Date(Date.parse(day) - ((new Date(day).getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10);
    });
    const groups = list(body.groups);
    for (const { name, records } of groups) {
      expect(records).toBe(mondays.filter(monday => monday === name).length);
    }
    expect(groups.reduce((sum, { records }) => sum + Number(records), 0)).toBe(mondays.length);
    expect(groups.map(({ name }) => name)).toEqual(groups.map(({ name }) => name).toSorted());
    expect(groups.some(({ records }) => records === 0)).toBe(true);
    expect(body.note).toContain('Days are those of Europe/Berlin.');
  });

  test('records of one name are told apart by their IDs, and what is empty is called none', async () => {
    const body = await summarize({ objectType: 'Case', groupBy: 'Contact, Priority' });
    const without = salesforce.sandbox.records('Case').filter(({ ContactId }) => ContactId === null);
    const none = list(body.groups).find(({ name }) => name === 'none');
    expect(none?.records ?? 0).toBe(without.length);
    const ids = new Set(salesforce.sandbox.records('Case').map(({ ContactId }) => ContactId));
    expect(list(body.groups)).toHaveLength(ids.size);
  });

  test.each<[Record<string, string>, string]>([
    [{ objectType: 'Opportunity', groupBy: 'Description' }, 'groupBy: Salesforce cannot group by "Description"'],
    [{ objectType: 'Opportunity', groupBy: 'Amount' }, 'Give it as a measure.'],
    [{ objectType: 'Opportunity', groupBy: 'Colour' }, 'groupBy: There is no field "Colour"'],
    [{ objectType: 'Opportunity', measure: 'Stage' }, 'measure: "Stage" is not a number'],
    [{ objectType: 'Case', measure: 'win rate' }, 'measure: A win rate is of opportunities'],
    [{ objectType: 'Account', openOnly: 'true' }, 'openOnly: "Accounts" are neither open nor closed'],
    [{ objectType: 'Opportunity', period: 'this decade' }, 'period: "this decade" is no period'],
    [{ objectType: 'Opportunity', period: 'this year', since: '7d' }, 'Give either period, or since and until'],
    [{ objectType: 'Opportunity', compareWith: 'previous' }, 'compareWith: Give a period, or since'],
    [{ objectType: 'Opportunity', groupBy: 'Stage, Type, Owner' }, 'groupBy: It must be one name, or up to 2'],
    [{ objectType: 'Opportunity', dateField: 'Stage', period: 'today' }, 'dateField: "Stage" is no date'],
  ])('%o is refused with what to do', async (query, detail) => {
    const body = await summarize(query);
    expect(body.code).toBe('invalid_input');
    expect(body.detail).toContain(detail);
  });

  test('the filters of the find actions hold', async () => {
    const body = await summarize({
      objectType: 'Opportunity',
      owner: 'Li Wei',
      where: '{"Amount": {"from": 20000}}',
      overdue: 'true',
      measure: 'largest Amount',
    });
    const [wei] = salesforce.sandbox.records('User').filter(({ Name }) => Name === 'Li Wei');
    const today = dayAt(new Date(), 'Europe/Berlin');
    const found = opportunities().filter(
      ({ OwnerId, Amount, IsClosed, CloseDate }) =>
        OwnerId === wei?.Id && Number(Amount) >= 20_000 && IsClosed === false && String(CloseDate) < today,
    );
    expect(body.records).toBe(found.length);
    if (found.length > 0) expect(measured(body)?.most).toBe(Math.max(...found.map(({ Amount }) => Number(Amount))));
  });

  test('tasks go by their due date, events by their start, and it is told that open and completed ones are together', async () => {
    const query = { objectType: 'Task', since: '2000-01-01', until: '2100-01-01', where: '{"Task Subtype": "Call"}' };
    const calls = salesforce.sandbox.records('Task').filter(({ TaskSubtype }) => TaskSubtype === 'Call');
    const body = await summarize(query);
    expect([body.records, body.period]).toEqual([calls.length, expect.stringContaining('by Due Date Only')]);
    expect(body.note).toContain('Open and completed tasks are counted together: where {"Closed": true}');
    const completed = await summarize({ ...query, where: '{"Task Subtype": "Call", "Closed": true}' });
    expect(completed.records).toBe(calls.filter(({ IsClosed }) => IsClosed === true).length);
    expect(completed.note ?? '').not.toContain('together');
    expect((await summarize({ ...query, openOnly: 'true' })).note ?? '').not.toContain('together');
    const events = await summarize({ objectType: 'Event', period: 'this year' });
    expect(events.period).toContain('by Start Date Time');
    const due = { objectType: 'Task', period: 'this year', dateField: 'due date', groupBy: 'month of due date' };
    expect(await summarize(due)).toMatchObject({
      period: expect.stringContaining('by Due Date Only'),
      groupedBy: ['month of Due Date Only'],
    });
  });

  test('a label is meant by its first words where exactly one that may be meant begins so', async () => {
    const query = { objectType: 'Opportunity', measure: 'Expected', groupBy: 'Forecast' };
    const body = await summarize(query);
    expect([measured(body)?.measure, body.groupedBy]).toEqual(['Expected Amount', ['Forecast Category']]);
    expect((await summarize({ objectType: 'Task', dateField: 'Due D', period: 'today' })).code).toBe('invalid_input');
  });

  test('of two groupings the totals of the second are told, and stages are in their order', async () => {
    const body = await summarize({ objectType: 'Opportunity', measure: 'Amount', groupBy: 'Owner, Stage' });
    const seconds = list(body.secondGroups);
    const stages = [...new Set(opportunities().map(({ StageName }) => StageName))];
    const { body: described } = await salesforce.call('describeObject', { query: { objectType: 'Opportunity' } });
    const order = JSON.stringify(described);
    expect(seconds.map(({ name }) => name)).toEqual(
      stages.toSorted((one, other) => order.indexOf(String(one)) - order.indexOf(String(other))),
    );
    for (const { name, records, numbers } of seconds) {
      const rows = opportunities().filter(({ StageName }) => StageName === name);
      const sum = sumOf(rows, 'Amount').toLocaleString('en-US');
      expect([records, numbers]).toEqual([rows.length, `Amount ${sum} USD in all`]);
    }
    const alone = await summarize({ objectType: 'Opportunity', groupBy: 'Stage' });
    expect(list(alone.groups).map(({ name }) => name)).toEqual(seconds.map(({ name }) => name));
    expect(alone.secondGroups).toBeUndefined();
  });

  test('leads have a conversion rate, and groups of a checkbox are called by its label', async () => {
    const leads = salesforce.sandbox.records('Lead');
    const won = leads.filter(({ IsConverted }) => IsConverted === true).length;
    const body = await summarize({ objectType: 'Lead', measure: 'conversion rate', groupBy: 'Lead Source, Converted' });
    const percent = Number(((won / leads.length) * 100).toFixed(1));
    expect(measured(body)).toEqual({ measure: 'Conversion rate', percent, won, lost: leads.length - won });
    expect(body.summary).toContain(`conversion rate ${percent} % (${won} of ${leads.length})`);
    expect(body.note).toContain('share of converted leads among all');
    expect(
      list(body.secondGroups)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Converted: no', 'Converted: yes']);
    const [source] = list(body.groups);
    const own = leads.filter(({ LeadSource }) => LeadSource === source?.name);
    expect(measured(source)?.won).toBe(own.filter(({ IsConverted }) => IsConverted === true).length);
    expect((await summarize({ objectType: 'Case', measure: 'conversion rate' })).detail).toContain('is of leads');
  });
});

const pick = <Item>(items: readonly Item[], at: number): Item => items[at % items.length] as Item;

/** Many deals in three currencies, a fiscal year of the org's own, and a zone that is not that of the integration user. */
const several = await orgWith(({ records, others }) => {
  others['currencies.json'] = [
    { isoCode: 'USD', corporate: true },
    { isoCode: 'EUR', rate: 0.8 },
    { isoCode: 'JPY', rate: 150 },
  ];
  records.Opportunity = Array.from({ length: 90 }, (_, at) => ({
    Name: `Deal ${at}`,
    Amount: at % 11 === 0 ? null : ((at * 7919) % 1000) * 10 + 0.1,
    CurrencyIsoCode: pick(['USD', 'EUR', 'JPY'], at + (at >> 3)),
    AccountId: pick(['contoso', 'tanaka', 'fabrikam-inc'], at),
    OwnerId: pick(['li-wei', 'ana-ruiz'], at),
    StageName: pick(['Prospecting', 'Closed Won', 'Closed Lost'], at >> 1),
    CloseDate: new Date(Date.UTC(2026, 0, 1 + at * 5)).toISOString().slice(0, 10),
    // Half an hour before and after midnight in Kolkata.
    CreatedDate: new Date(Date.UTC(2026, 0, 1 + at, 18, at % 2 === 0 ? 0 : 59)).toISOString(),
  }));
  records.Organization = [{ Name: 'Sandbox', FiscalYearStartMonth: 2, UsesStartDateAsFiscalYearName: false }];
  records.FiscalYearSettings = [{ $key: 'fy', Name: '2027', IsStandardYear: false }];
  records.Period = [
    { Type: 'Year', StartDate: '2026-02-05', EndDate: '2027-02-03', FiscalYearSettingsId: 'fy' },
    { Type: 'Quarter', StartDate: '2026-02-05', EndDate: '2026-05-06', FiscalYearSettingsId: 'fy' },
    { Type: 'Quarter', StartDate: '2026-05-07', EndDate: '2026-08-05', FiscalYearSettingsId: 'fy' },
    { Type: 'Quarter', StartDate: '2026-08-06', EndDate: '2026-11-04', FiscalYearSettingsId: 'fy' },
    { Type: 'Quarter', StartDate: '2026-11-05', EndDate: '2027-02-03', FiscalYearSettingsId: 'fy' },
  ];
  records.Task = [];
  records.Event = [];
  for (const account of records.Account ?? []) Object.assign(account, { CurrencyIsoCode: 'JPY' });
});

describe('in an org with several currencies, a fiscal year of its own and a policy', () => {
  const hiddenFields = { Opportunity: ['Margin__c', 'LeadSource'], Account: ['Industry', 'AnnualRevenue'] };
  const policy = { default: { systems: { salesforce: { hiddenFields } } } };
  const salesforce = useSalesforce({
    sandbox: { data: several },
    app: { env: { TIME_ZONE: 'Asia/Kolkata', POLICY: JSON.stringify(policy) } },
  });
  const summarize = async (query: Record<string, string>) =>
    (await salesforce.call('summarizeRecords', { query: { objectType: 'Opportunity', ...query } })).body;
  const opportunities = () => salesforce.sandbox.records('Opportunity');
  const inDollars = ({ Amount, CurrencyIsoCode }: Row) =>
    Number(Amount ?? 0) / ({ EUR: 0.8, JPY: 150 }[String(CurrencyIsoCode)] ?? 1);

  test('different currencies are told each for itself, and a total of all is called converted', async () => {
    const body = await summarize({ measure: 'Amount', groupBy: 'account' });
    for (const name of ['Contoso', 'Fabrikam, Inc.']) {
      const accountId = salesforce.sandbox.records('Account').find(each => each.Name === name)?.Id;
      const own = opportunities().filter(({ AccountId }) => AccountId === accountId);
      const amounts = measured(named(body.groups, name));
      expect(amounts).toMatchObject({ currency: 'USD', converted: true });
      expect(amounts?.sum).toBeCloseTo(
        own.reduce((sum, row) => sum + inDollars(row), 0),
        4,
      );
      for (const { currency, sum } of list(amounts?.perCurrency)) {
        expect(sum).toBeCloseTo(
          sumOf(
            own.filter(({ CurrencyIsoCode }) => CurrencyIsoCode === currency),
            'Amount',
          ),
          6,
        );
      }
    }
    expect(body.note).toContain('converted into USD');
  });

  test('amounts of one currency are not converted', async () => {
    const body = await summarize({ measure: 'sum of Amount', where: '{"Currency ISO Code": "EUR"}' });
    const euros = opportunities().filter(({ CurrencyIsoCode }) => CurrencyIsoCode === 'EUR');
    expect(measured(body)).toMatchObject({ currency: 'EUR' });
    expect(measured(body)?.sum).toBeCloseTo(sumOf(euros, 'Amount'), 6);
    expect(measured(body)).not.toHaveProperty('converted');
  });

  test('quarters are those that the org has defined, and its standard ones beside them', async () => {
    const body = await summarize({ groupBy: 'quarter of Close Date' });
    const between = (from: string, to: string) =>
      opportunities().filter(({ CloseDate }) => String(CloseDate) >= from && String(CloseDate) <= to).length;
    expect(named(body.groups, 'FY2027 Q2')).toMatchObject({ records: between('2026-05-07', '2026-08-05') });
    expect(named(body.groups, 'FY2027 Q4')).toMatchObject({ records: between('2026-11-05', '2027-02-03') });
    expect(body.note).toContain('fiscal year');
    const calendar = await summarize({ groupBy: 'calendar quarter of Close Date' });
    expect(named(calendar.groups, '2026 Q2')).toMatchObject({ records: between('2026-04-01', '2026-06-30') });
    const period = await summarize({ period: 'Q3 FY2027', compareWith: 'previous' });
    expect(period).toMatchObject({
      records: between('2026-08-06', '2026-11-04'),
      before: { records: between('2026-05-07', '2026-08-05') },
      previousPeriod: '7 May 2026 to 5 Aug 2026',
    });
  });

  test('days are those of the zone that decides, also where Salesforce would tell others', async () => {
    const body = await summarize({ groupBy: 'month of Created Date', measure: 'sum of Amount' });
    const inMarch = opportunities().filter(({ CreatedDate }) =>
      dayAt(new Date(String(CreatedDate)), 'Asia/Kolkata').startsWith('2026-03'),
    );
    const march = named(body.groups, '2026-03');
    expect(march).toMatchObject({ records: inMarch.length });
    for (const { currency, sum } of list(measured(march)?.perCurrency)) {
      expect(sum).toBeCloseTo(
        sumOf(
          inMarch.filter(({ CurrencyIsoCode }) => CurrencyIsoCode === currency),
          'Amount',
        ),
        6,
      );
    }
    expect(body.note).toContain('Days are those of Asia/Kolkata.');
  });

  test.each<Record<string, string>>([
    { measure: 'Margin' },
    { groupBy: 'Lead Source' },
    { groupBy: 'Account Industry' },
    { groupBy: 'Industry' },
    { where: '{"Margin": {"from": 1}}' },
    { missing: 'Lead Source' },
    { objectType: 'Account', measure: 'Annual Revenue' },
    { groupBy: 'Account.Industry' },
  ])('%o of a hidden field is refused as one that is not there', async query => {
    const body = await summarize(query);
    expect([body.code, body.detail]).toEqual(['invalid_input', expect.stringContaining('There is no field')]);
    const asked = salesforce.asked().map(each => each.query.get('q') ?? '');
    expect(asked.join()).not.toMatch(/Margin__c|LeadSource|Industry|AnnualRevenue/);
  });
});
