import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { anyName, missing, where } from '../../../shared/filter/inputs.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import type { ItemResult, ItemState } from '../../../shared/plan/carryOut.ts';
import type { LeftItem, PlanItem } from '../../../shared/plan/plans.ts';
import { beginning, quoted } from '../../../shared/text.ts';
import { type FieldTimes, sinceText } from '../../../shared/time/inputs.ts';
import { explained } from './explained.ts';
import { type FieldChange, readFields } from './fieldValues.ts';
import { recordFilter } from './filter/recordFilter.ts';
import { ofAccount } from './findRecords.ts';
import { searchText } from './inputs.ts';
import { isReadable, isSame, nameFieldIn, namePathOf, needsOrgCurrency, toldChanges } from './recordChanges.ts';
import { longRecordId } from './recordId.ts';
import { lookUpAll, type NamedRecord, type Reference } from './references.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, anyOf, containing, names, type Soql, soql } from './soql.ts';
import { currencyField } from './visibleFields.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from './wire.ts';
import { setFields, valuesOf } from './writeRecord.ts';
import { asFailure, failedAlike, listed, sentenceOf } from './writesOfMany.ts';

/** As many as Salesforce writes in one request. */
export const MAX_CHANGED = 200;

/** The filters that say which records are meant, whatever their object: those of the actions that find some. */
export const recordFilters = {
  name: searchText.optional(),
  account: searchText.optional(),
  owner: anyName.optional(),
  openOnly: z.boolean().optional(),
  where: where.optional(),
  missing: missing.optional(),
  unchangedFor: sinceText.optional(),
};

type Filters = z.output<z.ZodObject<typeof recordFilters>>;

/** What is needed to change a record, as it is kept until it is confirmed. */
export const recordUpdateData = z.object({
  objectType: z.string(),
  /** By API name, as Salesforce takes them. */
  values: z.record(z.string(), z.unknown()),
  allowDuplicate: z.boolean(),
});

type PlannedUpdate = PlanItem & { data: z.output<typeof recordUpdateData> };

interface RecordUpdates {
  objectType: string;
  recordIds: readonly string[] | undefined;
  /** One of them must hold. */
  filters: readonly Filters[] | undefined;
  /** JSON. */
  fields: string | undefined;
  /** One new owner, or several among whom the records are shared out. */
  owner: string | undefined;
  allowDuplicate: boolean;
}

interface Around {
  salesforce: Salesforce;
  now: Date;
  times: FieldTimes;
}

const MAX_OWNERS = 25;
const MAX_VALUE = 60;
/** How much of what two long values have in common is shown before the difference. */
const SHARED = 20;

