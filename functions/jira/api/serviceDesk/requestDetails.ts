import * as z from 'zod';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { heading, id } from '../../../../shared/schema/meaning.ts';
import type { Issue } from '../issue.ts';
import { issueDetails, toIssueDetails } from '../issueDetails.ts';
import { ifAny } from '../issueRow.ts';
import type { Jira } from '../jira.ts';
import { approvalsOf, kindOf, type RequestFields } from './requestRow.ts';
import { showWholeSla, slasOf, wholeSla } from './sla.ts';
import { type Approval, organizations, people } from './wire.ts';

export const shownApproval = z.object({
  approvalId: id('The ID of the approval.'),
  name: heading('What is approved.').optional(),
  decision: z.string().optional().describe('What came of it: pending, approved or declined.'),
  approvers: z
    .array(
      z.object({
        name: heading('Who is asked.').optional(),
        decision: z.string().optional().describe('What they said: pending, approved or declined.'),
      }),
    )
    .describe('Who is asked, and what each of them said.'),
});

export type ShownApproval = z.infer<typeof shownApproval>;

/** A request with all its fields. */
export const requestDetails = issueDetails
  .omit({ progress: true, children: true, subtasks: true, fixVersions: true, parent: true, parentKey: true })
  .extend({
    requestType: z.string().optional().describe('What kind of request it is; absent where no customer has made it.'),
    customerStatus: z.string().optional().describe('Its status as customers see it, where that is called otherwise.'),
    slas: z.array(wholeSla).optional().describe('Its SLAs; absent where this service sees none.'),
    participants: z.array(z.string()).optional().describe('Other customers and agents who follow it.'),
    organizations: z.array(z.string()).optional().describe('The organisations of customers that it is shared with.'),
    approvals: z.array(shownApproval).optional().describe('Its approvals, pending and past.'),
  });

export async function toRequestDetails(
  issue: Issue,
  fields: RequestFields,
  jira: Jira,
  pause: () => Promise<void> | undefined,
): Promise<z.infer<typeof requestDetails>> {
  const { kind, slas, approvals: approved, participants, organizations: shared } = fields;
  const placed = new Set([kind, approved, participants, shared, ...slas].flatMap(field => field?.id ?? []));
  const others = { ...issue, otherFields: issue.otherFields.filter(field => !placed.has(field.id)) };
  const shown = await toIssueDetails(others, undefined, jira, pause);
  const {
    progress: _,
    children: __,
    subtasks: ___,
    fixVersions: ____,
    parent: _____,
    parentKey: ______,
    ...row
  } = shown;
  return {
    ...row,
    ...kindOf(issue, fields),
    slas: ifAny(slasOf(issue, slas).map(showWholeSla)),
    participants: ifAny(participantsOf(issue, fields).flatMap(({ displayName }) => displayName ?? [])),
    organizations: ifAny(organizationsOf(issue, fields).flatMap(({ name }) => name ?? [])),
    approvals: ifAny(approvalsOf(issue, fields).map(showApproval)),
  };
}

export const participantsOf = (issue: Pick<Issue, 'values'>, { participants: field }: RequestFields) =>
  people.safeParse(field && issue.values[field.id]).data ?? [];

export const organizationsOf = (issue: Pick<Issue, 'values'>, { organizations: field }: RequestFields) =>
  organizations.safeParse(field && issue.values[field.id]).data ?? [];

export const showApproval = ({ id: approvalId, name, finalDecision, approvers }: Approval): ShownApproval => ({
  approvalId,
  name: name ?? undefined,
  decision: finalDecision ?? undefined,
  approvers: approvers.map(({ approver, approverDecision }) => ({
    name: approver?.displayName ?? undefined,
    decision: approverDecision ?? undefined,
  })),
});

/** @throws Failure `invalid_input` for an issue that is no request */
export function requireRequest({ key, isInServiceProject }: Issue, instead: string): void {
  if (isInServiceProject) return;
  const message = `${key} is not in a service project, so it is no request of a service desk. ${instead}`;
  throw invalidInput([{ field: 'issueKey', message }]);
}

/** What Jira says where it knows no such request, which may be an issue all the same. */
export function noRequest(error: unknown, issueKey: string): unknown {
  if (!(error instanceof Failure) || error.code !== 'not_found' || error.cause === undefined) return error;
  const message = `The service desk knows no request ${issueKey}: either no customer has made it, or the account signed in to Jira is no agent of its desk.`;
  return new Failure('not_found', message, { cause: error });
}
