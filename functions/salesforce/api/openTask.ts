import { Failure, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { isPersonId } from './activityPeople.ts';
import { choiceOf } from './choices.ts';
import { ownerCalled } from './filter/conditionSoql.ts';
import { findOwners } from './owners.ts';
import { openObjectOf } from './readRecord.ts';
import { isIdOf, longRecordId } from './recordId.ts';
import { valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, containing, names, type Soql, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import type { SalesforceRecord } from './wire.ts';

const MAX_CHOICES = 6;

const fields = ['Id', 'Subject', 'Status', 'IsClosed', 'ActivityDate', 'OwnerId', 'Owner.Name', 'WhatId', 'WhoId'];

/** A task as far as completing it, and making the next one, needs it. */
export interface OpenTask {
  taskId: string;
  subject: string;
  ownerId: string | undefined;
  /** Its name. */
  owner: string | undefined;
  whatId: string | undefined;
  whoId: string | undefined;
}

interface Sought {
  taskId?: string | undefined;
  /** Its subject, or a part of it. */
  subject?: string | undefined;
  recordId?: string | undefined;
  /** Whose it is: a name, an e-mail address, an ID, or `me`. */
  owner?: string | undefined;
}

/**
 * The one open task that is meant, by its ID, or by its subject, the record it belongs to and its owner. Without an ID or an owner,
 * whoever has signed in gets none but their own.
 * @throws Failure `not_found`, `ambiguous` with the tasks that it may be, also where it is somebody else's, and `conflict` for one
 *   that is done already
 */
export async function openTask(
  salesforce: Salesforce,
  { taskId, subject, recordId, owner }: Sought,
): Promise<OpenTask> {
  const belongs = recordId === undefined ? undefined : await belongingTo(salesforce, recordId);
  if (!taskId && !subject && !recordId) {
    throw invalidInput([{ field: 'taskId', message: 'Give taskId, or subject, recordId or both of an open task.' }]);
  }
  const meant = taskId ? soql`Id = ${taskId}` : soql`IsClosed = FALSE`;
  const look = (whose: Soql | undefined, called: Soql | undefined, which = meant) => {
    const where = allOf([which, called, belongs, whose].filter(condition => condition !== undefined));
    return withVisibleFields(salesforce, { Task: fields }, select =>
      salesforce.query(
        soql`SELECT ${select('Task')} FROM Task WHERE ${where} ORDER BY ActivityDate, Id LIMIT ${MAX_CHOICES + 1}`,
      ),
    );
  };
  const alike = subject ? soql`Subject LIKE ${containing(subject)}` : undefined;
  const named = owner ? soql`OwnerId = ${await ownerIdOf(salesforce, owner)}` : undefined;
  const asking = taskId || owner ? undefined : await askerOf(salesforce);
  const theirs = asking?.id === undefined ? undefined : soql`OwnerId = ${asking.id}`;
  const own = theirs ? await look(theirs, alike) : [];
  const found = own.length > 0 ? own : await look(named, alike);
  if (asking && own.length === 0 && found.length > 0) throw notTheirs(found, subject ? 'subject' : 'recordId');
  // Of more than are read here, those that are called just so need not be among the first.
  const isCut = found.length > MAX_CHOICES;
  const exact =
    subject && isCut
      ? await look(own.length > 0 ? theirs : named, soql`Subject = ${subject}`)
      : found.filter(({ Subject }) => String(Subject).toLowerCase() === subject?.toLowerCase());
  const [task, ...others] = exact.length > 0 ? exact : found;
  const described = [subject && `called ${quoted(subject)}`, recordId && `of ${recordId}`].filter(Boolean).join(' ');
  if (!task) {
    const [done, ...more] = taskId ? [] : await look(named, alike, soql`IsClosed = TRUE`);
    if (done && more.length === 0) throw doneAlready(done);
    const what = taskId ? `no task ${taskId}` : `no open task ${described}`;
    throw new Failure(
      'not_found',
      `There is ${what} that this service may see. findActivities lists those that are open.`,
    );
  }
  if (others.length > 0) {
    const all = [task, ...others].map(choiceText);
    const choices = [...all.slice(0, MAX_CHOICES), ...(all.length > MAX_CHOICES ? ['and others'] : [])].join('; ');
    const message = `Several open tasks are ${described}: ${choices}. Nothing was changed. Ask the user which one, and give its taskId.`;
    throw new Failure('ambiguous', message, { errors: [{ field: subject ? 'subject' : 'recordId', message }] });
  }
  if (task.IsClosed === true) throw doneAlready(task);
  return {
    taskId: String(task.Id),
    subject: textAt(task, 'Subject') ?? 'Task',
    ownerId: textAt(task, 'OwnerId'),
    owner: textAt(task, 'Owner.Name'),
    whatId: textAt(task, 'WhatId'),
    whoId: textAt(task, 'WhoId'),
  };
}

function doneAlready(task: SalesforceRecord): Failure {
  const [subject = 'The task', status = 'closed'] = [textAt(task, 'Subject'), textAt(task, 'Status')];
  return new Failure('conflict', `${subject} (${String(task.Id)}) is ${status} already. Nothing was changed.`);
}

/** The status that a task is completed with, which an org may call otherwise. */
export async function completedStatus(salesforce: Pick<Salesforce, 'describe' | 'query'>): Promise<string> {
  const status = (await salesforce.describe('Task')).fields.find(({ name }) => name === 'Status');
  const usual = status && choiceOf(status, 'Completed');
  if (!status || (usual && 'value' in usual)) return 'Completed';
  // https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_taskstatus.htm
  const [closed] = await salesforce.query(
    soql`SELECT ${names('MasterLabel')} FROM TaskStatus WHERE IsClosed = TRUE ORDER BY SortOrder LIMIT 1`,
  );
  return (closed && textAt(closed, 'MasterLabel')) ?? 'Completed';
}

/** Whoever has signed in, by the ID that they have in Salesforce, where it is known; undefined where nobody has. */
async function askerOf(salesforce: Salesforce): Promise<{ id: string | undefined } | undefined> {
  const asking = await salesforce.me();
  if ('problem' in asking) return undefined;
  const { fields: visible } = await salesforce.describe('Task');
  if (!visible.some(({ name }) => name === 'OwnerId')) return { id: undefined };
  try {
    const [me] = await findOwners(salesforce, 'me', { kinds: ['user'] });
    return { id: me?.id };
  } catch (error) {
    if (!(error instanceof Failure) || error.retryable) throw error;
    return { id: undefined };
  }
}

async function ownerIdOf(salesforce: Salesforce, owner: string): Promise<string> {
  return isIdOf(['User', 'Group'], owner)
    ? longRecordId(owner)
    : (await ownerCalled(salesforce, owner, 'owner', true)).id;
}

/** Nobody's task is completed by somebody else who only said what it is called. */
function notTheirs(found: readonly SalesforceRecord[], field: string): Failure {
  const choices = found.slice(0, MAX_CHOICES).map(choiceText).join('; ');
  const message = `It is no open task of the user who asks, but of somebody else: ${choices}${found.length > MAX_CHOICES ? '; and others' : ''}. Nothing was changed. Ask the user whether it is meant, and give owner or its taskId.`;
  return new Failure('ambiguous', message, { errors: [{ field, message }] });
}

async function belongingTo(salesforce: Salesforce, recordId: string): Promise<Soql> {
  const objectType = await openObjectOf(salesforce, recordId);
  if (objectType === 'Account') return soql`AccountId = ${recordId}`;
  return isPersonId(recordId) ? soql`WhoId = ${recordId}` : soql`WhatId = ${recordId}`;
}

function textAt(record: SalesforceRecord, path: string): string | undefined {
  const value = valueAt(record, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `Send the revised quote (00T…, due 2026-11-30, Li Wei)` */
function choiceText(task: SalesforceRecord): string {
  const due = textAt(task, 'ActivityDate');
  const details = [textAt(task, 'Id'), due && `due ${due}`, textAt(task, 'Owner.Name')].filter(Boolean);
  return `${textAt(task, 'Subject') ?? 'A task'} (${details.join(', ')})`;
}
