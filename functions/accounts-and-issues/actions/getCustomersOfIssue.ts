import * as z from 'zod';
import { summary } from '../../../shared/schema/meaning.ts';
import { issueKey } from '../../jira/api/inputs.ts';
import { issueRow, toIssueRow } from '../../jira/api/issueRow.ts';
import { jira } from '../../jira/system.ts';
import { totals, totalsOf, worth } from '../../salesforce/api/amounts.ts';
import { counted } from '../../salesforce/api/counted.ts';
import { notShown } from '../../salesforce/api/notShown.ts';
import { salesforce } from '../../salesforce/system.ts';
import { customersOf, MAX_OTHERS } from '../api/customersOf.ts';
import { recordIdsIn } from '../api/globalId.ts';
import { account, opportunity, supportCase } from '../api/linkable.ts';
import { readsBoth } from '../needs.ts';
import { accountsAndIssues } from '../system.ts';

/** The most items of each list. */
const LISTED = 25;

export default accountsAndIssues.action({
  name: 'getCustomersOfIssue',
  toolset: 'accounts-and-issues',
  access: 'read',
  uses: [jira, salesforce],
  needsIn: readsBoth,
  title: 'List the customers who wait for an issue',
  description:
    'Returns the Salesforce cases, accounts and opportunities that a Jira issue is linked to, and what the open opportunities are worth in each currency: those that are linked themselves, and apart from them the others of these customers, not of their subsidiaries. ' +
    'Use it for who waits for a bug or feature and what hangs on it; for the issues of one customer use getIssuesOfCustomer.',
  input: z.object({ issueKey }),
  output: z.object({
    summary: summary('One sentence that says who waits for the issue, and what the open opportunities are worth.'),
    issue: issueRow.pick({ issueKey: true, title: true, status: true, url: true }).describe('The issue.'),
    accounts: z
      .array(account.output.pick({ accountId: true, name: true, url: true }))
      .describe('The accounts that wait for it: linked themselves, or by a case or an opportunity.'),
    cases: z.array(supportCase.output).describe(`The linked cases, the open ones first, at most ${LISTED}.`),
    opportunities: z
      .array(opportunity.output)
      .describe(`The opportunities that are linked themselves, the open ones first, at most ${LISTED}.`),
    openOpportunityTotals: totals
      .optional()
      .describe('What the open ones of these are worth in each currency, also those that are not listed.'),
    otherOpportunities: z
      .array(opportunity.output)
      .optional()
      .describe(
        `Open opportunities of the accounts above that are not linked themselves, at most ${LISTED}; those of subsidiaries are left out.`,
      ),
    otherOpportunityTotals: totals
      .optional()
      .describe(`What those are worth in each currency; only the ${MAX_OTHERS} that close first are included.`),
    note: z.string().optional().describe('What the user should know of how far was looked.'),
    notShown,
  }),
  // Under a policy, each object that is reached is described once.
  requests: 60,
  example: { issueKey: 'ATLAS-16' },
  async run({ issueKey }, { jira, salesforce }) {
    const [issue, globalIds, orgId] = await Promise.all([
      jira.getIssue(issueKey, { fields: ['summary', 'status'] }),
      jira.remoteLinks.globalIds(issueKey),
      salesforce.orgId(),
    ]);
    const found = await customersOf(salesforce, recordIdsIn(globalIds, orgId));
    const { cases, opportunities, others, notShown } = found;
    const open = opportunities.filter(({ isClosed }) => isClosed === false);
    const currencies = salesforce.knownCurrencies();
    const openTotals = totalsOf(open, currencies);
    const otherTotals = totalsOf(others, currencies);
    const { issueKey: ownKey, title, status, url } = toIssueRow(issue, jira.browseUrl);
    const accounts = accountsOf(found, salesforce.recordUrl);
    const bound = others.length >= MAX_OTHERS ? 'at least ' : '';
    const parts = [
      `${counted(cases.length, ['case', 'cases'])} (${cases.filter(({ isClosed }) => isClosed === false).length} open)`,
      `${counted(open.length, ['open opportunity', 'open opportunities'])}${worth(openTotals)}`,
      ...(opportunities.length > open.length
        ? [counted(opportunities.length - open.length, ['closed opportunity', 'closed opportunities'])]
        : []),
      ...(found.accounts.length > 0 ? [counted(found.accounts.length, ['account itself', 'accounts themselves'])] : []),
    ];
    const otherPart =
      others.length > 0
        ? ` These customers have ${bound}${counted(others.length, ['other open opportunity', 'other open opportunities'])}${worth(otherTotals, bound)}, not linked.`
        : '';
    return {
      summary:
        accounts.length + cases.length + opportunities.length === 0
          ? `No customer is linked to ${ownKey}, as far as this service may see.`
          : `Linked to ${ownKey}: ${parts.join(', ')}, of ${counted(accounts.length, ['account', 'accounts'])}.${otherPart}`,
      issue: { issueKey: ownKey, title, status, url },
      accounts,
      cases: cases.slice(0, LISTED),
      opportunities: opportunities.slice(0, LISTED),
      ...(openTotals.length > 0 && { openOpportunityTotals: openTotals }),
      ...(others.length > 0 && { otherOpportunities: others.slice(0, LISTED) }),
      ...(otherTotals.length > 0 && { otherOpportunityTotals: otherTotals }),
      ...(found.notes.length > 0 && { note: found.notes.join(' ') }),
      ...(notShown.length > 0 && { notShown }),
    };
  },
});

/** Each account once, as far as it is told which it is. */
function accountsOf(
  { accounts, cases, opportunities }: Awaited<ReturnType<typeof customersOf>>,
  urlOf: (objectType: string, recordId: string) => string,
) {
  const all = new Map<string, { accountId: string; name: string | undefined; url: string }>();
  for (const { accountId, name, url } of accounts) all.set(accountId, { accountId, name, url });
  for (const { accountId, account } of [...cases, ...opportunities]) {
    if (accountId === undefined || all.has(accountId)) continue;
    all.set(accountId, { accountId, name: account, url: urlOf('Account', accountId) });
  }
  return [...all.values()];
}
