import { describe, expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

const find = (query: Record<string, string>) => salesforce.call('findOrgUsers', { query });
const named = async (query: Record<string, string>) =>
  list((await find(query)).body.users).map(({ name, kind, isActive }) => [name, kind, isActive]);

test('finds users by a part of the name, with their e-mail addresses', async () => {
  const { status, body } = await find({ person: 'ana' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    summary: '1 user.',
    users: [{ name: 'Ana Ruiz', email: 'ana.ruiz@example.com', kind: 'user', isActive: true }],
  });
  // What else Salesforce holds of a user is closed without a policy.
  expect(Object.keys(list(body.users)[0] ?? {}).sort()).toEqual(['email', 'isActive', 'kind', 'name', 'userId']);
});

test.each<[Record<string, string>, [string, string, boolean][]]>([
  [{ person: 'li.wei@example.com' }, [['Li Wei', 'user', true]]],
  [{ person: 'becker' }, [['Tom Becker', 'user', false]]],
  [{ person: 'becker', activeOnly: 'true' }, []],
  [{ person: 'renew' }, [['Renewals', 'queue', true]]],
  [{ person: 'sales' }, []],
  [
    { kind: 'queue' },
    [
      ['Renewals', 'queue', true],
      ['Support Tier 2', 'queue', true],
    ],
  ],
  [{ person: "O'Nobody%_" }, []],
])('%o finds %j', async (query, expected) => {
  expect(await named(query)).toEqual(expected);
});

test('a queue tells of which objects it takes records', async () => {
  const { body } = await find({ person: 'Renewals' });
  expect(list(body.users)).toMatchObject([{ name: 'Renewals', kind: 'queue', objectTypes: ['Lead', 'Opportunity'] }]);
});

test.each<[string, string[], number]>([
  ['Lead', ['Renewals'], 5],
  ['Case', ['Support Tier 2'], 5],
  // Queues own nothing of it in this org, whatever their names.
  ['Account', [], 5],
])('who may own records of %s: its queues, and people who are still there', async (objectType, queues, people) => {
  const found = await named({ objectType });
  expect(found.filter(([, kind]) => kind === 'queue').map(([name]) => name)).toEqual(queues);
  expect(found.filter(([, kind, isActive]) => kind === 'user' && isActive)).toHaveLength(people);
  expect(found).not.toContainEqual(['Tom Becker', 'user', false]);
});

test('what has no owner of its own is said so', async () => {
  const { status, body } = await find({ objectType: 'User' });
  expect([status, body.code]).toEqual([400, 'invalid_input']);
  expect(body.detail).toContain('objectType: Records of User have no owner');
});

test('is there by its former name as well', async () => {
  const { status, body } = await salesforce.call('findSalesforceUsers', { query: { person: 'Renewals' } });
  expect([status, list(body.users).length]).toEqual([200, 1]);
});

test('who is named exactly so comes first, then who is active; and all are there page by page', async () => {
  const all = await named({ limit: '100' });
  expect(all.at(-1)).toEqual(['Tom Becker', 'user', false]);
  expect(all.filter(([, kind]) => kind === 'queue')).toHaveLength(2);
  const seen: unknown[] = [];
  let pageToken = '';
  for (let pages = 0; pages < 9; pages += 1) {
    const { body } = await find({ limit: '3', pageToken });
    seen.push(...list(body.users).map(({ name }) => name));
    pageToken = body.nextPageToken;
    if (!pageToken) break;
  }
  expect(seen).toEqual(all.map(([name]) => name));
});

test('"me" is nobody where it is not known who asks', async () => {
  const { status, body } = await find({ person: 'me' });
  expect([status, body.code]).toEqual([400, 'invalid_input']);
  expect(body.detail).toContain('person: ');
});

test('queues that the user may not see cost nobody the users', async () => {
  const answer = (httpStatusCode: number, body: unknown) => ({ httpStatusCode, body });
  const compositeResponse = [
    answer(200, { records: [{ Id: '005000000000001AAA', Name: 'Ana Ruiz', Email: 'a@b.example', IsActive: true }] }),
    answer(400, [{ errorCode: 'INVALID_TYPE', message: "sObject type 'Group' is not supported." }]),
  ];
  salesforce.sandbox.fail({ path: '/composite$', status: 200, body: JSON.stringify({ compositeResponse }) });
  expect((await find({ person: 'ana' })).body).toMatchObject({ summary: '1 user.', notShown: ['Group'] });
});

test('which records a queue takes may be hidden, which is said', async () => {
  const body = JSON.stringify([
    { errorCode: 'INVALID_TYPE', message: "sObject type 'QueueSobject' is not supported." },
  ]);
  salesforce.sandbox.fail({ path: '/query$', status: 400, body });
  expect((await find({ kind: 'queue' })).body).toMatchObject({
    users: [{ name: 'Renewals' }, { name: 'Support Tier 2' }],
    notShown: ['QueueSobject'],
  });
});

describe('people by their title or role', () => {
  const open = useSalesforce({
    app: { env: { POLICY: JSON.stringify({ default: { systems: { salesforce: { objects: ['User'] } } } }) } },
  });

  test('are found where a policy opens these, and else it is said that they are closed', async () => {
    const { body } = await open.call('findOrgUsers', { query: { role: 'account executive' } });
    expect(list(body.users).map(({ name }) => name)).toEqual(['Jonas Weber', 'Li Wei']);
    const { body: closed } = await find({ role: 'account executive' });
    expect([closed.users, closed.notShown]).toEqual([[], ['User.Title', 'User.UserRole']]);
  });
});
