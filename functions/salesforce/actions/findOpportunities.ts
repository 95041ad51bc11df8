import * as z from 'zod';
import { summary } from '../../../shared/schema/meaning.ts';
import { dayText, resolveDay, resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import { amountBound, amountText, worthByState } from '../api/amounts.ts';
import { choices, columnsOutput, filterInputs, owner, ownerText, recordFilter } from '../api/filter/recordFilter.ts';
import { findRecords, ifGiven, ofAccount } from '../api/findRecords.ts';
import { recordIdOf, searchText } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { recordTypeHint } from '../api/recordTypes.ts';
import { opportunityShape } from '../api/shapes.ts';
import { containing, day, names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'findOpportunities',
  formerly: { inputs: { closingAfter: 'closingSince' } },
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses('read Opportunity'),
  title: 'Find opportunities',
  description:
    'Finds Salesforce opportunities (deals) by any fields, with stage, amount, close date and next step, open ones first. ' +
    'Use it for deals, the pipeline, or what closes this month. Give at least one filter or orderBy. ' +
    'For one account with its cases and contacts use getAccountOverview; for totals summarizeRecords.',
  input: z.object({
    name: searchText.optional().describe('A part of its name.'),
    account: searchText.optional().describe('A part of the name of the account.'),
    accountId: recordIdOf('an account', '001').optional().describe('The ID of the account.'),
    owner: owner.optional().describe(ownerText),
    stage: choices.optional().describe('One stage or several, such as Prospecting,Closed Won.'),
    openOnly: z.boolean().optional().describe('True to leave out opportunities that are won or lost.'),
    overdue: z.boolean().optional().describe('True for open opportunities whose close date is past.'),
    closingSince: dayText.optional().describe('Closing on this day or later, such as 2026-11-01.'),
    closingBefore: dayText
      .optional()
      .describe('Closing before this day and not on it: 2026-12-01 for all of November.'),
    amountOver: amountText
      .optional()
      .describe('With an amount above this: 5000, or with a currency 5000 EUR, which others are converted to.'),
    amountUnder: amountText.optional().describe('With an amount below this.'),
    ...filterInputs,
    noActivityFor: sinceText.optional().describe('No task or event for a span such as 2w.'),
  }),
  output: z.object({
    summary: summary(
      'One sentence that says how many opportunities were found, and what the open, the won and the lost ones are worth in each currency.',
    ),
    opportunities: z
      .array(opportunityShape.output.extend(columnsOutput))
      .describe('The opportunities, open ones first, by close date, unless orderBy says otherwise.'),
    notShown,
  }),
  example: { account: 'Contoso', openOnly: true },
  paged: true,
  async run(input, context) {
    const { salesforce, now } = context;
    const clock = { now, timeZone: salesforce.timeZone };
    const { stage, amountOver, amountUnder } = input;
    const dayOf = async (field: 'closingSince' | 'closingBefore') =>
      input[field] === undefined ? undefined : resolveDay(input[field], clock, field);
    const [over, under, filter, today, closingSince, closingBefore, idleSince] = await Promise.all([
      amountOver && amountBound(salesforce, 'amountOver', amountOver),
      amountUnder && amountBound(salesforce, 'amountUnder', amountUnder),
      recordFilter(context, 'Opportunity', input, { choices: { stage: ['StageName', stage] } }),
      input.overdue ? resolveDay('today', clock, 'overdue') : undefined,
      dayOf('closingSince'),
      dayOf('closingBefore'),
      input.noActivityFor === undefined
        ? undefined
        : resolveSince(input.noActivityFor, clock, 'noActivityFor').then(async since =>
            dayAt(since, await clock.timeZone()),
          ),
    ]);
    return findRecords(context, {
      shape: opportunityShape,
      noun: ['opportunity', 'opportunities'],
      where: {
        name: ifGiven(input.name, name => soql`Name LIKE ${containing(name)}`),
        account: ifGiven(input.account, ofAccount),
        accountId: ifGiven(input.accountId, accountId => soql`AccountId = ${accountId}`),
        openOnly: ifGiven(input.openOnly || undefined, () => soql`IsClosed = FALSE`),
        overdue: ifGiven(today, today => soql`IsClosed = FALSE AND CloseDate < ${day(today)}`),
        closingSince: ifGiven(closingSince, date => soql`CloseDate >= ${day(date)}`),
        closingBefore: ifGiven(closingBefore, date => soql`CloseDate < ${day(date)}`),
        noActivityFor: ifGiven(idleSince, date => soql`LastActivityDate = NULL OR LastActivityDate < ${day(date)}`),
        amountOver: ifGiven(over, ({ literal }) => soql`Amount > ${literal}`),
        amountUnder: ifGiven(under, ({ literal }) => soql`Amount < ${literal}`),
      },
      orderBy: names('IsClosed', 'CloseDate', 'Id'),
      aside(items) {
        return worthByState(items, salesforce.knownCurrencies());
      },
      remark: [
        over?.remark ?? under?.remark,
        idleSince &&
          `Without activity means no task or event since ${idleSince} (Last Activity), and none that is planned.`,
      ]
        .filter(Boolean)
        .join(' '),
      filter,
      ifNone: async () => input.name && recordTypeHint(await salesforce.describe('Opportunity'), input.name),
      answer: (summary, opportunities) => ({ summary, opportunities }),
    });
  },
});