/** What would change in each record, and what cannot be. It changes nothing. @throws Failure where all of them fail alike */
export async function planRecordUpdates(
  { objectType, recordIds, filters, fields, owner, allowDuplicate }: RecordUpdates,
  around: Around,
): Promise<{ summary: string; items: (PlannedUpdate | LeftItem)[] }> {
  const { salesforce, times } = around;
  if ((recordIds === undefined) === (filters === undefined)) {
    throw invalidInput([{ field: 'recordIds', message: 'Give either recordIds or filters.' }]);
  }
  if (fields === undefined && owner === undefined) {
    throw invalidInput([{ field: 'fields', message: 'Give fields to set, or owner, or both.' }]);
  }
  const object = await salesforce.describe(objectType);
  if (!object.updateable) {
    throw new Failure(
      'forbidden',
      `Records of the object ${object.label} cannot be changed through this service: its Salesforce user may not, or its administrator has closed the object.`,
    );
  }
  const { changes, remarks } =
    fields === undefined ? { changes: [], remarks: [] } : await readFields(fields, object, { access: 'update', times });
  const owners = owner === undefined ? undefined : ownersIn(owner, object, changes);
  const references = [...changes.flatMap(referenceIn), ...(owners?.references ?? [])];
  const [lookUp, condition, currency] = await Promise.all([
    lookUpAll(salesforce, object, references),
    recordIds ? soql`Id IN ${recordIds}` : conditionOf(filters ?? [], object, around),
    needsOrgCurrency(
      object,
      changes.map(({ field }) => field),
    )
      ? salesforce.currencies().then(({ sole }) => sole)
      : undefined,
  ]);
  for (const reference of references) {
    const failure = lookUp(reference);
    if (failure instanceof Failure) throw failure;
  }
  const sharing = owners && eachOnce(owners.references, lookUp);
  const all = [...changes.map(({ field }) => field), ...(owners ? [owners.field] : [])];
  const statement = soql`SELECT ${names(...columnsOf(object, all))} FROM ${names(object.name)} WHERE ${condition} ORDER BY Id LIMIT ${MAX_CHANGED + 1}`;
  const records = await salesforce.query(statement);
  await requireFew(records.length, { salesforce, object, condition, isFiltered: filters !== undefined });

  const failures: Failure[] = [];
  const shares = new Map<string, number>();
  const left = (key: string, title: string, failure: Failure): LeftItem => {
    failures.push(failure);
    return { key, cannot: sentenceOf([title, failure.message]) };
  };
  const planOne = (record: SalesforceRecord, place: number): PlannedUpdate => {
    const id = String(record.Id);
    const share = sharing?.[place % sharing.length];
    const taken = share && lookUp(share);
    const found = new Map<string, NamedRecord>();
    for (const reference of changes.flatMap(referenceIn)) {
      const named = lookUp(reference);
      if (!(named instanceof Failure)) found.set(reference.field.name, named);
    }
    if (owners && taken && !(taken instanceof Failure)) {
      found.set(owners.field.name, taken);
      shares.set(taken.name, (shares.get(taken.name) ?? 0) + 1);
    }
    const ids = Object.fromEntries([...found].map(([name, named]) => [name, named.id]));
    const own: FieldChange[] =
      owners && share
        ? [{ given: 'owner', field: owners.field, change: { kind: 'record', sought: share.sought } }]
        : [];
    const set = setFields([...changes, ...own], ids, record);
    const open = set.filter(({ field, value }) => !isSame(field, record[field.name], value));
    if (open.length === 0) throw new Failure('conflict', 'It is so already.');
    const told = toldChanges(open, { before: record, after: becoming(record, open, found), currency });
    const words = told.changes.map(({ field, from = 'none', to = 'none' }) => `${field} ${arrow(from, to)}`);
    return {
      key: id,
      what: sentenceOf([titleOf(record, object), words.join('; ')]),
      version: versionOf(record),
      data: { objectType: object.name, values: valuesOf(open), allowDuplicate },
    };
  };
  const items = records.map((record, place): PlannedUpdate | LeftItem => {
    try {
      return planOne(record, place);
    } catch (error) {
      return left(String(record.Id), titleOf(record, object), asFailure(error));
    }
  });
  const seen = new Set(records.map(({ Id }) => String(Id)));
  const unseen = (recordIds ?? []).filter(id => !seen.has(longRecordId(id)));
  const none = new Failure('not_found', `It is no ${object.label} that this service may see.`);
  const others = unseen.map(id => left(id, '', none));
  if (records.length === 0 && others.length === 0) {
    throw new Failure('not_found', 'No record matches these filters, so there is nothing to change.');
  }
  failedAlike(failures, items.length + others.length);
  const summary = summaryOf(failures, {
    count: items.length + others.length,
    shares,
    remarks,
    actor: salesforce.actor,
  });
  return { summary, items: [...items, ...others] };
}

