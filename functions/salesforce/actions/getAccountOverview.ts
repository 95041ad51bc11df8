import * as z from 'zod';
import { heading, id, link, summary } from '../../../shared/action/meaning.ts';
import { Failure } from '../../../shared/failure.ts';
import { isHidden } from '../api/answerFailure.ts';
import { recordIdOf } from '../api/inputs.ts';
import { boolean, fieldsOf, filled, isoTime, number, owner, parent, text } from '../api/rows.ts';
import { soql } from '../api/soql.ts';
import { withVisibleFields } from '../api/visibleFields.ts';
import { read, type SalesforceRecord } from '../api/wire.ts';
import { salesforce } from '../system.ts';

/** So many open opportunities and cases are counted; more than that are "at least". */
const COUNTED = 200;
/** So many of each are told. */
const TOLD = 10;

const accountRow = z.object({
  Id: z.string(),
  Name: text,
  Type: text,
  Industry: text,
  Website: text,
  Phone: text,
  BillingCity: text,
  BillingCountry: text,
  AnnualRevenue: number,
  NumberOfEmployees: number,
  Owner: parent({ Name: text, Email: text }),
  Parent: parent({ Name: text }),
});
const contactRow = z.object({ Id: z.string(), Name: text, Title: text, Email: text, Phone: text });
const withContacts = z.object({ Contacts: z.object({ records: z.array(contactRow) }).nullish() });
const opportunityRow = z.object({
  Id: z.string(),
  Name: text,
  StageName: text,
  Amount: number,
  CloseDate: text,
  NextStep: text,
  Owner: owner,
});
const caseRow = z.object({
  Id: z.string(),
  CaseNumber: text,
  Subject: text,
  Status: text,
  Priority: text,
  CreatedDate: text,
});
const taskRow = z.object({
  Id: z.string(),
  Subject: text,
  Status: text,
  ActivityDate: text,
  TaskSubtype: text,
  IsClosed: boolean,
  Owner: owner,
  Who: parent({ Name: text }),
});
const eventRow = z.object({
  Id: z.string(),
  Subject: text,
  StartDateTime: text,
  Owner: owner,
  Who: parent({ Name: text }),
});

const fields = {
  Account: fieldsOf(accountRow),
  Contact: fieldsOf(contactRow),
  Opportunity: fieldsOf(opportunityRow),
  Case: fieldsOf(caseRow),
  Task: fieldsOf(taskRow),
  Event: fieldsOf(eventRow),
};

const opportunity = z.object({
  opportunityId: id('The ID of the opportunity.'),
  name: heading('Its name.').optional(),
  stage: z.string().optional().describe('The stage it is in.'),
  amount: z.number().optional().describe("What it is worth, in the org's currency."),
  closeDate: z.string().optional().describe('The day on which it is expected to close.'),
  nextStep: z.string().optional().describe('What is to be done next.'),
  owner: z.string().optional().describe('Who owns it.'),
  url: link('Where to open it.'),
});
const supportCase = z.object({
  caseId: id('The ID of the case.'),
  caseNumber: z.string().optional().describe('Its number.'),
  subject: heading('What it is about.').optional(),
  status: z.string().optional().describe('Its status.'),
  priority: z.string().optional().describe('Its priority.'),
  openedAt: z.string().optional().describe('When it was opened, ISO 8601 in UTC.'),
  url: link('Where to open it.'),
});
const contact = z.object({
  contactId: id('The ID of the contact.'),
  name: heading('The name.').optional(),
  title: z.string().optional().describe('The job title.'),
  email: z.string().optional().describe('The e-mail address.'),
  phone: z.string().optional().describe('The phone number.'),
});
const activity = z.object({
  kind: z.string().describe('Task, Call, Email or Meeting.'),
  subject: heading('What it is about.').optional(),
  date: z.string().optional().describe('When it takes place or is due.'),
  status: z.string().optional().describe('Its status.'),
  with: z.string().optional().describe('With whom.'),
  owner: z.string().optional().describe('Whose it is.'),
  url: link('Where to open it.'),
});

