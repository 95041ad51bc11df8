import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AllowedParts, allowed } from '../../../functions/salesforce/api/allowed.ts';
import { opennessOf } from '../../../functions/salesforce/api/openness.ts';
import { describeSchema, type ObjectDescription } from '../../../functions/salesforce/api/wire.ts';
import { startSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import type { SalesforceRules } from '../../../functions/salesforce/settings.ts';
import { Failure } from '../../../shared/failure.ts';
import { signIn } from '../sandbox/signedIn.ts';

const base = '/services/data/v67.0';
const rules: SalesforceRules = {
  objects: ['account', 'Opportunity', 'Task', 'Project__c'],
  fields: { Opportunity: ['Name', 'StageName', 'AccountId', 'OwnerId', 'CloseDate'] },
  hiddenFields: { Account: ['AnnualRevenue'], project__c: ['NOTES__C', 'Budget__c'] },
};
const openness = opennessOf([rules]);

const descriptions = new Map<string, ObjectDescription>();

beforeAll(async () => {
  const sandbox = await startSandbox();
  const { call } = await signIn(sandbox);
  for (const name of [
    'Account',
    'Contact',
    'Opportunity',
    'Case',
    'Lead',
    'Task',
    'Event',
    'User',
    'Project__c',
  ].concat('Entitlement', 'RecordType')) {
    const { body } = await call('GET', `/sobjects/${name}/describe`);
    descriptions.set(name.toLowerCase(), describeSchema.parse(body));
  }
  await sandbox.close();
});

async function describeObject(name: string): Promise<ObjectDescription> {
  const found = descriptions.get(name.toLowerCase());
  if (found) return found;
  throw new Failure('not_found', `There is no ${name}.`);
}

/** What is let through to Salesforce, which answers with `answer`. */
function guarded(answer: unknown = { records: [] }, parts: Partial<AllowedParts> = {}) {
  const sent: { path: string; body: string | undefined }[] = [];
  const { send } = allowed({
    openness,
    runsAsCaller: false,
    describe: describeObject,
    describeAll: async () => [],
    sendSoap: async () => ({ errors: [] }),
    send: async ({ path, body }) => {
      sent.push({ path, body });
      return { status: 200, headers: new Headers(), body: JSON.stringify(answer) };
    },
    ...parts,
  });
  const query = async (soql: string) => {
    const { body } = await send({ method: 'GET', path: `${base}/query?q=${encodeURIComponent(soql)}` });
    return JSON.parse(body);
  };
  return { sent, send, query };
}

/** Whether a statement is let through: `sent`, or what it is refused as. */
async function outcomeOf(soql: string, parts: Partial<AllowedParts> = {}): Promise<string> {
  const { sent, query } = guarded(undefined, parts);
  try {
    await query(soql);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(sent).toEqual([]);
    return error.code;
  }
  return 'sent';
}

/** What of the property test's statements is closed, told apart from how the code does it. */
const openObjects = new Set(['Account', 'Opportunity', 'Task', 'Project__c']);
const isOpenField = (object: string, field: string) =>
  ({
    User: ['Id', 'Name', 'Email', 'IsActive'].includes(field),
    Group: ['Id', 'Name', 'Email', 'Type'].includes(field),
    Opportunity: ['Id', 'IsDeleted', ...(rules.fields?.Opportunity ?? [])].includes(field),
    Account: field !== 'AnnualRevenue',
    // Remaining__c is Budget__c - Spent__c.
    Project__c: !['Notes__c', 'Budget__c', 'Remaining__c'].includes(field),
  })[object] ?? openObjects.has(object);

interface Piece {
  text: string;
  isOpen: boolean;
}

const objectNames = ['Account', 'Opportunity', 'Task', 'Project__c', 'Contact', 'Case', 'Lead'];
const described = (name: string) => descriptions.get(name.toLowerCase());

/** A path from an object over lookups to a field. */
function pathFrom(object: string, depth = 3): fc.Arbitrary<Piece> {
  const fields = described(object)?.fields ?? [];
  const pieces = fields.map(({ name }) => ({ text: name, isOpen: isOpenField(object, name) }));
  const openPieces = pieces.filter(({ isOpen }) => isOpen);
  // Most are open, so that whole statements are.
  const own = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...pieces) },
    { weight: 8, arbitrary: fc.constantFrom(...(openPieces.length > 0 ? openPieces : pieces)) },
  );
  const lookups = fields.filter(
    ({ relationshipName, referenceTo: [target = '', ...others] }) =>
      relationshipName && (others.length > 0 || described(target)),
  );
  if (depth === 0 || lookups.length === 0) return own;
  const parent = fc.constantFrom(...lookups).chain(({ relationshipName, referenceTo }) => {
    const [target = '', ...others] = referenceTo;
    const areOpen = referenceTo.every(name => openObjects.has(name) || name === 'User' || name === 'Group');
    const rest: fc.Arbitrary<Piece> =
      others.length > 0
        ? fc.constant({ text: 'Id', isOpen: true })
        : target === 'User'
          ? pathFrom(target, 0)
          : pathFrom(target, depth - 1);
    return rest.map(({ text, isOpen }) => ({ text: `${relationshipName}.${text}`, isOpen: isOpen && areOpen }));
  });
  return fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: parent });
}

