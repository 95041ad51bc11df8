import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { accountMeant } from '../api/accountMeant.ts';
import { eventDate } from '../api/activityList.ts';
import { type Total, totals, totalsOf, worth } from '../api/amounts.ts';
import { isHidden } from '../api/answerFailure.ts';
import { counted, type Noun } from '../api/counted.ts';
import { notShown } from '../api/notShown.ts';
import { field, type RecordShape, recordShape } from '../api/recordShape.ts';
import { recordTypeName } from '../api/recordTypes.ts';
import { renewal } from '../api/renewalOutput.ts';
import type { Salesforce } from '../api/salesforce.ts';
import { day, soql } from '../api/soql.ts';
import { withVisibleFields } from '../api/visibleFields.ts';
import { querySchema, read, type SalesforceRecord } from '../api/wire.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** At most this many open opportunities and cases are counted; the summary then says "at least". */
const COUNTED = 200;
/** The most items of each list. */
const LISTED = 10;
const DAY_MS = 86_400_000;
/** So many days ahead are looked at. */
const AHEAD = 90;

const account = recordShape('Account', {
  accountId: field.id('The ID of the account.'),
  name: field.heading('Name', 'Its name.'),
  type: field.text('Type', 'The type of the account, such as Customer or Partner.'),
  industry: field.text('Industry', 'Its industry.'),
  website: field.text('Website', 'Its website.'),
  phone: field.text('Phone', 'Its phone number.'),
  city: field.text('BillingCity', 'The city of its billing address.'),
  country: field.text('BillingCountry', 'The country of its billing address.'),
  annualRevenue: field.amount('AnnualRevenue', 'Its yearly revenue.'),
  currency: field.currency(),
  employees: field.number('NumberOfEmployees', 'The number of employees.'),
  parentAccount: field.text('Parent.Name', 'The parent account.'),
  owner: field.text('Owner.Name', 'The owner.'),
  ownerEmail: field.text('Owner.Email', "The owner's e-mail address."),
  url: field.link('The address of the account in Salesforce.'),
});
const opportunity = recordShape('Opportunity', {
  opportunityId: field.id('The ID of the opportunity.'),
  name: field.heading('Name', 'Its name.'),
  stage: field.text('StageName', 'The stage.'),
  amount: field.amount('Amount', 'The amount.'),
  currency: field.currency(),
  recordType: field.text(recordTypeName, 'Its record type, such as Renewal, where the org has any.'),
  closeDate: field.text('CloseDate', 'The day on which it is expected to close.'),
  nextStep: field.text('NextStep', 'The next step.'),
  owner: field.text('Owner.Name', 'The owner.'),
  url: field.link('The address in Salesforce.'),
});
const supportCase = recordShape('Case', {
  caseId: field.id('The ID of the case.'),
  caseNumber: field.text('CaseNumber', 'Its number.'),
  subject: field.heading('Subject', 'What it is about.'),
  status: field.text('Status', 'Its status.'),
  priority: field.text('Priority', 'Its priority.'),
  openedAt: field.time('CreatedDate', "When it was opened, ISO 8601, by the asking user's clock."),
  url: field.link('The address in Salesforce.'),
});
const contact = recordShape('Contact', {
  contactId: field.id('The ID of the contact.'),
  name: field.heading('Name', 'The name.'),
  title: field.text('Title', 'The job title.'),
  email: field.text('Email', 'The e-mail address.'),
  phone: field.text('Phone', 'The phone number.'),
});
/** What tasks and meetings have in common. */
const subject = field.heading('Subject', 'What it is about.');
const participants = {
  with: field.text('Who.Name', 'The contact or lead that it is with.'),
  owner: field.text('Owner.Name', 'The owner.'),
  url: field.link('The address in Salesforce.'),
};
const task = recordShape('Task', {
  kind: field.text('TaskSubtype', 'Task, Call, Email or Meeting.'),
  subject,
  date: field.text('ActivityDate', "When it takes place, by the asking user's clock, or is due."),
  status: field.text('Status', 'Its status.'),
  ...participants,
});
const meeting = recordShape('Event', {
  subject,
  startsAt: field.time('StartDateTime', 'When it begins.'),
  day: field.text('ActivityDate', 'The day of one that takes whole days.'),
  isAllDay: field.boolean('IsAllDayEvent', 'Whether it takes whole days.'),
  ...participants,
});

