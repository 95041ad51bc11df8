import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { list, type SalesforceApp, startSalesforceApp, useSalesforce } from './harness.ts';
import { orgWith } from './orgData.ts';

const salesforce = useSalesforce();

const objects = {
  findAccounts: ['Account', 'accounts', 'accountId'],
  findContacts: ['Contact', 'contacts', 'contactId'],
  findLeads: ['Lead', 'leads', 'leadId'],
  findOpportunities: ['Opportunity', 'opportunities', 'opportunityId'],
  findCases: ['Case', 'cases', 'caseId'],
} as const;
type Action = keyof typeof objects;
type Row = Record<string, unknown>;

async function idsBy(action: Action, query: Record<string, string>): Promise<string[]> {
  const [, name, id] = objects[action];
  const { status, body } = await salesforce.call(action, { query: { ...query, limit: '100' } });
  expect(status, body.detail).toBe(200);
  return list(body[name]).map(item => String(item[id]));
}

const rows = (action: Action): Row[] => salesforce.sandbox.records(objects[action][0]);
const idsOf = (action: Action, isMeant: (row: Row) => boolean) =>
  rows(action)
    .filter(isMeant)
    .map(({ Id }) => String(Id))
    .toSorted();
const nameOf = (objectType: 'Account' | 'User', id: unknown) =>
  salesforce.sandbox.records(objectType).find(({ Id }) => Id === id)?.Name;
/** By the clock of the sandbox's users. */
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(new Date());
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

const queues = () => salesforce.sandbox.records('Group').filter(({ Type }) => Type === 'Queue');

/** No record of the made-up org is a queue's. */
beforeAll(async () => {
  for (const objectType of ['Lead', 'Case'] as const) {
    const [record] = salesforce.sandbox.records(objectType);
    const fields = JSON.stringify({ Owner: objectType === 'Lead' ? 'Renewals' : 'Support Tier 2' });
    const json = { objectType, recordId: record?.Id, fields };
    const { status, body } = await salesforce.call('updateRecord', { json });
    expect(status, body.detail).toBe(200);
  }
});