const both = (build: (...texts: string[]) => string, ...pieces: Piece[]): Piece => ({
  text: build(...pieces.map(({ text }) => text)),
  isOpen: pieces.every(({ isOpen }) => isOpen),
});

/** A condition; `depth` bounds the subqueries in it. */
function conditionOn(object: string, depth: number): fc.Arbitrary<Piece> {
  const plain = pathFrom(object).chain(path =>
    fc.constantFrom(
      both(field => `${field} != null`, path),
      both(field => `NOT (${field} = 'a\\'b' OR Id = null)`, path),
      both(field => `(CALENDAR_YEAR(${field}) = 2026 AND Id != null)`, path),
      both(field => `Id != null AND toLabel(${field}) IN ('FROM Contact', 'x')`, path),
    ),
  );
  if (depth === 0) return plain;
  const semiJoin = fc
    .constantFrom(...objectNames)
    .chain(other => statementOn(other, depth - 1).map(inner => both(text => `Id NOT IN (${text})`, inner)));
  return fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: semiJoin });
}

/** A SELECT on an object. */
function statementOn(object: string, depth: number, source: string = object): fc.Arbitrary<Piece> {
  const self: Piece = { text: source, isOpen: openObjects.has(object) };
  const asField = (path: Piece) =>
    fc.constantFrom('', 'x.', source === object ? `${object}.` : 'x.').map(prefix => both(text => prefix + text, path));
  const children = described(object)?.childRelationships.filter(({ relationshipName }) => relationshipName) ?? [];
  const child = () =>
    fc
      .constantFrom(...children)
      .filter(({ childSObject }) => described(childSObject) !== undefined)
      .chain(({ childSObject, relationshipName }) => statementOn(childSObject, 0, relationshipName ?? ''))
      .map(inner => both(text => `(${text})`, inner));
  const whole = fc.constant({ text: 'FIELDS(ALL)', isOpen: !openness.hasClosedFields(object) });
  const typeOf = fc
    .constantFrom('Account', 'Opportunity', 'Contact')
    .chain(target => pathFrom(target, 1).map(path => ({ target, path })))
    .map(({ target, path }) =>
      both(text => `TYPEOF What WHEN ${target} THEN ${text} END`, {
        ...path,
        isOpen: path.isOpen && openObjects.has(target),
      }),
    );
  const selected = fc.oneof(
    { weight: 6, arbitrary: pathFrom(object).chain(asField) },
    { weight: 1, arbitrary: pathFrom(object).map(path => both(text => `FORMAT(toLabel(${text})) f`, path)) },
    ...(depth > 0 && children.length > 0 ? [{ weight: 2, arbitrary: child() }] : []),
    ...(object === 'Task' ? [{ weight: 1, arbitrary: typeOf }] : []),
    { weight: 1, arbitrary: whole },
  );
  const rows = fc
    .tuple(
      fc.array(selected, { minLength: 1, maxLength: 3 }),
      fc.option(conditionOn(object, depth)),
      fc.option(pathFrom(object)),
    )
    .map(([fields, where, order]) =>
      both(
        (from, ...texts) => {
          const list = texts.splice(0, fields.length).join(', ');
          const condition = where ? ` WHERE ${texts.shift()}` : '';
          return `SELECT ${list} FROM ${from} x${condition}${order ? ` ORDER BY ${texts.shift()} NULLS LAST` : ''} LIMIT 9`;
        },
        self,
        ...fields,
        ...(where ? [where] : []),
        ...(order ? [order] : []),
      ),
    );
  const groups = fc
    .tuple(pathFrom(object), pathFrom(object), pathFrom(object))
    .map(pieces =>
      both(
        (from, group, count, having) =>
          `SELECT ${group}, COUNT(${count}) n FROM ${from} x GROUP BY ROLLUP(${group}) HAVING MAX(${having}) > 1 ORDER BY COUNT(${count})`,
        self,
        ...pieces,
      ),
    );
  return source === object ? fc.oneof({ weight: 4, arbitrary: rows }, { weight: 1, arbitrary: groups }) : rows;
}

