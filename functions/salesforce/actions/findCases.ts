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
import { findRecords, ifGiven, ofAccount } from '../api/findRecords.ts';
import { recordIdOf, searchText } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { caseNumbers } from '../api/service/caseMeant.ts';
import { lacking, withoutAnswers } from '../api/service/unanswered.ts';
import { supportCaseShape } from '../api/shapes.ts';
import { allOf, containing, type Soql, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'findCases',
  formerly: { inputs: { since: 'createdSince' } },
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses('read Case'),
  title: 'Find support cases',
  description:
    'Finds Salesforce cases (support requests) by any of their fields, newest first. ' +
    'Use it for support requests, complaints or incidents. Give at least one filter or orderBy. ' +
    'For everything about one account use getAccountOverview; for the details of one case use getCase.',
  input: z.object({
    caseNumber: z
      .string()
      .trim()
      .regex(/^[\w-]{1,30}$/, 'It must be a case number such as 00001026.')
      .optional()
      .describe('The number of the case, such as 00001026.'),
    subject: searchText.optional().describe('A part of the subject.'),
    account: searchText.optional().describe('A part of the name of the account.'),
    accountId: recordIdOf('an account', '001').optional().describe('The ID of the account.'),
    email: searchText.optional().describe("A part of the contact's e-mail address."),
    owner: owner.optional().describe(ownerOrQueueText),
    status: choices.optional().describe('One status or several, such as New,Escalated.'),
    priority: choices.optional().describe('One priority or several.'),
    openOnly: z.boolean().optional().describe('True to leave out closed cases.'),
    createdSince: sinceText
      .optional()
      .describe('Opened since a day, today, yesterday, a date-time, or a span back such as 7d.'),
    ...filterInputs,
    missing: filterInputs.missing.describe('Labels of empty fields; comment; answer where the customer got none.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many cases were found.'),
    cases: z
      .array(supportCaseShape.output.extend(columnsOutput))
      .describe('The cases, newest first unless orderBy says otherwise.'),
    notShown,
  }),
  example: { account: 'Contoso', openOnly: true },
  paged: true,
  async run(input, context) {
    const { salesforce, now } = context;
    const { createdSince, status, priority } = input;
    const since =
      createdSince && (await resolveSince(createdSince, { now, timeZone: salesforce.timeZone }, 'createdSince'));
    const { fields, what } = withoutAnswers(input.missing ?? []);
    const [filter, unanswered] = await Promise.all([
      recordFilter(
        context,
        'Case',
        { ...input, missing: fields },
        { choices: { status: ['Status', status], priority: ['Priority', priority] }, mayBeQueue: true },
      ),
      lacking(salesforce, what),
    ]);
    return findRecords(context, {
      shape: supportCaseShape,
      noun: ['case', 'cases'],
      where: {
        caseNumber: ifGiven(input.caseNumber, number => soql`CaseNumber IN ${caseNumbers(number)}`),
        subject: ifGiven(input.subject, subject => soql`Subject LIKE ${containing(subject)}`),
        account: ifGiven(input.account, ofAccount),
        accountId: ifGiven(input.accountId, accountId => soql`AccountId = ${accountId}`),
        email: ifGiven(input.email, email => soql`Contact.Email LIKE ${containing(email)}`),
        openOnly: ifGiven(input.openOnly || undefined, () => soql`IsClosed = FALSE`),
        createdSince: ifGiven(since || undefined, moment => soql`CreatedDate >= ${moment}`),
      },
      filter: {
        ...filter,
        conditions: { ...filter.conditions, missing: ifAll(filter.conditions.missing, unanswered?.condition) },
      },
      remark: unanswered?.remark,
      orderBy: soql`CreatedDate DESC, Id DESC`,
      answer: (summary, cases) => ({ summary, cases }),
    });
  },
});

/** Both conditions, where there are both. */
const ifAll = (one: Soql | undefined, other: Soql | undefined): Soql | undefined =>
  one && other ? allOf([one, other]) : (one ?? other);
