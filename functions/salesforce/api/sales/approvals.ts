import { Failure } from '../../../../shared/failure.ts';
import { isClosedHere, isHidden } from '../answerFailure.ts';
import { objectOf } from '../readRecord.ts';
import { nameFieldIn, plainValue } from '../recordChanges.ts';
import { isSameRecord } from '../recordId.ts';
import { isoTime } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { allOf, names, type Soql, soql } from '../soql.ts';
import { currencyField, withVisibleFields } from '../visibleFields.ts';
import type { ObjectDescription, SalesforceRecord } from '../wire.ts';
import { textAt } from './namedRecord.ts';

/** An approval that waits for an answer. */
export interface WaitingApproval {
  id: string;
  /** That of a flow is answered in Salesforce alone. */
  kind: 'process' | 'flow';
  process: string | undefined;
  /** The run of the process; empty for a flow. */
  instanceId: string;
  actorId: string;
  waitsFor: string | undefined;
  submittedBy: string | undefined;
  comment: string | undefined;
  /** ISO 8601, by the asking user's clock. */
  since: string | undefined;
  about: ApprovedRecord;
}

/** What an approval is about. */
interface ApprovedRecord {
  objectType: string;
  label: string;
  id: string;
  name: string | undefined;
  /** Its amounts and percentages. */
  figures: { label: string; value: string }[];
}

interface Waiting {
  /** Users and queues for which it waits. */
  actorIds?: readonly string[];
  /** What it is about. */
  recordIds?: readonly string[];
  approvalIds?: readonly string[];
}

/** More waiting approvals than that nobody reads. */
export const MAX_WAITING = 200;
const MAX_FIGURES = 6;
/** A composite request takes so many queries. */
const MAX_TOGETHER = 5;
/** Nobody has approvals of more. */
const MAX_OBJECTS = 19;

const classicFields = [
  ...['Id', 'ActorId', 'Actor.Name', 'CreatedDate', 'ProcessInstanceId', 'ProcessInstance.TargetObjectId'],
  ...['ProcessInstance.SubmittedBy.Name', 'ProcessInstance.ProcessDefinition.Name'],
];
const flowFields = [
  ...['Id', 'AssignedToId', 'AssignedTo.Name', 'CreatedDate', 'RelatedRecordId'],
  ...['ApprovalSubmission.CreatedBy.Name', 'ApprovalSubmission.Comments'],
];

type Row = Omit<WaitingApproval, 'about' | 'comment'> & { recordId: string; comment: string | undefined };

/**
 * The approvals that wait, the longest first: of approval processes and of flows, where the org has these. Of what is about a
 * closed object nothing is found. It costs two requests, and one more for each object whose description is not cached.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_processinstanceworkitem.htm
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_approvalworkitem.htm
 */
export async function findWaiting(salesforce: Salesforce, waiting: Waiting): Promise<WaitingApproval[]> {
  const rows = await waitingRows(salesforce, waiting);
  const [objects, unknown] = await objectsOf(
    salesforce,
    rows.map(({ recordId }) => recordId),
  );
  const open = rows.filter(({ recordId }) => !unknown.has(recordId.slice(0, 3)));
  const groups = [...Map.groupBy(open, ({ recordId }) => recordId.slice(0, 3))].slice(0, MAX_OBJECTS);
  const instanceIds = open.filter(({ kind }) => kind === 'process').map(({ instanceId }) => instanceId);
  const statements = groups.flatMap(([prefix, group]) => {
    const object = objects.get(prefix);
    return object ? [recordsStatement(object, [...new Set(group.map(({ recordId }) => recordId))])] : [];
  });
  const all = [...statements, ...(instanceIds.length > 0 ? [commentsStatement(instanceIds)] : [])];
  const parts = Array.from({ length: Math.ceil(all.length / MAX_TOGETHER) }, (_, at) =>
    salesforce.queryTogether(all.slice(at * MAX_TOGETHER, (at + 1) * MAX_TOGETHER)),
  );
  const answers = (await Promise.all(parts)).flat();
  const records = answers.flatMap(answer => {
    if (!(answer instanceof Failure)) return answer;
    // What may not be seen of a record is left out.
    if (!isHidden(answer)) throw answer;
    return [];
  });
  if (open.some(({ recordId }) => objects.get(recordId.slice(0, 3))?.fields.some(isAmount))) {
    await salesforce.currencies();
  }
  return open
    .map(({ recordId, comment, ...row }): WaitingApproval => {
      const object = objects.get(recordId.slice(0, 3));
      const record = records.find(({ Id }) => typeof Id === 'string' && isSameRecord(Id, recordId));
      const step = records.find(
        ({ ProcessInstanceId }) => ProcessInstanceId === row.instanceId && row.instanceId !== '',
      );
      return {
        ...row,
        comment: comment ?? (step && textAt(step, 'Comments')),
        about: {
          objectType: object?.name ?? '',
          label: object?.label ?? '',
          id: recordId,
          name: record && object && textAt(record, nameFieldIn(object) ?? 'Name'),
          figures: record && object ? figuresOf(object, record, salesforce) : [],
        },
      };
    })
    .sort((one, other) => (one.since ?? '').localeCompare(other.since ?? ''));
}

