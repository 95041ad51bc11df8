import * as z from 'zod';
import { nameList } from '../../../shared/filter/nameList.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { answerState, decide, decisionData, planAnswers } from '../api/sales/answerApprovals.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** As many characters as a comment of an approval has room for, beside who decided. */
const MAX_COMMENT = 3_500;

export default salesforce.plannedAction({
  name: 'answerApproval',
  toolset: 'salesforce-sales',
  callers: 'users',
  effect: 'changes',
  idempotent: true,
  needs: uses('read ProcessInstance', 'ModifyAllRecords'),
  title: 'Approve or reject',
  description:
    'Approves or rejects what waits in Salesforce for the user who asks, or for a queue that they are in, and nothing else. ' +
    'The first call shows what would be decided; the call with its confirmationToken does it, with the name of the user in the comment. ' +
    'Use it to decide; what waits tells listApprovals.',
  input: z.object({
    decision: z.enum(['approve', 'reject']).describe('What the user decides.'),
    approvals: z.string().trim().max(LIST_TEXT).transform(nameList).optional().meta({
      description:
        'Which ones: IDs of approvals or names of their records, separated by commas; all that wait for the user unless given.',
      mayMatchSeveral: true,
    }),
    comment: z.string().trim().max(MAX_COMMENT).optional().describe('Why, for whoever asked.'),
  }),
  data: decisionData,
  requests: 60,
  example: { decision: 'approve' },
  plan: (input, { salesforce }) => planAnswers(salesforce, input),
  batches: { looked: 50, size: 1, atOnce: 1 },
  look: (items, { salesforce }) => answerState(salesforce, items),
  performAll: (items, { salesforce }) => Promise.all(items.map(({ data }) => decide(salesforce, data))),
});