/** How the records are now, by one request. @throws Failure */
export async function lookAtUpdates(salesforce: Salesforce, items: readonly PlannedUpdate[]): Promise<ItemState[]> {
  const [first] = items;
  if (!first) return [];
  const object = await salesforce.describe(first.data.objectType);
  const given = new Set(items.flatMap(({ data }) => Object.keys(data.values)));
  const fields = object.fields.filter(({ name }) => given.has(name));
  const ids = items.map(({ key }) => key);
  const found = await salesforce.query(
    soql`SELECT ${names(...columnsOf(object, fields))} FROM ${names(object.name)} WHERE Id IN ${ids}`,
  );
  const byId = new Map(found.map(record => [String(record.Id), record]));
  return items.map(({ key, what, version, data: { values } }): ItemState => {
    const record = byId.get(key);
    if (!record) return { is: 'changed', message: 'It is not there any more.' };
    const isSo = fields.every(
      field => !(field.name in values) || isSame(field, record[field.name], values[field.name]),
    );
    if (isSo) return { is: 'done', message: what, url: salesforce.recordUrl(object.name, key) };
    return { is: versionOf(record) === version ? 'asPlanned' : 'changed' };
  });
}

/** Changes the records in one request. @throws Failure that befell all of them */
export async function updatePlanned(salesforce: Salesforce, items: readonly PlannedUpdate[]): Promise<ItemResult[]> {
  const [first] = items;
  if (!first) return [];
  const { objectType, allowDuplicate } = first.data;
  const saved = await salesforce.updateMany(
    objectType,
    items.map(({ key, data }) => ({ ...data.values, Id: key })),
    { allowDuplicate },
  );
  const object = await salesforce.describe(objectType).catch(asFailure);
  return items.map(({ key, what }, index): ItemResult => {
    const result = saved[index];
    if (!result) return { failure: undefined };
    if ('id' in result) return { message: what, url: salesforce.recordUrl(objectType, key) };
    return { failure: object instanceof Failure ? result.failure : explained(result.failure, object) };
  });
}

/** What tells whether a record was changed: by people and automations, and not by what only counts. */
function versionOf({ LastModifiedDate, SystemModstamp }: SalesforceRecord): string {
  return String(LastModifiedDate ?? SystemModstamp ?? '');
}

function columnsOf(object: ObjectDescription, fields: readonly FieldDescription[]): string[] {
  const has = (name: string) => object.fields.some(field => field.name === name);
  const more = ['LastModifiedDate', 'SystemModstamp', currencyField].filter(has);
  const wanted = fields.filter(isReadable).flatMap(field => [field.name, namePathOf(field) ?? field.name]);
  return [...new Set(['Id', nameFieldIn(object) ?? 'Id', ...wanted, ...more])];
}

function titleOf(record: SalesforceRecord, object: ObjectDescription): string {
  const name = record[nameFieldIn(object) ?? ''];
  return typeof name === 'string' ? quoted(name) : String(record.Id);
}

/** Both values, of long ones from shortly before they differ. */
function arrow(from: string, to: string): string {
  let start = 0;
  while (start < from.length && from[start] === to[start]) start += 1;
  const skipped = Math.max(from.length, to.length) > MAX_VALUE ? Math.max(0, start - SHARED) : 0;
  const part = (text: string) => (skipped > 0 ? '…' : '') + beginning(text.slice(skipped), MAX_VALUE);
  return `${part(from)} → ${part(to)}`;
}

/** A record as it will be, with the names of what its lookups then lead to. */
function becoming(
  record: SalesforceRecord,
  set: readonly { field: FieldDescription; value: unknown }[],
  found: ReadonlyMap<string, NamedRecord>,
): SalesforceRecord {
  const next: SalesforceRecord = { ...record };
  for (const { field, value } of set) {
    next[field.name] = value;
    const [relationship, name] = namePathOf(field)?.split('.') ?? [];
    if (relationship && name) next[relationship] = { [name]: found.get(field.name)?.name ?? null };
  }
  return next;
}

function referenceIn({ given, field, change }: FieldChange): Reference[] {
  return change.kind === 'record' ? [{ given, field, sought: change.sought }] : [];
}