const activity = task.output.required({ kind: true });
type Activity = z.output<typeof activity>;

const subsidiary = recordShape('Account', {
  accountId: field.id('The ID of the subsidiary.'),
  name: field.heading('Name', 'Its name.'),
});

const fields = {
  Account: account.fields,
  Contact: contact.fields,
  Opportunity: opportunity.fields,
  Case: supportCase.fields,
  Task: task.fields,
  Event: meeting.fields,
};
/** The contacts come with the account that they belong to. */
const withContacts = z.object({ Contacts: querySchema.nullish() });

export default salesforce.action({
  name: 'getAccountOverview',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses('read Account'),
  title: 'Get an account overview',
  description:
    'Returns one Salesforce account: owner, open opportunities and their total, open cases, key contacts, latest and coming activities, renewals, subsidiaries. ' +
    'Use it when the user asks who owns an account, what is open there, or prepares for a meeting. ' +
    'For several accounts use findAccounts.',
  input: z.object({
    accountId: z.string().trim().min(1, 'It must not be blank.').max(255).meta({
      description: 'The ID of the account, or its name.',
      names: 'account',
      acronym: 'ID',
      mayMatchSeveral: true,
    }),
  }),
  output: z.object({
    summary: summary('One sentence with the owner of the account and what is open.'),
    account: account.output.describe('The account itself.'),
    openOpportunityCount: z
      .number()
      .optional()
      .describe(`The number of open opportunities; ${COUNTED} means that many or more.`),
    openOpportunityTotal: z
      .number()
      .optional()
      .describe('Their total amount, where all are in one currency; see openOpportunityTotals.'),
    openOpportunityTotals: totals
      .optional()
      .describe(`Their total amount in each currency; only the ${COUNTED} that close first are included.`),
    openOpportunities: z
      .array(opportunity.output)
      .optional()
      .describe(`The open opportunities that close first, at most ${LISTED}.`),
    openCaseCount: z.number().optional().describe(`The number of open cases; ${COUNTED} means that many or more.`),
    openCases: z.array(supportCase.output).optional().describe(`The latest open cases, at most ${LISTED}.`),
    keyContacts: z
      .array(contact.output)
      .optional()
      .describe(`The contacts with the most recent activity, at most ${LISTED}.`),
    latestActivities: z
      .array(activity)
      .optional()
      .describe(`What was: tasks and calls that are done, and meetings, the latest first, at most ${LISTED}.`),
    comingActivities: z
      .array(activity)
      .optional()
      .describe(
        `What comes: open tasks, the overdue ones first, and meetings of the next ${AHEAD} days, at most ${LISTED}.`,
      ),
    renewals: z
      .array(renewal)
      .optional()
      .describe('What ends from today on, such as contracts, the soonest first, at most five.'),
    subsidiaries: z
      .array(subsidiary.output)
      .optional()
      .describe(`The accounts that have it as their parent, at most ${LISTED}; what is open there is not included.`),
    notShown,
  }),
  // Under a policy, each object that is reached is described once.
  requests: 60,
  example: { accountId: '001Sx0000000001IAA' },
  async run({ accountId: text }, { salesforce, now }) {
    const accountId = await accountMeant(salesforce, text, 'accountId');
    const leftOut: string[] = [];
    const noteField = (field: string) => {
      if (!salesforce.recordTypes.noneOf('Opportunity', field)) leftOut.push(field);
    };
    // Of a meeting with several users each has a copy.
    const notCopied = soql`IsChild = FALSE`;
    const until = day(new Date(now.getTime() + AHEAD * DAY_MS).toISOString().slice(0, 10));
    const [timeZone, [whole, opportunities, cases, ...activities], renewals, subsidiaries] = await Promise.all([
      salesforce.timeZone(),
      withVisibleFields(
        salesforce,
        { ...fields, Opportunity: salesforce.recordTypes.asked('Opportunity', fields.Opportunity) },
        select =>
          salesforce.queryTogether([
            soql`SELECT ${select('Account')}, (SELECT ${select('Contact')} FROM Contacts ORDER BY LastActivityDate DESC NULLS LAST, Name LIMIT ${LISTED}) FROM Account WHERE Id = ${accountId}`,
            soql`SELECT ${select('Opportunity')} FROM Opportunity WHERE AccountId = ${accountId} AND IsClosed = FALSE ORDER BY CloseDate, Id LIMIT ${COUNTED}`,
            soql`SELECT ${select('Case')} FROM Case WHERE AccountId = ${accountId} AND IsClosed = FALSE ORDER BY CreatedDate DESC, Id LIMIT ${COUNTED}`,
            soql`SELECT ${select('Task')} FROM Task WHERE AccountId = ${accountId} AND IsClosed = TRUE ORDER BY ActivityDate DESC NULLS LAST, Id LIMIT ${LISTED}`,
            soql`SELECT ${select('Event')} FROM Event WHERE AccountId = ${accountId} AND ${notCopied} AND StartDateTime < ${now} ORDER BY StartDateTime DESC, Id LIMIT ${LISTED}`,
            soql`SELECT ${select('Task')} FROM Task WHERE AccountId = ${accountId} AND IsClosed = FALSE AND (ActivityDate <= ${until} OR ActivityDate = NULL) ORDER BY ActivityDate NULLS LAST, Id LIMIT ${LISTED}`,
            soql`SELECT ${select('Event')} FROM Event WHERE AccountId = ${accountId} AND ${notCopied} AND StartDateTime >= ${now} AND ActivityDate <= ${until} ORDER BY StartDateTime, Id LIMIT ${LISTED}`,
          ]),
        noteField,
      ),
      unlessUnseen(
        import('../api/renewals.ts').then(({ renewalsAhead }) => renewalsAhead({ salesforce, now }, accountId)),
      ),
      unlessUnseen(subsidiariesOf(salesforce, accountId)),
    ]);

    let found = whole;
    // A user who may not see contacts is refused the whole statement, so the account is read without them.
    if (found instanceof Failure && isHidden(found)) {
      found = await withVisibleFields(salesforce, { Account: fields.Account }, select =>
        salesforce.query(soql`SELECT ${select('Account')} FROM Account WHERE Id = ${accountId}`),
      );
      leftOut.push('contacts');
    }
    if (found instanceof Failure) throw found;
    const [record] = found ?? [];
    if (!record) {
      throw new Failure(
        'not_found',
        `There is no account ${accountId} that this service may see. Find it with findAccounts.`,
      );
    }
    const itemsOf = <Item>(
      part: SalesforceRecord[] | Failure | undefined,
      shape: RecordShape<Item>,
      what: string,
    ): Item[] | undefined => {
      if (part instanceof Failure) {
        if (!isHidden(part)) throw part;
        leftOut.push(what);
        return undefined;
      }
      return (part ?? []).map(record => shape.read(record, salesforce));
    };

    const accountItem = account.read(record, salesforce);
    const { Contacts } = read(withContacts, record);
    const openOpportunities = itemsOf(opportunities, opportunity, 'opportunities');
    const openCases = itemsOf(cases, supportCase, 'cases');
    const [done, past, open, ahead] = activities;
    const listed = (
      [tasks, meetings]: readonly [typeof done, typeof done],
      order: (one: Activity, other: Activity) => number,
    ): Activity[] | undefined => {
      const [ofTasks, ofMeetings] = [itemsOf(tasks, task, 'tasks'), itemsOf(meetings, meeting, 'meetings')];
      if (!ofTasks && !ofMeetings) return undefined;
      return [
        ...(ofTasks ?? []).map(({ kind = 'Task', ...activity }) => ({ kind, ...activity })),
        ...(ofMeetings ?? []).map(({ startsAt, day, isAllDay, ...activity }) => {
          const date = eventDate({ startsAt, day, isAllDay }, timeZone);
          return { kind: 'Meeting', ...activity, ...(date && { date }) };
        }),
      ]
        .sort(order)
        .slice(0, LISTED);
    };
    const latest = listed([done, past], (one, other) => (other.date ?? '').localeCompare(one.date ?? ''));
    const coming = listed([open, ahead], (one, other) => (one.date ?? '9').localeCompare(other.date ?? '9'));
    if (!renewals) leftOut.push('renewals');
    if (!subsidiaries) leftOut.push('subsidiaries');
    const sums = openOpportunities && totalsOf(openOpportunities, salesforce.knownCurrencies());

    return {
      summary: summarize(accountItem, openOpportunities?.length, sums, openCases?.length),
      account: accountItem,
      ...(openOpportunities && {
        openOpportunityCount: openOpportunities.length,
        ...totalsIn(openOpportunities, sums ?? []),
        openOpportunities: openOpportunities.slice(0, LISTED),
      }),
      ...(openCases && { openCaseCount: openCases.length, openCases: openCases.slice(0, LISTED) }),
      ...(!leftOut.includes('contacts') && {
        keyContacts: (Contacts?.records ?? []).map(record => contact.read(record, salesforce)),
      }),
      ...(latest && { latestActivities: latest }),
      ...(coming && { comingActivities: coming }),
      ...(renewals && { renewals }),
      ...(subsidiaries && { subsidiaries }),
      ...(leftOut.length > 0 && { notShown: [...new Set(leftOut)] }),
    };
  },
});

