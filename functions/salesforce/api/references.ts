import { Failure, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { isHidden } from './answerFailure.ts';
import type { SoughtRecord } from './fieldValue.ts';
import { findingActions } from './findingActions.ts';
import { nameFieldOf } from './objectNames.ts';
import { findOwners, MAX_OWNERS, type Owner, ownerChoice } from './owners.ts';
import { isIdOf, longRecordId } from './recordId.ts';
import { valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, containing, names, type Soql, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import type { FieldDescription, ObjectDescription } from './wire.ts';

/** What tells records of one name apart, by object. */
const tellingField: Readonly<Record<string, string>> = {
  Account: 'BillingCity',
  Contact: 'Account.Name',
  Lead: 'Company',
  Opportunity: 'Account.Name',
  Case: 'Subject',
};

const MAX_CHOICES = 6;

/** What a lookup to records of any object is sought among, where it may lead to more objects than can be asked. */
const MAX_TARGETS = 6;
const common = ['Account', 'Contact', 'Lead', 'Opportunity', 'Case', 'Campaign'];

/** A lookup that is given by the name, or by other fields, of the record that it is to lead to. */
export interface Reference {
  given: string;
  field: FieldDescription;
  sought: SoughtRecord;
}

/** A record that a name may mean. */
interface Candidate {
  id: string;
  name: string;
  /** As it is offered as a choice: `Contoso (001…, Seattle)`. */
  choice: string;
}

interface Candidates {
  exact: Candidate[];
  /** Those that have the name in their own, where none is exactly so. */
  near(): Promise<Candidate[]>;
  /** Why one that was found is none to choose. */
  remark?: string | undefined;
}

/**
 * The IDs of the records that lookups are given by name, by the names of the fields.
 * @throws Failure `invalid_input` where a name means no record, and `ambiguous` where it means several
 */
export async function resolveReferences(
  salesforce: Salesforce,
  object: ObjectDescription,
  references: readonly Reference[],
): Promise<Record<string, string>> {
  const found = await Promise.all(references.map(each => recordFor(salesforce, object, each)));
  const errors = found.flatMap(({ error }) => error ?? []);
  if (errors.length > 0) throw invalidInput(errors);
  return Object.fromEntries(found.flatMap(({ field, id }) => (id === undefined ? [] : [[field, id]])));
}

/** A record that a name means. */
export interface NamedRecord {
  id: string;
  name: string;
}

/** So many names that mean no record, or several, are looked into one by one. */
const MAX_LOOKED_INTO = 40;

/**
 * What many lookups lead to, each name looked up once, and plain names by the hundred.
 * @returns what tells of each of the references the record, or why there is none: `invalid_input`, or `ambiguous`
 */
export async function lookUpAll(
  salesforce: Salesforce,
  object: ObjectDescription,
  references: readonly Reference[],
): Promise<(reference: Reference) => NamedRecord | Failure> {
  const keyOf = ({ field, sought }: Reference) => JSON.stringify([field.name, sought]);
  const all = new Map(references.map(each => [keyOf(each), each]));
  const found = new Map<string, NamedRecord | Failure>();
  const plain = Map.groupBy(
    [...all.values()].filter(each => isPlain(each)),
    ({ field }) => field.referenceTo[0] ?? '',
  );
  await Promise.all(
    [...plain].map(async ([target, group]) => {
      // A few are told more of, each by itself.
      if (group.length <= 2) return;
      const byName = await soleRecords(
        salesforce,
        target,
        group.map(({ sought }) => sought.name),
      );
      for (const each of group) {
        const sole = byName.get(each.sought.name.toLowerCase());
        if (sole) found.set(keyOf(each), sole);
      }
    }),
  );
  const others = [...all].filter(([key]) => !found.has(key));
  await Promise.all(
    others.slice(0, MAX_LOOKED_INTO).map(async ([key, reference]) => {
      try {
        const { id, name, error } = await recordFor(salesforce, object, reference);
        const none = { field: reference.given, message: 'It means no record.' };
        found.set(key, id === undefined ? invalidInput([error ?? none]) : { id, name: name ?? id });
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'ambiguous') throw error;
        found.set(key, error);
      }
    }),
  );
  return reference =>
    found.get(keyOf(reference)) ??
    invalidInput([
      {
        field: reference.given,
        message: isPlain(reference)
          ? `There is no ${reference.field.referenceTo.join(' or ')} with the name ${quoted(reference.sought.name)}, or several have it. Give the ID.`
          : `It was not looked up, because one call looks up ${MAX_LOOKED_INTO} such names. Give the ID, or do the rest in another call.`,
      },
    ]);
}

/** Whether it is the whole name of a record of one object, which is no user and no record type. */
function isPlain({ field, sought }: Reference): boolean {
  const [target, ...others] = field.referenceTo;
  const isOwn = target !== undefined && !['User', 'Group', 'RecordType'].includes(target);
  return isOwn && others.length === 0 && sought.fields === undefined && sought.objectType === undefined;
}

/** The records that names mean which are one record's alone, by their names in lower case. */
async function soleRecords(salesforce: Salesforce, target: string, all: readonly string[]) {
  const nameField = await nameFieldFor(salesforce, target);
  const found = await salesforce.query(
    soql`SELECT Id, ${names(nameField)} FROM ${names(target)} WHERE ${names(nameField)} IN ${all}`,
  );
  const records = found.flatMap(({ Id: id, [nameField]: name }) =>
    typeof id === 'string' && typeof name === 'string' ? [{ id, name }] : [],
  );
  const byName = Map.groupBy(records, ({ name }) => name.toLowerCase());
  return new Map(
    [...byName].flatMap(([name, [only, ...others]]): [string, NamedRecord][] =>
      only && others.length === 0 ? [[name, only]] : [],
    ),
  );
}

/** The ID of who is to own a record, told by an ID, a name, an e-mail address or `me`. @throws Failure like `resolveReferences` */
export async function ownerOf(salesforce: Salesforce, objectType: string, owner: string): Promise<string> {
  const object = await salesforce.describe(objectType);
  const field = object.fields.find(({ name }) => name === 'OwnerId');
  const refused = (message: string) => invalidInput([{ field: 'owner', message }]);
  if (!field) throw refused(`The owner of the object ${object.label} cannot be set through this service.`);
  if (isIdOf(field.referenceTo, owner)) return longRecordId(owner);
  const reference = { given: 'owner', field, sought: { name: owner } };
  const { OwnerId } = await resolveReferences(salesforce, object, [reference]);
  if (OwnerId === undefined) throw refused('Nobody was found.');
  return OwnerId;
}

async function recordFor(
  salesforce: Salesforce,
  object: ObjectDescription,
  reference: Reference,
): Promise<{ field: string; id?: string; name?: string; error?: FieldError }> {
  const { given, field, sought } = reference;
  const { name } = sought;
  const refused = (message: string) => ({ field: field.name, error: { field: given, message } });
  const targets = targetsOf(reference);
  if (targets.length === 0) {
    return refused(`It must be an ID, because what it may lead to cannot be looked up by name here.`);
  }
  const groups = await Promise.all(targets.map(target => candidatesFor(salesforce, object, target, reference)));
  const alike = groups.flatMap(({ exact }) => exact);
  const spelled = alike.filter(candidate => candidate.name === name);
  const exact = spelled.length > 0 ? spelled : alike;
  const [only, ...others] = exact;
  if (only && others.length === 0) return { field: field.name, id: only.id, name: only.name };
  if (only) {
    const choices = exact.map(({ choice }) => choice).join('; ');
    const message = `several records are called ${quoted(name)}: ${choices}. Nothing was saved. Ask the user which one, and give its ID.`;
    throw new Failure('ambiguous', `${given}: ${message}`, { errors: [{ field: given, message }] });
  }
  const near = (await Promise.all(groups.map(group => group.near()))).flat().slice(0, MAX_CHOICES);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map(({ choice }) => choice).join('; ')}?`
      : `Find it first, with ${findingActions(targets)}.`;
  const remarks = groups.flatMap(({ remark }) => remark ?? []);
  const rest =
    field.referenceTo.length > targets.length ? ' It was sought among these only; of others give the ID.' : '';
  return refused(
    [`There is no ${targets.join(' or ')} with the ID or the name ${quoted(name)}.${rest}`, ...remarks, hint].join(' '),
  );
}

/** The objects among which a record is sought: those that a lookup may lead to, or the most usual of very many. */
function targetsOf({ field, sought }: Reference): string[] {
  const { referenceTo } = field;
  if (sought.objectType !== undefined) {
    return referenceTo.filter(target => target.toLowerCase() === sought.objectType?.toLowerCase());
  }
  return referenceTo.length <= MAX_TARGETS ? referenceTo : referenceTo.filter(target => common.includes(target));
}

const none = async (): Promise<Candidate[]> => [];

async function candidatesFor(
  salesforce: Salesforce,
  object: ObjectDescription,
  target: string,
  { given, field, sought }: Reference,
): Promise<Candidates> {
  if (sought.fields) {
    const conditions = Object.entries(sought.fields).map(([name, value]) => soql`${names(name)} = ${value}`);
    return { exact: await records(salesforce, target, allOf(conditions)), near: none };
  }
  if (target === 'RecordType') return recordTypes(object, sought.name);
  if (target === 'User' || target === 'Group') return people(salesforce, object, target, { given, field, sought });
  const column = names(await nameFieldFor(salesforce, target));
  return {
    exact: await records(salesforce, target, soql`${column} = ${sought.name}`),
    near: () => records(salesforce, target, soql`${column} LIKE ${containing(sought.name)}`),
  };
}

/** Users and queues. Who has left can own nothing; a first or last name is enough where it is one user's alone. */
async function people(
  salesforce: Salesforce,
  object: ObjectDescription,
  target: 'User' | 'Group',
  { given, field, sought }: Reference,
): Promise<Candidates> {
  const isOwner = field.name === 'OwnerId';
  const kind = target === 'User' ? 'user' : 'queue';
  // Whoever names a queue is told so where the object has no queues.
  const asksQueues = isOwner && kind === 'user' && !field.referenceTo.includes('Group');
  const found = await findOwners(salesforce, sought.name, {
    kinds: asksQueues ? ['user', 'queue'] : [kind],
    input: given,
  });
  const owners = found.filter(owner => owner.kind === kind);
  const unable = isOwner && kind === 'queue' ? await queuesOfOthers(salesforce, object, owners) : new Set();
  const able = isOwner ? owners.filter(({ id, isActive }) => isActive && !unable.has(id)) : owners;
  const named = able.filter(({ isExact }) => isExact);
  const left = owners.find(owner => !able.includes(owner) && owner.isExact);
  const queue = found.find(owner => owner.kind === 'queue' && owner.isExact && kind === 'user');
  const byWord = able.filter(({ name }) => wordsOf(name).includes(sought.name.toLowerCase()));
  const isSole = kind === 'user' && byWord.length === 1 && !left && owners.length < MAX_OWNERS;
  return {
    exact: (named.length === 0 && isSole ? byWord : named).map(fromOwner),
    near: async () => able.filter(({ isExact }) => !isExact).map(fromOwner),
    remark: left
      ? unable.has(left.id)
        ? `${left.name} is a queue that takes no records of the object ${object.label}.`
        : `${left.name} is inactive and cannot own records.`
      : queue && `${queue.name} is a queue, and records of the object ${object.label} have no queues as owners.`,
  };
}

/** Of queues those that are known to take records of other objects only. */
async function queuesOfOthers(
  salesforce: Salesforce,
  object: ObjectDescription,
  queues: readonly Owner[],
): Promise<ReadonlySet<string>> {
  if (queues.length === 0) return new Set();
  const found = await salesforce
    .query(soql`SELECT QueueId, SobjectType FROM QueueSobject WHERE QueueId IN ${queues.map(({ id }) => id)}`)
    .catch((error: unknown) => {
      if (error instanceof Failure && (isHidden(error) || error.code === 'forbidden')) return [];
      throw error;
    });
  const taken = Map.groupBy(found, ({ QueueId }) => String(QueueId));
  return new Set(
    [...taken].flatMap(([id, rows]) => (rows.some(({ SobjectType }) => SobjectType === object.name) ? [] : [id])),
  );
}

const wordsOf = (name: string) => name.toLowerCase().split(/\s+/);

const fromOwner = (owner: Owner): Candidate => ({ id: owner.id, name: owner.name, choice: ownerChoice(owner) });

function recordTypes({ recordTypeInfos }: ObjectDescription, name: string): Candidates {
  const sought = name.toLowerCase();
  const open = recordTypeInfos.filter(({ active, available }) => active && available);
  const toCandidate = (type: (typeof open)[number]): Candidate => ({
    id: type.recordTypeId,
    name: type.name,
    choice: `${type.name} (${[type.developerName, type.recordTypeId].filter(Boolean).join(', ')})`,
  });
  const byDeveloperName = open.filter(type => type.developerName?.toLowerCase() === sought);
  const exact = open.filter(type => type.name.toLowerCase() === sought);
  return {
    exact: (exact.length > 0 ? exact : byDeveloperName).map(toCandidate),
    near: async () => open.map(toCandidate),
  };
}

async function nameFieldFor(salesforce: Salesforce, target: string): Promise<string> {
  const described = async () => (await salesforce.describe(target)).fields.find(field => field.nameField)?.name;
  return nameFieldOf(target) ?? (await described()) ?? 'Name';
}

async function records(salesforce: Salesforce, target: string, condition: Soql): Promise<Candidate[]> {
  const nameField = await nameFieldFor(salesforce, target);
  const telling = tellingField[target];
  const fields = ['Id', nameField, ...(telling && telling !== nameField ? [telling] : [])];
  const found = await withVisibleFields(salesforce, { [target]: fields }, select =>
    salesforce.query(
      soql`SELECT ${select(target)} FROM ${names(target)} WHERE ${condition} ORDER BY ${names(nameField)}, Id LIMIT ${MAX_CHOICES}`,
    ),
  );
  return found.flatMap(({ Id: id, ...record }) => {
    if (typeof id !== 'string') return [];
    const own = record[nameField];
    const label = typeof own === 'string' ? own : id;
    const detail = telling ? valueAt(record, telling) : undefined;
    return [{ id, name: label, choice: `${label} (${[id, detail].filter(Boolean).join(', ')})` }];
  });
}