describe('a filter on any field', () => {
  it.each<[Action, string, object, (row: Row) => boolean]>([
    ['findAccounts', 'a value of a picklist', { Industry: 'Retail' }, row => row.Industry === 'Retail'],
    [
      'findAccounts',
      'several',
      { industry: ['retail', 'Manufacturing', 'Technology'] },
      row => ['Retail', 'Manufacturing', 'Technology'].includes(String(row.Industry)),
    ],
    ['findAccounts', 'any other value or none', { 'Account Rating': { not: 'Hot' } }, row => row.Rating !== 'Hot'],
    ['findAccounts', 'some or none', { Rating: ['Hot', null] }, row => row.Rating === 'Hot' || !row.Rating],
    [
      'findAccounts',
      'neither some nor none',
      { Rating: { not: ['Hot', null] } },
      row => Boolean(row.Rating) && row.Rating !== 'Hot',
    ],
    [
      'findAccounts',
      'an amount between two',
      { 'Annual Revenue': { from: 9500000, to: '21000000' } },
      row => Number(row.AnnualRevenue) >= 9500000 && Number(row.AnnualRevenue) <= 21000000,
    ],
    [
      'findAccounts',
      'an amount with its currency',
      { 'Annual Revenue': { from: '9,500,000 USD' } },
      row => Number(row.AnnualRevenue) >= 9500000,
    ],
    [
      'findAccounts',
      'an amount that is not between',
      { AnnualRevenue: { not: { from: 9500000 } } },
      row => !(Number(row.AnnualRevenue) >= 9500000),
    ],
    [
      'findAccounts',
      'a part of a text',
      { 'Account Name': { contains: "d'arcy" } },
      row => String(row.Name).toLowerCase().includes("d'arcy"),
    ],
    [
      'findAccounts',
      'a text without a part',
      { 'Account Name': { not: { contains: 'contoso' } } },
      row => !String(row.Name).toLowerCase().includes('contoso'),
    ],
    ['findAccounts', 'nothing', { Website: null }, row => !row.Website],
    [
      'findAccounts',
      'something',
      { Employees: { empty: false } },
      row => row.NumberOfEmployees !== null && row.NumberOfEmployees !== undefined,
    ],
    ['findAccounts', 'a number', { Employees: 420 }, row => row.NumberOfEmployees === 420],
    [
      'findAccounts',
      'a record that it leads to, by name',
      { 'Parent Account': 'Contoso' },
      row => row.ParentId !== null && nameOf('Account', row.ParentId) === 'Contoso',
    ],
    ['findAccounts', 'a person, by name', { Owner: 'Ana Ruiz' }, row => nameOf('User', row.OwnerId) === 'Ana Ruiz'],
    [
      'findContacts',
      'an account by a part of its name',
      { Account: { contains: 'contoso' } },
      row => String(nameOf('Account', row.AccountId)).toLowerCase().includes('contoso'),
    ],
    [
      'findLeads',
      'one status of several',
      { Status: ['Open - Not Contacted', 'Working - Contacted'] },
      row => /^(Open|Working)/.test(String(row.Status)),
    ],
    ['findLeads', 'a checkbox', { Converted: false }, row => row.IsConverted !== true],
    [
      'findOpportunities',
      'a day until another',
      { 'Close Date': { to: today() } },
      row => String(row.CloseDate) <= today(),
    ],
    [
      'findOpportunities',
      'a label that differs in spaces',
      { nextstep: { contains: 'demo' } },
      row => String(row.NextStep ?? '').includes('Demo'),
    ],
    [
      'findCases',
      'a moment in a span',
      { 'Created Date': { from: '7d', to: '3d' } },
      row => String(row.CreatedDate) >= daysAgo(7).toISOString() && String(row.CreatedDate) <= daysAgo(3).toISOString(),
    ],
    ['findCases', 'nobody but a queue', { Owner: 'none' }, row => String(row.OwnerId).startsWith('00G')],
    ['findCases', 'a checkbox that is set', { Escalated: 'yes' }, row => row.IsEscalated === true],
  ])('of %s finds %s', async (action, _, where, isMeant) => {
    const expected = idsOf(action, isMeant);
    expect(expected.length).toBeGreaterThan(0);
    expect((await idsBy(action, { where: JSON.stringify(where) })).toSorted()).toEqual(expected);
  });

  it('finds by several values of an input of its own', async () => {
    const stages = ['Prospecting', 'Proposal/Price Quote'];
    const found = await idsBy('findOpportunities', { stage: 'prospecting, Proposal/Price Quote' });
    expect(found.toSorted()).toEqual(idsOf('findOpportunities', row => stages.includes(String(row.StageName))));
  });

  it('costs one request with one value of an input of its own', async () => {
    await idsBy('findOpportunities', { stage: 'Prospecting' });
    expect(salesforce.costs()).toEqual(['GET /query']);
  });

  it('finds what lacks something, has not changed for a while, or is overdue', async () => {
    expect((await idsBy('findOpportunities', { missing: 'Next Step, amount', openOnly: 'true' })).toSorted()).toEqual(
      idsOf('findOpportunities', row => !row.IsClosed && !row.NextStep && (row.Amount ?? null) === null),
    );
    const monthAgo = daysAgo(30).toISOString();
    const isUntouched = (row: Row) =>
      String(row.LastModifiedDate) <= monthAgo && String(row.LastActivityDate ?? '') <= monthAgo.slice(0, 10);
    for (const action of ['findLeads', 'findContacts', 'findOpportunities'] as const) {
      const expected = idsOf(action, isUntouched);
      expect(expected.length).toBeGreaterThan(0);
      expect((await idsBy(action, { unchangedFor: '30d' })).toSorted()).toEqual(expected);
    }
    // Some were not edited, and had an activity all the same.
    expect(
      rows('findContacts').filter(row => String(row.LastModifiedDate) <= monthAgo && !isUntouched(row)),
    ).not.toEqual([]);
    const [first] = await idsBy('findOpportunities', { openOnly: 'true' });
    const fields = { CloseDate: daysAgo(3).toISOString().slice(0, 10) };
    await salesforce.call('updateRecord', {
      json: { objectType: 'Opportunity', recordId: first, fields: JSON.stringify(fields) },
    });
    expect(await idsBy('findOpportunities', { overdue: 'true' })).toEqual([first]);
  });

  it.each<[Action, string]>([
    ['findLeads', 'neither edited (Last Modified Date) nor with a task or event (Last Activity)'],
    ['findCases', 'not edited'],
  ])('%s says what it takes for unchanged: %s', async (action, meaning) => {
    const { body } = await salesforce.call(action, { query: { unchangedFor: '7d' } });
    expect(body.summary).toContain(`Unchanged means ${meaning}`);
  });

  it.each<[Action, string, (row: Row) => boolean]>([
    ['findContacts', 'activity', row => !row.LastActivityDate],
    ['findOpportunities', 'Last Activity, next step', row => !row.LastActivityDate && !row.NextStep],
  ])('%s finds what has no %s', async (action, missing, isMeant) => {
    const expected = idsOf(action, isMeant);
    expect(expected.length).toBeGreaterThan(0);
    expect((await idsBy(action, { missing })).toSorted()).toEqual(expected);
  });

  it.each<[string, (row: Row) => string]>([
    ['created', row => String(row.CreatedDate)],
    ['last activity desc', row => String(row.LastActivityDate ?? '')],
    ['close date desc', row => String(row.CloseDate)],
    [
      'amount desc',
      row =>
        Number(row.Amount ?? 0)
          .toFixed(2)
          .padStart(12, '0'),
    ],
  ])('sorts by %s, and what has none comes last', async (orderBy, keyOf) => {
    const ids = await idsBy('findOpportunities', { orderBy, where: '{"Close Date":{"from":"1990-01-01"}}' });
    const found = ids.map(id => rows('findOpportunities').find(({ Id }) => Id === id) ?? {});
    expect(found.map(keyOf)).toEqual(found.map(keyOf).toSorted().reverse());
    expect(new Set(found.map(keyOf)).size).toBeGreaterThan(1);
  });

  it('asks for the description of an object once', async () => {
    await idsBy('findContacts', { where: '{"Title":"CEO"}', columns: 'Title,Department', orderBy: 'Title' });
    salesforce.costs();
    await idsBy('findContacts', { where: '{"Title":"CEO"}', columns: 'Title', orderBy: 'Last Name desc' });
    expect(salesforce.costs()).toEqual(['GET /query']);
  });

  it.each<[Action, string, Record<string, string>, string]>([
    [
      'findAccounts',
      'a label that is none',
      { where: '{"Industy":"Retail"}' },
      'where: There is no field "Industy" that can be used here. The nearest are "Industry"',
    ],
    ['findAccounts', 'the like in missing', { missing: 'Industy' }, 'missing: There is no field "Industy"'],
    [
      'findAccounts',
      'the like in orderBy',
      { name: 'x', orderBy: 'Industy desc' },
      'orderBy: There is no field "Industy"',
    ],
    [
      'findAccounts',
      'a value that is none',
      { where: '{"Industry":"Retial"}' },
      '"Industry" has no value "Retial". The nearest are "Retail"',
    ],
    [
      'findOpportunities',
      'a stage that is none',
      { stage: 'Closed Won, Prospectng' },
      'stage: "Stage" has no value "Prospectng". The nearest are "Prospecting"',
    ],
    [
      'findOpportunities',
      'a word for an amount',
      { where: '{"Amount":{"from":"much"}}' },
      '"Amount" takes an amount such as 5000',
    ],
    [
      'findOpportunities',
      'a word for a day',
      { where: '{"Close Date":"soon"}' },
      '"Close Date" takes a day such as 2026-11-30',
    ],
    ['findAccounts', 'a range of what has no order', { where: '{"Industry":{"from":"A"}}' }, '"Industry" has no order'],
    [
      'findAccounts',
      'a long text',
      { where: '{"Account Description":{"contains":"plants"}}' },
      '"Account Description" cannot be searched by',
    ],
    [
      'findAccounts',
      'more people than can be looked up',
      { where: JSON.stringify({ Owner: Array.from({ length: 16 }, (_, at) => `Person ${at}`) }) },
      '"Owner ID" takes at most 15 names',
    ],
    [
      'findAccounts',
      'a form that is none',
      { where: '{"Industry":{"like":"R"}}' },
      '"Industry": it must be a value, a list of values',
    ],
  ])('of %s refuses %s', async (action, _, query, told) => {
    const { status, body } = await salesforce.call(action, { query });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain(told);
  });
});

