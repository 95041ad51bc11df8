import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SalesforceSandbox, startSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import { base, now } from './signedIn.ts';

let folder: string;
let sandbox: SalesforceSandbox;
let time = now;

const access = {
  defaults: { Account: 'private', Contact: 'parent', Task: 'parent', Lead: 'readWrite', Report: 'private' },
  shares: [
    { record: 'contoso', with: 'jonas-weber' },
    { record: 'cafe-aguila', with: 'jonas-weber', access: 'edit' },
  ],
  users: {
    'jonas-weber': {
      objects: { Contract: [], Campaign: ['read'], Opportunity: ['read', 'create', 'edit', 'viewAll'] },
      fields: { Account: { AnnualRevenue: 'none', Rating: 'read' }, Opportunity: { Margin__c: 'read' } },
      lacks: ['EmailSingle', 'RunReports', 'ConvertLeads'],
    },
    'priya-nair': { objects: { Case: ['read', 'create', 'edit', 'delete', 'modifyAll'] }, lacks: ['ApiEnabled'] },
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'salesforce-rights-'));
  await writeFile(join(folder, 'access.json'), JSON.stringify(access));
  sandbox = await startSandbox({ data: folder, now: () => time });
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const jonas = 'jonas.weber@example.com';
const liWei = 'li.wei@example.com';

async function ask(token: string, method: string, path: string, body?: unknown) {
  const response = await fetch(
    sandbox.url + (path.startsWith('/services') || path.startsWith('/id') ? path : base + path),
    {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  );
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : null,
  };
}
const query = async (username: string, soql: string) =>
  (await ask(sandbox.tokenOf(username), 'GET', `/query?q=${encodeURIComponent(soql)}`)).json;
const column = async (username: string, soql: string): Promise<unknown[]> => {
  const { records } = await query(username, soql);
  return records.map(({ attributes: _attributes, ...fields }: Record<string, unknown>) => Object.values(fields)[0]);
};
const idOf = (object: string, name: string) =>
  sandbox.records(object).find(record => record.Name === name || record.LastName === name)?.Id ?? name;

describe('rights on objects', () => {
  test('what a user may not read is no object to them', async () => {
    const token = sandbox.tokenOf(jonas);
    const { json } = await ask(token, 'GET', '/sobjects');
    const names = json.sobjects.map(({ name }: { name: string }) => name);
    expect([names.includes('Contract'), names.includes('Account')]).toEqual([false, true]);
    expect((await ask(token, 'GET', '/sobjects/Contract/describe')).status).toBe(404);
    expect((await query(jonas, 'SELECT Id FROM Contract'))[0].errorCode).toBe('INVALID_TYPE');
    expect((await query(jonas, 'SELECT (SELECT Id FROM Contracts) FROM Account'))[0].errorCode).toBe('INVALID_TYPE');
    expect((await query(liWei, 'SELECT COUNT() FROM Contract')).totalSize).toBeGreaterThan(0);
  });

  test('what they may only read, they do not write', async () => {
    const token = sandbox.tokenOf(jonas);
    const { json } = await ask(token, 'GET', '/sobjects/Campaign/describe');
    expect([json.createable, json.updateable, json.deletable]).toEqual([false, false, false]);
    const refused = await ask(token, 'POST', '/sobjects/Campaign', { Name: 'Mine' });
    expect([refused.status, refused.json[0].errorCode]).toEqual([400, 'INVALID_TYPE_FOR_OPERATION']);
    const own = sandbox.records('Opportunity').find(({ OwnerId }) => OwnerId === idOf('User', 'Jonas Weber'));
    expect((await ask(token, 'DELETE', `/sobjects/Opportunity/${own?.Id}`)).status).toBe(403);
  });

  test('View All opens the records of others for reading alone', async () => {
    expect(await column(jonas, 'SELECT COUNT_DISTINCT(OwnerId) FROM Opportunity')).toEqual([4]);
    const others = sandbox.records('Opportunity').find(({ OwnerId }) => OwnerId === idOf('User', 'Li Wei'));
    const answer = await ask(sandbox.tokenOf(jonas), 'PATCH', `/sobjects/Opportunity/${others?.Id}`, { NextStep: 'x' });
    expect([answer.status, answer.json[0].errorCode]).toEqual([403, 'INSUFFICIENT_ACCESS_OR_READONLY']);
  });
});

test('a field may be closed, or only be read', async () => {
  expect((await query(jonas, 'SELECT AnnualRevenue FROM Account'))[0].errorCode).toBe('INVALID_FIELD');
  expect((await query(jonas, 'SELECT Margin__c FROM Opportunity LIMIT 1')).totalSize).toBe(1);
  const wingtip = idOf('Account', 'Café Águila');
  const token = sandbox.tokenOf(jonas);
  expect((await ask(token, 'PATCH', `/sobjects/Account/${wingtip}`, { Rating: 'Hot' })).json[0].errorCode).toBe(
    'INVALID_FIELD_FOR_INSERT_UPDATE',
  );
  const { json } = await ask(token, 'GET', '/sobjects/Account/describe');
  const rating = json.fields.find(({ name }: { name: string }) => name === 'Rating');
  expect([rating.updateable, rating.createable]).toEqual([false, false]);
});

