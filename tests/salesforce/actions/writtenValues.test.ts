import { describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';
import { orgWith } from '../orgData.ts';

/** An org with fields of every kind, of which some share a label. */
const data = await orgWith(({ objects }) => {
  objects.Project__c?.fields.push(
    { name: 'Rate__c', label: 'Rate', type: 'percent' },
    { name: 'Seats__c', label: 'Seats', type: 'int' },
    { name: 'Kickoff__c', label: 'Kick-off', type: 'datetime' },
    { name: 'Standup__c', label: 'Stand-up', type: 'time' },
    { name: 'Code_EU__c', label: 'Local Code', type: 'string', length: 20 },
    { name: 'Code_US__c', label: 'Local Code', type: 'string', length: 20 },
    {
      name: 'Number__c',
      label: 'Project Number',
      type: 'string',
      autoNumber: true,
      createable: false,
      updateable: false,
    },
    {
      name: 'Tier__c',
      label: 'Tier',
      type: 'picklist',
      restrictedPicklist: true,
      values: [
        { value: 'T1', label: 'Gold, "A&B" <1>' },
        { value: 'T2', label: 'Silber–Größe' },
        { value: 'T3', label: 'Old', active: false },
      ],
    },
    { name: 'Country__c', label: 'Country', type: 'picklist', values: ['Germany', 'Spain'] },
    {
      name: 'City__c',
      label: 'City',
      type: 'picklist',
      controllerName: 'Country__c',
      values: [
        { value: 'B1', label: 'Berlin', offeredFor: ['Germany'] },
        { value: 'M1', label: 'Mitte', offeredFor: ['Germany'] },
        { value: 'M2', label: 'Mitte', offeredFor: ['Spain'] },
      ],
    },
  );
  objects.Account?.fields.push(
    { name: 'ERP_Id__c', label: 'ERP ID', type: 'string', length: 20 },
    { name: 'BillingAddress', label: 'Billing Address', type: 'address', createable: false, updateable: false },
    {
      name: 'BillingCountryCode',
      label: 'Billing Country Code',
      type: 'picklist',
      restrictedPicklist: true,
      values: [
        { value: 'DE', label: 'Germany' },
        { value: 'US', label: 'United States' },
      ],
    },
  );
  for (const field of objects.Account?.fields ?? []) {
    if (/^Billing(Street|City|State|PostalCode|Country|CountryCode)$/.test(field.name)) {
      Object.assign(field, { compoundFieldName: 'BillingAddress' });
    }
  }
});
const salesforce = useSalesforce({ sandbox: { data } });

const contoso = recordId('001', 1);
const create = (objectType: string, fields: object) =>
  salesforce.call('createRecord', { json: { objectType, fields: JSON.stringify(fields) } });
const update = (objectType: string, id: string, fields: object) =>
  salesforce.call('updateRecord', { json: { objectType, recordId: id, fields: JSON.stringify(fields) } });
const row = (objectType: string, id: unknown) => salesforce.sandbox.records(objectType).find(({ Id }) => Id === id);

describe.each([
  [
    'Budget__c',
    [
      50_000,
      '50000',
      '50,000',
      '50k',
      '50 K',
      '0.05m',
      '1,5 million',
      '2bn',
      '1,234,567.50',
      '1.234.567,50',
      '50 000',
      "50'000",
      '1e3',
      '-12.5',
      '12,5',
    ],
  ],
  ['Seats__c', [12, '12', '1,200', '12.0']],
  ['Rate__c', [60, '60', '60%', '60 %', '12,5 %']],
  ['At_Risk__c', [true, 'true', 'TRUE', 'Yes', 1, '1', false, 'no', '0', 0]],
  ['Standup__c', ['9:30', '09:30', '09:30:15', '09:30:00.000Z']],
])('%s', (field, values) => {
  const meanings: Record<string, unknown> = {
    '50,000': 50_000,
    '50k': 50_000,
    '50 K': 50_000,
    '0.05m': 50_000,
    '1,5 million': 1_500_000,
    '2bn': 2_000_000_000,
    '1,234,567.50': 1_234_567.5,
    '1.234.567,50': 1_234_567.5,
    '50 000': 50_000,
    "50'000": 50_000,
    '12,5': 12.5,
    '1,200': 1200,
    '60%': 60,
    '60 %': 60,
    '12,5 %': 12.5,
    TRUE: true,
    true: true,
    Yes: true,
    no: false,
    '9:30': '09:30:00.000Z',
    '09:30': '09:30:00.000Z',
    '09:30:15': '09:30:15.000Z',
    '09:30:00.000Z': '09:30:00.000Z',
  };
  test.each(values.map(value => [value]))('takes %j', async value => {
    const { status, body } = await create('Project__c', { Name: 'Value', [field]: value });
    expect(status, JSON.stringify(body)).toBe(200);
    const text = String(value);
    const wanted = meanings[text] ?? (field === 'At_Risk__c' ? Boolean(Number(value)) : Number(value));
    expect(row('Project__c', body.recordId)?.[field]).toBe(wanted);
  });
});

test.each([
  ['Budget__c', '1.234k'],
  ['Budget__c', '50 kg'],
  ['Budget__c', '50.000'],
  ['Budget__c', '€50,000'],
  ['Budget__c', '50000 EUR'],
  ['Budget__c', '1,234,5'],
  ['Budget__c', '1,23,456'],
  ['Budget__c', 'fifty'],
  ['Budget__c', [50]],
  ['Budget__c', true],
  ['Budget__c', { amount: 5 }],
  ['Seats__c', '12.5'],
  ['Seats__c', '1.200'],
  ['At_Risk__c', 'maybe'],
  ['At_Risk__c', 2],
  ['Standup__c', '25:00'],
  ['Tier__c', 'Old'],
  ['Tier__c', ['T1']],
  ['Notes__c', { text: 'x' }],
])('%s refuses %j, and nothing is sent', async (field, value) => {
  const { status, body } = await create('Project__c', { Name: 'Unclear', [field]: value });
  expect(status).toBe(400);
  expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
  expect(salesforce.costs()).not.toContain('POST /sobjects/Project__c');
});

test.each([
  ['T1', 'T1'],
  ['Gold, "A&B" <1>', 'T1'],
  ['gold,  "a&b" <1>', 'T1'],
  ['silber–größe ', 'T2'],
  [{ value: 'T2', displayValue: 'Silber–Größe' }, 'T2'],
])('a choice that is given as %j is found by its value or label, whatever its characters', async (given, Tier__c) => {
  const { body } = await create('Project__c', { Name: 'Tiered', Tier__c: given });
  expect(row('Project__c', body.recordId)).toMatchObject({ Tier__c });
  expect(body.changes).toContainEqual({ field: 'Tier', to: Tier__c === 'T1' ? 'Gold, "A&B" <1>' : 'Silber–Größe' });
});

describe('a choice that depends on another field', () => {
  test('of a name that two have is the one that goes with it', async () => {
    const { body } = await create('Project__c', { Name: 'There', City__c: 'Mitte', Country__c: 'Spain' });
    expect(row('Project__c', body.recordId)).toMatchObject({ City__c: 'M2' });
  });

  test('and is refused with both where nothing tells them apart', async () => {
    const { status, body } = await create('Project__c', { Name: 'Where', City__c: 'Mitte' });
    expect(status).toBe(400);
    expect(body.detail).toContain('M1 (Mitte), M2 (Mitte)');
  });

  test('is taken where it does not go with it, as Salesforce takes it, and told', async () => {
    const { body } = await create('Project__c', { Name: 'Odd', City__c: 'Berlin', Country__c: 'Spain' });
    expect(row('Project__c', body.recordId)).toMatchObject({ City__c: 'B1', Country__c: 'Spain' });
    expect(body.note).toContain('"Berlin" is not offered for City where Country is Spain');
  });
});

test.each([
  ['EMEA;APAC'],
  ['emea; apac'],
  ['EMEA, APAC'],
  [['EMEA', 'APAC']],
  [{ set: ['EMEA', 'APAC'] }],
  [{ add: ['EMEA', 'APAC'] }],
])('several choices may come as %j', async Regions__c => {
  const { body } = await create('Project__c', { Name: 'Regions', Regions__c });
  expect(row('Project__c', body.recordId)).toMatchObject({ Regions__c: 'EMEA;APAC' });
});

describe('a field', () => {
  test.each(['Go_Live__c', 'Go-live Date', 'go live', 'GO-LIVE  DATE'])('is found as %s', async name => {
    const { body } = await create('Project__c', { Name: 'Found', [name]: '2027-01-31' });
    expect(row('Project__c', body.recordId)).toMatchObject({ Go_Live__c: '2027-01-31' });
  });

  test('of a label that several have is ambiguous, with their API names', async () => {
    const { status, body } = await create('Project__c', { Name: 'Label', 'Local Code': 'X' });
    expect(status).toBe(409);
    expect(body.code).toBe('ambiguous');
    expect(body.detail).toContain('Code_EU__c, Code_US__c');
    expect(salesforce.costs()).not.toContain('POST /sobjects/Project__c');
  });

  test.each([
    ['Remaining__c', 'calculated by a formula'],
    ['Number__c', 'Salesforce numbers it itself'],
    ['CreatedById', 'Salesforce keeps it itself'],
  ])('that is read-only says why: %s', async (field, why) => {
    const { body } = await create('Project__c', { Name: 'Read-only', [field]: '1' });
    expect(body.detail).toContain(why);
  });
});

describe('a lookup may come', () => {
  test.each([
    [{ Account__c: contoso }],
    [{ Account__c: contoso.slice(0, 15) }],
    [{ Account__c: contoso.toLowerCase() }],
    [{ Account__r: 'Contoso' }],
    [{ Account__c: { Id: contoso } }],
    [{ Account__r: { Name: 'Contoso' } }],
    [{ Account__r: { attributes: { type: 'Account' }, Name: 'contoso' } }],
    [{ 'Account__r.ERP_Id__c': 'C-100' }],
    [{ Account__r: { ERP_Id__c: 'C-100' } }],
    [{ Account__c: { value: contoso, displayValue: 'Contoso' } }],
  ])('as %j', async lookup => {
    await update('Account', contoso, { ERP_Id__c: 'C-100' });
    const { status, body } = await create('Project__c', { Name: 'Led', ...lookup });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(row('Project__c', body.recordId)).toMatchObject({ Account__c: contoso });
  });

  test('as a name of fifteen letters, which is no ID', async () => {
    const { body: account } = await create('Account', { Name: 'AcmeCorporation' });
    const { body } = await create('Project__c', { Name: 'Led', Account: 'AcmeCorporation' });
    expect(row('Project__c', body.recordId)).toMatchObject({ Account__c: account.recordId });
  });

  test('not as the ID of another object, which is told', async () => {
    const { body } = await create('Project__c', { Name: 'Led', Account: recordId('003', 1) });
    expect(body.detail).toContain('is the ID of a record of Contact; it must be one of Account');
  });

  test('as the first name of the one user who has it', async () => {
    const { body } = await create('Project__c', { Name: 'Owned', Owner: 'li' });
    expect(body.changes).toContainEqual({ field: 'Owner', to: 'Li Wei' });
  });

  test('not as a queue where the object has none', async () => {
    const { status, body } = await create('Account', { Name: 'Queued', Owner: 'Renewals' });
    expect(status).toBe(400);
    expect(body.detail).toContain('Renewals is a queue');
  });
});

describe('an address', () => {
  const parts = { street: 'Hauptstr. 1', city: 'Berlin', postalCode: '10115', country: 'germany' };

  test('is set by its parts, and its country by its code', async () => {
    const { body: made } = await create('Account', {
      Name: 'At home',
      BillingAddress: { ...parts, geocodeAccuracy: null },
    });
    expect(row('Account', made.recordId)).toMatchObject({
      BillingStreet: 'Hauptstr. 1',
      BillingPostalCode: '10115',
      BillingCountryCode: 'DE',
    });
  });

  test('as one text is refused with the parts to give', async () => {
    const { body } = await create('Account', { Name: 'At home', BillingAddress: 'Hauptstr. 1, Berlin' });
    expect(body.detail).toContain('Billing Address is made of its parts: give BillingStreet, BillingCity');
  });
});

test('a record in the form of Salesforce’s own answers is taken, also with its own ID in it', async () => {
  const fields = { attributes: { type: 'Account', url: '/x' }, Id: contoso.slice(0, 15), Rating: 'Hot' };
  expect((await update('Account', contoso, fields)).status).toBe(200);
  const ui = { apiName: 'Account', fields: { Rating: { value: 'Cold', displayValue: 'Cold' } } };
  expect((await update('Account', contoso, ui)).status).toBe(200);
  expect(row('Account', contoso)).toMatchObject({ Rating: 'Cold' });
});

test.each([null, '', '  '])('%j empties a field', async Rating => {
  await update('Account', contoso, { Rating: 'Hot' });
  const { body } = await update('Account', contoso, { Rating });
  expect(row('Account', contoso)).toMatchObject({ Rating: null });
  expect(body.changes).toEqual([{ field: 'Account Rating', from: 'Hot' }]);
});

describe('several choices', () => {
  let count = 0;
  const regions = (Regions__c: unknown) => {
    count += 1;
    return create('Project__c', { Name: `Regions ${count}`, Regions__c });
  };

  test('change by adding and removing', async () => {
    const { body: project } = await regions('EMEA;AMER');
    const { body } = await update('Project__c', String(project.recordId), {
      Regions: { add: ['apac'], remove: ['AMER'] },
    });
    expect(row('Project__c', project.recordId)).toMatchObject({ Regions__c: 'EMEA;APAC' });
    expect(body.changes).toEqual([{ field: 'Regions', from: 'EMEA, AMER', to: 'EMEA, APAC' }]);
  });

  test('that are replaced say what is no longer there', async () => {
    const { body: project } = await regions('EMEA;AMER');
    const { body } = await update('Project__c', String(project.recordId), { Regions: 'APAC' });
    expect(body.note).toContain('All of Regions was replaced: EMEA, AMER are no longer in it.');
  });

  test('that somebody else changes meanwhile are read anew', async () => {
    const { body: project } = await regions('EMEA');
    const id = String(project.recordId);
    salesforce.sandbox.fail({ method: 'PATCH', path: id, status: 412, body: '', times: 1 });
    salesforce.asked();
    const { status } = await update('Project__c', id, { Regions: { add: 'APAC' } });
    expect(status).toBe(200);
    const patch = `PATCH /sobjects/Project__c/${id}`;
    expect(salesforce.costs()).toEqual(['GET /query', patch, 'GET /query', patch, 'GET /query']);
    expect(row('Project__c', id)).toMatchObject({ Regions__c: 'EMEA;APAC' });
  });

  test('and not written over where that goes on', async () => {
    const { body: project } = await regions('EMEA');
    const id = String(project.recordId);
    const changed = row('Project__c', id);
    // Changed a while after it was read, each time.
    Object.assign(changed ?? {}, { LastModifiedDate: '2099-01-01T00:00:00.000+0000' });
    const { status, body } = await update('Project__c', id, { Regions: { add: 'APAC' } });
    expect(status).toBe(409);
    expect(body.code).toBe('conflict');
    expect(row('Project__c', id)).toMatchObject({ Regions__c: 'EMEA' });
  });
});

describe('a text', () => {
  test('is appended to, and the answer tells what was added', async () => {
    const { body: project } = await create('Project__c', { Name: 'Notes', Notes__c: `Day one. ${'x'.repeat(400)}` });
    const { body } = await update('Project__c', String(project.recordId), { Notes__c: { append: 'Day two.' } });
    expect(row('Project__c', project.recordId)?.Notes__c).toMatch(/^Day one\. x+\nDay two\.$/);
    expect(body.changes).toEqual([
      {
        field: 'Internal Notes',
        from: expect.stringMatching(/^…x+$/),
        to: expect.stringMatching(/^…x{40}\nDay two\.$/),
      },
    ]);
  });

  test('whose line ends were escaped twice has lines', async () => {
    const { body } = await create('Project__c', { Name: 'Lines', Notes__c: 'First.\\nSecond.' });
    expect(row('Project__c', body.recordId)).toMatchObject({ Notes__c: 'First.\nSecond.' });
  });

  test('that is empty becomes what is appended', async () => {
    const { body: project } = await create('Project__c', { Name: 'Notes' });
    await update('Project__c', String(project.recordId), { Notes__c: { append: 'Day one.' } });
    expect(row('Project__c', project.recordId)).toMatchObject({ Notes__c: 'Day one.' });
  });

  test('of one line stays one', async () => {
    const { body: project } = await create('Project__c', { Name: 'One line', Code_EU__c: 'DE' });
    await update('Project__c', String(project.recordId), { Code_EU__c: { append: 'AT' } });
    expect(row('Project__c', project.recordId)).toMatchObject({ Code_EU__c: 'DE AT' });
  });

  test('does not grow beyond its field', async () => {
    const { body: project } = await create('Project__c', { Name: 'Long', Code_EU__c: 'x'.repeat(15) });
    const { status, body } = await update('Project__c', String(project.recordId), { Code_EU__c: { append: 'yyyyy' } });
    expect(status).toBe(400);
    expect(body.detail).toContain('at most 20 characters');
  });
});

describe('what became otherwise than it was sent', () => {
  test('because of an automation is told', async () => {
    const fields = { Name: 'Auto', StageName: 'Prospecting', CloseDate: '2027-01-31' };
    const { body: made } = await create('Opportunity', fields);
    const { body } = await update('Opportunity', String(made.recordId), { StageName: 'Closed Won', Probability: 70 });
    expect(body.changes).toContainEqual({ field: 'Probability (%)', from: '10%', to: '100%' });
    expect(body.note).toContain('Probability (%) is 100%, although 70% was sent');
  });

  test('because it was ignored is told', async () => {
    salesforce.sandbox.fail({ method: 'PATCH', path: contoso, status: 204, body: '', times: 1 });
    const { body } = await update('Account', contoso, { Rating: 'Warm' });
    expect(body.changes).toBeUndefined();
    expect(body.note).toContain('Account Rating was not changed');
  });

  test('and what was as it is already, too', async () => {
    const { body } = await update('Account', contoso, { Name: 'Contoso' });
    expect(body).not.toHaveProperty('changes');
    expect(body.note).toBe('As before: Account Name.');
  });
});

test.each([
  [Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`f${at}`, at]))],
  [{ Regions__c: 'EMEA;'.repeat(501) }],
])('more than any object has is refused', async fields => {
  const { status, body } = await create('Project__c', fields);
  expect(status).toBe(400);
  expect(body.detail).toMatch(/more than 1000 fields|too many choices/);
});