it.each([',', '"', ' , ""'])('a list of names without any is refused, and not passed over: %s', async text => {
  for (const [action, input] of [
    ['findAccounts', 'owner'],
    ['findAccounts', 'industry'],
    ['findCases', 'status'],
    ['findOpportunities', 'stage'],
    ['findLeads', 'missing'],
  ] as const) {
    const { status, body } = await salesforce.call(action, {
      query: { where: '{"Id":{"empty":false}}', [input]: text },
    });
    expect([input, status, body.detail]).toEqual([
      input,
      400,
      expect.stringMatching(`^${input}: It must have at least one (name|label)`),
    ]);
  }
});

it('more names of people than one call can look up are refused before any is looked up', async () => {
  const people = (prefix: string) => Array.from({ length: 8 }, (_, index) => `${prefix}${index}`);
  const where = JSON.stringify({ Owner: people('a'), 'Created By': people('b') });
  await salesforce.call('findAccounts', { query: { where: '{"Name":"x"}' } });
  salesforce.costs();
  const { body } = await salesforce.call('findAccounts', { query: { where } });
  expect(body.detail).toMatch(
    /^where: .* take at most 15 names together, and have 16\. Ask in several calls, or give IDs\.$/,
  );
  const beside = await salesforce.call('findAccounts', {
    query: { owner: people('c').join(','), where: JSON.stringify({ 'Created By': people('b') }) },
  });
  expect(beside.body.detail).toMatch(/^where: owner, "Created By.*" take at most 15 names together, and have 16\./);
  expect(salesforce.costs()).toEqual([]);
});

