import * as z from 'zod';
import { summary } from '../../../shared/schema/meaning.ts';
import { comingText } from '../../../shared/time/coming.ts';
import { choices, columnsOutput, filterInputs, owner, ownerText, recordFilter } from '../api/filter/recordFilter.ts';
import { findRecords, hasPhone, ifGiven } from '../api/findRecords.ts';
import { searchText } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { renewal } from '../api/renewalOutput.ts';
import { accountShape } from '../api/shapes.ts';
import { containing, names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const renewals = z
  .array(renewal)
  .optional()
  .describe('What ends within the time of renewalWithin, the soonest first, at most five.');

export default salesforce.action({
  name: 'findAccounts',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses('read Account'),
  title: 'Find accounts',
  description:
    'Finds Salesforce accounts (companies) by any of their fields, and returns their details, owners and links. ' +
    'Use it when the user names a company, or asks which accounts a person owns. Give at least one filter or orderBy. ' +
    'For all about one account use getAccountOverview; across kinds of records searchRecords.',
  input: z.object({
    name: searchText.optional().describe('A part of its name.'),
    phone: searchText.optional().describe('Its phone number, in any notation.'),
    website: searchText.optional().describe('A part of the address of its website.'),
    city: searchText.optional().describe('The city of its billing address.'),
    industry: choices.optional().describe('One industry or several, such as Retail,Energy.'),
    owner: owner.optional().describe(ownerText),
    renewalWithin: comingText
      .optional()
      .describe('With a contract that ends within 90d, next quarter, or 2027-01-01..2027-03-31.'),
    ...filterInputs,
  }),
  output: z.object({
    summary: summary('One sentence that says how many accounts were found.'),
    accounts: z
      .array(accountShape.output.extend({ ...columnsOutput, renewals }))
      .describe('The accounts, by name unless orderBy says otherwise.'),
    notShown,
  }),
  example: { name: 'Contoso' },
  paged: true,
  async run(input, context) {
    const { renewalWithin } = input;
    const [filter, renewals] = await Promise.all([
      recordFilter(context, 'Account', input, { choices: { industry: ['Industry', input.industry] } }),
      renewalWithin === undefined
        ? undefined
        : import('../api/renewals.ts').then(({ renewalsWithin }) => renewalsWithin(context, renewalWithin)),
    ]);
    return findRecords(context, {
      shape: accountShape,
      noun: ['account', 'accounts'],
      where: {
        name: ifGiven(input.name, name => soql`Name LIKE ${containing(name)}`),
        phone: ifGiven(input.phone, phone => hasPhone(phone, 'Phone')),
        website: ifGiven(input.website, website => soql`Website LIKE ${containing(website)}`),
        city: ifGiven(input.city, city => soql`BillingCity LIKE ${containing(city)}`),
        renewalWithin: renewals?.condition,
      },
      filter,
      decisive: renewals && { input: 'renewalWithin', lacks: 'has a renewal that ends within that time' },
      remark: renewals?.remark,
      besides: renewals?.of,
      orderBy: names('Name', 'Id'),
      answer: (summary, accounts) => ({ summary, accounts }),
    });
  },
});
