import { describe, expect, it } from 'vitest';
import { useSalesforce } from '../harness.ts';
import { messagesOf, outcomesOf, plannedCalls } from '../planned.ts';

const salesforce = useSalesforce();
const { plan, confirm } = plannedCalls('convertLead', () => salesforce);
const rows = (objectType: string) => salesforce.sandbox.records(objectType);
const leadCalled = (name: string) => rows('Lead').find(({ Name }) => Name === name);
const create = async (fields: object, objectType = 'Lead') => {
  const { body } = await salesforce.call('createRecord', { json: { objectType, fields: JSON.stringify(fields) } });
  return String(body.recordId);
};
const conversions = () => salesforce.costs().filter(each => each.includes('/Soap/')).length;

const serverFault =
  '<e:Envelope xmlns:e="x"><e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring>internal</faultstring></e:Fault></e:Body></e:Envelope>';

describe('convertLead', () => {
  it('shows what would be made of a lead, then makes it in one request and tells the IDs', async () => {
    await create({
      FirstName: 'Sarah',
      LastName: 'Chen',
      Title: 'VP Engineering',
      Company: 'Brightpath',
      Owner: 'Li Wei',
    });
    const planned = await plan({ lead: 'sarah chen', opportunity: 'Brightpath <pilot> & "more"' });
    expect(planned.summary).toBe(
      `Lead "Sarah Chen" would be converted by this service's Salesforce user. This cannot be undone. The opportunity gets its stage and close date from Salesforce (usually Prospecting, the end of the quarter); updateRecord changes them then.`,
    );
    expect(messagesOf(planned)).toEqual([
      'Lead "Sarah Chen" of Brightpath: a new account "Brightpath", a new contact "Sarah Chen" and a new opportunity "Brightpath <pilot> & "more"", owned by Li Wei. Its status is then Closed - Converted.',
    ]);
    expect(leadCalled('Sarah Chen')?.IsConverted).toBe(false);
    salesforce.costs();
    const done = await confirm(planned);
    expect(conversions()).toBe(1);
    const lead = leadCalled('Sarah Chen');
    expect(lead).toMatchObject({ IsConverted: true, Status: 'Closed - Converted' });
    expect(messagesOf(done)).toEqual([
      `Converted: account ${lead?.ConvertedAccountId}, contact ${lead?.ConvertedContactId} and opportunity ${lead?.ConvertedOpportunityId}.`,
    ]);
    const made = rows('Opportunity').find(({ Id }) => Id === lead?.ConvertedOpportunityId);
    expect(made).toMatchObject({ Name: 'Brightpath <pilot> & "more"', AccountId: lead?.ConvertedAccountId });
    expect((await plan({ lead: 'Sarah Chen' })).detail).toContain('was converted already: account ');
  });

  it('never doubles an account or a contact of the same name without a word, and joins what is given', async () => {
    await create({ FirstName: 'Maria', LastName: 'Olsen', Company: 'Contoso' });
    const unclear = await plan({ lead: 'Maria Olsen' });
    expect([unclear.code, unclear.detail]).toEqual([
      'ambiguous',
      expect.stringMatching(/Contoso \(001.*Seattle\).*account: new/),
    ]);
    const unclearContact = await plan({ lead: 'Maria Olsen', account: 'Contoso' });
    expect([unclearContact.code, unclearContact.detail]).toEqual([
      'ambiguous',
      expect.stringMatching(/Maria Olsen \(003.*contact: new/),
    ]);
    const accounts = rows('Account').length;
    const done = await confirm(
      await plan({
        lead: 'Maria Olsen',
        account: 'Contoso',
        contact: 'Maria Olsen',
        opportunity: 'none',
        owner: 'Ana Ruiz',
      }),
    );
    expect(outcomesOf(done)).toEqual(['done']);
    expect(leadCalled('Maria Olsen')).toMatchObject({
      ConvertedAccountId: '001Sx0000000001IAA',
      ConvertedOpportunityId: null,
    });
    expect(rows('Account')).toHaveLength(accounts);
  });

  it('leaves nothing of a conversion that is refused, and cuts the name of a company for its opportunity', async () => {
    const id = await create({ LastName: 'Long', Company: 'L'.repeat(200) });
    const accounts = rows('Account').length;
    const said = [{ errorCode: 'X', message: 'Not now' }];
    const failing = `<e:Envelope xmlns:e="x"><e:Body><convertLeadResponse><result><errors><message>${said[0]?.message}</message><statusCode>X</statusCode></errors><success>false</success></result></convertLeadResponse></e:Body></e:Envelope>`;
    salesforce.sandbox.fail({ path: '/Soap/', status: 200, body: failing });
    expect(outcomesOf(await confirm(await plan({ lead: id })))).toEqual(['notDone']);
    expect(rows('Account')).toHaveLength(accounts);
    const { detail } = await plan({ lead: id, opportunity: 'x'.repeat(121) });
    expect(detail).toContain('120');
    expect(outcomesOf(await confirm(await plan({ lead: id })))).toEqual(['done']);
  });

  it('tells by its name who owns what is made where an ID is given, and refuses who has left', async () => {
    const id = await create({ LastName: 'Owned', Company: 'Owned Ltd' });
    const userId = (name: string) => rows('User').find(({ Name }) => Name === name)?.Id;
    expect(messagesOf(await plan({ lead: id, owner: userId('Li Wei') }))[0]).toContain('owned by Li Wei.');
    const refused = await plan({ lead: id, owner: userId('Tom Becker') });
    expect([refused.code, refused.detail]).toEqual([
      'invalid_input',
      expect.stringContaining('Tom Becker is inactive'),
    ]);
  });

  it.each([
    ['the answer is lost', { reset: 'after' }, 'done', 1],
    ['the answer breaks', { reset: 'midBody' }, 'done', 1],
    ['the request is lost', { reset: 'before' }, 'unknown', 1],
    ['it is answered by a page', { status: 200, body: '<html></html>' }, 'unknown', 1],
    ['Salesforce fails', { status: 503, body: '' }, 'unknown', 1],
    ['its server tells of a fault', { status: 500, body: serverFault }, 'unknown', 1],
  ] as const)('where %s, tells so, and never sends it again', async (what, fault, outcome, requests) => {
    const id = await create({ LastName: `Lost, as ${what}`, Company: `Where ${what}` });
    const planned = await plan({ lead: id });
    salesforce.costs();
    salesforce.sandbox.fail({ path: '/Soap/', ...fault });
    expect(outcomesOf(await confirm(planned))).toEqual([outcome]);
    expect(outcomesOf(await confirm(planned))).toEqual([outcome]);
    expect(conversions()).toBe(requests);
  });

  it('signs in again where its session has ended, of which SOAP tells by a fault', async () => {
    const planned = await plan({ lead: await create({ LastName: 'Patient', Company: 'Patience' }) });
    const body =
      '<e:Envelope xmlns:e="x"><e:Body><e:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: x</faultstring></e:Fault></e:Body></e:Envelope>';
    salesforce.sandbox.fail({ path: '/Soap/', status: 500, body });
    expect(outcomesOf(await confirm(planned))).toEqual(['done']);
  });

  it('tells what Salesforce refuses: a duplicate by its name, and saves it where that is allowed', async () => {
    const Email = 'sam.peters@contoso.example';
    const id = await create({ LastName: 'Peters', Company: 'Peters & Sons', Email });
    const refused = await confirm(await plan({ lead: id }));
    expect([outcomesOf(refused), messagesOf(refused)[0]]).toEqual([
      ['notDone'],
      expect.stringContaining('(Sam Peters)'),
    ]);
    expect(messagesOf(refused)[0]).toContain('allowDuplicate=true');
    expect(outcomesOf(await confirm(await plan({ lead: id, allowDuplicate: true })))).toEqual(['done']);
  });

  it('leaves alone a lead that was changed or converted since', async () => {
    const id = await create({ LastName: 'Meanwhile', Company: 'Meanwhile Ltd' });
    const [one, other] = [await plan({ lead: id }), await plan({ lead: id, opportunity: 'Other' })];
    await confirm(one);
    const late = await confirm(other);
    expect([outcomesOf(late), messagesOf(late)[0]]).toEqual([
      ['notDone'],
      expect.stringContaining('was converted since'),
    ]);
  });

  it.each([
    ['a lead of a name that several have', { lead: 'Twin Lead' }, 'ambiguous', 'Twin Lead (00Q'],
    ['a lead that is not there', { lead: 'Kwame' }, 'not_found', 'Did you mean Kwame Mensah'],
    [
      'a status that is not for converted ones',
      { lead: 'Kwame Mensah', status: 'Working - Contacted' },
      'invalid_input',
      'Closed - Converted',
    ],
    [
      'a contact without its account',
      { lead: 'Kwame Mensah', contact: 'Maria Olsen' },
      'invalid_input',
      'give account as well',
    ],
    ['an account that is not there', { lead: 'Kwame Mensah', account: 'Nope' }, 'invalid_input', 'There is no account'],
  ])('refuses %s', async (_, input, code, says) => {
    if (input.lead === 'Twin Lead') {
      for (const Company of ['One', 'Two']) await create({ FirstName: 'Twin', LastName: 'Lead', Company });
    }
    const refused = await plan(input);
    expect([refused.code, refused.detail]).toEqual([code, expect.stringContaining(says)]);
  });
});