/** The same statement in another case, with other blanks; texts are left alone. */
const disguise = (text: string, seed: number) =>
  text
    .split(/('(?:[^'\\]|\\.)*')/)
    .map((part, at) => (at % 2 === 1 ? part : respelled(part, seed)))
    .join('');

const respelled = (part: string, seed: number) =>
  [...part]
    .map((letter, place) => ((seed >> (place % 30)) & 1 ? letter.toUpperCase() : letter))
    .join('')
    .replaceAll(' ', seed % 3 === 0 ? '\n\t ' : ' ');

describe('SOQL under a policy', () => {
  it('is sent when all that it reaches is open, and refused otherwise, whatever its form', async () => {
    const statement = fc
      .constantFrom(...openObjects, ...objectNames)
      .chain(object => statementOn(object, 1))
      .chain(piece => fc.nat(2 ** 30).map(seed => ({ ...piece, text: disguise(piece.text, seed) })));
    const seen = { sent: 0, forbidden: 0 };
    await fc.assert(
      fc.asyncProperty(statement, async ({ text, isOpen }) => {
        const outcome = await outcomeOf(text);
        expect([text, outcome]).toEqual([text, isOpen ? 'sent' : 'forbidden']);
        seen[isOpen ? 'sent' : 'forbidden'] += 1;
      }),
      { numRuns: 400 },
    );
    expect(Math.min(seen.sent, seen.forbidden)).toBeGreaterThan(40);
  });

  it.each([
    "SELECT Id FROM Account WHERE Name = 'x' /* ' */ OR AnnualRevenue > 1",
    'SELECT Id FROM Account, Account.Contacts c',
    'SELECT Id FROM Account a, a.Owner o WHERE o.Username != null',
    'SELECT Owner.Username FROM Account Owner',
    'SELECT Name AnnualRevenue FROM Account GROUP BY Name ORDER BY AnnualRevenue',
    'SELECT (SELECT Id FROM Account.Contacts) FROM Account',
    'SELECT (SELECT Id FROM Nothing__r) FROM Account',
    'SELECT Nobody__r.Name FROM Account',
    'SELECT Owner.Profile.Name FROM Account',
    'SELECT Owner.UserRole.Name FROM Project__c',
    'SELECT What.Name FROM Task',
    'SELECT TYPEOF What WHEN Account THEN Name ELSE Name END FROM Task',
    'SELECT Id FROM Account WITH DATA CATEGORY Geography__c AT asia__c',
    "SELECT Id FROM Account WHERE DISTANCE(AnnualRevenue, GEOLOCATION(1, 2), 'km') < 3",
    'SELECT FIELDS(STANDARD) FROM User',
    'FIND {x} IN ALL FIELDS RETURNING Contact',
    '',
  ])('that is hostile or cannot be read is refused: %s', async soql => {
    expect(await outcomeOf(soql)).toBe('forbidden');
  });

  it.each([
    'SELECT FIELDS(ALL) FROM Task LIMIT 3',
    "SELECT Id FROM Account WHERE Name = 'AnnualRevenue FROM Contact'",
    'SELECT Owner.Name, Owner.Email, CreatedBy.Name FROM Account ORDER BY Owner.Name',
    'SELECT Industry i, COUNT(Id) FROM Account GROUP BY Industry HAVING COUNT(Id) > 1 ORDER BY COUNT(Id)',
    'SELECT Id FROM Account USING SCOPE everything WHERE CreatedDate = LAST_N_DAYS:3',
    'SELECT Id, Name, IsActive FROM User WHERE Email = null',
  ])('that reaches what is open is sent: %s', async soql => {
    expect(await outcomeOf(soql)).toBe('sent');
  });
});

