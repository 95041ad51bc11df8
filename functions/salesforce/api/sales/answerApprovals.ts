import * as z from 'zod';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import type { ItemState } from '../../../../shared/plan/carryOut.ts';
import { planAnew } from '../../../../shared/plan/planAnew.ts';
import { quoted } from '../../../../shared/text.ts';
import { isSameRecord } from '../recordId.ts';
import { isoTime } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { soql } from '../soql.ts';
import { aboutText, findWaiting, type WaitingApproval } from './approvals.ts';
import { askerAndGroups } from './approvers.ts';
import { textAt } from './namedRecord.ts';

/** What is needed to answer an approval. */
export const decisionData = z.object({
  approvalId: z.string(),
  instanceId: z.string(),
  actorId: z.string(),
  since: z.string(),
  /** What the user saw that it is about, with the amounts. */
  about: z.string(),
  decision: z.enum(['approve', 'reject']),
  comment: z.string().optional(),
});

type DecisionData = z.output<typeof decisionData>;

interface Wanted {
  decision: DecisionData['decision'];
  approvals?: readonly string[] | undefined;
  comment?: string | undefined;
}

const input = 'approvals';
const verbs = { approve: ['approve', 'Approved'], reject: ['reject', 'Rejected'] } as const;

/**
 * What would be decided: of what waits for the user who asks, or for a queue of theirs, and of nothing else, whoever this
 * service acts as.
 * @throws Failure `forbidden` for what waits for others, `not_found`, and `ambiguous`
 */
export async function planAnswers(salesforce: Salesforce, { decision, approvals, comment }: Wanted) {
  const { asker, actorIds } = await askerAndGroups(salesforce);
  const waiting = await findWaiting(salesforce, { actorIds });
  const meant = approvals === undefined ? waiting : await meantBy(salesforce, approvals, waiting);
  const items = meant.map(approval => {
    const since = approval.since ? `, since ${approval.since}` : '';
    const by = approval.submittedBy ? `, asked for by ${approval.submittedBy}` : '';
    const what = `${aboutText(approval)}${approval.process ? `, ${approval.process}` : ''}${by}${since}`;
    if (approval.kind === 'flow') {
      const { objectType, id } = approval.about;
      return {
        key: approval.id,
        cannot: `${what}: this is an approval of a flow, which is answered in Salesforce: ${salesforce.recordUrl(objectType, id)}`,
      };
    }
    const name = comment ? ` with the comment ${JSON.stringify(comment)}` : '';
    return {
      key: approval.id,
      what: `${decision === 'approve' ? 'Approve' : 'Reject'} ${what}${approval.actorId === asker.id ? '' : `, which waits for ${approval.waitsFor ?? 'a queue of theirs'}`}${name}.`,
      version: approval.actorId,
      data: {
        approvalId: approval.id,
        instanceId: approval.instanceId,
        actorId: approval.actorId,
        since: approval.since ?? '',
        about: aboutText(approval),
        decision,
        comment: commentOf(comment, salesforce.runsAsCaller ? undefined : asker),
      },
    };
  });
  const possible = items.filter(item => 'what' in item).length;
  return {
    summary:
      items.length === 0
        ? `Nothing waits for ${asker.name} or a queue of theirs.`
        : `${asker.name} would ${verbs[decision][0]} ${possible} of ${items.length}. Nothing is decided yet.`,
    items,
  };
}

/** Salesforce has it as this service's user who decided, so the comment tells who did. */
function commentOf(comment: string | undefined, asker: { name: string; email: string | undefined } | undefined) {
  if (!asker) return comment;
  const by = `Decided by ${asker.name}${asker.email ? ` (${asker.email})` : ''}.`;
  return comment ? `${comment}\n${by}` : by;
}

const folded = (text: string | undefined) => (text ?? '').trim().replace(/\s+/g, ' ').toLowerCase();

async function meantBy(
  salesforce: Salesforce,
  given: readonly string[],
  waiting: readonly WaitingApproval[],
): Promise<WaitingApproval[]> {
  const found: WaitingApproval[] = [];
  for (const text of given) {
    const byId = waiting.filter(({ id, about }) => [id, about.id].some(each => isSameRecord(each, text)));
    const byName = waiting.filter(({ about }) => folded(about.name) === folded(text));
    const byPart = waiting.filter(({ about }) => folded(about.name).includes(folded(text)));
    const meant = [byId, byName, byPart].find(list => list.length > 0) ?? [];
    const [only, ...others] = meant;
    if (!only) throw await notTheirs(salesforce, text, waiting);
    if (others.length > 0) {
      const choices = meant.map(each => `${aboutText(each)} (${each.id})`).join('; ');
      const message = `${quoted(text)} may mean several: ${choices}. Nothing was decided. Ask the user which one, and give its ID.`;
      throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
    }
    if (!found.includes(only)) found.push(only);
  }
  return found;
}

