import * as z from 'zod';
import { resolveSince, sinceText } from '../../../shared/action/since.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { findRecords, hasPhone, ifGiven, ownedBy } from '../api/findRecords.ts';
import { searchText } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { field, recordShape } from '../api/recordShape.ts';
import { containing, soql } from '../api/soql.ts';
import { salesforce } from '../system.ts';

const lead = recordShape('Lead', {
  leadId: field.id('The ID of the lead.'),
  name: field.heading('Name', 'The full name.'),
  title: field.text('Title', 'The job title.'),
  company: field.text('Company', 'The company that the lead works for.'),
  email: field.text('Email', 'The e-mail address.'),
  phone: field.text('Phone', 'The phone number.'),
  status: field.text('Status', 'The status of the lead.'),
  source: field.text('LeadSource', 'Where the lead came from.'),
  rating: field.text('Rating', 'The rating of the lead, such as Hot.'),
  isConverted: field.boolean(
    'IsConverted',
    'True when the lead was converted to an account, a contact or an opportunity.',
  ),
  owner: field.text('Owner.Name', 'The owner of the lead: a person or a queue.'),
  createdAt: field.time('CreatedDate', 'When the lead was created, ISO 8601 in UTC.'),
  url: field.link('The address of the lead in Salesforce.'),
});

export default salesforce.action({
  name: 'findLeads',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  title: 'Find leads',
  description:
    'Finds Salesforce leads (people who are not customers yet) by name, company, e-mail address, phone, owner, status or source, newest first. ' +
    'Use it when the user asks about prospects, new enquiries or who should be called. Give at least one input besides limit. ' +
    'For people at a known account use findContacts.',
  input: z.object({
    name: searchText.optional().describe('A part of the name of the lead.'),
    company: searchText.optional().describe('A part of the name of the company.'),
    email: searchText.optional().describe('The e-mail address, or a part of it such as @contoso.com.'),
    phone: searchText.optional().describe('The phone number, in any notation.'),
    owner: searchText.optional().describe('A part of the name of the owner or queue, or the e-mail address.'),
    status: searchText.optional().describe('The status, such as Open - Not Contacted.'),
    source: searchText.optional().describe('Where the lead came from, such as Web.'),
    openOnly: z.boolean().optional().describe('True to leave out leads that were converted.'),
    since: sinceText
      .optional()
      .describe('Only leads created since then: a date, a date-time, or a span back from now (24h, 7d, 2w).'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many leads were found.'),
    leads: z.array(lead.output).describe('The leads, newest first.'),
    notShown,
  }),
  example: { openOnly: true },
  paged: true,
  run: (input, context) =>
    findRecords(context, {
      shape: lead,
      noun: ['lead', 'leads'],
      where: {
        name: ifGiven(input.name, name => soql`Name LIKE ${containing(name)}`),
        company: ifGiven(input.company, company => soql`Company LIKE ${containing(company)}`),
        email: ifGiven(input.email, email => soql`Email LIKE ${containing(email)}`),
        phone: ifGiven(input.phone, phone => hasPhone(phone, 'Phone')),
        owner: ifGiven(input.owner, ownedBy),
        status: ifGiven(input.status, status => soql`Status = ${status}`),
        source: ifGiven(input.source, source => soql`LeadSource = ${source}`),
        openOnly: ifGiven(input.openOnly || undefined, () => soql`IsConverted = FALSE`),
        since: ifGiven(input.since, since => soql`CreatedDate >= ${resolveSince(since, context.now)}`),
      },
      orderBy: soql`CreatedDate DESC, Id DESC`,
      answer: (summary, leads) => ({ summary, leads }),
    }),
});