/** Whom records are given to, one after the other. @throws Failure `invalid_input` */
function ownersIn(text: string, object: ObjectDescription, changes: readonly FieldChange[]) {
  const refuse = (message: string) => invalidInput([{ field: 'owner', message }]);
  const field = object.fields.find(({ name }) => name === 'OwnerId');
  if (!field?.updateable) throw refuse(`The owner of the object ${object.label} cannot be set through this service.`);
  if (changes.some(each => each.field === field)) throw refuse('It is given in fields as well.');
  const all = nameList(text);
  if (all.length === 0 || all.length > MAX_OWNERS) throw refuse(`It must be 1 to ${MAX_OWNERS} names.`);
  return { field, references: all.map((name): Reference => ({ given: 'owner', field, sought: { name } })) };
}

/** Who is named twice, as by name and by e-mail address, has no greater share. */
function eachOnce(
  references: readonly Reference[],
  lookUp: (reference: Reference) => NamedRecord | Failure,
): Reference[] {
  const idOf = (reference: Reference) => {
    const named = lookUp(reference);
    return named instanceof Failure ? undefined : named.id;
  };
  return [...new Map(references.map(each => [idOf(each), each])).values()];
}

async function conditionOf(filters: readonly Filters[], object: ObjectDescription, around: Around): Promise<Soql> {
  const all = await Promise.all(
    filters.map(async ({ name, account, openOnly, ...others }) => {
      const has = (field: string) => object.fields.some(each => each.name === field);
      const mayBeQueue = object.fields.some(each => each.name === 'OwnerId' && each.referenceTo.includes('Group'));
      const { conditions } = await recordFilter(around, object.name, others, { mayBeQueue });
      const refuse = (message: string) => invalidInput([{ field: 'filters', message }]);
      const closed = ['IsClosed', 'IsConverted'].find(has);
      if (openOnly && closed === undefined) {
        throw refuse(`Records of the object ${object.label} are neither open nor closed: leave openOnly out.`);
      }
      if (account !== undefined && !has('AccountId')) {
        throw refuse(`Records of the object ${object.label} have no account: leave account out.`);
      }
      const parts = [
        name === undefined ? undefined : soql`${names(nameFieldIn(object) ?? 'Name')} LIKE ${containing(name)}`,
        account === undefined ? undefined : ofAccount(account),
        openOnly ? soql`${names(closed ?? '')} = FALSE` : undefined,
        ...Object.values(conditions),
      ].filter(part => part !== undefined);
      if (parts.length === 0) throw refuse(`Give at least one of ${Object.keys(recordFilters).join(', ')}.`);
      return soql`(${allOf(parts)})`;
    }),
  );
  return anyOf(all);
}

interface Found {
  salesforce: Salesforce;
  object: ObjectDescription;
  condition: Soql;
  isFiltered: boolean;
}

async function requireFew(count: number, { salesforce, object, condition, isFiltered }: Found): Promise<void> {
  if (count <= MAX_CHANGED || !isFiltered) return;
  const all = await salesforce
    .count(soql`SELECT COUNT() FROM ${names(object.name)} WHERE ${condition}`)
    .catch(() => undefined);
  const message = `More than ${MAX_CHANGED} records match${all === undefined ? '' : `: ${all}`}. Narrow the filters, so that each call is about at most ${MAX_CHANGED}.`;
  throw invalidInput([{ field: 'filters', message }]);
}

interface Summarized {
  count: number;
  shares: ReadonlyMap<string, number>;
  remarks: readonly string[];
  /** In whose name they are changed. */
  actor: string;
}

function summaryOf(failures: readonly Failure[], { count, shares, remarks, actor }: Summarized): string {
  const records = (number: number) => `${number} ${number === 1 ? 'record' : 'records'}`;
  const alreadySo = failures.filter(({ code }) => code === 'conflict').length;
  const failed = failures.length - alreadySo;
  return [
    `${count - failures.length} of ${records(count)} would be changed, in the name of ${actor}.`,
    ...(shares.size > 1 ? [`Shared out: ${listed([...shares].map(([name, share]) => `${name} ${share}`))}.`] : []),
    ...(alreadySo > 0 ? [`${alreadySo} ${alreadySo === 1 ? 'is' : 'are'} so already.`] : []),
    ...(failed > 0 ? [`${failed} cannot be changed.`] : []),
    ...remarks,
  ].join(' ');
}
