import { describe, expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

test('tells names, types, choices and what is required, required ones first, in one request and then none', async () => {
  const ask = () => salesforce.call('describeObject', { query: { objectType: 'Opportunity', limit: '100' } });
  const { body } = await ask();
  const fields = list(body.fields);
  expect(fields[0]).toMatchObject({ field: 'Name', required: true, type: 'text' });
  expect(fields.find(({ field }) => field === 'StageName')).toMatchObject({
    label: 'Stage',
    type: 'one of the values',
    required: true,
    values: expect.arrayContaining(['Closed Won']),
  });
  expect(fields.find(({ field }) => field === 'AccountId')).toMatchObject({ refersTo: ['Account'], required: false });
  expect(fields.find(({ field }) => field === 'ExpectedRevenue')).toMatchObject({ canUpdate: false });
  expect(body.fieldCount).toBe(fields.length);
  expect(salesforce.costs()).toEqual(['GET /sobjects/Opportunity/describe']);
  await ask();
  expect(salesforce.costs()).toEqual([]);
});

test('says which record type to give for what pages demand and offer, and says it no more when one is given', async () => {
  const ask = async (query: Record<string, string>) => (await salesforce.call('describeObject', { query })).body;
  const opportunity = await ask({ objectType: 'Opportunity' });
  const byDefault = list(opportunity.recordTypes).find(({ isDefault }) => isDefault)?.name;
  for (const { name } of list(opportunity.recordTypes)) expect(opportunity.note).toContain(name);
  expect(opportunity.note).toContain(`${byDefault} (default)`);
  expect(await ask({ objectType: 'Opportunity', recordType: String(byDefault) })).not.toHaveProperty('note');
  expect((await ask({ objectType: 'Contact' })).note).toContain('with recordType, default.');
});

test('filters by a part of the label, and goes on page by page', async () => {
  const ask = (more: Record<string, string>) =>
    salesforce.call('describeObject', { query: { objectType: 'Contact', term: 'name', limit: '2', ...more } });
  const first = await ask({});
  const second = await ask({ pageToken: first.body.nextPageToken });
  const names = [...list(first.body.fields), ...list(second.body.fields)].map(({ field }) => field);
  expect(names).toContain('LastName');
  expect(new Set(names).size).toBe(names.length);
});

test('twenty calls at once for an object that is not known yet ask for it once', async () => {
  const ask = () => salesforce.call('describeObject', { query: { objectType: 'Event' } });
  await Promise.all(Array.from({ length: 20 }, ask));
  expect(salesforce.costs()).toEqual(['GET /sobjects/Event/describe']);
});

test('all fields are answered at once, though they are more than a page of other lists', async () => {
  const { body } = await salesforce.call('describeObject', { query: { objectType: 'Lead' } });
  expect(list(body.fields).length).toBe(body.fieldCount);
  expect(list(body.fields).length).toBeGreaterThan(25);
  expect(body).not.toHaveProperty('nextPageToken');
});

describe('where they have no room in one answer', () => {
  const small = useSalesforce({ app: { env: { MAX_RESPONSE_BYTES: '2048' } } });

  test('the rest follows, each once, by a short token', async () => {
    const seen: unknown[] = [];
    let pageToken = '';
    for (let pages = 0; pages < 30; pages += 1) {
      const { body } = await small.call('describeObject', { query: { objectType: 'Account', pageToken } });
      seen.push(...list(body.fields).map(({ field }) => field));
      pageToken = body.nextPageToken;
      if (!pageToken) break;
      expect(body.truncated).toBe(true);
      expect(pageToken.length).toBeLessThan(200);
    }
    const whole = await salesforce.call('describeObject', { query: { objectType: 'Account' } });
    expect(seen).toEqual(list(whole.body.fields).map(({ field }) => field));
  });
});

describe('a record type', () => {
  const ask = (query: Record<string, string>) => salesforce.call('describeObject', { query });
  const field = (body: Record<string, unknown>, name: string) => list(body.fields).find(each => each.field === name);

  test('is listed where there are several, and costs nothing more', async () => {
    await ask({ objectType: 'Opportunity' });
    salesforce.costs();
    const { body } = await ask({ objectType: 'Opportunity' });
    expect(body.recordTypes).toEqual([{ name: 'New Business', isDefault: true }, { name: 'Renewal' }]);
    expect(field(body, 'NextStep')).not.toHaveProperty('requiredOnPage');
    expect(salesforce.costs()).toEqual([]);
    expect((await ask({ objectType: 'Lead' })).body).not.toHaveProperty('recordTypes');
  });

  test('that is asked for tells the values that it offers and what its page demands, after what the API demands', async () => {
    const { body } = await ask({ objectType: 'Opportunity', recordType: 'renewal' });
    expect(body.recordType).toBe('Renewal');
    expect(field(body, 'StageName')).toMatchObject({
      required: true,
      values: ['Proposal/Price Quote', 'Negotiation/Review', 'Closed Won', 'Closed Lost'],
    });
    expect(field(body, 'NextStep')).toMatchObject({ required: false, requiredOnPage: true });
    expect(field(body, 'LeadSource')?.values).toHaveLength(5);
    const order = list(body.fields).map(({ required, requiredOnPage }) => (required ? 0 : requiredOnPage ? 1 : 2));
    expect(order).toEqual(order.toSorted());
    expect(salesforce.costs().toSorted()).toEqual([
      expect.stringMatching('^GET /ui-api/layout/Opportunity'),
      expect.stringMatching('^GET /ui-api/object-info/Opportunity/picklist-values/012'),
    ]);
  });

  test('may be the default, also where there is no other', async () => {
    const { body } = await ask({ objectType: 'Opportunity', recordType: 'default' });
    expect(body.recordType).toBe('New Business');
    expect(field(body, 'NextStep')).not.toHaveProperty('requiredOnPage');
    const { body: lead } = await ask({ objectType: 'Lead', recordType: 'Default' });
    // Of a name's parts only the one that a record must have.
    expect([field(lead, 'LastName'), field(lead, 'FirstName')]).toMatchObject([
      { requiredOnPage: true },
      { required: false },
    ]);
    expect(field(lead, 'FirstName')).not.toHaveProperty('requiredOnPage');
  });

  test('that is none is answered with those that there are', async () => {
    const { status, body } = await ask({ objectType: 'Opportunity', recordType: 'Partner' });
    expect([status, body.code]).toEqual([400, 'invalid_input']);
    expect(body.detail).toContain('has no record type "Partner". There are "New Business", "Renewal".');
    expect((await ask({ objectType: 'Lead', recordType: 'Partner' })).body.detail).toContain(
      'Lead has no record types.',
    );
  });

  test('of an object that the interface for pages does not have is described by the layouts of the API', async () => {
    const { body } = await ask({ objectType: 'Task', recordType: 'default' });
    expect(body).not.toHaveProperty('notShown');
    expect(field(body, 'Status')).toMatchObject({ values: expect.arrayContaining(['Completed']) });
    expect(salesforce.costs().filter(path => path.includes('describe/layouts'))).toEqual([
      'GET /sobjects/Task/describe/layouts',
      'GET /sobjects/Task/describe/layouts/012000000000000AAA',
    ]);
  });

  test('whose page is hidden from the user costs nobody the fields, and is said', async () => {
    const body = JSON.stringify([{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }]);
    salesforce.sandbox.fail({ path: '/ui-api/layout/', status: 403, body });
    salesforce.sandbox.fail({ path: '/describe/layouts/', status: 403, body });
    const answer = await ask({ objectType: 'Opportunity', recordType: 'Renewal' });
    expect([answer.status, answer.body.notShown]).toEqual([200, ['What the page of Renewal demands.']]);
    expect(field(answer.body, 'Type')?.values).toEqual(['Existing Business']);
  });
});

describe('under a policy that closes some fields', () => {
  const rules = { hiddenFields: { Opportunity: ['NextStep', 'Type'] } };
  const closed = useSalesforce({
    app: { env: { POLICY: JSON.stringify({ default: { systems: { salesforce: rules } } }) } },
  });

  test('a record type tells nothing of them', async () => {
    const query = { objectType: 'Opportunity', recordType: 'Renewal' };
    const { status, body } = await closed.call('describeObject', { query });
    expect(status).toBe(200);
    expect(list(body.fields).filter(({ requiredOnPage }) => requiredOnPage)).toHaveLength(5);
    expect(JSON.stringify(body)).not.toMatch(/NextStep|Existing Business/);
  });
});

test('tells required fields alone, and lookups by what they lead to', async () => {
  const { body } = await salesforce.call('describeObject', {
    query: { objectType: 'Opportunity', requiredOnly: 'true' },
  });
  expect(
    list(body.fields)
      .map(({ label }) => label)
      .sort(),
  ).toEqual(['Close Date', 'Name', 'Stage']);
  const { body: lookups } = await salesforce.call('describeObject', {
    query: { objectType: 'Opportunity', term: 'AccountId' },
  });
  expect(list(lookups.fields)).toMatchObject([{ field: 'AccountId', label: 'Account' }]);
});
