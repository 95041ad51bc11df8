import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { isDocument, paragraph, plainText } from '../adf.ts';
import { addComment, createIssue, editIssue } from '../changes.ts';
import { checkedComment } from '../checkedComment.ts';
import { fieldById } from '../fields.ts';
import { parseFieldValue } from '../fieldValue.ts';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import type { Approval, Comment, FieldValue, Issue } from '../model.ts';
import { showPersonById } from '../represent.ts';
import {
  deskOf,
  fieldOfKind,
  finalDecision,
  idsIn,
  requestLinks,
  requestTypeOf,
  showApproval,
  showCustomerStatus,
  showDate,
  showRequestType,
  showSla,
} from '../requests.ts';
import { readableComments } from '../rights.ts';
import { act, type Call, issueInPath, may, mayIn, parseBody, type Route, route } from '../router.ts';
import { personById, projectOf, type Site } from '../site.ts';
import { clockOf } from '../slaClock.ts';
import { deskPage, findDesk, requestTypeIn } from './serviceDesks.ts';

/** Below `/rest/servicedeskapi`: https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/ */
export const requestRoutes: Route[] = [
  route('POST', 'request', create),
  route('GET', 'request/{issueIdOrKey}', call => ({ json: showRequest(call, requestInPath(call)) })),
  route('GET', 'request/{issueIdOrKey}/sla', call => {
    const issue = requestInPath(call);
    requireAgent(call, issue);
    const slas = deskOf(call.site, issue)?.slas ?? [];
    return deskPage(
      call,
      slas.map(sla => showSla(call, issue, clockOf(call.site, issue, sla))),
    );
  }),
  route('GET', 'request/{issueIdOrKey}/participant', call => participants(call, requestInPath(call))),
  route('POST', 'request/{issueIdOrKey}/participant', call => {
    const issue = changeable(requestInPath(call));
    requireOwner(call, issue);
    const held = idsIn(call.site, issue, 'people');
    setPeople(call, issue, [...new Set([...held, ...peopleIn(call)])]);
    return participants(call, issue);
  }),
  route('DELETE', 'request/{issueIdOrKey}/participant', call => {
    const issue = changeable(requestInPath(call));
    requireOwner(call, issue);
    const removed = peopleIn(call);
    setPeople(
      call,
      issue,
      idsIn(call.site, issue, 'people').filter(id => !removed.includes(id)),
    );
    return participants(call, issue);
  }),
  route('GET', 'request/{issueIdOrKey}/approval', call => {
    const issue = requestInPath(call);
    return deskPage(
      call,
      issue.approvals.map(approval => showApproval(call, issue, approval)),
    );
  }),
  route('POST', 'request/{issueIdOrKey}/approval/{approvalId}', call => {
    const issue = requestInPath(call);
    const approval = issue.approvals.find(({ id }) => id === call.params.approvalId);
    if (!approval) throw notFound('The approval does not exist.');
    return { json: showApproval(call, issue, answer(call, issue, approval)) };
  }),
  route('POST', 'request/{issueIdOrKey}/comment', call => {
    const issue = changeable(requestInPath(call));
    const { body, public: isPublic } = parseBody(call, z.looseObject({ body: z.string(), public: z.boolean() }));
    requireMayComment(call, issue, isPublic);
    const comment = addComment(call.whole, issue, checkedComment(paragraph(body)), act(call), { isPublic });
    return { status: 201, json: { ...showDeskComment(call, comment), body } };
  }),
  route('GET', 'request/{issueIdOrKey}/comment', call => {
    const issue = requestInPath(call);
    const isInternalShown = isAgentOf(call, issue) && call.query.get('internal') !== 'false';
    const isPublicShown = call.query.get('public') !== 'false';
    return deskPage(
      call,
      readableComments(call.site, issue)
        .filter(({ isPublic }) => (isPublic ? isPublicShown : isInternalShown))
        .map(comment => showDeskComment(call, comment)),
    );
  }),
];

