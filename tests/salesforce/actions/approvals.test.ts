import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const noOpportunities = {
  objects: [
    'ProcessInstance',
    'ProcessInstanceWorkitem',
    'ProcessInstanceStep',
    'ProcessDefinition',
    'Account',
    'Quote',
  ],
};
const noAmounts = { hiddenFields: { Opportunity: ['Amount'] } };
const salesforce = useSalesforce({
  app: {
    env: {
      INBOUND_AUTH: 'entra',
      WEBSITE_AUTH_ENABLED: 'True',
      POLICY: JSON.stringify({
        roles: {
          NoOpportunities: { systems: { salesforce: noOpportunities } },
          NoAmounts: { systems: { salesforce: noAmounts } },
        },
        default: {},
      }),
    },
  },
});
const as = (upn: string, role?: string) => ({
  'x-ms-client-principal': Buffer.from(
    JSON.stringify({
      auth_typ: 'aad',
      claims: [
        { typ: 'tid', val: '11111111-1111-4111-8111-111111111111' },
        { typ: 'oid', val: `33333333-3333-4333-8333-${upn.length.toString().padStart(12, '0')}` },
        { typ: 'scp', val: 'access' },
        { typ: 'upn', val: upn },
        ...(role ? [{ typ: 'roles', val: role }] : []),
      ],
    }),
  ).toString('base64'),
});
const [ana, li, jonas, priya] = ['ana.ruiz', 'li.wei', 'jonas.weber', 'priya.nair'].map(name =>
  as(`${name}@example.com`),
);

const listed = (query: Record<string, string>, headers = ana) =>
  salesforce.call('listApprovals', { query, ...(headers && { headers }) });
const answer = (json: object, headers = ana) =>
  salesforce.call('answerApproval', { json, ...(headers && { headers }) });
const submit = (json: object, headers = ana) =>
  salesforce.call('submitForApproval', { json, ...(headers && { headers }) });
const rows = (objectType: string) => salesforce.sandbox.records(objectType);
const names = (approvals: unknown) => list(approvals).map(({ name }) => name);

test('what waits for the user is told with its amounts, who asked, why and since when', async () => {
  const { status, body } = await listed({});
  expect(status).toBe(200);
  expect(body.summary).toBe('2 approvals wait for Ana Ruiz or a queue of theirs.');
  expect(list(body.approvals)[0]).toMatchObject({
    name: 'Contoso – licences 2027',
    objectType: 'Opportunity',
    process: 'Discount approval',
    waitsFor: 'Ana Ruiz',
    submittedBy: 'Li Wei',
    comment: expect.stringContaining('three years'),
    since: expect.stringMatching(/T10:15:00\+01:00|T11:15:00\+02:00/),
    figures: expect.arrayContaining([
      { label: 'Amount', value: '86,000 USD' },
      { label: 'Discount (%)', value: '15%' },
    ]),
  });
});

test('of what is about a closed object nothing is told, counted or decided, and no closed amount either', async () => {
  const closed = as('ana.ruiz@example.com', 'NoOpportunities');
  const { body } = await listed({}, closed);
  expect(body).toMatchObject({ summary: '0 approvals wait for Ana Ruiz or a queue of theirs.', approvals: [] });
  const { body: plan } = await answer({ decision: 'approve' }, closed);
  expect(plan).toMatchObject({ items: [] });
  const [one, none] = await Promise.all(
    [recordId('006', 17), recordId('006', 9999)].map(async record => {
      const { body: refused } = await submit({ record }, closed);
      return `${refused.code} ${refused.detail.replaceAll(record, 'X')}`;
    }),
  );
  expect(one).toBe(none);
  const { body: without } = await listed({}, as('ana.ruiz@example.com', 'NoAmounts'));
  expect(names(without.approvals)).toHaveLength(2);
  expect(JSON.stringify(without)).not.toContain('86,000');
});

test('a queue, who is in it by a group, another person, and a record can be asked for', async () => {
  expect(names((await listed({ person: 'Renewals' })).body.approvals)).toEqual(['Northwind – cold chain']);
  expect(names((await listed({}, li)).body.approvals)).toEqual(['Northwind – cold chain']);
  // He is in the queue by a group, and a flow has asked him.
  const { body } = await listed({}, jonas);
  expect(names(body.approvals)).toEqual(['Northwind – cold chain', 'Berlin line – first offer']);
  expect(list(body.approvals).map(({ answeredInSalesforce }) => answeredInSalesforce)).toEqual([undefined, true]);
  expect(names((await listed({ record: 'Zürich – hydraulic presses' })).body.approvals)).toEqual([
    'Zürich – hydraulic presses',
  ]);
  expect(list((await listed({}, priya)).body.approvals)).toEqual([]);
});

test('the discount is submitted in the name of who asks, and a second time is refused', async () => {
  const { body: several } = await submit({ record: 'Fabrikam' });
  expect(several).toMatchObject({ code: 'ambiguous', detail: expect.stringContaining('robot arms') });
  const { status, body } = await submit({ record: 'Fabrikam – robot arms', comment: 'They take five.' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ process: 'Discount approval', waitsFor: ['Renewals'], submittedBy: 'Ana Ruiz' });
  expect(rows('ProcessInstanceStep').at(-1)).toMatchObject({ Comments: 'They take five.', StepStatus: 'Started' });
  const { body: again } = await submit({ record: recordId('006', 17) });
  expect(again).toMatchObject({ code: 'conflict', detail: expect.stringContaining('waits for Renewals') });
});