describe('a duplicate of records of several objects', () => {
  test('is told with the names of all', async () => {
    const matches = [
      { attributes: { type: 'Lead' }, Id: recordId('00Q', 1) },
      { attributes: { type: 'Contact' }, Id: recordId('003', 1).slice(0, 15) },
    ];
    const duplicateResult = { allowSave: false, matchResults: [{ matchRecords: matches.map(record => ({ record })) }] };
    const refusal = JSON.stringify([{ errorCode: 'DUPLICATES_DETECTED', message: 'Twice?', duplicateResult }]);
    salesforce.sandbox.fail({ method: 'POST', path: '/sobjects/Contact$', status: 400, body: refusal, times: 1 });
    const { status, body } = await create('Contact', { LastName: 'Twin' });
    expect(status).toBe(409);
    expect(body.detail).toContain(`(${row('Lead', recordId('00Q', 1))?.Name})`);
    expect(body.detail).toContain('(Maria Olsen)');
    expect(body.detail).toContain('blocks it');
  });
});

describe('a refusal of Salesforce', () => {
  test('of a missing field names it by its label, with what it takes', async () => {
    const { status, body } = await create('Opportunity', { Name: 'Pumps' });
    expect(status).toBe(400);
    expect(body.detail).toContain('StageName (Stage) takes one of Prospecting, Qualification');
    expect(body.detail).toContain('CloseDate (Close Date) takes a date such as');
  });

  test('by a rule of the org keeps its words', async () => {
    const message = 'Discounts over 20 % need the approval of Ana Ruiz.';
    const refusal = [{ message, errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: ['Rating'] }];
    salesforce.sandbox.fail({ method: 'PATCH', path: contoso, status: 400, body: JSON.stringify(refusal), times: 1 });
    const { status, body } = await update('Account', contoso, { Rating: 'Hot' });
    expect(status).toBe(400);
    expect(body.detail).toContain(message);
  });

  test('of a country that it does not know has those that it knows', async () => {
    const message = "There's a problem with this country.: Billing Country";
    const refusal = [{ message, errorCode: 'FIELD_INTEGRITY_EXCEPTION', fields: ['BillingCountry'] }];
    salesforce.sandbox.fail({ method: 'PATCH', path: contoso, status: 400, body: JSON.stringify(refusal), times: 1 });
    const { body } = await update('Account', contoso, { BillingCountry: 'Atlantis' });
    expect(body.detail).toContain('BillingCountryCode (Billing Country Code) takes DE (Germany), US (United States).');
  });
});