async function waitingRows(salesforce: Salesforce, waiting: Waiting): Promise<Row[]> {
  const { actorIds, recordIds, approvalIds } = waiting;
  const conditions = (actor: string, record: string): Soql[] => [
    ...(actorIds ? [soql`${names(actor)} IN ${actorIds}`] : []),
    ...(recordIds ? [soql`${names(record)} IN ${recordIds}`] : []),
    ...(approvalIds ? [soql`Id IN ${approvalIds}`] : []),
  ];
  const [classic, flow] = await withVisibleFields(
    salesforce,
    { ProcessInstanceWorkitem: classicFields, ApprovalWorkItem: flowFields },
    select =>
      salesforce.queryTogether([
        soql`SELECT ${select('ProcessInstanceWorkitem')} FROM ProcessInstanceWorkitem WHERE ${allOf([soql`ProcessInstance.Status = 'Pending'`, ...conditions('ActorId', 'ProcessInstance.TargetObjectId')])} ORDER BY Id LIMIT ${MAX_WAITING}`,
        soql`SELECT ${select('ApprovalWorkItem')} FROM ApprovalWorkItem WHERE ${allOf([soql`Status = 'Assigned'`, ...conditions('AssignedToId', 'RelatedRecordId')])} ORDER BY Id LIMIT ${MAX_WAITING}`,
      ]),
  );
  if (classic instanceof Failure) throw classic;
  // Most orgs have no flow approvals, and a policy may close them.
  if (flow instanceof Failure && !isHidden(flow) && !isClosedHere(flow)) throw flow;
  return [
    ...(classic ?? []).flatMap(record => classicRow(record)),
    ...(flow instanceof Failure ? [] : (flow ?? [])).flatMap(record => flowRow(record)),
  ];
}

const timeAt = (record: SalesforceRecord, path: string) => {
  const text = textAt(record, path);
  return text === undefined ? undefined : isoTime(text);
};

function classicRow(record: SalesforceRecord): Row[] {
  const [id, actorId, instanceId, recordId] = [
    ...['Id', 'ActorId', 'ProcessInstanceId', 'ProcessInstance.TargetObjectId'].map(path => textAt(record, path)),
  ];
  if (id === undefined || recordId === undefined) return [];
  return [
    {
      id,
      kind: 'process',
      process: textAt(record, 'ProcessInstance.ProcessDefinition.Name'),
      instanceId: instanceId ?? '',
      actorId: actorId ?? '',
      waitsFor: textAt(record, 'Actor.Name'),
      submittedBy: textAt(record, 'ProcessInstance.SubmittedBy.Name'),
      comment: undefined,
      since: timeAt(record, 'CreatedDate'),
      recordId,
    },
  ];
}

function flowRow(record: SalesforceRecord): Row[] {
  const [id, actorId, recordId] = ['Id', 'AssignedToId', 'RelatedRecordId'].map(path => textAt(record, path));
  if (id === undefined || recordId === undefined) return [];
  return [
    {
      id,
      kind: 'flow',
      process: undefined,
      instanceId: '',
      actorId: actorId ?? '',
      waitsFor: textAt(record, 'AssignedTo.Name'),
      submittedBy: textAt(record, 'ApprovalSubmission.CreatedBy.Name'),
      comment: textAt(record, 'ApprovalSubmission.Comments'),
      since: timeAt(record, 'CreatedDate'),
      recordId,
    },
  ];
}

/** The objects of records by the beginnings of their IDs, and those beginnings that are of no open object. */
async function objectsOf(salesforce: Salesforce, recordIds: readonly string[]) {
  const byPrefix = new Map<string, ObjectDescription>();
  const unknown = new Set<string>();
  const firsts = new Map(recordIds.map(id => [id.slice(0, 3), id]));
  await Promise.all(
    [...firsts].map(async ([prefix, id]) => {
      try {
        byPrefix.set(prefix, await salesforce.describe(await objectOf(salesforce, id)));
      } catch (error) {
        if (!(error instanceof Failure) || !['forbidden', 'not_found'].includes(error.code)) throw error;
        unknown.add(prefix);
      }
    }),
  );
  return [byPrefix, unknown] as const;
}

const isAmount = ({ type }: ObjectDescription['fields'][number]) => type === 'currency';

/** Amounts first: they are what most approvals are about. */
const figureFields = ({ fields }: ObjectDescription) =>
  [...fields.filter(isAmount), ...fields.filter(({ type }) => type === 'percent')].slice(0, 2 * MAX_FIGURES);

function recordsStatement(object: ObjectDescription, ids: readonly string[]): Soql {
  const has = (name: string) => object.fields.some(field => field.name === name);
  const paths = [
    'Id',
    ...[nameFieldIn(object), currencyField].filter(name => name !== undefined && has(name)),
    ...figureFields(object).map(({ name }) => name),
  ];
  return soql`SELECT ${names(...new Set(paths.filter(path => path !== undefined)))} FROM ${names(object.name)} WHERE Id IN ${ids}`;
}

/** What was said when they were submitted. */
function commentsStatement(instanceIds: readonly string[]): Soql {
  return soql`SELECT ProcessInstanceId, Comments FROM ProcessInstanceStep WHERE StepStatus = 'Started' AND ProcessInstanceId IN ${instanceIds} LIMIT ${MAX_WAITING}`;
}

function figuresOf(object: ObjectDescription, record: SalesforceRecord, salesforce: Salesforce) {
  const own = textAt(record, currencyField);
  return figureFields(object)
    .flatMap(field => {
      const value = plainValue(field, record[field.name], own ?? salesforce.soleCurrency());
      return value === undefined ? [] : [{ label: field.label, value }];
    })
    .slice(0, MAX_FIGURES);
}

/** `opportunity Contoso – licences 2027 (Amount 86,000 USD, Discount (%) 15%)` */
export function aboutText({ about: { label, name, id, figures } }: WaitingApproval): string {
  const told = figures.map(figure => `${figure.label} ${figure.value}`).join(', ');
  return `${label} ${name ?? id}${told ? ` (${told})` : ''}`;
}
