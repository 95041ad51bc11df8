import * as z from 'zod';
import { summary } from '../../../shared/schema/meaning.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import {
  choices,
  columnsOutput,
  filterInputs,
  owner,
  ownerOrQueueText,
  recordFilter,
} from '../api/filter/recordFilter.ts';
import { findRecords, hasPhone, ifGiven } from '../api/findRecords.ts';
import { searchText } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { leadShape } from '../api/shapes.ts';
import { containing, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'findLeads',
  formerly: { inputs: { since: 'createdSince' } },
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses('read Lead'),
  title: 'Find leads',
  description:
    'Finds Salesforce leads (people who are not customers yet) by any of their fields, newest first. ' +
    'Use it for prospects, new enquiries or who should be called. Give at least one filter or orderBy. ' +
    'For people at a known account use findContacts.',
  input: z.object({
    name: searchText.optional().describe('A part of its name.'),
    company: searchText.optional().describe('A part of the name of the company.'),
    email: searchText.optional().describe('The e-mail address, or a part of it such as @contoso.com.'),
    phone: searchText.optional().describe('The phone number, in any notation.'),
    owner: owner.optional().describe(ownerOrQueueText),
    status: choices.optional().describe('One status or several.'),
    source: choices.optional().describe('One source or several, such as Web.'),
    openOnly: z
      .boolean()
      .optional()
      .describe(
        'True to leave out converted leads. Salesforce marks no other status as closed: leave such out by where, as in {"Status": {"not": "Unqualified"}}.',
      ),
    createdSince: sinceText
      .optional()
      .describe('Created since a day, today, yesterday, a date-time, or a span back such as 7d.'),
    ...filterInputs,
  }),
  output: z.object({
    summary: summary('One sentence that says how many leads were found.'),
    leads: z
      .array(leadShape.output.extend(columnsOutput))
      .describe('The leads, newest first unless orderBy says otherwise.'),
    notShown,
  }),
  example: { openOnly: true },
  paged: true,
  async run(input, context) {
    const { salesforce, now } = context;
    const { createdSince, status, source } = input;
    const since =
      createdSince && (await resolveSince(createdSince, { now, timeZone: salesforce.timeZone }, 'createdSince'));
    const filter = await recordFilter(context, 'Lead', input, {
      choices: { status: ['Status', status], source: ['LeadSource', source] },
      mayBeQueue: true,
    });
    return findRecords(context, {
      shape: leadShape,
      noun: ['lead', 'leads'],
      where: {
        name: ifGiven(input.name, name => soql`Name LIKE ${containing(name)}`),
        company: ifGiven(input.company, company => soql`Company LIKE ${containing(company)}`),
        email: ifGiven(input.email, email => soql`Email LIKE ${containing(email)}`),
        phone: ifGiven(input.phone, phone => hasPhone(phone, 'Phone')),
        openOnly: ifGiven(input.openOnly || undefined, () => soql`IsConverted = FALSE`),
        createdSince: ifGiven(since || undefined, moment => soql`CreatedDate >= ${moment}`),
      },
      filter,
      orderBy: soql`CreatedDate DESC, Id DESC`,
      answer: (summary, leads) => ({ summary, leads }),
    });
  },
});
