import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../shared/action/defineAction.ts';
import { actions as allActions } from '../support/sandboxedActions.ts';
import { textInputs } from '../support/textInputs.ts';
import { type SalesforceApp, startSalesforceApp } from './harness.ts';

/** Whoever may not see something is not told whether it is there: every answer is the same as for what there is not. */

const actions = allActions.filter(({ system }) => system === 'salesforce');
const agent = { 'x-functions-key': 'accounts-agent' };

let salesforce: SalesforceApp;

beforeAll(async () => {
  const key = createHash('sha256').update('accounts-agent').digest('hex');
  const rules = {
    objects: ['Account', 'Opportunity', 'Task', 'Event'],
    hiddenFields: { Account: ['Website'], Opportunity: ['LastModifiedDate', 'CloseDate'] },
  };
  salesforce = await startSalesforceApp({
    app: {
      env: {
        POLICY: JSON.stringify({ keys: { [key]: { systems: { salesforce: rules } } }, default: {} }),
        ACTION_TIMEOUT_MS: '20000',
      },
    },
  });
});
afterAll(() => salesforce.stop());

const own = (objectType: string) => salesforce.sandbox.records(objectType)[0]?.Id ?? '';

/** What is closed, each beside what there is not: objects, records of closed objects, names of theirs, and fields. */
const pairs = () => [
  ['Contact', 'Qwertz'],
  ['Project__c', 'Qwertz__c'],
  [own('Contact'), '003Sx0000099999IAA'],
  [own('Case'), '500Sx0000099999'],
  [own('Project__c'), 'a0zSx0000099999IAA'],
  ['Website', 'Nonesuch'],
];

async function answer(action: Action, input: Record<string, unknown>, named: string): Promise<string> {
  const { status, body } = await (action.access === 'read'
    ? salesforce.call(action.name, { query: input as Record<string, string>, headers: agent })
    : salesforce.call(action.name, { json: { ...input, allowDuplicate: undefined }, headers: agent }));
  const { correlationId: _, activityId, url, ...others } = body as Record<string, unknown>;
  const isId = /^\w{15}(?:\w{3})?$/.test(named);
  return `${status} ${JSON.stringify(others)
    .split(named)
    .join('X')
    .split(isId ? `with ${named.slice(0, 3)}.` : named)
    .join('X')}`;
}

const inputs = textInputs(actions);

/** What can be done once only, such as completing a task, is done before, so that all that is compared meets the same. */
const done = new Set<string>();
const doOnce = async (action: Action) => {
  if (action.access === 'read' || done.has(action.name)) return;
  done.add(action.name);
  await salesforce.call(action.name, { json: action.example, headers: agent });
};

it.each(inputs)('$name tells by $input of nothing whether it is closed', async ({ action, input }) => {
  await doOnce(action);
  for (const [there = '', none = ''] of pairs()) {
    const [one, other] = await Promise.all(
      [there, none].map(named => answer(action, { ...action.example, [input]: named }, named)),
    );
    // What the answer says of its own accord stands in both.
    expect(one?.split(there).join('X').split(none).join('X')).toBe(other?.split(there).join('X').split(none).join('X'));
  }
});

it('takes the ID of something closed as the text that it is, where nothing refers to it', async () => {
  const action = actions.find(({ name }) => name === 'logActivity');
  const json = { ...action?.example, subject: own('Contact') };
  expect((await salesforce.call('logActivity', { json, headers: agent })).status).toBe(200);
});

describe('a query', () => {
  it.each([
    ['SELECT Id FROM Contact', 'SELECT Id FROM Nothing'],
    ['SELECT Id FROM Project__c', 'SELECT Id FROM Nothing__c'],
    ['SELECT Id, Website FROM Account', 'SELECT Id, Nonesuch FROM Account'],
    ["SELECT Id FROM Account WHERE Website = 'x'", "SELECT Id FROM Account WHERE Nonesuch = 'x'"],
    ['SELECT Id FROM Account ORDER BY Website', 'SELECT Id FROM Account ORDER BY Nonesuch'],
    ['SELECT Id, (SELECT Id FROM Contacts) FROM Account', 'SELECT Id, (SELECT Id FROM Nothings) FROM Account'],
    ['SELECT Id, (SELECT Id FROM Cases) FROM Account', 'SELECT Id, (SELECT Id FROM Nothings) FROM Account'],
    [
      'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)',
      'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Nothing)',
    ],
    ['SELECT Who.Name FROM Task', 'SELECT Nonesuch.Name FROM Task'],
    ['SELECT COUNT(Website) FROM Account', 'SELECT COUNT(Nonesuch) FROM Account'],
    ['SELECT Id, Parent.Website FROM Account', 'SELECT Id, Parent.Nonesuch FROM Account'],
  ])('answers %s as %s', async (there, none) => {
    const [one, other] = await Promise.all(
      [there, none].map(async soql => {
        const { status, body } = await salesforce.call('queryRecords', { query: { soql }, headers: agent });
        const { correlationId: _, ...others } = body as Record<string, unknown>;
        return `${status} ${JSON.stringify(others)}`.replaceAll(
          /Project__c|Nothing__c|Contacts|Cases|Nothings|Contact\b|Nothing\b|Website|Nonesuch|Who\b/g,
          'X',
        );
      }),
    );
    expect(one).toBe(other);
  });
});

it.each([
  [{ unchangedFor: '7d' }, 'unchangedFor cannot be used here.', 'LastModifiedDate'],
  [{ overdue: 'true' }, 'overdue cannot be used here.', 'CloseDate'],
  [
    { closingSince: 'today', closingBefore: 'tomorrow' },
    'closingSince and closingBefore cannot be used here.',
    'CloseDate',
  ],
])('a filter on a field that is closed says which it is: %j', async (query, told, field) => {
  const { status, body } = await salesforce.call('findOpportunities', {
    query: { ...query, orderBy: 'Amount' },
    headers: agent,
  });
  expect([status, body.code]).toEqual([403, 'forbidden']);
  expect(body.detail).toContain(told);
  expect(body.detail).toContain(field);
});

describe('conditions, columns and fields', () => {
  it.each([
    ['findAccounts', { where: '{"Website":"x"}' }, { where: '{"Nonesuch":"x"}' }],
    ['findAccounts', { columns: 'Website' }, { columns: 'Nonesuch' }],
    ['findAccounts', { orderBy: 'Website' }, { orderBy: 'Nonesuch' }],
    ['findAccounts', { missing: 'Website' }, { missing: 'Nonesuch' }],
    ['updateRecord', { fields: '{"Website":"x"}' }, { fields: '{"Nonesuch":"x"}' }],
  ])('%s answers %j as %j', async (name, there, none) => {
    const action = actions.find(each => each.name === name);
    if (!action) throw new Error(`There is no ${name}.`);
    const [one, other] = await Promise.all(
      [there, none].map(async input => {
        const example = action.access === 'read' ? {} : action.example;
        const text = await answer(action, { ...example, ...input }, 'no part of it');
        return text.replaceAll(/Website|Nonesuch/g, 'X');
      }),
    );
    expect(one).toBe(other);
  });
});