describe('SOQL without a policy', () => {
  const none = { openness: opennessOf([]) };

  it.each([
    'SELECT Id FROM PermissionSetAssignment',
    'SELECT Id FROM ApexClass LIMIT 1',
    'SELECT Username FROM User',
    'SELECT Id FROM User WHERE Alias = null',
    'SELECT FIELDS(ALL) FROM User LIMIT 3',
    'SELECT Owner.Username FROM Account',
    'SELECT Account.Owner.Profile.Name FROM Contact',
    'SELECT Id FROM Account WHERE OwnerId IN (SELECT AssigneeId FROM PermissionSetAssignment)',
    'SELECT Id FROM Account ORDER BY Owner.ManagerId',
    'SELECT Id FROM Account, PermissionSet',
  ])('reaches no set-up object and nothing of users but who they are: %s', async soql => {
    expect(await outcomeOf(soql, none)).toBe('forbidden');
  });

  it.each([
    'SELECT AnnualRevenue, Owner.Name FROM Account',
    'SELECT Id, Name, Email, IsActive FROM User',
    'SELECT Name FROM Group',
    'SELECT Id FROM Account, Account.Contacts c',
    'SELECT Nobody__r.Whatever__c FROM Account',
    'SELECT What.Name FROM Task',
  ])('reaches the rest, and Salesforce says what is wrong with it: %s', async soql => {
    expect(await outcomeOf(soql, none)).toBe('sent');
  });

  it('opens a set-up object only where every rule names it', async () => {
    const soql = 'SELECT Id FROM PermissionSet';
    const named = { objects: ['PermissionSet'] };
    expect(await outcomeOf(soql, { openness: opennessOf([named]) })).toBe('sent');
    expect(await outcomeOf(soql, { openness: opennessOf([named, {}]) })).toBe('forbidden');
    expect(await outcomeOf(soql, { openness: opennessOf([{ hiddenFields: { Account: ['Name'] } }]) })).toBe(
      'forbidden',
    );
    const user = 'SELECT Username FROM User';
    expect(await outcomeOf(user, { openness: opennessOf([{ objects: ['User'] }]) })).toBe('sent');
  });
});

