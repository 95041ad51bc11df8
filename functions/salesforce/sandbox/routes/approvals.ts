import * as z from 'zod';
import { canSeeRow, type Viewer } from '../access.ts';
import { jsonParserError, malformedId, noAccess, writeRefused } from '../errors.ts';
import type { FieldValue, Located, Org, Row } from '../org.ts';
import { type ApiCall, ok, type Route, route } from '../router.ts';
import { salesforceTime } from '../salesforceTime.ts';
import type { ObjectDefinition } from '../schema.ts';

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_process_approvals.htm */
const bodySchema = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        actionType: z.enum(['Submit', 'Approve', 'Reject']),
        contextId: z.string(),
        contextActorId: z.string().optional(),
        comments: z.string().optional(),
        nextApproverIds: z.array(z.string()).optional(),
        processDefinitionNameOrId: z.string().optional(),
      }),
    )
    .min(1),
});

type ApprovalRequest = z.infer<typeof bodySchema>['requests'][number];

export const approvalRoutes: Route[] = [
  route('POST', 'process/approvals', call => {
    const parsed = bodySchema.safeParse(call.body);
    if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
    return ok(
      parsed.data.requests.map(request =>
        request.actionType === 'Submit' ? submit(call, request) : decide(call, request),
      ),
    );
  }),
];

function submit({ org, viewer }: ApiCall, request: ApprovalRequest) {
  const record = found(org, viewer, request.contextId);
  const submitter = request.contextActorId ? found(org, viewer, request.contextActorId) : org.find(viewer.Id);
  const isPending = rowsOf(org, 'ProcessInstance').some(
    ({ TargetObjectId, Status }) => TargetObjectId === record.row.Id && Status === 'Pending',
  );
  if (isPending) throw writeRefused('ALREADY_IN_PROCESS', 'Cannot submit object already in process.');
  const process = rowsOf(org, 'ProcessDefinition').find(
    ({ TableEnumOrId, State, DeveloperName }) =>
      TableEnumOrId === record.object.name &&
      State === 'Active' &&
      [undefined, DeveloperName].includes(request.processDefinitionNameOrId),
  );
  // The processes of this org are for discounts.
  const isTaken = Number(record.row.Discount__c ?? record.row.Discount ?? 0) > 0;
  if (!process || !isTaken) throw writeRefused('NO_APPLICABLE_PROCESS', 'No applicable approval process was found.');
  const actor = approver(org, record, submitter, request);
  const instance = add(org, 'ProcessInstance', viewer, {
    ProcessDefinitionId: process.Id,
    TargetObjectId: record.row.Id,
    Status: 'Pending',
    SubmittedById: submitter?.row.Id ?? viewer.Id,
  });
  addStep(org, viewer, instance, { status: 'Started', actor: submitter?.row.Id ?? viewer.Id, request });
  const item = add(org, 'ProcessInstanceWorkitem', viewer, {
    ProcessInstanceId: instance.Id,
    OriginalActorId: actor,
    ActorId: actor,
  });
  return result(instance, [actor], [item.Id]);
}

/** Who is asked first: whom the submitter names, the queue that takes such records, or the submitter's manager. */
function approver(org: Org, { object }: Located, submitter: Located | undefined, request: ApprovalRequest): FieldValue {
  const [named] = request.nextApproverIds ?? [];
  if (named !== undefined) {
    if (!org.find(named)) throw writeRefused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    return named;
  }
  const queue = rowsOf(org, 'QueueSobject').find(({ SobjectType }) => SobjectType === object.name)?.QueueId;
  const actor = queue ?? submitter?.row.ManagerId ?? null;
  if (actor === null) {
    throw writeRefused('MANAGER_NOT_DEFINED', 'Process failed. No manager is defined for the submitter.');
  }
  return actor;
}

function decide({ org, viewer }: ApiCall, request: ApprovalRequest) {
  const item = org.find(request.contextId);
  const instance = org.find(item?.row.ProcessInstanceId);
  if (item?.object.name !== 'ProcessInstanceWorkitem' || item.row.IsDeleted || !instance) {
    throw writeRefused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  }
  if (viewer.access !== 'all' && item.row.ActorId !== viewer.Id) throw noAccess();
  const status = request.actionType === 'Approve' ? 'Approved' : 'Rejected';
  item.row.IsDeleted = true;
  addStep(org, viewer, instance.row, { status, actor: viewer.Id, original: item.row.OriginalActorId, request });
  const done = { Status: status, LastActorId: viewer.Id, CompletedDate: salesforceTime(org.now()) };
  org.update(instance, done, viewer.Id);
  return result({ ...instance.row, ...done }, [], []);
}

const result = (instance: Row, actorIds: readonly FieldValue[], newWorkitemIds: readonly string[]) => ({
  actorIds,
  entityId: instance.TargetObjectId,
  errors: null,
  instanceId: instance.Id,
  instanceStatus: instance.Status,
  newWorkitemIds,
  success: true,
});

function found(org: Org, viewer: Viewer, id: string): Located {
  const located = org.find(id);
  if (!located || located.row.IsDeleted || !canSeeRow(org, viewer, located)) throw malformedId(`invalid id: ${id}`);
  return located;
}

interface Step {
  status: string;
  actor: string;
  original?: FieldValue | undefined;
  request: ApprovalRequest;
}

function addStep(org: Org, viewer: Viewer, instance: Row, { status, actor, original = actor, request }: Step): void {
  add(org, 'ProcessInstanceStep', viewer, {
    ProcessInstanceId: instance.Id,
    StepStatus: status,
    ActorId: actor,
    OriginalActorId: original,
    Comments: request.comments ?? null,
  });
}

const add = (org: Org, name: string, viewer: Viewer, values: Record<string, FieldValue>): Row =>
  org.insert(objectNamed(org, name), { IsDeleted: false, ...values }, viewer.Id);

const rowsOf = (org: Org, name: string): Row[] =>
  org.rows(objectNamed(org, name)).filter(({ IsDeleted }) => !IsDeleted);

function objectNamed({ schema }: Org, name: string): ObjectDefinition {
  const object = schema.find(name);
  if (!object) throw new Error(`The sandbox has no object ${name}.`);
  return object;
}