export default salesforce.action({
  name: 'getAccountOverview',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  title: 'Get an account overview',
  description:
    'Returns all that matters about one Salesforce account: what it is, who owns it, its open opportunities with their total, open cases, key contacts and latest activities, and a summary sentence. ' +
    'Use it when the user asks who owns an account, how it stands or what is still open there. ' +
    'It takes the ID of the account: find that by name with findAccounts.',
  input: z.object({
    accountId: recordIdOf('an account', '001').describe('The ID of the account, which findAccounts tells.'),
  }),
  output: z.object({
    summary: summary('One sentence that says who owns the account and what is open.'),
    account: z
      .object({
        accountId: id('The ID of the account.'),
        name: heading('Its name.').optional(),
        type: z.string().optional().describe('What it is to us, such as Customer or Partner.'),
        industry: z.string().optional().describe('Its industry.'),
        website: z.string().optional().describe('Its website.'),
        phone: z.string().optional().describe('Its phone number.'),
        city: z.string().optional().describe('The city of its billing address.'),
        country: z.string().optional().describe('The country of its billing address.'),
        annualRevenue: z.number().optional().describe("Its yearly revenue, in the org's currency."),
        employees: z.number().optional().describe('How many people work there.'),
        parentAccount: z.string().optional().describe('The account that it belongs to.'),
        owner: z.string().optional().describe('Who owns it.'),
        ownerEmail: z.string().optional().describe("The owner's e-mail address."),
        url: link('Where to open the account.'),
      })
      .describe('The account itself.'),
    openOpportunityCount: z
      .number()
      .optional()
      .describe(`How many opportunities are open; ${COUNTED} stands for that many or more.`),
    openOpportunityTotal: z
      .number()
      .optional()
      .describe(
        `What those are worth together, in the org's currency; of more than ${COUNTED}, the ${COUNTED} that close first.`,
      ),
    openOpportunities: z
      .array(opportunity)
      .optional()
      .describe(`The open opportunities that close first, at most ${TOLD}.`),
    openCaseCount: z.number().optional().describe(`How many cases are open; ${COUNTED} stands for that many or more.`),
    openCases: z.array(supportCase).optional().describe(`The latest open cases, at most ${TOLD}.`),
    keyContacts: z
      .array(contact)
      .optional()
      .describe(`The contacts with whom there was something last, at most ${TOLD}.`),
    latestActivities: z.array(activity).optional().describe(`The latest tasks, calls and meetings, at most ${TOLD}.`),
    notVisible: z
      .array(z.string())
      .optional()
      .describe('What is left out because the user that this service runs as may not see it.'),
  }),
  example: { accountId: '001Sx0000000001IAA' },
  async run({ accountId }, { salesforce }) {
    const [whole, opportunities, cases, tasks, events] = await withVisibleFields(salesforce, fields, select =>
      salesforce.queryTogether([
        soql`SELECT ${select('Account')}, (SELECT ${select('Contact')} FROM Contacts ORDER BY LastActivityDate DESC NULLS LAST, Name LIMIT ${TOLD}) FROM Account WHERE Id = ${accountId}`,
        soql`SELECT ${select('Opportunity')} FROM Opportunity WHERE AccountId = ${accountId} AND IsClosed = FALSE ORDER BY CloseDate, Id LIMIT ${COUNTED}`,
        soql`SELECT ${select('Case')} FROM Case WHERE AccountId = ${accountId} AND IsClosed = FALSE ORDER BY CreatedDate DESC, Id LIMIT ${COUNTED}`,
        soql`SELECT ${select('Task')} FROM Task WHERE AccountId = ${accountId} AND (ActivityDate <= NEXT_N_DAYS:30 OR (ActivityDate = NULL AND IsClosed = FALSE)) ORDER BY ActivityDate DESC NULLS LAST, Id LIMIT ${TOLD}`,
        soql`SELECT ${select('Event')} FROM Event WHERE AccountId = ${accountId} AND ActivityDate <= NEXT_N_DAYS:30 ORDER BY ActivityDate DESC, Id LIMIT ${TOLD}`,
      ]),
    );
    const notVisible: string[] = [];
    let account = whole;
    // Who may not see contacts at all is refused the account along with them.
    if (account instanceof Failure && isHidden(account)) {
      account = await withVisibleFields(salesforce, { Account: fields.Account }, select =>
        salesforce.query(soql`SELECT ${select('Account')} FROM Account WHERE Id = ${accountId}`),
      );
      notVisible.push('contacts');
    }
    if (account instanceof Failure) throw account;
    const [record] = account ?? [];
    if (!record) {
      throw new Failure('not_found', `There is no account ${accountId} that this service may see. Find it by name.`);
    }
    const rowsOf = <Row extends z.ZodObject>(
      part: SalesforceRecord[] | Failure | undefined,
      row: Row,
      what: string,
    ) => {
      if (part instanceof Failure) {
        if (!isHidden(part)) throw part;
        notVisible.push(what);
        return undefined;
      }
      return read(z.array(row), part ?? []);
    };

    const { Owner, Parent, ...found } = read(accountRow, record);
    const { Contacts } = read(withContacts, record);
    const openOpportunities = rowsOf(opportunities, opportunityRow, 'opportunities');
    const openCases = rowsOf(cases, caseRow, 'cases');
    const meetings = rowsOf(events, eventRow, 'meetings');
    const latestTasks = rowsOf(tasks, taskRow, 'tasks');
    const total = openOpportunities?.reduce((sum, { Amount }) => sum + (Amount ?? 0), 0);

    return {
      summary: summarize(found.Name ?? accountId, Owner?.Name, openOpportunities?.length, total, openCases?.length),
      account: {
        accountId: found.Id,
        ...filled({
          name: found.Name,
          type: found.Type,
          industry: found.Industry,
          website: found.Website,
          phone: found.Phone,
          city: found.BillingCity,
          country: found.BillingCountry,
          annualRevenue: found.AnnualRevenue,
          employees: found.NumberOfEmployees,
          parentAccount: Parent?.Name,
          owner: Owner?.Name,
          ownerEmail: Owner?.Email,
        }),
        url: salesforce.recordUrl('Account', found.Id),
      },
      ...(openOpportunities && {
        openOpportunityCount: openOpportunities.length,
        openOpportunityTotal: total ?? 0,
        openOpportunities: openOpportunities.slice(0, TOLD).map(found => ({
          opportunityId: found.Id,
          ...filled({
            name: found.Name,
            stage: found.StageName,
            amount: found.Amount,
            closeDate: found.CloseDate,
            nextStep: found.NextStep,
            owner: found.Owner?.Name,
          }),
          url: salesforce.recordUrl('Opportunity', found.Id),
        })),
      }),
      ...(openCases && {
        openCaseCount: openCases.length,
        openCases: openCases.slice(0, TOLD).map(found => ({
          caseId: found.Id,
          ...filled({
            caseNumber: found.CaseNumber,
            subject: found.Subject,
            status: found.Status,
            priority: found.Priority,
            openedAt: isoTime(found.CreatedDate),
          }),
          url: salesforce.recordUrl('Case', found.Id),
        })),
      }),
      ...(!notVisible.includes('contacts') && {
        keyContacts: (Contacts?.records ?? []).map(found => ({
          contactId: found.Id,
          ...filled({ name: found.Name, title: found.Title, email: found.Email, phone: found.Phone }),
        })),
      }),
      ...((latestTasks || meetings) && {
        latestActivities: [
          ...(latestTasks ?? []).map(found => ({
            kind: found.TaskSubtype ?? 'Task',
            ...filled({
              subject: found.Subject,
              date: found.ActivityDate,
              status: found.Status,
              with: found.Who?.Name,
              owner: found.Owner?.Name,
            }),
            url: salesforce.recordUrl('Task', found.Id),
          })),
          ...(meetings ?? []).map(found => ({
            kind: 'Meeting',
            ...filled({
              subject: found.Subject,
              date: isoTime(found.StartDateTime),
              with: found.Who?.Name,
              owner: found.Owner?.Name,
            }),
            url: salesforce.recordUrl('Event', found.Id),
          })),
        ]
          .sort((one, other) => (other.date ?? '').localeCompare(one.date ?? ''))
          .slice(0, TOLD),
      }),
      ...(notVisible.length > 0 && { notVisible }),
    };
  },
});

/** `Contoso is owned by Li Wei: 3 open opportunities worth 338,500 and 2 open cases.` */
function summarize(
  name: string,
  ownerName: string | null | undefined,
  opportunities: number | undefined,
  total: number | undefined,
  cases: number | undefined,
): string {
  const parts = [
    opportunities !== undefined &&
      `${counted(opportunities, 'open opportunity', 'open opportunities')}${total ? ` worth ${opportunities >= COUNTED ? 'at least ' : ''}${total.toLocaleString('en-US')}` : ''}`,
    cases !== undefined && counted(cases, 'open case', 'open cases'),
  ].filter(Boolean);
  const what = parts.length > 0 ? `: ${parts.join(' and ')}` : '';
  return `${name} is owned by ${ownerName ?? 'nobody that this service may see'}${what}.`;
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return `no ${many}`;
  return `${count >= COUNTED ? 'at least ' : ''}${count} ${count === 1 ? one : many}`;
}