describe('answers under a policy', () => {
  const attributes = (type: string, of = type) => ({ type, url: `${base}/sobjects/${of}/x` });

  it('lose records, parents, children and fields that are closed', async () => {
    const { query } = guarded({
      totalSize: 2,
      records: [
        { attributes: attributes('Contact'), Id: 'secret' },
        {
          attributes: attributes('Account'),
          Name: 'Contoso',
          AnnualRevenue: 'secret',
          Primary: { attributes: attributes('Contact'), Name: 'secret' },
          What: { attributes: attributes('Name', 'Lead'), Name: 'secret' },
          Owner: { attributes: attributes('Name', 'User'), Name: 'Ana' },
          Contacts: { done: true, records: [{ attributes: attributes('Contact'), Name: 'secret' }] },
        },
      ],
    });
    const { records } = await query('SELECT Name FROM Account');
    expect(JSON.stringify(records)).not.toContain('secret');
    expect(records).toEqual([expect.objectContaining({ Name: 'Contoso', Primary: null, What: null })]);
    expect(records[0].Owner.Name).toBe('Ana');
  });

  it('of a page that is read by its locator lose them as well', async () => {
    const { send } = guarded({ records: [{ attributes: attributes('Contact') }, { attributes: attributes('Task') }] });
    const { body } = await send({ method: 'GET', path: `${base}/query/01gx-200` });
    expect(JSON.parse(body).records).toEqual([{ attributes: attributes('Task') }]);
  });

  it('hold in place of a closed statement of several why it is closed', async () => {
    const part = (soql: string) => ({ method: 'GET', url: `${base}/query?q=${encodeURIComponent(soql)}` });
    const { send, sent } = guarded({
      compositeResponse: [{ httpStatusCode: 200, body: { records: [{ attributes: attributes('Lead') }] } }],
    });
    const compositeRequest = [part('SELECT Id FROM Contact'), part('SELECT Id FROM Account')];
    const { body } = await send({
      method: 'POST',
      path: `${base}/composite`,
      body: JSON.stringify({ compositeRequest }),
    });
    expect(JSON.parse(sent[0]?.body ?? '').compositeRequest).toEqual([compositeRequest[1]]);
    expect(JSON.parse(body).compositeResponse).toEqual([
      { httpStatusCode: 403, body: [{ errorCode: 'CLOSED_BY_POLICY', message: expect.stringContaining('Contact') }] },
      { httpStatusCode: 200, body: { records: [] } },
    ]);
  });

  it('of a duplicate rule tell of no record of a closed object', async () => {
    const match = (type: string, Name: string) => ({ record: { attributes: attributes(type), Id: Name, Name } });
    const error = {
      errorCode: 'DUPLICATES_DETECTED',
      message: 'Use one of these records?',
      duplicateResult: { matchResults: [{ matchRecords: [match('Contact', 'secret'), match('Account', 'Contoso')] }] },
    };
    const { send } = guarded(undefined, {
      send: async () => ({ status: 400, headers: new Headers(), body: JSON.stringify([error]) }),
    });
    const { body } = await send({ method: 'POST', path: `${base}/sobjects/Account`, body: '{"Name":"x"}' });
    expect(body).not.toContain('secret');
    expect(body).toContain('Contoso');
  });

  it('of a refused write name no field that is closed', async () => {
    const error = (message: string, fields: string[]) => ({ errorCode: 'REQUIRED_FIELD_MISSING', message, fields });
    const { send } = guarded(undefined, {
      send: async () => ({
        status: 400,
        headers: new Headers(),
        body: JSON.stringify([
          error('Required: AnnualRevenue', ['AnnualRevenue']),
          error('Required: Phone', ['Phone']),
        ]),
      }),
    });
    const { body } = await send({ method: 'POST', path: `${base}/sobjects/Account`, body: '{"Name":"x"}' });
    expect(body).not.toContain('AnnualRevenue');
    expect(body).toContain('Required: Phone');
  });
});

describe('requests under a policy', () => {
  const refusal = (request: { method: string; path: string; body?: string }, parts = {}) =>
    guarded(undefined, parts)
      .send(request)
      .then(
        () => 'sent',
        (error: Failure) => error.code,
      );

  it.each([
    ['GET', '/sobjects/Account/001Sx0000000001IAA'],
    ['GET', '/analytics/reports'],
    ['GET', '/queryAll?q=SELECT+Id+FROM+Contact'],
    ['DELETE', '/sobjects/Contact/003Sx0000000001IAA'],
    ['POST', '/composite/batch'],
  ])('that are not known are refused: %s %s', async (method, path) => {
    expect(await refusal({ method, path: base + path })).toBe('forbidden');
  });

  it.each([
    ['GET', '/tooling/query'],
    ['GET', '/search?q=FIND'],
    ['GET', '/queryAll?q=SELECT+Id+FROM+PermissionSet'],
    ['GET', '/sobjects/User/005Sx0000000001IAA'],
    ['POST', '/composite/sobjects'],
    ['GET', '/sobjects/PermissionSet/x'],
    ['POST', '/sobjects/PermissionSetAssignment'],
    ['POST', '/sobjects/user'],
    ['PATCH', '/sobjects/User/005Sx0000000001IAA'],
    ['DELETE', '/sobjects/User/005Sx0000000001IAA'],
    ['POST', '/sobjects/QueueSobject'],
  ])('to set-up objects are refused without one: %s %s', async (method, path) => {
    expect(await refusal({ method, path: base + path, body: '{}' }, { openness: opennessOf([]) })).toBe('forbidden');
  });

  it('write no closed object, no closed field, and point at no record of a closed object', async () => {
    const objects = [
      { ...summary, name: 'Account', keyPrefix: '001' },
      { ...summary, name: 'Contact', keyPrefix: '003' },
    ];
    const keyPrefixes = { describeAll: async () => objects };
    const post = (object: string, body: object) =>
      refusal({ method: 'POST', path: `${base}/sobjects/${object}`, body: JSON.stringify(body) }, keyPrefixes);
    expect(await post('Task', { Subject: 'x', WhatId: '001Sx0000000001IAA' })).toBe('sent');
    expect(await post('Contact', { LastName: 'x' })).toBe('forbidden');
    expect(await post('Account', { annualrevenue: 1 })).toBe('forbidden');
    expect(await post('Account', { Nothing__c: 1 })).toBe('forbidden');
    expect(await post('Task', { WhoId: '003Sx0000000001IAA' })).toBe('forbidden');
  });

  it('search what is open, by names where a field is closed', async () => {
    const { send, sent } = guarded({ searchRecords: [{ attributes: { type: 'Lead' }, Id: 'x' }] });
    const object = (name: string, ...fields: string[]) => ({ name, fields: ['Id', ...fields], limit: 5 });
    const body = (...sobjects: object[]) => JSON.stringify({ q: 'contoso', in: 'ALL', overallLimit: 5, sobjects });
    const path = `${base}/parameterizedSearch`;
    const sobjects = [object('Account', 'Name', 'AnnualRevenue'), object('Contact', 'Name'), object('Task', 'Subject')];
    const answer = await send({ method: 'POST', path, body: body(...sobjects) });
    expect(JSON.parse(answer.body)).toEqual({ searchRecords: [] });
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      in: 'NAME',
      sobjects: [object('Account', 'Name'), object('Task', 'Subject')],
    });
    await send({ method: 'POST', path, body: body(object('Task', 'Subject')) });
    expect(JSON.parse(sent[1]?.body ?? '')).toMatchObject({ in: 'ALL' });
    expect(await refusal({ method: 'POST', path, body: body(object('Contact', 'Name')) })).toBe('forbidden');
  });
});

