import { getCurrentUser } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { getApprovals, answerApproval as sendAnswer } from 'jira.js/serviceDesk';
import * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import { ambiguous, type Labels, listed, meantBy, toldApart } from '../choosing.ts';
import { parseAnswer } from '../parseAnswer.ts';
import type { People } from '../people.ts';
import { noRequest } from './requestDetails.ts';
import { isPending, pendingApprovers } from './requestRow.ts';
import { type Approval, approval as approvalSchema, approvalsPage } from './wire.ts';

export type Decision = 'approve' | 'decline';

interface AnswerParts {
  client: Client;
  people: People;
  /** Where people answer approvals themselves. */
  browseUrl(issueKey: string): string;
}

const decided: Readonly<Record<Decision, string>> = { approve: 'approved', decline: 'declined' };

const accountSchema = z.object({ accountId: z.string() });

/**
 * Answers an approval of a request in the name of the person who asks, and of nobody else: Jira takes an answer for that of
 * the account that gives it, so that account must be theirs.
 * @returns the approval as it is then; `isNew` is false where they had answered it so before
 * @throws Failure `forbidden` with the way to do it in Jira, `conflict` where nothing waits for them, `ambiguous`
 */
export async function answerApproval(
  issueKey: string,
  { decision, name }: { decision: Decision; name: string | undefined },
  { client, people, browseUrl }: AnswerParts,
): Promise<{ approval: Approval; isNew: boolean }> {
  const caller = await people.findCaller();
  const inJira = `The approver does it in Jira: ${browseUrl(issueKey)}`;
  if (!caller) {
    throw new Failure(
      'forbidden',
      `This service does not know the Jira account of the user, and an approval is answered by its approver alone. ${inJira}`,
    );
  }
  const answer = await getApprovals(client, { issueIdOrKey: issueKey, limit: 100 }).catch(error => {
    throw noRequest(error, issueKey);
  });
  const all = called(parseAnswer(approvalsPage, answer).values, name);
  const ownDecision = (approval: Approval) =>
    approval.approvers.find(({ approver }) => approver?.accountId === caller.accountId)?.approverDecision ?? undefined;
  const waiting = all.filter(approval => isPending(approval) && ownDecision(approval) === 'pending');
  const [approval, another] = waiting;
  if (!approval) {
    const answered = all.findLast(each => ownDecision(each) === decided[decision]);
    if (answered) return { approval: answered, isNew: false };
    throw nothingWaits(
      all,
      issueKey,
      all.findLast(each => ownDecision(each) !== undefined),
      ownDecision,
    );
  }
  if (another)
    throw ambiguous(
      'approval',
      name ?? 'It',
      waiting.map(each => toldApart(each, labels)),
    );
  const account = parseAnswer(accountSchema, await getCurrentUser(client));
  if (account.accountId !== caller.accountId) {
    throw new Failure(
      'forbidden',
      `This service acts in Jira as an account of its own, and Jira takes an answer for that of the account that gives it: not for the user's. Nothing was answered. ${inJira}`,
    );
  }
  const changed = await sendAnswer(client, { issueIdOrKey: issueKey, approvalId: Number(approval.id), decision });
  return { approval: parseAnswer(approvalSchema, changed), isNew: true };
}

const labels: Labels<Approval> = { name: ({ name }) => name ?? '', id: ({ id }) => id };

function called(all: readonly Approval[], name: string | undefined): readonly Approval[] {
  if (name === undefined) return all;
  const found = meantBy(all, name, labels);
  if (found.length > 0) return found;
  const known = all.length > 0 ? `It has ${listed(all.map(each => each.name ?? each.id))}.` : 'It has none.';
  const message = `The request has no approval ${quoted(name)}. ${known}`;
  throw new Failure('not_found', `approval: ${message}`, { errors: [{ field: 'approval', message }] });
}

function nothingWaits(
  all: readonly Approval[],
  issueKey: string,
  own: Approval | undefined,
  ownDecision: (approval: Approval) => string | undefined,
): Failure {
  if (own) {
    const told = isPending(own) || ownDecision(own) !== 'pending' ? ownDecision(own) : own.finalDecision;
    return new Failure(
      'conflict',
      `${quoted(own.name ?? 'The approval')} of ${issueKey} is ${told} already, so nothing was done.`,
    );
  }
  const waiting = [...new Set(all.flatMap(pendingApprovers))];
  if (waiting.length === 0) return new Failure('conflict', `No approval of ${issueKey} waits for an answer.`);
  return new Failure('forbidden', `The user is no approver of ${issueKey}: it waits for ${listed(waiting)}.`);
}