test('what no process takes is told so, and who approves can be named', async () => {
  const { body } = await submit({ record: 'Fabrikam – safety audit' });
  expect(body).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('No active approval process') });
  const json = { objectType: 'Opportunity', recordId: recordId('006', 21), fields: '{"Discount__c":5}' };
  await salesforce.call('updateRecord', { json, ...(ana && { headers: ana }) });
  // It waits for a queue already.
  expect((await submit({ record: 'Northwind – cold chain' })).body.code).toBe('conflict');
  const tools = { objectType: 'Opportunity', recordId: recordId('006', 8), fields: '{"Discount__c":5}' };
  await salesforce.call('updateRecord', { json: tools, ...(ana && { headers: ana }) });
  const { body: named } = await submit({ record: recordId('006', 8), approver: 'Priya' });
  expect(named).toMatchObject({ waitsFor: ['Priya Nair'] });
  expect(named).not.toHaveProperty('note');
  const { body: nobody } = await submit({ record: recordId('006', 8), approver: 'Nobody' });
  expect(nobody).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('approver') });
});

test('what waits for somebody else is forbidden, though the user of this service might', async () => {
  const { body } = await answer({ decision: 'approve', approvals: recordId('04i', 1) }, priya);
  expect(body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('waits for Ana Ruiz') });
  const { body: byName } = await answer({ decision: 'approve', approvals: 'Contoso – licences 2027' }, priya);
  expect(byName.code).toBe('invalid_input');
  expect(rows('ProcessInstanceWorkitem').some(({ Id }) => Id === recordId('04i', 1))).toBe(true);
});

test('the user decides what waits for them after they saw it, and Salesforce is told who did', async () => {
  const { body: plan } = await answer({ decision: 'approve', comment: 'Agreed.' });
  expect(plan.summary).toContain('Ana Ruiz would approve 2 of 2');
  expect(list(plan.items)[0]?.message).toMatch(/Approve Opportunity Contoso – licences 2027 \(Amount 86,000 USD/);
  expect(rows('ProcessInstance').filter(({ Status }) => Status === 'Approved')).toEqual([]);
  const { confirmationToken } = plan;
  const { body: stolen } = await answer({ confirmationToken }, priya);
  expect(stolen.code).toBe('invalid_input');
  const { body: done } = await answer({ confirmationToken });
  expect(list(done.items).map(({ outcome, message }) => [outcome, message])).toEqual([
    ['done', expect.stringMatching(/^Approved: Opportunity Contoso – licences 2027 \(.*\)\.$/)],
    ['done', expect.stringMatching(/^Approved: Opportunity Zürich – hydraulic presses \(.*\)\.$/)],
  ]);
  expect(rows('ProcessInstance').filter(({ Status }) => Status === 'Approved')).toHaveLength(2);
  expect(rows('ProcessInstanceStep').at(-1)?.Comments).toBe('Agreed.\nDecided by Ana Ruiz (ana.ruiz@example.com).');
  const { body: again } = await answer({ confirmationToken });
  expect(again).toMatchObject({ deduplicated: true });
});

test('what was changed after the user saw it is left alone', async () => {
  const { body: plan } = await answer({ decision: 'approve', approvals: 'Northwind – cold chain' }, jonas);
  const opportunity = rows('Opportunity').find(({ Name }) => Name === 'Northwind – cold chain');
  const amount = opportunity?.Amount;
  if (opportunity) opportunity.Amount = 1_280_000;
  const { body } = await answer({ confirmationToken: plan.confirmationToken }, jonas);
  expect(list(body.items)[0]).toMatchObject({
    outcome: 'notDone',
    message: expect.stringMatching(/Amount 1,280,000 USD.* now, and was .*Amount 128,000 USD/),
  });
  if (opportunity && amount !== undefined) opportunity.Amount = amount;
});

test('who has no user in Salesforce is told so, not asked for an input that there is not', async () => {
  const { body } = await answer({ decision: 'approve' }, as('nobody@example.com'));
  expect([body.code, body.detail]).toEqual(['forbidden', expect.stringContaining('which Salesforce user asks')]);
});

test('what was answered or given to somebody else in between is left alone, and a flow approval is left to Salesforce', async () => {
  const { body: plan } = await answer({ decision: 'reject', approvals: 'Northwind – cold chain, Berlin line' }, jonas);
  expect(list(plan.items)).toEqual([
    expect.objectContaining({ outcome: 'planned', message: expect.stringContaining('waits for Renewals') }),
    expect.objectContaining({ outcome: 'notDone', message: expect.stringContaining('answered in Salesforce: http') }),
  ]);
  const item = rows('ProcessInstanceWorkitem').find(({ Id }) => Id === recordId('04i', 3));
  if (item) item.ActorId = recordId('005', 5);
  const { body } = await answer({ confirmationToken: plan.confirmationToken }, jonas);
  expect(list(body.items)[0]).toMatchObject({
    outcome: 'notDone',
    message: expect.stringContaining('no longer waits'),
  });
});

test('whoever would approve their own record is told so', async () => {
  const record = rows('Opportunity').find(({ Name }) => Name === '田中 – lathes')?.Id;
  const json = { objectType: 'Opportunity', recordId: record, fields: '{"Discount__c":5}' };
  await salesforce.call('updateRecord', { json, ...(ana && { headers: ana }) });
  const { body } = await submit({ record: String(record), approver: 'Ana Ruiz' });
  expect(body).toMatchObject({
    submittedBy: 'Ana Ruiz',
    waitsFor: ['Ana Ruiz'],
    note: expect.stringContaining('would approve their own record'),
  });
});
