import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const keys = ['hides-amount', 'few-objects'] as const;
const policies = {
  'hides-amount': { hiddenFields: { Opportunity: ['Amount'] } },
  'few-objects': { objects: ['Opportunity'] },
};
const salesforce = useSalesforce({
  app: {
    env: {
      POLICY: JSON.stringify({
        default: {},
        keys: Object.fromEntries(
          keys.map(key => [createHash('sha256').update(key).digest('hex'), { systems: { salesforce: policies[key] } }]),
        ),
      }),
    },
  },
});

const [rollout, project] = [recordId('006', 1), recordId('a00', 1)];
const read = (query: Record<string, string>, key?: string) =>
  salesforce.call('getRecordHistory', { query, ...(key && { headers: { 'x-functions-key': key } }) });
const changes = (body: Record<string, unknown>) =>
  list(body.history).flatMap(({ by, changes }) => list(changes).map(({ field, from, to }) => [by, field, from, to]));

test('tells when stage and owner changed and who changed them, in one request, the latest first', async () => {
  const { status, body } = await read({ recordId: rollout, field: 'Stage, Owner' });
  expect([status, body.name]).toEqual([200, 'Contoso – plant rollout']);
  expect(changes(body)).toEqual([
    ['Li Wei', 'Stage', 'Proposal/Price Quote', 'Negotiation/Review'],
    ['Li Wei', 'Stage', 'Prospecting', 'Proposal/Price Quote'],
    ['Ana Ruiz', 'Owner', 'Ana Ruiz', 'Li Wei'],
  ]);
  const times = list(body.history).map(({ at }) => Date.parse(String(at)));
  expect(times).toEqual(times.toSorted((one, other) => other - one));
  expect(body.summary).toContain('3 changes of Stage and Owner.');
  expect(body.summary).toContain('keeps them for 18 to 24 months');
  expect(salesforce.costs().filter(cost => cost.startsWith('POST'))).toEqual(['POST /composite']);
});

test('tells of all fields, amounts with their currency, and what was saved together as one', async () => {
  const { body } = await read({ recordId: rollout });
  expect(changes(body)).toContainEqual(['Li Wei', 'Amount', '180,000 USD', '240,000 USD']);
  expect(changes(body)).toContainEqual(['Ana Ruiz', 'Created', undefined, undefined]);
  const together = list(body.history).map(({ changes }) => list(changes).map(({ field }) => field));
  expect(together).toContainEqual(['Amount', 'Stage']);
});

test('page by page there is each once', async () => {
  const whole = changes((await read({ recordId: rollout })).body);
  const paged: unknown[] = [];
  let pageToken: string | undefined;
  do {
    const { body } = await read({ recordId: rollout, limit: '1', ...(pageToken && { pageToken }) });
    paged.push(...changes(body));
    pageToken = body.nextPageToken;
  } while (pageToken);
  expect(paged).toEqual(whole);
});

test('a change that was just made is told, of a custom object, too', async () => {
  const fields = '{"Phase":"Done","Budget":1234,"Owner":"Ana Ruiz"}';
  const changed = await salesforce.call('updateRecord', { json: { recordId: project, fields } });
  expect([changed.status, changed.body.detail]).toEqual([200, undefined]);
  const { body } = await read({ recordId: project });
  const told = changes(body);
  expect(told).toContainEqual(['Integration User', 'Budget', expect.any(String), '1,234 USD']);
  expect(told.filter(([, field]) => field === 'Owner')).toEqual([
    ['Integration User', 'Owner', expect.any(String), 'Ana Ruiz'],
  ]);
});

test('IDs that stand alone are told by name', async () => {
  const row = (Field: string, OldValue: string, NewValue: string) => ({
    Field,
    OldValue,
    NewValue,
    CreatedDate: '2026-11-01T09:00:00.000+0000',
    CreatedBy: { Name: 'Li Wei' },
  });
  const part = (records: object[]) => ({ httpStatusCode: 200, body: { totalSize: 1, done: true, records } });
  salesforce.sandbox.fail({
    path: '/composite$',
    status: 200,
    body: JSON.stringify({
      compositeResponse: [
        part([{ Id: rollout, Name: 'Rollout' }]),
        part([
          row('Owner', recordId('005', 2), recordId('005', 3)),
          row('Account', recordId('001', 1), recordId('001', 2)),
        ]),
      ],
    }),
  });
  const { body } = await read({ recordId: rollout });
  expect(changes(body)).toEqual([
    ['Li Wei', 'Owner', 'Ana Ruiz', 'Li Wei'],
    ['Li Wei', 'Account', 'Contoso', salesforce.sandbox.records('Account')[1]?.Name],
  ]);
});

test.each([
  [{ recordId: recordId('001', 1) }, 400, 'Salesforce has no field history of the object Account'],
  [{ recordId: recordId('006', 999) }, 404, 'There is no Opportunity'],
  [{ recordId: rollout, field: 'Stagee' }, 400, 'The nearest are "Stage"'],
])('%o answers %i', async (query, status, detail) => {
  const answer = await read(query);
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toContain(detail);
});

test('a field without recorded changes is told so, and why that may be', async () => {
  const { status, body } = await read({ recordId: rollout, field: 'Next Step' });
  expect([status, body.history]).toEqual([200, []]);
  expect(body.summary).toContain('No change of Next Step is recorded.');
});

test('nothing of a field that a policy hides is told, neither here nor by a query', async () => {
  const { status, body } = await read({ recordId: rollout }, 'hides-amount');
  expect(status).toBe(200);
  expect(JSON.stringify(body)).not.toMatch(/Amount|180|240/);
  expect(changes(body)).toContainEqual(['Ana Ruiz', 'Owner', 'Ana Ruiz', 'Li Wei']);
  expect((await read({ recordId: rollout, field: 'Amount' }, 'hides-amount')).status).toBe(400);
  const headers = { 'x-functions-key': 'hides-amount' };
  const history = 'FROM OpportunityFieldHistory WHERE';
  for (const soql of [
    `SELECT Field, NewValue ${history} CreatedDate > 2020-01-01T00:00:00Z`,
    `SELECT COUNT() ${history} Field = 'Amount'`,
    `SELECT NewValue ${history} Field IN ('StageName') OR Field = 'Amount'`,
    `SELECT NewValue ${history} (NOT Field IN ('StageName'))`,
    `SELECT NewValue ${history} Field NOT IN ('StageName')`,
    "SELECT Id, (SELECT NewValue FROM Histories) FROM Opportunity WHERE Name != 'x'",
    "SELECT Id FROM Opportunity WHERE Id IN (SELECT OpportunityId FROM OpportunityFieldHistory WHERE Field = 'Amount')",
  ]) {
    const answer = await salesforce.call('queryRecords', { query: { soql }, headers });
    expect([soql, answer.status]).toEqual([soql, 403]);
  }
  const open = `SELECT NewValue ${history} Field = 'StageName'`;
  expect((await salesforce.call('queryRecords', { query: { soql: open }, headers })).status).toBe(200);
});

test('the history of an open object is closed where a policy does not name it', async () => {
  const { status, body } = await read({ recordId: rollout }, 'few-objects');
  expect([status, body.code]).toEqual([403, 'forbidden']);
});