describe('a field by the name that answers give it', () => {
  it.each(Object.keys(objects) as Action[])('is known: %s', async action => {
    const [, name, id] = objects[action];
    const owner = action === 'findLeads' || action === 'findCases' ? 'none' : 'Li Wei,Jonas Weber';
    const found = await salesforce.call(action, { query: { owner, limit: '100' } });
    const names = [...new Set(list(found.body[name]).flatMap(Object.keys))].filter(
      each => !['url', 'currency'].includes(each),
    );
    expect(names.length).toBeGreaterThan(5);
    for (let at = 0; at < names.length; at += 5) {
      const columns = names.slice(at, at + 5).join(',');
      const { status, body } = await salesforce.call(action, { query: { owner, columns, limit: '100' } });
      expect([status, body.notShown]).toEqual([200, undefined]);
      const shown = new Set(list(body[name]).flatMap(Object.keys));
      // A lookup is shown by the name of what it leads to.
      const own = names.slice(at, at + 5).filter(each => each !== 'accountId');
      expect([...shown]).toEqual(expect.arrayContaining([...own, id]));
    }
  });

  it('is one in conditions, orders and groups, with or without its ending', async () => {
    const where = JSON.stringify({ opened: { from: '2d' }, openedAt: { to: 'today' } });
    const opened = (row: Row) => new Date(String(row.CreatedDate).replace('+0000', 'Z'));
    const start = new Date(`${daysAgo(2).toISOString().slice(0, 10)}T00:00:00Z`);
    expect((await idsBy('findCases', { where, orderBy: 'opened desc' })).toSorted()).toEqual(
      await idsBy('findCases', { where: JSON.stringify({ 'Created Date': { from: '2d', to: 'today' } }) }).then(ids =>
        ids.toSorted(),
      ),
    );
    expect(idsOf('findCases', row => opened(row) >= start).length).toBeGreaterThan(0);
    const query = { objectType: 'Case', groupBy: 'opened by month' };
    const { status, body } = await salesforce.call('summarizeRecords', { query });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(list(body.groups).length).toBeGreaterThan(0);
  });
});

describe('an upper bound of a date', () => {
  it.each([
    ['findOpportunities', 'Last Activity', 'unchangedFor'],
    ['findAccounts', 'Last Activity', 'unchangedFor'],
    ['findLeads', 'Converted Date', 'missing'],
  ])('of %s tells that those without %s are left out, and how to find them', async (action, label, how) => {
    const ask = async (condition: unknown) => {
      const { body } = await salesforce.call(action, { query: { where: JSON.stringify({ [label]: condition }) } });
      return JSON.stringify(body);
    };
    const bounded = await ask({ to: '2040-01-01' });
    expect(bounded).toContain(`is empty are not among these`);
    expect(bounded).toContain(how);
    for (const other of [
      { from: '2020-01-01', to: '2040-01-01' },
      { from: '2020-01-01' },
      { not: { to: '2040-01-01' } },
    ]) {
      expect(await ask(other)).not.toContain('are not among these');
    }
  });

  it('of a date that each record has, there is nothing to tell', async () => {
    const query = { where: '{"Close Date": {"to": "2040-01-01"}}' };
    const { body } = await salesforce.call('findOpportunities', { query });
    expect(JSON.stringify(body)).not.toContain('are not among these');
  });
});

