import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startApp } from '../../support/app.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { request } from '../../support/request.ts';
import { type SalesforceApp, startSalesforceApp } from '../harness.ts';
import { messagesOf, outcomesOf, plannedCalls } from '../planned.ts';

let azurite: Azurite;
let salesforce: SalesforceApp;
/** Another process with the same ledger, which is ended. */
let victim: RunningApp;

beforeAll(async () => {
  azurite = await startAzurite();
  salesforce = await startSalesforceApp({ app: { env: { ...azurite.settings, ACTION_TIMEOUT_MS: '15000' } } });
  victim = await startApp({ env: { ...salesforce.sandbox.settings, ...azurite.settings, ACTION_TIMEOUT_MS: '8000' } });
  // What takes long is done once beforehand.
  await confirm(await plan(some(1).input, byVictim), byVictim).catch(() => undefined);
});
afterAll(async () => {
  await victim.stop();
  await salesforce.stop();
  await azurite.stop();
});

const { plan, confirm } = plannedCalls('createRecords', () => salesforce);
const byVictim: Pick<SalesforceApp, 'call'> = {
  call: (action, { json }) => request(`${victim.url}/api/salesforce/${action}`, { json }),
};
const contacts = (company: string) =>
  salesforce.sandbox.records('Contact').filter(({ Department }) => Department === company);
const writes = () => salesforce.costs().filter(each => each === 'POST /composite/sobjects').length;

let lists = 0;
/** New contacts that nobody else is like. */
function some(count: number) {
  lists += 1;
  const department = `Department ${lists}`;
  const records = Array.from({ length: count }, (_, at) => ({ LastName: `Person ${at + 1}`, Department: department }));
  return { department, input: { objectType: 'Contact', records: JSON.stringify(records) } };
}

describe('createRecords', () => {
  it('shows what would be created and in whose name, then creates it in one request, with lookups by name', async () => {
    const planned = await plan({
      objectType: 'Contact',
      records: [
        { FirstName: 'Tom', LastName: 'Reed', Title: 'Head of IT' },
        { LastName: 'Moss', Account: 'Fabrikam, Inc.', Owner: 'Li Wei' },
      ],
      fields: { account: 'Contoso', owner: 'Ana Ruiz' },
    });
    expect(planned.summary).toBe(
      "2 records of Contact would be created, by this service's Salesforce user, who owns them unless an owner is given.",
    );
    expect(messagesOf(planned)).toEqual([
      'Contact "Tom Reed": Account Contoso; Owner Ana Ruiz; Title Head of IT.',
      'Contact "Moss": Account Fabrikam, Inc.; Owner Li Wei.',
    ]);
    salesforce.costs();
    const done = await confirm(planned);
    expect(done.summary).toBe('2 of 2 done.');
    expect(salesforce.costs()).toEqual(['POST /composite/sobjects']);
    const [tom] = done.items;
    expect(tom?.url).toContain(`/Contact/${tom?.key}/`);
    expect(salesforce.sandbox.records('Contact').find(({ Id }) => Id === tom?.key)).toMatchObject({
      Name: 'Tom Reed',
      AccountId: '001Sx0000000001IAA',
    });
    const again = await confirm(planned);
    expect([again.deduplicated, again.items[0]?.key, writes()]).toEqual([true, tom?.key, 0]);
  });

  it('creates two hundred in one request, and looks plain names up together', async () => {
    const { department, input } = some(200);
    const names = ['Contoso', 'Fabrikam, Inc.', 'Café Águila', "D'Arcy & Sons"];
    const records = JSON.parse(input.records).map((record: object, at: number) => ({
      ...record,
      Account: names[at % names.length],
    }));
    salesforce.costs();
    const planned = await plan({ ...input, records });
    expect(salesforce.costs().filter(each => each.includes('/query'))).toHaveLength(3);
    expect(outcomesOf(await confirm(planned))).toEqual(Array(200).fill('done'));
    expect([writes(), contacts(department).length]).toEqual([1, 200]);
  });

  it('plans what it can, and says of the rest why not', async () => {
    const planned = await plan({
      objectType: 'Contact',
      records: '{"LastName":"Good"}\n{"LastName":"Lost","Account":"Nobody Ltd"}\n{"Nonsense":1}\n{"FirstName":"Solo"}',
    });
    expect(outcomesOf(planned)).toEqual(['planned', 'notDone', 'notDone', 'planned']);
    expect(messagesOf(planned).join('\n')).toMatch(
      /Good.*\nContact "Lost" cannot be created: Account: There is no Account .*"Nobody Ltd".*\n.*no such field.*\n.*It lacks Last Name/,
    );
    const [, refused] = messagesOf(await confirm(planned));
    expect(refused).toContain('LastName (Last Name) takes a text');
  });

  it('names the duplicates of what Salesforce refuses, and saves them where that is allowed', async () => {
    const input = {
      objectType: 'Lead',
      records: '[{"LastName":"Boxer","Company":"X","Email":"bertha.boxer@prospect.example"}]',
    };
    const refused = await confirm(await plan(input));
    expect(outcomesOf(refused)).toEqual(['notDone']);
    expect(messagesOf(refused)[0]).toContain('(Bertha Boxer)');
    expect(outcomesOf(await confirm(await plan({ ...input, allowDuplicate: true })))).toEqual(['done']);
  });

  it('creates what was created within the hour only where it is asked to, and equal ones of one list each', async () => {
    const { department, input } = some(1);
    const twice = { ...input, records: JSON.stringify(Array(2).fill(JSON.parse(input.records)[0])) };
    const planned = await plan(twice);
    expect(messagesOf(planned).map(each => each.includes('the same as record 1'))).toEqual([false, true]);
    const { items } = await confirm(planned);
    const again = await plan(twice);
    expect([outcomesOf(again), again.confirmationToken]).toEqual([['notDone', 'notDone'], undefined]);
    expect(messagesOf(again)[0]).toContain(String(items.at(-1)?.key.slice(0, 12)));
    expect(outcomesOf(await confirm(await plan({ ...twice, repeat: true })))).toEqual(['done', 'done']);
    expect(contacts(department)).toHaveLength(4);
  });

  it.each([
    ['that is no JSON', '[{"LastName"', 'is not JSON'],
    ['of what is no record', '["Reed"]', 'Record 1 is no object'],
    ['of nothing', '[]', 'It has no record'],
    ['of more than Salesforce takes', JSON.stringify(Array(201).fill({ LastName: 'A' })), '201 records'],
    ['with a name given twice', '[{"LastName":"A","LastName":"B"}]', 'twice'],
  ])('refuses a list %s', async (_, records, says) => {
    const { code, detail } = await plan({ objectType: 'Contact', records });
    expect([code, detail]).toEqual(['invalid_input', expect.stringContaining(says)]);
  });
});

