import { describe, expect, it } from 'vitest';
import { useSalesforce } from '../harness.ts';
import { messagesOf, outcomesOf, plannedCalls } from '../planned.ts';

const salesforce = useSalesforce();
const { plan, confirm } = plannedCalls('mergeRecords', () => salesforce);
const find = (objectType: string, id: string) => salesforce.sandbox.records(objectType).find(({ Id }) => Id === id);
const create = async (objectType: string, fields: object) => {
  const { body } = await salesforce.call('createRecord', { json: { objectType, fields: JSON.stringify(fields) } });
  return String(body.recordId);
};
const merges = () => salesforce.costs().filter(each => each.includes('/Soap/')).length;

describe('mergeRecords', () => {
  it('tells what would move and what be lost, then merges two duplicates into the one that stays', async () => {
    const master = await create('Account', { Name: 'Double', Rating: 'Hot' });
    const one = await create('Account', { Name: 'Double Inc', Phone: '+1 206 555 0000', Rating: 'Cold' });
    const two = await create('Account', { Name: 'Double GmbH', Industry: 'Retail' });
    const contact = await create('Contact', { LastName: 'Moves', AccountId: one });
    const deal = await create('Opportunity', {
      Name: 'Moves too',
      AccountId: two,
      StageName: 'Prospecting',
      CloseDate: '2030-01-01',
    });
    const planned = await plan({ recordId: master, duplicateIds: `${one}, ${two}` });
    expect(messagesOf(planned)).toEqual([
      `Account "Double" (${master}) stays as it is and takes Account "Double Inc" (${one}) with its 1 Contact and Account "Double GmbH" (${two}) with its 1 Opportunity.`,
    ]);
    expect(planned.summary).toContain(
      'This cannot be undone. Lost would be what only the duplicates have: Account Phone "+1 206 555 0000"; Industry "Retail".',
    );
    expect(planned.summary).toContain(
      'Different, and lost because the record that stays has another value: Account Name "Double Inc" and "Double GmbH" for "Double"; Account Rating "Cold" for "Hot".',
    );
    salesforce.costs();
    const done = await confirm(planned);
    expect([messagesOf(done), merges()]).toEqual([
      [expect.stringMatching(new RegExp(`\\(${one}\\) and .*\\(${two}\\) merged into it`))],
      1,
    ]);
    expect([find('Account', one), find('Account', two)]).toEqual([undefined, undefined]);
    expect([find('Contact', contact)?.AccountId, find('Opportunity', deal)?.AccountId]).toEqual([master, master]);
    expect(find('Account', master)).toMatchObject({ Name: 'Double', Rating: 'Hot', Phone: null });
    for (const input of [
      { recordId: master, duplicateIds: one },
      { recordId: two, duplicateIds: master },
    ]) {
      expect((await plan(input)).detail).toContain(`was merged into ${master} already`);
    }
  });

  it('tells of lookups that would be lost, as of contacts of two accounts', async () => {
    const master = await create('Contact', { LastName: 'Here', Account: 'Contoso' });
    const other = await create('Contact', { LastName: 'Here', Account: 'Fabrikam, Inc.', ReportsTo: 'Maria Olsen' });
    const { summary } = await plan({ recordId: master, duplicateIds: other });
    expect(summary).toContain('only the duplicates have: Reports To "');
    expect(summary).toContain('another value: Account "');
  });

  it.each([
    ['the answer is lost', { reset: 'after' }, 'done'],
    ['the request is lost', { reset: 'before' }, 'unknown'],
    ['Salesforce fails', { status: 503, body: '' }, 'unknown'],
  ] as const)('where %s, tells so, and never sends it again', async (_, fault, outcome) => {
    const [master, other] = [
      await create('Account', { Name: `Stays ${JSON.stringify(fault)}` }),
      await create('Account', { Name: `Goes ${JSON.stringify(fault)}` }),
    ];
    const planned = await plan({ recordId: master, duplicateIds: other });
    salesforce.costs();
    salesforce.sandbox.fail({ path: '/Soap/', ...fault });
    expect(outcomesOf(await confirm(planned))).toEqual([outcome]);
    expect(outcomesOf(await confirm(planned))).toEqual([outcome]);
    expect(merges()).toBe(1);
    expect(find('Account', other) === undefined).toBe(outcome === 'done');
  });

  it('leaves alone what was deleted since, and tells what Salesforce refuses', async () => {
    const [master, other] = [
      await create('Lead', { LastName: 'A', Company: 'A' }),
      await create('Lead', { LastName: 'B', Company: 'B' }),
    ];
    const planned = await plan({ recordId: master, duplicateIds: other });
    const said = 'FIELD_CUSTOM_VALIDATION_EXCEPTION';
    const body = `<e:Envelope xmlns:e="x"><e:Body><mergeResponse><result><errors><message>Not on &lt;Mondays&gt;</message><statusCode>${said}</statusCode></errors><success>false</success></result></mergeResponse></e:Body></e:Envelope>`;
    salesforce.sandbox.fail({ path: '/Soap/', status: 200, body });
    const refused = await confirm(planned);
    expect([outcomesOf(refused), messagesOf(refused)[0]]).toEqual([
      ['notDone'],
      expect.stringContaining('Not on <Mondays>'),
    ]);
    const other2 = await plan({ recordId: master, duplicateIds: other });
    await salesforce.call('deleteRecord', {
      json: {
        confirmationToken: (await salesforce.call('deleteRecord', { json: { recordId: other } })).body
          .confirmationToken,
      },
    });
    expect(outcomesOf(await confirm(other2))).toEqual(['notDone']);
  });

  it.each([
    [
      'more than two',
      { recordId: '001Sx0000000001IAA', duplicateIds: '001Sx0000000002IAA,001Sx0000000003IAA,001Sx0000000004IAA' },
      'at most 2',
    ],
    ['the one that stays', { recordId: '001Sx0000000001IAA', duplicateIds: '001Sx0000000001' }, 'is among them'],
    ['another object', { recordId: '001Sx0000000001IAA', duplicateIds: '003Sx0000000001IAA' }, 'another object'],
    [
      'what cannot be merged',
      { recordId: '006Sx0000000001IAA', duplicateIds: '006Sx0000000002IAA' },
      'merges accounts, contacts',
    ],
    [
      'what is not there',
      { recordId: '001Sx0000000001IAA', duplicateIds: '001Sx000000000zIAA' },
      'There is no Account',
    ],
  ])('refuses %s', async (_, input, says) => {
    expect((await plan(input)).detail).toContain(says);
  });
});
