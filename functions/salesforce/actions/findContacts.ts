import * as z from 'zod';
import { summary } from '../../../shared/schema/meaning.ts';
import { columnsOutput, filterInputs, owner, ownerText, recordFilter } from '../api/filter/recordFilter.ts';
import { findRecords, hasPhone, ifGiven, ofAccount } from '../api/findRecords.ts';
import { recordIdOf, searchText } from '../api/inputs.ts';
import { hasJobTitle } from '../api/jobTitles.ts';
import { notShown } from '../api/notShown.ts';
import { contactShape } from '../api/shapes.ts';
import { containing, names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'findContacts',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses('read Contact'),
  title: 'Find contacts',
  description:
    'Finds Salesforce contacts (people at an account) by any of their fields, and returns how to reach them. ' +
    'Use it when the user asks who a person is or how to reach a customer. Give at least one filter or orderBy. ' +
    'For people who are not customers yet use findLeads.',
  input: z.object({
    name: searchText.optional().describe('A part of the name.'),
    email: searchText.optional().describe('The e-mail address, or a part of it such as @contoso.com.'),
    phone: searchText.optional().describe('A phone or mobile number, in any notation.'),
    title: searchText.optional().describe('A part of the job title.'),
    account: searchText.optional().describe('A part of the name of the account.'),
    accountId: recordIdOf('an account', '001').optional().describe('The ID of the account.'),
    owner: owner.optional().describe(ownerText),
    ...filterInputs,
  }),
  output: z.object({
    summary: summary('One sentence that says how many contacts were found.'),
    contacts: z
      .array(contactShape.output.extend(columnsOutput))
      .describe('The contacts, by name unless orderBy says otherwise.'),
    notShown,
  }),
  example: { account: 'Contoso' },
  paged: true,
  async run(input, context) {
    const filter = await recordFilter(context, 'Contact', input);
    return findRecords(context, {
      shape: contactShape,
      noun: ['contact', 'contacts'],
      where: {
        name: ifGiven(input.name, name => soql`Name LIKE ${containing(name)}`),
        email: ifGiven(input.email, email => soql`Email LIKE ${containing(email)}`),
        phone: ifGiven(input.phone, phone => hasPhone(phone, 'Phone', 'MobilePhone')),
        title: ifGiven(input.title, hasJobTitle),
        account: ifGiven(input.account, ofAccount),
        accountId: ifGiven(input.accountId, accountId => soql`AccountId = ${accountId}`),
      },
      filter,
      orderBy: names('Name', 'Id'),
      answer: (summary, contacts) => ({ summary, contacts }),
    });
  },
});
