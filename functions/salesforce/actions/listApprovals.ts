import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { counted } from '../api/counted.ts';
import { searchText } from '../api/inputs.ts';
import { listPage } from '../api/listPage.ts';
import { findWaiting, MAX_WAITING, type WaitingApproval } from '../api/sales/approvals.ts';
import { approvalTarget } from '../api/sales/approvalTarget.ts';
import { askerAndGroups, findApprover } from '../api/sales/approvers.ts';
import type { Salesforce } from '../api/salesforce.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const approval = z.object({
  approvalId: id('The ID of the approval.'),
  name: heading('What it is about: the name of the record.').optional(),
  objectType: z.string().describe('The object of the record.'),
  recordId: id('The ID of the record.'),
  figures: z
    .array(z.object({ label: heading('What it is.'), value: z.string().describe('How much, with its currency.') }))
    .optional()
    .describe('The amounts and percentages of the record.'),
  process: z.string().optional().describe('The approval process.'),
  waitsFor: z.string().optional().describe('The person or queue that it waits for.'),
  submittedBy: z.string().optional().describe('Who asked for it.'),
  comment: z.string().optional().describe('What they said.'),
  since: z.string().optional().describe('Since when it waits.'),
  answeredInSalesforce: z
    .boolean()
    .optional()
    .describe('True for one of a flow, which is answered in Salesforce and not by answerApproval.'),
  url: link('Where to open the record.'),
});

export default salesforce.action({
  name: 'listApprovals',
  toolset: 'salesforce-sales',
  access: 'read',
  needs: uses('read ProcessInstance'),
  title: 'List what waits for approval',
  description:
    'Lists Salesforce approvals that wait for the user who asks and their queues, for another person or queue, or that a record waits for: what each is about with its amounts, who asked, since when. ' +
    'Use it before answerApproval. To ask for one use submitForApproval.',
  input: z.object({
    person: searchText.optional().meta({
      description:
        'Whom they wait for: a name, an e-mail address, a queue, or me, which is so where record is left out, too.',
      mayMatchSeveral: true,
    }),
    record: searchText.optional().meta({
      description: 'What they are about: a record ID, or the name of an opportunity or quote.',
      names: 'record',
      mayMatchSeveral: true,
    }),
  }),
  output: z.object({
    summary: summary('How many wait, and for whom.'),
    approvals: z.array(approval).describe('The approvals, the longest waiting first.'),
  }),
  example: { person: 'Ana Ruiz' },
  requests: 40,
  paged: true,
  async run({ person, record }, { salesforce, page: request }) {
    const target = record === undefined ? undefined : await approvalTarget(salesforce, record, 'record');
    const asked = person ?? (target ? undefined : 'me');
    const isMe = asked?.toLowerCase() === 'me';
    const actor = asked !== undefined && !isMe ? await findApprover(salesforce, asked, 'person') : undefined;
    // Since when they wait is told by the user's clock.
    const [own] = await Promise.all([isMe ? askerAndGroups(salesforce) : undefined, salesforce.timeZone()]);
    const actorIds = own?.actorIds ?? (actor && [actor.id]);
    const all = await findWaiting(salesforce, {
      ...(actorIds && { actorIds }),
      ...(target && { recordIds: [target.id] }),
    });
    const { items, nextCursor } = listPage(all, request);
    const whom = own ? `${own.asker.name} or a queue of theirs` : (actor?.name ?? 'anybody');
    const isCut = all.length >= MAX_WAITING;
    return page({
      items: items.map(each => shown(each, salesforce)),
      nextCursor,
      answer: approvals => ({
        summary: `${isCut ? 'At least ' : ''}${counted(all.length, ['approval waits', 'approvals wait'])} for ${whom}.`,
        approvals,
      }),
    });
  },
});

function shown(each: WaitingApproval, salesforce: Salesforce): z.output<typeof approval> {
  const { about, process, waitsFor, submittedBy, comment, since } = each;
  return {
    approvalId: each.id,
    ...(about.name && { name: about.name }),
    objectType: about.objectType,
    recordId: about.id,
    ...(about.figures.length > 0 && { figures: about.figures }),
    ...(process && { process }),
    ...(waitsFor && { waitsFor }),
    ...(submittedBy && { submittedBy }),
    ...(comment && { comment }),
    ...(since && { since }),
    ...(each.kind === 'flow' && { answeredInSalesforce: true }),
    url: salesforce.recordUrl(about.objectType, about.id),
  };
}
