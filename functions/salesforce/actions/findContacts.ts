import * as z from 'zod';
import { heading, id, link, summary } from '../../../shared/action/meaning.ts';
import { findRecords, hasPhone, ifGiven, ofAccount, ownedBy } from '../api/findRecords.ts';
import { recordIdOf, searchText } from '../api/inputs.ts';
import { filled, owner, parent, text } from '../api/rows.ts';
import { containing, names, soql } from '../api/soql.ts';
import { salesforce } from '../system.ts';

const contact = z.object({
  contactId: id('The ID of the contact.'),
  name: heading('The full name.').optional(),
  title: z.string().optional().describe('The job title.'),
  email: z.string().optional().describe('The e-mail address.'),
  phone: z.string().optional().describe('The phone number.'),
  mobile: z.string().optional().describe('The mobile number.'),
  account: z.string().optional().describe('The account that the contact belongs to.'),
  accountId: id('The ID of that account.').optional(),
  owner: z.string().optional().describe('Who owns the contact.'),
  url: link('Where to open the contact.'),
});

const row = z.object({
  Id: z.string(),
  Name: text,
  Title: text,
  Email: text,
  Phone: text,
  MobilePhone: text,
  AccountId: text,
  Account: parent({ Name: text }),
  Owner: owner,
});

export default salesforce.action({
  name: 'findContacts',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  title: 'Find contacts',
  description:
    'Finds Salesforce contacts (people at an account) by name, e-mail address, phone, job title, account or owner, and returns how to reach them. ' +
    'Use it when the user asks who somebody is, how to reach a customer, or who the contacts of an account are. Give at least one input besides limit. ' +
    'For people who are not customers yet use findLeads.',
  input: z.object({
    name: searchText.optional().describe('A part of the name of the contact.'),
    email: searchText.optional().describe('The e-mail address, or a part of it such as @contoso.com.'),
    phone: searchText.optional().describe('A phone or mobile number, in any notation.'),
    title: searchText.optional().describe('A part of the job title.'),
    account: searchText.optional().describe('A part of the name of the account.'),
    accountId: recordIdOf('an account', '001').optional().describe('The ID of the account, where it is known.'),
    owner: searchText.optional().describe('A part of the name of the owner, or the e-mail address.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many contacts were found.'),
    contacts: z.array(contact).describe('The contacts, by name.'),
  }),
  example: { account: 'Contoso' },
  paged: true,
  run: (input, context) =>
    findRecords(context, {
      objectType: 'Contact',
      nouns: ['contact', 'contacts'],
      row,
      where: {
        name: ifGiven(input.name, name => soql`Name LIKE ${containing(name)}`),
        email: ifGiven(input.email, email => soql`Email LIKE ${containing(email)}`),
        phone: ifGiven(input.phone, phone => hasPhone(phone, 'Phone', 'MobilePhone')),
        title: ifGiven(input.title, title => soql`Title LIKE ${containing(title)}`),
        account: ifGiven(input.account, ofAccount),
        accountId: ifGiven(input.accountId, accountId => soql`AccountId = ${accountId}`),
        owner: ifGiven(input.owner, ownedBy),
      },
      orderBy: names('Name', 'Id'),
      toItem: (found, url) => ({
        contactId: found.Id,
        ...filled({
          name: found.Name,
          title: found.Title,
          email: found.Email,
          phone: found.Phone,
          mobile: found.MobilePhone,
          account: found.Account?.Name,
          accountId: found.AccountId,
          owner: found.Owner?.Name,
        }),
        url: url(found.Id),
      }),
      answer: (summary, contacts) => ({ summary, contacts }),
    }),
});
