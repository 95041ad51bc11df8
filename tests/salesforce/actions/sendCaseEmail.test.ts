import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const POLICY = JSON.stringify({
  keys: { [hash('no-log')]: { systems: { salesforce: { objects: ['Case', 'Contact', 'Account'] } } } },
  default: {},
});
const salesforce = useSalesforce({ app: { env: { POLICY } } });
const send = async (json: Record<string, unknown>, key = 'open') =>
  (await salesforce.call('sendCaseEmail', { json, headers: { 'x-functions-key': key } })).body;
const mails = () => salesforce.sandbox.records('EmailMessage');
const message = 'Hello Frank,\n\nthe token was **shipped**.\n\nPriya';

test('the first call shows to whom it goes and what it says, and sends nothing', async () => {
  const before = mails().length;
  const body = await send({ caseId: '12345', message });
  expect(body.summary).toMatch(
    /^An e-mail about case 00012345 of Fabrikam, Inc\. would be sent to frank\.miller@fabrikam\.example\. It leaves out grace\.hall@fabrikam\.example, who had part in the last e-mail of the customer: to include them call again with cc\. Nothing is sent yet/,
  );
  const [item] = list(body.items);
  expect(item?.message).toBe(
    `From support@example.com to frank.miller@fabrikam.example, subject "RE: Cannot reset the second factor": ${message}`,
  );
  expect(mails()).toHaveLength(before);
});

test('the second one sends it once, as an answer that comes back to the case', async () => {
  const before = mails().length;
  const { confirmationToken } = await send({ caseId: '12345', message: `${message} (1)` });
  const done = await send({ confirmationToken });
  expect(list(done.items)).toMatchObject([{ key: '00012345', outcome: 'done' }]);
  const [made, ...others] = mails().slice(before);
  expect(others).toEqual([]);
  expect(made).toMatchObject({
    FromAddress: 'support@example.com',
    ToAddress: 'frank.miller@fabrikam.example',
    Subject: expect.stringMatching(/^RE: Cannot reset the second factor thread::/),
    HtmlBody: expect.stringMatching(/<strong>shipped<\/strong>.*thread::/s),
  });
  expect(await send({ confirmationToken })).toMatchObject({ deduplicated: true });
  expect(mails()).toHaveLength(before + 1);
});

test('who was in copy is so again where cc names them, and is no stranger', async () => {
  const plan = await send({ caseId: '12345', message, cc: 'Grace Hall <grace.hall@fabrikam.example>' });
  expect(plan.summary).toMatch(/to frank\S+ with a copy to grace\.hall@fabrikam\.example\. Nothing is sent yet/);
  expect(list(plan.items)[0]?.message).toContain('with a copy to grace.hall@fabrikam.example, subject');
  expect(list((await send({ confirmationToken: plan.confirmationToken })).items)).toMatchObject([{ outcome: 'done' }]);
  expect(mails().at(-1)).toMatchObject({
    ToAddress: 'frank.miller@fabrikam.example',
    CcAddress: 'grace.hall@fabrikam.example',
  });
});

test('where nobody else had part in the last e-mail nobody is left out', async () => {
  expect((await send({ caseId: '1001', message })).summary).not.toContain('leaves out');
});

test('a line end in a subject begins no header', async () => {
  const { items } = await send({ caseId: '12345', message, subject: 'Token\r\nBcc: mallory@evil.example\u0085x' });
  expect(list(items)[0]?.message).toContain('subject "Token Bcc: mallory@evil.example x"');
});

test('who is not the customer is pointed out', async () => {
  const body = await send({
    caseId: '12345',
    message,
    to: 'Li Wei <li.wei@example.com>; frank.miller@fabrikam.example',
  });
  expect(body.summary).toContain('It goes to others than the customer of the case: li.wei@example.com.');
});

test.each([
  [{ to: 'frank' }, 'to: It must be e-mail addresses'],
  [{ cc: 'grace' }, 'cc: It must be e-mail addresses'],
  [{ caseId: '00001004x' }, 'There is no case'],
])('what cannot be sent is refused before anything is: %o', async (change, detail) => {
  expect((await send({ caseId: '12345', message, ...change })).detail).toContain(detail);
  expect(salesforce.costs().join()).not.toContain('emailSimple');
});

test('a case of which nobody is known asks for an address', async () => {
  const json = { objectType: 'Case', fields: '{"Subject":"Anonymous"}' };
  const { body } = await salesforce.call('createRecord', { json });
  expect(await send({ caseId: body.recordId, message })).toMatchObject({
    code: 'invalid_input',
    detail: expect.stringContaining('has no e-mail address of a contact'),
  });
});

test('where the customer wrote to no address of the org, it comes from the user of the service', async () => {
  const plan = await send({ caseId: '1001', message });
  expect(list(plan.items)[0]?.message).toContain(
    "From this service's Salesforce user to ines.carvalho@contoso.example",
  );
  const done = await send({ confirmationToken: plan.confirmationToken });
  expect(list(done.items)).toMatchObject([{ outcome: 'done' }]);
  expect(mails().at(-1)).toMatchObject({ FromAddress: 'integration.user@example.com' });
});

test('a case whose contact has another address by now is left alone', async () => {
  const { confirmationToken } = await send({ caseId: '1002', message });
  const fields = '{"Email":"sam.new@contoso.example"}';
  const contact = salesforce.sandbox.records('Contact').find(({ Email }) => Email === 'sam.peters@contoso.example');
  await salesforce.call('updateRecord', { json: { recordId: contact?.Id, fields } });
  expect(list((await send({ confirmationToken })).items)).toMatchObject([
    {
      outcome: 'notDone',
      message: expect.stringMatching(/has changed.*To plan it anew, make the call again without confirmationToken/),
    },
  ]);
});

test('what Salesforce refuses is told', async () => {
  const { confirmationToken } = await send({ caseId: '1003', message });
  const errors = [{ statusCode: 'SINGLE_EMAIL_LIMIT_EXCEEDED', message: 'You have exceeded the limit.', fields: [] }];
  const refused = [{ actionName: 'emailSimple', errors, isSuccess: false, outputValues: null }];
  salesforce.sandbox.fail({ path: '/emailSimple$', status: 400, body: JSON.stringify(refused) });
  expect(list((await send({ confirmationToken })).items)).toMatchObject([
    { outcome: 'notDone', message: expect.stringContaining('exceeded the limit') },
  ]);
});

test('who may not log an e-mail sends none', async () => {
  const { confirmationToken } = await send({ caseId: '12345', message }, 'no-log');
  const { items } = await send({ confirmationToken }, 'no-log');
  expect(list(items)).toMatchObject([{ outcome: 'notDone', message: expect.stringContaining('policy') }]);
});
