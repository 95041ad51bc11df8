import type { Field } from './fields.ts';
import type { Approval, Desk, Instant, Issue, RequestType } from './model.ts';
import { showPersonById, timestamp, type View } from './represent.ts';
import { type Site, statusOf } from './site.ts';
import { clockOf, type SlaClock } from './slaClock.ts';

/** The desk of an issue that is a request; undefined for any other. */
export function deskOf({ desks }: Site, { projectId, isRequest }: Issue): Desk | undefined {
  return isRequest ? desks.find(desk => desk.projectId === projectId) : undefined;
}

/** The type of a request: the value of the field of that kind. */
export function requestTypeOf(site: Site, issue: Issue): RequestType | undefined {
  const typeId = heldBy(site, issue, 'requestType');
  return deskOf(site, issue)?.requestTypes.find(({ id }) => id === typeId);
}

export const idsIn = (site: Site, issue: Issue, kind: 'organizations' | 'people'): string[] => {
  const value = heldBy(site, issue, kind);
  return Array.isArray(value) ? value : [];
};

export const fieldOfKind = ({ fields }: Site, kind: Field['kind']): Field | undefined =>
  fields.find(field => field.kind === kind);

function heldBy(site: Site, { values }: Issue, kind: Field['kind']) {
  const field = fieldOfKind(site, kind);
  return field && values[field.id];
}

export const finalDecision = ({ approvers }: Approval) =>
  approvers.some(({ decision }) => decision === 'declined')
    ? 'declined'
    : approvers.every(({ decision }) => decision === 'approved')
      ? 'approved'
      : 'pending';

/** A point in time as the service desk writes it. */
export const showDate = ({ site }: View, at: Instant) => ({
  iso8601: timestamp(site, at).replace(/\.\d+/, ''),
  jira: timestamp(site, at),
  friendly: new Date(at).toUTCString(),
  epochMillis: at,
});

const showDuration = (millis: number) => {
  const minutes = Math.floor(Math.abs(millis) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return { millis, friendly: `${millis < 0 ? '-' : ''}${hours > 0 ? `${hours}h ` : ''}${rest}m` };
};

/** How a request's customers see its status. */
export function showCustomerStatus(view: View, issue: Issue, at = issue.updated) {
  const status = statusOf(view.site, issue);
  return {
    status: deskOf(view.site, issue)?.statusNames[status.id] ?? status.name,
    statusCategory: status.category.key.toUpperCase(),
    statusDate: showDate(view, at),
  };
}

export const showRequestType = ({ base }: View, desk: Desk, { id, name, description, issueTypeId }: RequestType) => ({
  _expands: ['field'],
  id,
  _links: { self: `${base}/rest/servicedeskapi/servicedesk/${desk.id}/requesttype/${id}` },
  name,
  description,
  helpText: '',
  issueTypeId,
  serviceDeskId: desk.id,
  portalId: desk.id,
  groupIds: ['1'],
  icon: { id: '10481', _links: { iconUrls: {} } },
  canCreateRequest: true,
  restrictionStatus: 'OPEN',
});

export const requestLinks = ({ base }: View, desk: Desk, { id, key }: Issue) => ({
  jiraRest: `${base}/rest/api/2/issue/${id}`,
  web: `${base}/servicedesk/customer/portal/${desk.id}/${key}`,
  self: `${base}/rest/servicedeskapi/request/${id}`,
  agent: `${base}/browse/${key}`,
});

export function showApproval(view: View, issue: Issue, approval: Approval) {
  const { id, name, created, completed, approvers } = approval;
  const isMine = approvers.some(
    ({ accountId, decision }) => accountId === view.site.me.accountId && decision === 'pending',
  );
  return {
    id,
    name,
    finalDecision: finalDecision(approval),
    canAnswerApproval: isMine && finalDecision(approval) === 'pending',
    approvers: approvers.map(({ accountId, decision }) => ({
      approver: showPersonById(view, accountId),
      approverDecision: decision,
    })),
    createdDate: showDate(view, created),
    ...(completed !== undefined && { completedDate: showDate(view, completed) }),
    _links: { self: `${view.base}/rest/servicedeskapi/request/${issue.id}/approval/${id}` },
  };
}

/** An SLA of a request with its one cycle, completed or ongoing. */
export function showSla(view: View, issue: Issue, clock: SlaClock) {
  const { sla, start, stop, isPaused, isBreached, breachedAt, elapsed, remaining } = clock;
  const breach = stop === undefined && !isPaused ? view.site.now() + remaining : breachedAt;
  const common = {
    startTime: showDate(view, start),
    ...(breach !== undefined && { breachTime: showDate(view, breachedAt ?? breach) }),
    breached: isBreached,
    goalDuration: showDuration(sla.goalSeconds * 1000),
    elapsedTime: showDuration(elapsed),
    remainingTime: showDuration(remaining),
  };
  const id = sla.fieldId.replace('customfield_', '');
  return {
    id,
    name: sla.name,
    _links: { self: `${view.base}/rest/servicedeskapi/request/${issue.id}/sla/${id}` },
    completedCycles: stop === undefined ? [] : [{ ...common, stopTime: showDate(view, stop) }],
    ...(stop === undefined && {
      ongoingCycle: {
        ...common,
        paused: isPaused,
        withinCalendarHours: true,
      },
    }),
    slaDisplayFormat: 'NEW_SLA_FORMAT',
  };
}

/** The value of a field that only requests have, as issues show it; undefined for any other field. */
export function showRequestField(view: View, issue: Issue, field: Field): unknown {
  const { site } = view;
  const desk = deskOf(site, issue);
  switch (field.kind) {
    case 'requestType': {
      const type = requestTypeOf(site, issue);
      if (!desk || !type) return null;
      return {
        _links: requestLinks(view, desk, issue),
        requestType: showRequestType(view, desk, type),
        currentStatus: showCustomerStatus(view, issue),
      };
    }
    case 'organizations':
      return idsIn(site, issue, 'organizations').flatMap(id => {
        const name = site.organizations.find(each => each.id === id)?.name;
        if (name === undefined) return [];
        return [{ id, name, _links: { self: `${view.base}/rest/servicedeskapi/organization/${id}` } }];
      });
    case 'people':
      return idsIn(site, issue, 'people').map(accountId => showPersonById(view, accountId));
    case 'approvals':
      return issue.approvals.length === 0 ? null : issue.approvals.map(each => showApproval(view, issue, each));
    case 'sla': {
      const sla = desk?.slas.find(({ fieldId }) => fieldId === field.id);
      return sla ? showSla(view, issue, clockOf(site, issue, sla)) : null;
    }
    default:
      return undefined;
  }
}
