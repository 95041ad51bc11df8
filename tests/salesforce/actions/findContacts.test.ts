import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const contoso = recordId('001', 1);

test.each<[string, Record<string, string>, string[]]>([
  ['a part of the name, accents and quotes included', { name: "Seán D'Arcy" }, ["Seán D'Arcy"]],
  ['an e-mail address', { email: 'maria.olsen@contoso.example' }, ['Maria Olsen']],
  ['the account, and the title', { account: 'Contoso', title: 'buyer' }, ['Piotr Nowak', 'Yuki Mori']],
  ['the ID of the account', { accountId: recordId('001', 8) }, ['Ciara Walsh']],
  ['the owner by e-mail', { owner: 'ana.ruiz@example.com', title: 'CEO' }, ['Urs Müller']],
  ['a title that is written out there', { account: 'Fabrikam', title: 'cfo' }, ['Helen Park']],
  ['a title that is shortened there', { account: 'Zürich', title: 'Chief Executive Officer' }, ['Urs Müller']],
  ['a part of a title, shortened', { account: 'Fabrikam', title: 'vp operations' }, ['Frank Miller']],
  // Directors and coordinators have the letters, and not the word.
  ['a short title as a word alone', { title: 'CTO' }, []],
  ['a short title as a word alone, again', { title: 'coo' }, ['Maria Olsen']],
  ['a phone number in another notation', { phone: '(206) 555-02.13', account: 'Contoso' }, ['Inês Carvalho']],
])('finds by %s, in one request', async (_what, query, expected) => {
  const { status, body } = await salesforce.call('findContacts', { query });
  expect(status).toBe(200);
  expect(list(body.contacts).map(({ name }) => name)).toEqual(expected);
  expect(salesforce.costs()).toEqual(['GET /query']);
});

test('tells how to reach a person, the account and a link', async () => {
  const { body } = await salesforce.call('findContacts', { query: { name: 'Maria Olsen' } });
  expect(list(body.contacts)[0]).toMatchObject({
    title: 'Chief Operating Officer',
    email: 'maria.olsen@contoso.example',
    account: 'Contoso',
    accountId: contoso,
    owner: 'Li Wei',
    url: `${salesforce.sandbox.url}/lightning/r/Contact/${recordId('003', 1)}/view`,
  });
});

test('a phone number of three digits is refused', async () => {
  const { body } = await salesforce.call('findContacts', { query: { phone: '12-3' } });
  expect(body.detail).toContain('at least four digits');
});
