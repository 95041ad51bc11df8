import * as z from 'zod';
import { beginning } from '../../../shared/text.ts';
import { issueKey } from '../../jira/api/inputs.ts';
import type { Issue } from '../../jira/api/issue.ts';
import { jira } from '../../jira/system.ts';
import { counted } from '../../salesforce/api/counted.ts';
import { writtenText } from '../../salesforce/api/inputs.ts';
import { MAX_COMMENT } from '../../salesforce/api/service/caseComments.ts';
import { salesforce } from '../../salesforce/system.ts';
import { notTold } from '../api/notTold.ts';
import { otherOpenIssues } from '../api/otherOpenIssues.ts';
import {
  casesAmong,
  lookAtTold,
  MAX_TOLD,
  planToTell,
  recordsOfIssue,
  tellCase,
  toldCaseData,
} from '../api/toldCases.ts';
import { tells } from '../needs.ts';
import { accountsAndIssues } from '../system.ts';

/** Of the comment, so much is shown again before it is confirmed. */
const MAX_SHOWN = 300;

export default accountsAndIssues.plannedAction({
  name: 'tellCustomersOfIssue',
  toolset: 'accounts-and-issues',
  effect: 'adds',
  // A comment that was sent without an answer is not sent again.
  idempotent: false,
  uses: [jira, salesforce],
  needsIn: tells,
  title: 'Tell the customers who wait for an issue',
  description:
    "Adds a public comment, which the customer can read, to every open Salesforce case that is linked to a Jira issue, as this service's Salesforce user. " +
    'Use it when an issue is done or delayed: its first call only shows the status of the issue, who would be told what and who not, and the call with its confirmationToken does it. For one case use addCaseComment.',
  input: z.object({
    issueKey,
    comment: writtenText(MAX_COMMENT).describe(
      'What the customers are told, as plain text. They do not know Jira, so say what it means for them.',
    ),
  }),
  data: toldCaseData,
  // Each of fifty is told and read back.
  requests: 250,
  example: { issueKey: 'ATLAS-12', comment: 'The fix is in version 2.5, which is out today.' },
  async plan({ issueKey, comment }, both) {
    const [issue, linked] = await Promise.all([
      both.jira.getIssue(issueKey, { fields: ['summary', 'status', 'resolution', 'issuelinks'] }),
      recordsOfIssue(both, issueKey),
    ]);
    const cases = casesAmong(linked);
    const looked = cases.slice(0, MAX_TOLD);
    const [told, waiting, ofOthers] = await Promise.all([
      looked.length > 0 ? planToTell(both.salesforce, looked, { issueKey, comment }) : [],
      otherOpenIssues(both, looked, issue.key),
      notTold(both.salesforce, linked),
    ]);
    const ofCases = told.map(item => {
      const others = waiting.issuesOf(item.key);
      return 'what' in item && others ? { ...item, what: `${item.what} It also waits for ${others}.` } : item;
    });
    const items = [...ofCases, ...ofOthers];
    const count = items.filter(item => 'what' in item).length;
    const quotedText = `"${beginning(comment, MAX_SHOWN)}"`;
    const rest = cases.length > MAX_TOLD ? ` Only the first ${MAX_TOLD} linked cases were looked at.` : '';
    const left = counted(items.length - count, ['linked record is', 'linked records are']);
    const leftOut = items.length > count ? ` ${left} not told, each with the reason.` : '';
    const others = waiting.isWhole ? '' : ' Not all other issues that these cases wait for were looked at.';
    const state = `${statusText(issue)}${others}`;
    return {
      summary:
        count > 0
          ? `Would add a comment that the customer can read to ${counted(count, ['open case', 'open cases'])} linked to ${issueKey}: ${quotedText} ${state}${rest}${leftOut}`
          : `No open case is linked to ${issueKey} that is still to be told, as far as this service may see. ${state}${rest}${leftOut}`,
      items,
    };
  },
  batches: { looked: 50, size: 1, atOnce: 5 },
  look: (items, both) => lookAtTold(both, items),
  performAll: (items, { salesforce }) => Promise.all(items.map(item => tellCase(salesforce, item))),
});

/** The phrases of the issue that was closed in favour of another one. */
const duplicating = /^(?:is )?(?:a )?duplicat(?:es|e of)$/i;

/** `ABC-12 is In Progress, which is not done.` Who tells customers that it is done must know, and whether done is mended. */
function statusText({ key, status, isDone, resolution, links }: Issue): string {
  if (status === undefined) return `The status of ${key} is not known.`;
  if (!isDone) return `${key} is ${status}, ${notDone}.`;
  const originals = links.filter(({ phrase }) => duplicating.test(phrase)).map(({ issue }) => issue);
  const open = originals.filter(each => !each.isDone);
  if (originals.length > 0) {
    const of = originals.map(each => `${each.key} (${each.status ?? 'status not known'})`).join(' and ');
    return `${key} is ${status} as a duplicate of ${of}${open.length > 0 ? `, ${notDone}` : ''}.`;
  }
  return `${key} is ${status}${resolution && resolution !== status ? ` with the resolution ${resolution}` : ''}.`;
}

const notDone = 'which is not done: promise nothing that is not so';