const showDeskComment = (call: Call, { id, body, isPublic, authorId, created }: Comment) => ({
  id,
  body: plainText(body),
  public: isPublic,
  author: showPersonById(call, authorId),
  created: showDate(call, created),
});

/** The request that the path names; an issue that no customer has made is none. @throws {JiraError} 404 */
export function requestInPath(call: Call): Issue {
  const issue = issueInPath(call);
  const isRequest = projectOf(call.site, issue).type === 'service_desk' && issue.isRequest;
  if (!isRequest || !(isAgentOf(call, issue) || isParty(call, issue))) throw notFound('The request does not exist.');
  return issue;
}

const isAgentOf = (call: Call, issue: Issue): boolean => may(call, 'SERVICEDESK_AGENT', issue);

/** Customers see the requests that they have made, take part in or have to approve. */
function isParty({ site, viewer: { accountId } }: Call, issue: Issue): boolean {
  return (
    issue.values.reporter === accountId ||
    idsIn(site, issue, 'people').includes(accountId) ||
    issue.approvals.some(({ approvers }) => approvers.some(each => each.accountId === accountId))
  );
}

/** @throws {JiraError} 403 for whoever is no agent */
function requireAgent(call: Call, issue: Issue): void {
  if (!isAgentOf(call, issue)) throw new JiraError(403, 'You must be an agent of the service project to do this.');
}

/** Internal comments, and files with them, are the agents'. @throws {JiraError} 403 */
export function requireMayComment(call: Call, issue: Issue, isPublic: boolean): void {
  if (!may(call, 'ADD_COMMENTS', issue))
    throw new JiraError(403, 'You do not have permission to comment on this request.');
  if (!isPublic) requireAgent(call, issue);
}

/** Who may say who takes part. @throws {JiraError} 403 */
function requireOwner(call: Call, issue: Issue): void {
  if (issue.values.reporter !== call.viewer.accountId) requireAgent(call, issue);
}

function changeable(issue: Issue): Issue {
  if (issue.frozen) throw new JiraError(403, 'You do not have permission to change this request.');
  return issue;
}

const participants = (call: Call, issue: Issue) =>
  deskPage(
    call,
    idsIn(call.site, issue, 'people').map(accountId => showPersonById(call, accountId)),
  );

function peopleIn(call: Call): string[] {
  const { accountIds } = parseBody(call, z.looseObject({ accountIds: z.array(z.string()).min(1) }));
  return accountIds.map(id => requirePerson(call.site, id));
}

function requirePerson(site: Site, accountId: string): string {
  const person = personById(site, accountId);
  if (!person?.active) throw badRequest(`The user '${accountId}' does not exist.`);
  return person.accountId;
}

function setPeople(call: Call, issue: Issue, accountIds: string[]): void {
  const field = fieldOfKind(call.site, 'people');
  if (field) editIssue(call.whole, issue, { [field.id]: accountIds }, act(call));
}

/** Only somebody whose answer it waits for may give it. */
function answer(call: Call, issue: Issue, approval: Approval): Approval {
  const { decision } = parseBody(call, z.looseObject({ decision: z.enum(['approve', 'decline']) }));
  const mine = approval.approvers.find(({ accountId }) => accountId === call.viewer.accountId);
  if (!mine) throw new JiraError(403, 'You are not an approver of this approval.');
  if (mine.decision !== 'pending' || finalDecision(approval) !== 'pending') {
    throw new JiraError(409, 'The approval has been answered already.');
  }
  mine.decision = decision === 'approve' ? 'approved' : 'declined';
  if (finalDecision(approval) !== 'pending') approval.completed = call.site.now();
  issue.updated = Math.max(issue.updated, call.site.now());
  return approval;
}

const requestBody = z.looseObject({
  serviceDeskId: z.string(),
  requestTypeId: z.string(),
  requestFieldValues: z.record(z.string(), z.unknown()).default({}),
  requestParticipants: z.array(z.string()).default([]),
  raiseOnBehalfOf: z.string().optional(),
  isAdfRequest: z.boolean().default(false),
  form: z.unknown().optional(),
});

