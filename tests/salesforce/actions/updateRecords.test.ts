import { describe, expect, it } from 'vitest';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { useSalesforce } from '../harness.ts';
import { messagesOf, outcomesOf, plannedCalls } from '../planned.ts';

const salesforce = useSalesforce({ app: { env: sandboxUser.settings } });
const asAna: Pick<typeof salesforce, 'call'> = {
  call: (action, inputs) => salesforce.call(action, { ...inputs, headers: sandboxUser.headers }),
};
const { plan, confirm } = plannedCalls('updateRecords', () => asAna as never);
const rows = (objectType: string) => salesforce.sandbox.records(objectType);
const named = (objectType: string, name: string) => rows(objectType).find(({ Name }) => Name === name);
const userCalled = (name: string) => named('User', name)?.Id;
const writes = () => salesforce.costs().filter(each => each === 'PATCH /composite/sobjects').length;

describe('updateRecords', () => {
  it('gives all open opportunities of one person to whoever asks, in one request', async () => {
    const ofJonas = () =>
      rows('Opportunity').filter(({ OwnerId, IsClosed }) => OwnerId === userCalled('Jonas Weber') && !IsClosed);
    const before = ofJonas().length;
    const planned = await plan({
      objectType: 'Opportunity',
      filters: { owner: 'jonas.weber@example.com', openOnly: true },
      owner: 'me',
    });
    expect(planned.summary).toBe(
      `${before} of ${before} records would be changed, in the name of this service's Salesforce user.`,
    );
    expect(messagesOf(planned)).toContain('"Fabrikam – robot arms": Owner Jonas Weber → Ana Ruiz.');
    expect(ofJonas()).toHaveLength(before);
    salesforce.costs();
    expect(new Set(outcomesOf(await confirm(planned)))).toEqual(new Set(['done']));
    expect([writes(), ofJonas().length]).toEqual([1, 0]);
    expect(named('Opportunity', 'Fabrikam – robot arms')?.OwnerId).toBe(userCalled('Ana Ruiz'));
    const again = await plan({ objectType: 'Opportunity', filters: { owner: 'me', name: 'robot' }, owner: 'me' });
    expect([outcomesOf(again), again.confirmationToken]).toEqual([['notDone'], undefined]);
  });

  it('shares leads out that meet any of several filters, in turn, and says how many each gets', async () => {
    const planned = await plan({
      objectType: 'Lead',
      filters: [{ owner: 'none' }, { unchangedFor: '7d', openOnly: true }],
      owner: 'Li Wei, Priya Nair',
    });
    const [more, less] = [Math.ceil(planned.items.length / 2), Math.floor(planned.items.length / 2)];
    expect(less).toBeGreaterThan(2);
    expect(planned.summary).toContain(`Shared out: Li Wei ${more} and Priya Nair ${less}.`);
    await confirm(planned);
    const owners = planned.items.map(({ key }) => rows('Lead').find(({ Id }) => Id === key)?.OwnerId);
    expect(owners).toEqual(owners.map((_, at) => userCalled(at % 2 === 0 ? 'Li Wei' : 'Priya Nair')));
  });

  it('knows owners by their IDs, and gives who is named twice no greater share', async () => {
    const [ana, wei] = [userCalled('Ana Ruiz'), userCalled('Li Wei')];
    const recordIds = rows('Contact')
      .slice(0, 4)
      .map(({ Id }) => Id)
      .join();
    const owner = [ana, 'Li Wei', 'ana.ruiz@example.com', 'me', wei].join(', ');
    const { summary } = await plan({ objectType: 'Contact', recordIds, owner });
    expect(summary).toContain('Shared out: Ana Ruiz 2 and Li Wei 2.');
    const left = await plan({ objectType: 'Contact', recordIds, owner: userCalled('Tom Becker') });
    expect(left.detail).toContain('Tom Becker is inactive');
  });

  it('gives records to a queue of their object, and names one that takes none of them', async () => {
    const [lead, first] = [rows('Lead')[0]?.Id, rows('Case')[0]?.Id];
    const planned = await plan({ objectType: 'Lead', recordIds: lead, owner: 'Renewals' });
    expect(outcomesOf(planned)).toEqual(['planned']);
    const refused = await plan({ objectType: 'Case', recordIds: first, owner: 'Renewals' });
    expect(refused.detail).toContain('Renewals is a queue that takes no records of the object Case.');
  });

  it('changes fields of records by their IDs, adding to what is there, and tells each before and after', async () => {
    const recordIds = ['Contoso', 'Café Águila'].map(name => named('Account', name)?.Id);
    const input = {
      objectType: 'Account',
      recordIds: [...recordIds, '001Sx00000000zzIAA'].join(', '),
      fields: { Rating: 'Warm', 'Annual Revenue': '2m', Description: { append: 'Called.' } },
    };
    const planned = await plan(input);
    expect(messagesOf(planned)).toEqual([
      expect.stringMatching(
        /^"Contoso": Account Rating Hot → Warm; Annual Revenue 48,000,000 USD → 2,000,000 USD; Account Description ….*\nCalled\.$/,
      ),
      expect.stringMatching(/^"Café Águila": Account Rating none → Warm; .*Account Description none → Called\.$/),
      'It is no Account that this service may see.',
    ]);
    await confirm(planned);
    expect(named('Account', 'Contoso')).toMatchObject({
      Rating: 'Warm',
      AnnualRevenue: 2_000_000,
      Description: expect.stringMatching(/quarterly reviews\.\nCalled\.$/),
    });
  });

  it('leaves alone what was changed since the plan was made, and says so', async () => {
    const planned = await plan({ objectType: 'Case', filters: { openOnly: true }, fields: { Priority: 'Low' } });
    const [first, second] = planned.items;
    const fields = JSON.stringify({ Subject: 'Changed meanwhile' });
    // The sandbox's times have whole seconds, as Salesforce's have.
    await new Promise(resolve => setTimeout(resolve, 1_000));
    await salesforce.call('updateRecord', { json: { recordId: first?.key, fields }, headers: sandboxUser.headers });
    const done = await confirm(planned);
    expect(done.items[0]).toMatchObject({ outcome: 'notDone', message: expect.stringContaining('changed since') });
    expect(done.items[1]).toMatchObject({ key: second?.key, outcome: 'done' });
  });

  it.each([
    ['the answer is lost', { reset: 'after' }, 'done'],
    ['the request is lost', { reset: 'before' }, 'unknown'],
    ['Salesforce fails', { status: 503, body: '{}' }, 'unknown'],
  ] as const)('where %s, tells so, and is settled by the same call again', async (_, fault, outcome) => {
    const planned = await plan({
      objectType: 'Contact',
      filters: { account: 'Contoso Europe' },
      fields: { Department: JSON.stringify(fault) },
    });
    salesforce.sandbox.fail({ method: 'PATCH', path: '/composite/sobjects$', ...fault });
    expect(new Set(outcomesOf(await confirm(planned)))).toEqual(new Set([outcome]));
    expect(new Set(outcomesOf(await confirm(planned)))).toEqual(new Set(['done']));
  });

  it('tells of each what Salesforce refuses, and changes the others', async () => {
    const [good, bad] = rows('Lead').map(({ Id }) => Id);
    const planned = await plan({ objectType: 'Lead', recordIds: `${good},${bad}`, fields: { City: 'Bonn' } });
    const saved = [{ id: good, success: true, errors: [] }];
    const errors = [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not in Bonn', fields: ['City'] }];
    const body = JSON.stringify([...saved, { success: false, errors }]);
    salesforce.sandbox.fail({ method: 'PATCH', path: '/composite/sobjects$', status: 200, body });
    const { items } = await confirm(planned);
    expect(items.map(({ outcome }) => outcome)).toEqual(['done', 'notDone']);
    expect(items[1]?.message).toContain('Not in Bonn');
  });

  it.each([
    ['neither records nor filters', { fields: { Rating: 'Hot' } }, 'Give either recordIds or filters'],
    ['no change', { recordIds: '001Sx0000000001IAA' }, 'Give fields to set, or owner'],
    ['filters that there are not', { filters: { colour: 'red' }, owner: 'me' }, 'There is no filter "colour"'],
    ['filters without any', { filters: {}, owner: 'me' }, 'Give at least one of name'],
    ['an owner twice', { recordIds: '001Sx0000000001IAA', owner: 'me', fields: { Owner: 'me' } }, 'in fields as well'],
    ['what nobody is called', { recordIds: 'Contoso, Nonesuch', owner: 'me' }, 'called exactly "Nonesuch"'],
    ['filters of nothing', { filters: { name: 'Nobody has it' }, owner: 'me' }, 'No record matches'],
    ['an owner who is nobody', { recordIds: '001Sx0000000001IAA', owner: 'Zed' }, 'There is no User'],
  ])('refuses %s', async (_, input, says) => {
    expect((await plan({ objectType: 'Account', ...input })).detail).toContain(says);
  });
});