function subsidiariesOf(salesforce: Salesforce, accountId: string) {
  return withVisibleFields(salesforce, { Account: subsidiary.fields }, async select => {
    const found = await salesforce.query(
      soql`SELECT ${select('Account')} FROM Account WHERE ParentId = ${accountId} ORDER BY Id LIMIT ${LISTED}`,
    );
    return found.map(record => subsidiary.read(record, salesforce));
  });
}

/** Undefined for what this user may not see, or what a setting does not lead to. */
async function unlessUnseen<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Failure && (isHidden(error) || error.code === 'misconfigured')) return undefined;
    throw error;
  }
}

/** A bare total only where it is one of all amounts. */
function totalsIn(items: readonly { amount?: number | undefined }[], sums: readonly Total[]) {
  const [only, ...others] = sums;
  const amounts = items.filter(({ amount }) => amount !== undefined).length;
  const isWhole = others.length === 0 && amounts === (only?.count ?? 0);
  return {
    ...(isWhole && { openOpportunityTotal: only?.amount ?? 0 }),
    ...(only && { openOpportunityTotals: [...sums] }),
  };
}

/** `Contoso is owned by Li Wei: 3 open opportunities worth 338,500 USD and 2 open cases.` */
function summarize(
  { accountId, name = accountId, owner = 'a user whom this service may not see' }: z.output<typeof account.output>,
  opportunities: number | undefined,
  sums: readonly Total[] | undefined,
  cases: number | undefined,
): string {
  const value = worth(sums ?? [], atLeast(opportunities));
  const parts = [
    opportunities !== undefined && `${bounded(opportunities, ['open opportunity', 'open opportunities'])}${value}`,
    cases !== undefined && bounded(cases, ['open case', 'open cases']),
  ].filter(Boolean);
  const what = parts.length > 0 ? `: ${parts.join(' and ')}` : '';
  return `${name} is owned by ${owner}${what}.`;
}

function bounded(count: number, noun: Noun): string {
  return count === 0 ? `no ${noun[1]}` : `${atLeast(count)}${counted(count, noun)}`;
}

function atLeast(count = 0): string {
  return count >= COUNTED ? 'at least ' : '';
}