describe('records', () => {
  test('private ones are seen by their owners, and by those with whom they are shared', async () => {
    const owned = sandbox.records('Account').filter(({ OwnerId }) => OwnerId === idOf('User', 'Jonas Weber'));
    const seen = await column(jonas, 'SELECT Name FROM Account');
    expect([...seen].sort()).toEqual([...new Set([...owned.map(({ Name }) => Name), 'Contoso', 'Café Águila'])].sort());
    const token = sandbox.tokenOf(jonas);
    expect((await ask(token, 'PATCH', `/sobjects/Account/${idOf('Account', 'Contoso')}`, { Phone: '1' })).status).toBe(
      403,
    );
    expect(
      (await ask(token, 'PATCH', `/sobjects/Account/${idOf('Account', 'Café Águila')}`, { Phone: '1' })).status,
    ).toBe(204);
  });

  test('what belongs to a record goes by that record', async () => {
    const seen = new Set(await column(jonas, 'SELECT Id FROM Account'));
    const contacts = await column(jonas, "SELECT AccountId FROM Contact WHERE OwnerId != ''");
    expect(contacts.length).toBeGreaterThan(0);
    const strangers = sandbox.records('Contact').filter(({ AccountId }) => !seen.has(AccountId));
    expect(strangers.length).toBeGreaterThan(0);
    const shown = new Set(await column(jonas, 'SELECT Id FROM Contact'));
    for (const { Id, OwnerId } of strangers)
      if (OwnerId !== idOf('User', 'Jonas Weber')) expect(shown.has(Id)).toBe(false);
  });

  test('nothing is made to belong to a record that its maker does not see', async () => {
    const hidden = sandbox.records('Account').find(({ OwnerId }) => OwnerId === idOf('User', 'Priya Nair'));
    const seen = new Set(await column(jonas, 'SELECT Id FROM Account'));
    const other = hidden ?? sandbox.records('Account').find(({ Id }) => !seen.has(Id));
    const answer = await ask(sandbox.tokenOf(jonas), 'POST', '/sobjects/Contact', {
      LastName: 'New',
      AccountId: other?.Id,
    });
    expect(answer.json[0].errorCode).toBe('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY');
  });
});

test('who lacks a permission sends no e-mail, runs no report and converts no lead', async () => {
  const token = sandbox.tokenOf(jonas);
  const mail = { inputs: [{ recipientAddresses: 'a@example.com', emailSubject: 'x', emailBody: 'x' }] };
  expect((await ask(token, 'POST', '/actions/standard/emailSimple', mail)).status).toBe(403);
  const report = sandbox.records('Report')[0]?.Id;
  expect((await ask(token, 'POST', `/analytics/reports/${report}`, {})).status).toBe(404);
  expect((await ask(sandbox.tokenOf(liWei), 'POST', `/analytics/reports/${report}`, {})).status).toBe(404);
  expect((await ask(sandbox.tokenOf('ana.ruiz@example.com'), 'POST', `/analytics/reports/${report}`, {})).status).toBe(
    200,
  );
});

describe('a token', () => {
  const info = '/services/oauth2/userinfo';

  test('tells whose it is', async () => {
    const token = sandbox.tokenOf(jonas);
    const { json } = await ask(token, 'GET', info);
    const id = idOf('User', 'Jonas Weber');
    expect(json).toMatchObject({ user_id: id, preferred_username: jonas, zoneinfo: 'Europe/Berlin' });
    expect((await ask(token, 'GET', `/id/${json.organization_id}/${id}`)).json).toMatchObject({ username: jonas });
    expect((await ask(token, 'GET', `/id/${json.organization_id}/${idOf('User', 'Li Wei')}`)).status).toBe(404);
  });

  test.each([
    ['that nobody gave', () => 'none', 'Bad_OAuth_Token', 'INVALID_SESSION_ID'],
    ['that has expired', () => sandbox.tokenOf(jonas, { lifeSeconds: 0 }), 'Bad_OAuth_Token', 'INVALID_SESSION_ID'],
    ['of another org', () => sandbox.tokenOf(jonas, { org: '00DSx0000000099EAA' }), 'Wrong_Org', 'INVALID_SESSION_ID'],
    ['without the scope id', () => sandbox.tokenOf(jonas, { scopes: ['api'] }), 'Invalid_Scope', undefined],
    ['without the scope api', () => sandbox.tokenOf(jonas, { scopes: ['id'] }), undefined, 'INVALID_SESSION_ID'],
    [
      'of a user without API Enabled',
      () => sandbox.tokenOf('priya.nair@example.com'),
      undefined,
      'API_DISABLED_FOR_ORG',
    ],
  ])('%s is refused', async (_what, tokenOf, word, errorCode) => {
    const token = tokenOf();
    const identity = await ask(token, 'GET', info);
    expect([identity.status, identity.text]).toEqual(word ? [403, word] : [200, expect.any(String)]);
    expect((await ask(token, 'GET', '/sobjects')).json[0]?.errorCode).toBe(errorCode);
  });

  test('ends when its life is over, and when it is revoked', async () => {
    const [short, revoked] = [sandbox.tokenOf(jonas, { lifeSeconds: 60 }), sandbox.tokenOf(jonas)];
    expect((await ask(short, 'GET', '/sobjects')).status).toBe(200);
    time = new Date(now.getTime() + 61_000);
    expect((await ask(short, 'GET', '/sobjects')).status).toBe(401);
    expect((await ask(revoked, 'GET', '/sobjects')).status).toBe(200);
    sandbox.revoke(revoked);
    expect((await ask(revoked, 'GET', '/sobjects')).status).toBe(401);
  });
});

test('rights of nobody, on nothing, stop the start', async () => {
  await writeFile(
    join(folder, 'access.json'),
    JSON.stringify({
      defaults: { Nothing: 'private' },
      shares: [{ record: 'nobody', with: 'li-wei' }],
      users: { 'li-wei': { fields: { Account: { Nope: 'none' } } }, nobody: {} },
    }),
  );
  const message = await startSandbox({ data: folder }).then(
    () => 'It started.',
    error => String(error),
  );
  expect(message).toContain('there is no object Nothing.');
  expect(message).toContain("there is no record whose $key is 'nobody'.");
  expect(message).toContain('Account has no field Nope.');
});