describe('createRecords that is cut off', () => {
  it.each([
    ['refused for a while', { status: 429, body: '{}', headers: { 'retry-after': '0' } }, 'done', 2],
    ['done, and the answer is lost', { reset: 'after' }, 'done', 1],
    ['done, and the answer breaks', { reset: 'midBody' }, 'done', 1],
    ['done, and answered by what tells nothing', { status: 200, body: '[]' }, 'unknown', 1],
    ['lost on the way', { reset: 'before' }, 'unknown', 1],
    ['met by a failure', { status: 503, body: '{}' }, 'unknown', 1],
  ] as const)('where the request is %s, tells so and sends nothing twice', async (_, fault, outcome, requests) => {
    const { department, input } = some(12);
    const planned = await plan(input);
    salesforce.costs();
    salesforce.sandbox.fail({ method: 'POST', path: '/composite/sobjects$', ...fault });
    expect([...new Set(outcomesOf(await confirm(planned)))]).toEqual([outcome]);
    const again = await confirm(planned);
    expect([...new Set(outcomesOf(again))]).toEqual([outcome]);
    expect(writes()).toBe(requests);
    expect(contacts(department)).toHaveLength(outcome === 'unknown' ? 0 : 12);
    if (outcome === 'done') expect(new Set(again.items.map(({ key }) => key)).size).toBe(12);
    // A plan for the same is the same.
    const other = await plan(input);
    if (other.confirmationToken) expect([...new Set(outcomesOf(await confirm(other)))]).toEqual(['unknown']);
    expect(writes()).toBe(0);
  });

  it('takes none for its own that was like it before, that another item is, or that is not like it', async () => {
    const { department, input } = some(1);
    await confirm(await plan(input));
    const [first] = contacts(department);
    const planned = await plan({ ...input, repeat: true });
    await salesforce.call('createRecord', {
      json: { objectType: 'Contact', fields: JSON.stringify({ LastName: 'Another', Department: department }) },
    });
    salesforce.sandbox.fail({ method: 'POST', path: '/composite/sobjects$', reset: 'before' });
    expect(outcomesOf(await confirm(planned))).toEqual(['unknown']);
    expect(contacts(department).map(({ Id }) => Id)).toContain(first?.Id);
    expect((await confirm(planned)).items).toEqual([expect.objectContaining({ key: '1', outcome: 'unknown' })]);
  });

  it('by the end of its process, is gone on with by another one', async () => {
    const { department, input } = some(12);
    const planned = await plan(input);
    salesforce.costs();
    salesforce.sandbox.fail({ method: 'POST', path: '/composite/sobjects$', delayMs: 300 });
    const lost = confirm(planned, byVictim).catch(() => 'nothing');
    await expect
      .poll(
        () => salesforce.sandbox.requests.findLast(({ path }) => path.endsWith('/composite/sobjects'))?.body ?? '',
        {
          timeout: 8_000,
        },
      )
      .toContain(department);
    await victim.kill();
    expect(await lost).toBe('nothing');
    await delay(300);
    const { summary, items } = await confirm(planned);
    expect(summary).toBe('12 of 12 done.');
    expect(items.map(({ key }) => key).sort()).toEqual(contacts(department).map(({ Id }) => Id));
    expect(writes()).toBe(1);
  });
});
