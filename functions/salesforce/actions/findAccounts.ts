import * as z from 'zod';
import { heading, id, link, summary } from '../../../shared/action/meaning.ts';
import { findRecords, hasPhone, ifGiven, ownedBy } from '../api/findRecords.ts';
import { searchText } from '../api/inputs.ts';
import { filled, number, owner, text } from '../api/rows.ts';
import { containing, names, soql } from '../api/soql.ts';
import { salesforce } from '../system.ts';

const account = z.object({
  accountId: id('The ID of the account.'),
  name: heading('The name of the account.').optional(),
  type: z.string().optional().describe('What it is to us, such as Customer or Partner.'),
  industry: z.string().optional().describe('Its industry.'),
  city: z.string().optional().describe('The city of its billing address.'),
  country: z.string().optional().describe('The country of its billing address.'),
  phone: z.string().optional().describe('Its phone number.'),
  website: z.string().optional().describe('Its website.'),
  annualRevenue: z.number().optional().describe("Its yearly revenue, in the org's currency."),
  owner: z.string().optional().describe('Who owns it.'),
  url: link('Where to open the account.'),
});

const row = z.object({
  Id: z.string(),
  Name: text,
  Type: text,
  Industry: text,
  BillingCity: text,
  BillingCountry: text,
  Phone: text,
  Website: text,
  AnnualRevenue: number,
  Owner: owner,
});

export default salesforce.action({
  name: 'findAccounts',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  title: 'Find accounts',
  description:
    'Finds Salesforce accounts (companies) by name, phone, website, city, industry or owner, and returns what they are, who owns them, and their IDs and links. ' +
    'Use it when the user names a company, or asks which accounts somebody owns. Give at least one input besides limit. ' +
    'For all about one account use getAccountOverview with its ID; to look for a word in every kind of record use searchRecords.',
  input: z.object({
    name: searchText.optional().describe('A part of the name of the account.'),
    phone: searchText.optional().describe('Its phone number, in any notation.'),
    website: searchText.optional().describe('A part of the address of its website, such as contoso.com.'),
    city: searchText.optional().describe('The city of its billing address.'),
    industry: searchText.optional().describe('Its industry, such as Retail.'),
    owner: searchText.optional().describe('A part of the name of the owner, or the e-mail address.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many accounts were found.'),
    accounts: z.array(account).describe('The accounts, by name.'),
  }),
  example: { name: 'Contoso' },
  paged: true,
  run: (input, context) =>
    findRecords(context, {
      objectType: 'Account',
      nouns: ['account', 'accounts'],
      row,
      where: {
        name: ifGiven(input.name, name => soql`Name LIKE ${containing(name)}`),
        phone: ifGiven(input.phone, phone => hasPhone(phone, 'Phone')),
        website: ifGiven(input.website, website => soql`Website LIKE ${containing(website)}`),
        city: ifGiven(input.city, city => soql`BillingCity LIKE ${containing(city)}`),
        industry: ifGiven(input.industry, industry => soql`Industry = ${industry}`),
        owner: ifGiven(input.owner, ownedBy),
      },
      orderBy: names('Name', 'Id'),
      toItem: (found, url) => ({
        accountId: found.Id,
        ...filled({
          name: found.Name,
          type: found.Type,
          industry: found.Industry,
          city: found.BillingCity,
          country: found.BillingCountry,
          phone: found.Phone,
          website: found.Website,
          annualRevenue: found.AnnualRevenue,
          owner: found.Owner?.Name,
        }),
        url: url(found.Id),
      }),
      answer: (summary, accounts) => ({ summary, accounts }),
    }),
});