function create(call: Call): SandboxReply {
  const { site } = call;
  const body = parseBody(call, requestBody);
  const desk = findDesk(site, body.serviceDeskId);
  if (!desk) throw notFound('The service desk does not exist or you do not have permission to see it.');
  const type = requestTypeIn(desk, body.requestTypeId);
  if (type.hasForm && body.form === undefined)
    throw badRequest(
      'The form is not valid. The form attached to the request type has required fields that were not answered.',
    );
  const project = site.projects.find(({ id }) => id === desk.projectId);
  const issueType = site.issueTypes.find(({ id }) => id === type.issueTypeId);
  if (!project || !issueType) throw new Error(`The desk ${desk.id} has no project`);

  if (!mayIn(call, 'CREATE_ISSUES', project)) {
    throw new JiraError(403, 'You do not have permission to create requests in this service project.');
  }
  const isForOthers =
    (body.raiseOnBehalfOf ?? call.viewer.accountId) !== call.viewer.accountId || body.requestParticipants.length > 0;
  if (isForOthers && !mayIn(call, 'SERVICEDESK_AGENT', project)) {
    throw new JiraError(403, 'You must be an agent to raise requests for others, or with participants.');
  }

  const values: Record<string, FieldValue> = { issuetype: issueType.id };
  const problems: string[] = [];
  for (const [id, raw] of Object.entries(body.requestFieldValues)) {
    const field = type.fields.some(each => each.id === id) ? fieldById(site, id) : undefined;
    if (!field) {
      problems.push(`Field '${id}' cannot be set. It is not on the request type, or unknown.`);
      continue;
    }
    // Without the flag, a long text is wiki markup.
    const given = field.kind === 'adf' && typeof raw === 'string' && !body.isAdfRequest ? paragraph(raw) : raw;
    const parsed = parseFieldValue(site, { project, type: issueType }, field, given);
    if ('problem' in parsed) problems.push(`${field.name}: ${parsed.problem}`);
    else values[id] = parsed.value;
  }
  const missing = type.fields.filter(({ id, required }) => required && isBlank(values[id]));
  problems.push(...missing.map(({ name }) => `${name} is required.`));
  if (problems.length > 0) throw badRequest(problems.join(' '));

  const reporter = requirePerson(site, body.raiseOnBehalfOf ?? call.viewer.accountId);
  const people = body.requestParticipants.map(id => requirePerson(site, id));
  const typeField = fieldOfKind(site, 'requestType');
  const peopleField = fieldOfKind(site, 'people');
  if (typeField) values[typeField.id] = type.id;
  if (peopleField) values[peopleField.id] = people;
  const issue = createIssue(call.whole, project, { ...values, reporter }, act(call));
  issue.isRequest = true;
  return { status: 201, json: showRequest(call, issue) };
}

const isBlank = (value: FieldValue | undefined) => value === undefined || value === null || value === '';

/** A request as its route shows it, without what `expand` would add. */
function showRequest(call: Call, issue: Issue) {
  const desk = deskOf(call.site, issue);
  const type = requestTypeOf(call.site, issue);
  if (!desk) throw notFound('The request does not exist.');
  return {
    _expands: ['participant', 'status', 'sla', 'requestType', 'serviceDesk', 'attachment', 'action', 'comment'],
    issueId: issue.id,
    issueKey: issue.key,
    summary: issue.values.summary,
    requestTypeId: type?.id,
    serviceDeskId: desk.id,
    ...(type && { requestType: showRequestType(call, desk, type) }),
    createdDate: showDate(call, issue.created),
    reporter: showPersonById(call, issue.values.reporter),
    requestFieldValues: (type?.fields ?? []).map(({ id, name }) => {
      const value = issue.values[id] ?? null;
      return { fieldId: id, label: name, value: isDocument(value) ? undefined : value };
    }),
    currentStatus: showCustomerStatus(call, issue),
    _links: requestLinks(call, desk, issue),
  };
}