const summary = {
  label: '',
  labelPlural: null,
  custom: false,
  createable: true,
  updateable: true,
  queryable: true,
  layoutable: true,
  customSetting: false,
  deprecatedAndHidden: false,
};

describe('fields that are closed', () => {
  const column = (name: string, compoundFieldName?: string) =>
    describeSchema.shape.fields.parse([{ name, label: name, type: 'string', compoundFieldName }])[0];
  const object = {
    name: 'Contact',
    fields: [
      column('Id'),
      column('Name'),
      column('FirstName', 'Name'),
      column('LastName', 'Name'),
      column('MailingAddress'),
      column('MailingCity', 'MailingAddress'),
    ].filter(field => field !== undefined),
  };
  const openOf = (rule: SalesforceRules) => [...opennessOf([rule]).openFields(object)];

  it('close the compound field that they are a part of, and the parts of a compound field', () => {
    expect(openOf({ hiddenFields: { contact: ['MailingCity', 'lastname'] } })).toEqual(['id', 'firstname']);
    expect(openOf({ hiddenFields: { Contact: ['MailingAddress'] } })).toEqual(['id', 'name', 'firstname', 'lastname']);
  });

  it('are all that is not listed, but for the parts of what is', () => {
    expect(openOf({ fields: { Contact: ['MailingAddress'] } })).toEqual(['id', 'mailingaddress', 'mailingcity']);
    expect(openOf({ fields: { Contact: [] } })).toEqual(['id']);
  });
});