describe('an owner', () => {
  const owned = (action: Action, ...names: string[]) =>
    idsOf(action, row => names.includes(String(nameOf('User', row.OwnerId))));

  it('is found by a part of the name, and several are at once', async () => {
    expect((await idsBy('findAccounts', { owner: 'Jonas' })).toSorted()).toEqual(owned('findAccounts', 'Jonas Weber'));
    expect((await idsBy('findAccounts', { owner: 'li wei, ana.ruiz@example.com' })).toSorted()).toEqual(
      owned('findAccounts', 'Li Wei', 'Ana Ruiz'),
    );
  });

  it('that is none, or several, is told', async () => {
    const none = await salesforce.call('findAccounts', { query: { owner: 'Nobody At All' } });
    expect([none.status, none.body.code]).toEqual([404, 'not_found']);
    const several = await salesforce.call('findAccounts', { query: { owner: 'r' } });
    expect([several.status, several.body.code]).toEqual([409, 'ambiguous']);
    expect(several.body.detail).toMatch(/owner: Several match "r": .*Ana Ruiz \(005\w+, ana\.ruiz@example\.com\)/);
  });

  it('is a queue where queues own records, and none for what any queue has', async () => {
    const [queue] = queues();
    expect((await idsBy('findCases', { owner: String(queue?.Name) })).toSorted()).toEqual(
      idsOf('findCases', row => row.OwnerId === queue?.Id),
    );
    for (const action of ['findLeads', 'findCases'] as const) {
      expect((await idsBy(action, { owner: 'none' })).toSorted()).toEqual(
        idsOf(action, row => queues().some(({ Id }) => Id === row.OwnerId)),
      );
      expect(await idsBy(action, { owner: 'none' })).not.toHaveLength(0);
    }
  });

  it.each<[Action, Record<string, string>]>([
    ['findLeads', { missing: 'owner' }],
    ['findLeads', { where: '{"Owner":null}' }],
    ['findCases', { missing: 'Owner ID' }],
  ])('of %s is missing for %j where a queue has it', async (action, query) => {
    const expected = idsOf(action, row => queues().some(({ Id }) => Id === row.OwnerId));
    expect((await idsBy(action, query)).toSorted()).toEqual(expected);
    const others = await idsBy(action, { where: '{"Owner":{"not":null}}' });
    expect(others).toHaveLength(rows(action).length - expected.length);
  });

  it('is missing nowhere that queues own nothing, which is said', async () => {
    const { status, body } = await salesforce.call('findOpportunities', { query: { missing: 'owner' } });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain('missing: Each Opportunity has an owner, who is a person');
  });
});

describe('columns', () => {
  it('are shown by their labels and in words, and nothing else is but what names the record', async () => {
    const query = {
      name: 'Contoso – plant',
      columns: 'stage, Opportunity Type, Lead Source, Expected Amount, Owner, Account',
    };
    const { body } = await salesforce.call('findOpportunities', { query });
    expect(list(body.opportunities)).toEqual([
      {
        opportunityId: expect.any(String),
        name: 'Contoso – plant rollout',
        account: 'Contoso',
        stage: 'Negotiation/Review',
        owner: 'Li Wei',
        url: expect.stringContaining('/Opportunity/'),
        columns: [
          { name: 'Opportunity Type', value: 'Existing Business' },
          { name: 'Lead Source', value: 'Partner Referral' },
          { name: 'Expected Amount', value: '192,000 USD' },
        ],
      },
    ]);
    expect(body.summary).toContain('worth 240,000 USD');
  });

  it('that are empty are told as none, and rows bear what tells them apart', async () => {
    const query = { caseNumber: '1001', columns: 'Web Email' };
    const { body } = await salesforce.call('findCases', { query });
    expect(list(body.cases)).toMatchObject([
      { caseNumber: '00001001', status: 'Escalated', columns: [{ name: 'Web Email', value: 'none' }] },
    ]);
  });

  it('of a label that is none are said, and the others are shown', async () => {
    const query = { name: 'Contoso – plant', columns: 'Amont, Amount' };
    const { status, body } = await salesforce.call('findOpportunities', { query });
    expect(status).toBe(200);
    expect(list(body.opportunities)[0]).toMatchObject({ amount: 240_000, currency: 'USD' });
    expect(body.notShown).toEqual([
      expect.stringContaining('no field "Amont" that can be used here. The nearest are "Amount"'),
    ]);
  });
});

