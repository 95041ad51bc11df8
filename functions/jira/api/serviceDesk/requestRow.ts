import * as z from 'zod';
import { heading, key, link } from '../../../../shared/schema/meaning.ts';
import type { SearchField } from '../filter/searchField.ts';
import type { Issue } from '../issue.ts';
import { ifAny } from '../issueRow.ts';
import { type Sla, shownSla, showSla } from './sla.ts';
import { type Approval, approvals, requestKind } from './wire.ts';

/** A request in a list. */
export const requestRow = z.object({
  issueKey: key('The key of the request, such as ABC-12.'),
  title: heading('Its summary.').optional(),
  requestType: z.string().optional().describe('What kind of request it is; absent where no customer has made it.'),
  status: z.string().optional().describe('Its status, as agents see it.'),
  customerStatus: z.string().optional().describe('Its status as customers see it, where that is called otherwise.'),
  priority: z.string().optional().describe('Its priority.'),
  reporter: z.string().optional().describe('The customer who asks.'),
  assignee: z.string().optional().describe('The agent who has it; absent when it is unassigned.'),
  createdAt: z.string().optional().describe("When it was made, ISO 8601, by the asking user's clock."),
  slas: z.array(shownSla).optional().describe('Its SLAs.'),
  waitingFor: z.array(z.string()).optional().describe('Who has still to approve it.'),
  url: link('Its address in the browser.'),
});

export type RequestRow = z.infer<typeof requestRow>;

/** The fields of a site that only requests have. */
export interface RequestFields {
  kind: SearchField | undefined;
  slas: readonly SearchField[];
  approvals: SearchField | undefined;
  participants: SearchField | undefined;
  organizations: SearchField | undefined;
}

const typed = (type: string) => (field: SearchField) => field.custom?.endsWith(type) === true;

export function requestFieldsOf(fields: readonly SearchField[]): RequestFields {
  return {
    kind: fields.find(typed(':vp-origin')),
    slas: fields.filter(typed(':sd-sla-field')),
    approvals: fields.find(typed(':sd-approvals')),
    participants: fields.find(typed(':sd-request-participants')),
    organizations: fields.find(typed(':sd-customer-organizations')),
  };
}

/** The fields to ask Jira for. */
export const fieldsOfRequest = ({ kind, slas, approvals: approved }: RequestFields): string[] => [
  'summary',
  'status',
  'priority',
  'reporter',
  'assignee',
  'created',
  ...[kind, approved, ...slas].flatMap(field => field?.id ?? []),
];

/** The kind of a request and its status as customers see it. */
export function kindOf(issue: Pick<Issue, 'values' | 'status'>, { kind }: Pick<RequestFields, 'kind'>) {
  const { data } = requestKind.safeParse(kind && issue.values[kind.id]);
  const customerStatus = data?.currentStatus?.status ?? undefined;
  return {
    requestType: data?.requestType.name,
    customerStatus: customerStatus === issue.status ? undefined : customerStatus,
  };
}

export const approvalsOf = (issue: Pick<Issue, 'values'>, { approvals: field }: Pick<RequestFields, 'approvals'>) =>
  approvals.safeParse(field && issue.values[field.id]).data ?? [];

export const isPending = ({ finalDecision }: Approval) => finalDecision === 'pending';

/** Those whose answer an approval waits for. */
export const pendingApprovers = (approval: Approval): string[] =>
  isPending(approval)
    ? approval.approvers
        .filter(({ approverDecision }) => approverDecision === 'pending')
        .map(({ approver }) => approver?.displayName ?? 'somebody')
    : [];

export function toRequestRow(
  issue: Issue,
  fields: RequestFields,
  slas: readonly Sla[],
  browseUrl: (issueKey: string) => string,
): RequestRow {
  return {
    issueKey: issue.key,
    title: issue.summary,
    ...kindOf(issue, fields),
    status: issue.status,
    priority: issue.priority,
    reporter: issue.reporter,
    assignee: issue.assignee,
    createdAt: issue.createdAt?.toISOString(),
    slas: ifAny(slas.map(showSla)),
    waitingFor: ifAny([...new Set(approvalsOf(issue, fields).flatMap(pendingApprovers))]),
    url: browseUrl(issue.key),
  };
}