describe('a field that is computed', () => {
  /** Accounts with the fields `F__c`, of this formula, and `G__c`, which is `F__c` in another case. */
  const withFormula = (formula: string | null): Partial<AllowedParts> => ({
    async describe(name) {
      const object = await describeObject(name);
      if (name.toLowerCase() !== 'account') return object;
      const [field] = object.fields;
      if (!field) throw new Error('There are no fields.');
      const computed = { ...field, calculated: true, custom: true, nameField: false, referenceTo: [] };
      return {
        ...object,
        fields: [
          ...object.fields,
          { ...computed, name: 'F__c', calculatedFormula: formula },
          { ...computed, name: 'G__c', calculatedFormula: 'f__C & "x"' },
        ],
      };
    },
  });

  it.each([
    ['AnnualRevenue / 2', 'forbidden'],
    ['TEXT( annualrevenue )', 'forbidden'],
    ['IF(ISBLANK(Name), Owner . Username, "")', 'forbidden'],
    ['/* AnnualRevenue */ Name & "AnnualRevenue \\" AnnualRevenue" & \'AnnualRevenue\'', 'sent'],
    ['Name & "\\\\" & TEXT(AnnualRevenue)', 'forbidden'],
    ['IF(NumberOfEmployees > 10 && TRUE, Owner.Name, $User.FirstName)', 'sent'],
    ['Unknown__r.Name', 'forbidden'],
  ])('of %s is as open as what it is computed from: %s', async (formula, outcome) => {
    const parts = withFormula(formula);
    const statements = [
      'SELECT F__c FROM Account',
      'SELECT Id FROM Account ORDER BY F__c',
      'SELECT Account.F__c FROM Opportunity',
      "SELECT COUNT(Id) FROM Account WHERE F__c = 'a'",
      'SELECT F__c, COUNT(Id) FROM Account GROUP BY F__c',
      "SELECT Name FROM Opportunity WHERE AccountId IN (SELECT Id FROM Account WHERE G__c = 'a')",
      'SELECT G__c FROM Account',
    ];
    for (const soql of statements) expect([soql, await outcomeOf(soql, parts)]).toEqual([soql, outcome]);
  });

  it('from children is closed where something of a child is, because nobody tells of which', async () => {
    const soql = 'SELECT F__c FROM Account';
    expect(await outcomeOf(soql, withFormula(null))).toBe('forbidden');
    const allOpen = opennessOf([{ hiddenFields: { Lead: ['Email'] } }]);
    expect(await outcomeOf(soql, { ...withFormula(null), openness: allOpen })).toBe('sent');
  });

  it('is open where a policy names it', async () => {
    const named = opennessOf([{ fields: { Account: ['Name', 'F__c'] } }]);
    const parts = { ...withFormula('AnnualRevenue'), openness: named };
    expect(await outcomeOf('SELECT F__c FROM Account', parts)).toBe('sent');
    expect(await outcomeOf('SELECT G__c FROM Account', parts)).toBe('forbidden');
  });

  it.each([
    ['Opportunity', 'ExpectedRevenue', 'Amount'],
    ['Opportunity', 'IsWon', 'StageName'],
    ['Case', 'IsClosed', 'Status'],
  ])('by Salesforce itself: %s.%s is closed with %s', async (object, field, source) => {
    const hidden = opennessOf([{ hiddenFields: { [object]: [source] } }]);
    expect(await outcomeOf(`SELECT ${field} FROM ${object}`, { openness: hidden })).toBe('forbidden');
    const other = opennessOf([{ hiddenFields: { [object]: ['Description'] } }]);
    expect(await outcomeOf(`SELECT ${field} FROM ${object}`, { openness: other })).toBe('sent');
  });

  it('is neither described nor shown where it is closed', async () => {
    const { describe: described } = allowed({
      openness,
      runsAsCaller: false,
      describe: describeObject,
      describeAll: async () => [],
      sendSoap: async () => ({ errors: [] }),
      send: async () => ({ status: 200, headers: new Headers(), body: '{}' }),
    });
    const names = (await described('Project__c')).fields.map(({ name }) => name);
    expect(names).toContain('Spent__c');
    expect(names).not.toContain('Remaining__c');
    const record = { attributes: { type: 'Project__c', url: '' }, Id: '1', Spent__c: 1, Remaining__c: 2 };
    const { query } = guarded({ records: [record] });
    expect((await query('SELECT Id FROM Project__c')).records).toEqual([
      { attributes: { type: 'Project__c', url: '' }, Id: '1', Spent__c: 1 },
    ]);
    expect(await outcomeOf('SELECT FIELDS(ALL) FROM Project__c LIMIT 1')).toBe('forbidden');
  });
});

it('a word that is not accounted for is refused where a policy restricts, and only there', async () => {
  // It names nothing that is closed, and nothing else that is known either.
  const odd = 'SELECT Id FROM Account UPDATE TRACKING';
  await expect(guarded().query(odd)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('where TRACKING leads to'),
  });
  expect(await outcomeOf(odd, { openness: opennessOf([]) })).toBe('sent');
});