/** One that waits for somebody else is nothing that this user may answer, whatever this service's own user may. */
async function notTheirs(salesforce: Salesforce, text: string, waiting: readonly WaitingApproval[]): Promise<Failure> {
  const isId = /^\w{15}(\w{3})?$/.test(text) && /\d/.test(text);
  const [[byApproval], [byRecord]] = isId
    ? await Promise.all([
        findWaiting(salesforce, { approvalIds: [text] }),
        findWaiting(salesforce, { recordIds: [text] }),
      ])
    : [[], []];
  const other = byApproval ?? byRecord;
  if (other) {
    return new Failure(
      'forbidden',
      `${aboutText(other)} waits for ${other.waitsFor ?? 'somebody else'}, and is answered by them alone. Nothing was decided.`,
    );
  }
  const names = waiting.map(each => each.about.name ?? each.id).slice(0, 10);
  const known = names.length > 0 ? ` These do: ${names.join('; ')}.` : ' Nothing does.';
  const message = `${quoted(text)} is nothing that waits for the user who asks.${known}`;
  return isId || names.length === 0
    ? new Failure('not_found', `${input}: ${message}`, { errors: [{ field: input, message }] })
    : invalidInput([{ field: input, message }]);
}

/** How the approvals are now: whether they still wait, for the user who asks, and about what the user saw. */
export async function answerState(
  salesforce: Salesforce,
  items: readonly { data: DecisionData }[],
): Promise<ItemState[]> {
  const { actorIds } = await askerAndGroups(salesforce);
  const [waiting, answers] = await Promise.all([
    findWaiting(salesforce, { approvalIds: items.map(({ data }) => data.approvalId) }),
    stateOf(salesforce, items),
  ]);
  const [open = [], steps = []] = answers.map(answer => {
    if (answer instanceof Failure) throw answer;
    return answer;
  });
  return items.map(({ data }): ItemState => {
    const item = open.find(record => isSameRecord(textAt(record, 'Id') ?? '', data.approvalId));
    if (item) {
      const isTheirs = item.ActorId === data.actorId && actorIds.includes(data.actorId);
      if (!isTheirs) {
        return {
          is: 'changed',
          message: `It no longer waits for the user who asks, so it was left alone. ${planAnew}`,
        };
      }
      const now = waiting.find(({ id }) => isSameRecord(id, data.approvalId));
      if (now && aboutText(now) === data.about) return { is: 'asPlanned' };
      const message = `What it is about was changed in the meantime, so it was left alone: it is ${now ? aboutText(now) : 'not to be seen'} now, and was ${data.about}. Make the call again without confirmationToken, and ask the user.`;
      return { is: 'changed', message };
    }
    const own = steps.filter(
      step =>
        step.ProcessInstanceId === data.instanceId &&
        step.OriginalActorId === data.actorId &&
        (isoTime(textAt(step, 'CreatedDate') ?? '') ?? '') >= data.since,
    );
    if (own.some(({ StepStatus }) => StepStatus === verbs[data.decision][1])) return { is: 'done' };
    return { is: 'changed', message: 'It does not wait any more: it was answered otherwise or recalled.' };
  });
}

/** Which of these still wait, and how their processes were answered. One request. */
function stateOf(salesforce: Salesforce, items: readonly { data: DecisionData }[]) {
  const instanceIds = items.map(({ data }) => data.instanceId);
  return salesforce.queryTogether([
    soql`SELECT Id, ActorId FROM ProcessInstanceWorkitem WHERE Id IN ${items.map(({ data }) => data.approvalId)}`,
    soql`SELECT Id, ProcessInstanceId, OriginalActorId, StepStatus, CreatedDate FROM ProcessInstanceStep WHERE ProcessInstanceId IN ${instanceIds} AND StepStatus IN ${['Approved', 'Rejected']} LIMIT 2000`,
  ]);
}

/** Answers one. */
export async function decide(salesforce: Salesforce, { approvalId, about, decision, comment }: DecisionData) {
  const { instanceStatus } = await salesforce.approve({
    actionType: decision === 'approve' ? 'Approve' : 'Reject',
    contextId: approvalId,
    ...(comment && { comments: comment }),
  });
  const done = verbs[decision][1];
  const further = instanceStatus && instanceStatus !== done ? ` The process is ${instanceStatus}.` : '';
  return { message: `${done}: ${about}.${further}` };
}