describe('under a policy', () => {
  let restricted: SalesforceApp;
  beforeAll(async () => {
    const objects = ['Opportunity'];
    const hiddenFields = { Opportunity: ['Margin__c'] };
    const POLICY = JSON.stringify({ default: { systems: { salesforce: { objects, hiddenFields } } } });
    restricted = await startSalesforceApp({ app: { env: { POLICY } } });
  });
  afterAll(() => restricted.stop());

  it.each([
    ['a field that is closed', 'Margin', 'Marrgin'],
    ['a lookup to an object that is closed', 'Account', 'Acount'],
  ])('%s is as one that does not exist', async (_, closed, none) => {
    for (const query of [
      (label: string) => ({ where: JSON.stringify({ [label]: { empty: false } }) }),
      (label: string) => ({ where: JSON.stringify({ [label]: { contains: 'x' } }) }),
      (label: string) => ({ missing: label }),
      (label: string) => ({ openOnly: 'true', orderBy: label }),
    ]) {
      const [refused, unknown] = await Promise.all(
        [closed, none].map(label => restricted.call('findOpportunities', { query: query(label) })),
      );
      expect([refused?.status, refused?.body.code]).toEqual([400, 'invalid_input']);
      const told = (detail = '', label: string) => detail.replace(label, '').replace(/ The nearest are .*?\./, '');
      expect(told(refused?.body.detail, closed)).toBe(told(unknown?.body.detail, none));
    }
    const { status, body } = await restricted.call('findOpportunities', {
      query: { openOnly: 'true', columns: `${closed}, Stage` },
    });
    expect(status).toBe(200);
    expect(body.notShown).toEqual([expect.stringContaining(`"${closed}"`)]);
    expect(JSON.stringify(body.opportunities)).not.toContain('columns');
  });
});

describe('orderBy', () => {
  it.each<[string, (row: Row) => number | string]>([
    ['Amount desc', ({ Amount }) => -Number(Amount ?? Number.NEGATIVE_INFINITY)],
    ['amount', ({ Amount }) => Number(Amount ?? Number.POSITIVE_INFINITY)],
    ['Close Date desc', ({ CloseDate }) => -Date.parse(String(CloseDate))],
  ])('sorts by %s, what is empty last', async (orderBy, rank) => {
    const ids = await idsBy('findOpportunities', { where: '{"Closed":false}', orderBy });
    const ranks = ids.map(id => rank(rows('findOpportunities').find(({ Id }) => Id === id) ?? {}));
    expect(ranks.length).toBeGreaterThan(2);
    expect(ranks).toEqual(ranks.toSorted((one, other) => Number(one) - Number(other)));
  });

  it('goes through all pages without losing or repeating a record', async () => {
    const whole = await idsBy('findLeads', { where: '{"Converted":false}', orderBy: 'Company' });
    const paged: string[] = [];
    for (let pageToken = ''; ; ) {
      const query = { where: '{"Converted":false}', orderBy: 'Company', limit: '4', pageToken };
      const { body } = await salesforce.call('findLeads', { query });
      paged.push(...list(body.leads).map(({ leadId }) => String(leadId)));
      if (!body.nextPageToken) break;
      pageToken = body.nextPageToken;
    }
    expect(paged).toEqual(whole);
  });
});

describe('in an org with labels of its own', () => {
  let other: SalesforceApp;
  beforeAll(async () => {
    const data = await orgWith(({ objects }) => {
      objects.Account?.fields.push(
        { name: 'Zone__c', label: 'Zone', type: 'picklist', values: ['North', 'South'] },
        { name: 'Zone2__c', label: 'zone', type: 'string' },
      );
    });
    other = await startSalesforceApp({ sandbox: { data } });
  });
  afterAll(() => other.stop());

  it('a label of several fields is the one that is written just so, else ambiguous with their names', async () => {
    const search = (label: string) =>
      other.call('findAccounts', { query: { where: JSON.stringify({ [label]: null }) } });
    expect((await search('Zone')).status).toBe(200);
    expect((await search('Zone2__c')).status).toBe(200);
    const { status, body } = await search('ZONE');
    expect([status, body.code]).toEqual([409, 'ambiguous']);
    expect(body.detail).toContain('Zone__c (Zone), Zone2__c (zone)');
  });
});
