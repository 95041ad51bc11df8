import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import type { ItemResult, ItemState, Known } from '../../../shared/plan/carryOut.ts';
import type { LeftItem, PlanItem } from '../../../shared/plan/plans.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import { beginning, quoted } from '../../../shared/text.ts';
import type { FieldTimes } from '../../../shared/time/inputs.ts';
import { explained } from './explained.ts';
import { findField } from './fieldNames.ts';
import { type FieldChange, isRequired, readFields, type Values, valuesIn } from './fieldValues.ts';
import { askerOrNobody, hasOwner } from './owners.ts';
import { isReadable, isSame, labelFor, nameFieldIn, plainValue } from './recordChanges.ts';
import { lookUpAll, type NamedRecord, type Reference } from './references.ts';
import type { Salesforce } from './salesforce.ts';
import { names, soql } from './soql.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from './wire.ts';
import { asFailure, failedAlike, listed, sentenceOf } from './writesOfMany.ts';

/** What is needed to create a record, as it is kept until it is confirmed. */
export const newRecordData = z.object({
  objectType: z.string(),
  /** By API name, as Salesforce takes them. */
  values: z.record(z.string(), z.unknown()),
  allowDuplicate: z.boolean(),
  /** Tells what is made once more on purpose from what an equal plan makes. */
  nonce: z.string().optional(),
});

type PlannedRecord = PlanItem & { data: z.output<typeof newRecordData> };

/** When an item was planned, and which records were like it then. */
const plannedAt = z.object({ since: z.string(), known: z.array(z.string()) });

interface NewRecords {
  objectType: string;
  records: readonly Values[];
  /** What all records have that do not say otherwise. */
  defaults: Values;
  allowDuplicate: boolean;
  /** True to create again what was created a short time ago. */
  repeat: boolean;
}

/** What was created so long ago is created again without a question. */
const EQUAL_MS = 60 * 60_000;
/** The clocks of this service and of Salesforce may differ by so much. */
const SKEW_MS = 60_000;
const MAX_READ = 2000;
const MAX_TEXT = 60;

/** The shared fields of a list, as a JSON object. @throws Failure `invalid_input` */
export function sharedFields(text: string): Values {
  const { value, problem } = strictJson(text);
  const values = problem === undefined ? valuesIn(value) : undefined;
  if (values) return values;
  const message = `It ${problem ?? 'is no object'}. It must be one JSON object, such as {"Account":"Contoso"}.`;
  throw invalidInput([{ field: 'fields', message }]);
}

/** What would be created, and what cannot be. It changes nothing. @throws Failure where all of them fail alike */
export async function planNewRecords(
  salesforce: Salesforce,
  { objectType, records, defaults, allowDuplicate, repeat }: NewRecords,
  { now, times }: { now: Date; times: FieldTimes },
): Promise<{ summary: string; items: (PlannedRecord | LeftItem)[] }> {
  const object = await salesforce.describe(objectType);
  if (!object.createable) {
    throw new Failure(
      'forbidden',
      `A record of the object ${object.label} cannot be created through this service: its Salesforce user may not, or its administrator has closed the object.`,
    );
  }
  const asker = hasOwner(object) ? await askerOrNobody(salesforce) : undefined;
  const shared = withDefaults(defaults, asker === undefined ? {} : { OwnerId: asker }, object);
  const read = await Promise.all(
    records.map(record =>
      readFields(withDefaults(record, shared, object), object, { access: 'create', times }).catch(asFailure),
    ),
  );
  const changes = read.flatMap(each => (each instanceof Failure ? [] : each.changes));
  const lookUp = await lookUpAll(salesforce, object, changes.flatMap(referenceIn));
  const prepared = read.map(each => (each instanceof Failure ? each : preparedOf(each, object, lookUp)));
  const fields = [...new Set(changes.map(({ field }) => field))];
  const since = new Date(now.getTime() - EQUAL_MS);
  const lately = await madeSince(salesforce, object, fields, since).catch(unreadable);
  const nonce = repeat ? randomUUID() : undefined;
  const failures: Failure[] = [];
  const first = new Map<string, number>();
  const items = prepared.map((each, index): PlannedRecord | LeftItem => {
    const key = String(index + 1);
    const left = (failure: Failure): LeftItem => {
      failures.push(failure);
      return { key, cannot: `${titleOf(records[index] ?? {}, object)} cannot be created: ${failure.message}` };
    };
    if (each instanceof Failure) return left(each);
    const equal = lately.filter(record => isLike(record, each.values, object));
    const [twin] = equal;
    if (twin && !repeat) {
      return left(
        new Failure(
          'conflict',
          `${String(twin.Id)} was created with the same values within the last hour, in the name of the same Salesforce user. Give repeat: true to create all of them once more.`,
        ),
      );
    }
    const values = JSON.stringify(Object.entries(each.values).sort());
    const before = first.get(values);
    first.set(values, before ?? index + 1);
    return {
      key,
      what: before === undefined ? each.what : `${each.what} It is the same as record ${before} of this list.`,
      version: JSON.stringify({
        since: new Date(now.getTime() - SKEW_MS).toISOString(),
        known: equal.map(({ Id }) => String(Id)),
      }),
      data: {
        objectType: object.name,
        values: each.values,
        allowDuplicate,
        ...(nonce !== undefined && { nonce }),
      },
    };
  });
  failedAlike(failures, items.length);
  return {
    summary: summaryOf(object, {
      count: items.length,
      failed: failures.length,
      isOwner: hasOwner(object) && asker === undefined,
      actor: salesforce.actor,
    }),
    items,
  };
}

/**
 * How the items are now. Salesforce has no mark by which a record that was sent is known again, so that one in doubt is taken for
 * created where this service's Salesforce user has created a record since with all of its values, which no other item is.
 */
export async function lookAtNewRecords(
  salesforce: Salesforce,
  items: readonly PlannedRecord[],
  { isInDoubt, outcomes }: Known,
): Promise<ItemState[]> {
  const doubtful = items.filter(({ key }) => isInDoubt(key));
  const [first] = doubtful;
  if (!first) return items.map(() => ({ is: 'asPlanned' }));
  const object = await salesforce.describe(first.data.objectType);
  const plans = new Map(doubtful.map(each => [each, plannedAt.parse(JSON.parse(each.version))]));
  const since = new Date(Math.min(...[...plans.values()].map(each => Date.parse(each.since))));
  const given = new Set(doubtful.flatMap(({ data }) => Object.keys(data.values)));
  const fields = object.fields.filter(({ name }) => given.has(name));
  const found = await madeSince(salesforce, object, fields, since);
  const taken = new Set([...outcomes.values()].flatMap(({ key, outcome }) => (outcome === 'done' ? [key] : [])));
  return items.map((item): ItemState => {
    const plan = plans.get(item);
    if (!plan) return { is: 'asPlanned' };
    const record = found.find(
      each =>
        typeof each.Id === 'string' &&
        !taken.has(each.Id) &&
        !plan.known.includes(each.Id) &&
        isLike(each, item.data.values, object),
    );
    if (typeof record?.Id !== 'string') return { is: 'asPlanned' };
    taken.add(record.Id);
    return { is: 'done', ...outcomeOf(salesforce, item, record.Id) };
  });
}

/** Creates the items in one request. @throws Failure that befell all of them */
export async function createPlanned(salesforce: Salesforce, items: readonly PlannedRecord[]): Promise<ItemResult[]> {
  const [first] = items;
  if (!first) return [];
  const { objectType, allowDuplicate } = first.data;
  const saved = await salesforce.createMany(
    objectType,
    items.map(({ data }) => data.values),
    { allowDuplicate },
  );
  const object = await salesforce.describe(objectType).catch(asFailure);
  return items.map((item, index): ItemResult => {
    const result = saved[index];
    if (!result) return { failure: undefined };
    if ('id' in result) return outcomeOf(salesforce, item, result.id);
    return { failure: object instanceof Failure ? result.failure : explained(result.failure, object) };
  });
}

function outcomeOf(salesforce: Salesforce, { what, data }: PlannedRecord, id: string) {
  return { key: id, message: what, url: salesforce.recordUrl(data.objectType, id) };
}

/**
 * The newest records of an object that this service's Salesforce user has created since, with these fields; none where it is not
 * known who that is, or where the object does not tell.
 */
async function madeSince(
  salesforce: Salesforce,
  object: ObjectDescription,
  fields: readonly FieldDescription[],
  since: Date,
): Promise<SalesforceRecord[]> {
  const needed = ['CreatedDate', 'CreatedById'];
  if (!needed.every(name => object.fields.some(field => field.name === name))) return [];
  const user = await salesforce.sessionUser();
  if (user === undefined) return [];
  const columns = names(...new Set(['Id', ...fields.filter(isReadable).map(({ name }) => name)]));
  return salesforce.query(
    soql`SELECT ${columns} FROM ${names(object.name)} WHERE CreatedById = ${user} AND CreatedDate >= ${since} ORDER BY CreatedDate DESC, Id LIMIT ${MAX_READ}`,
  );
}

/** Who may create but not read sees nothing of what was created. */
function unreadable(error: unknown): SalesforceRecord[] {
  if (error instanceof Failure && ['invalid_input', 'forbidden'].includes(error.code)) return [];
  throw error;
}

/** Whether a record has all of the values that were sent, as far as they can be read as they were sent; it takes one. */
function isLike(record: SalesforceRecord, values: Values, { fields }: ObjectDescription): boolean {
  const compared = fields.filter(field => field.name in values && isReadable(field) && !isRewritten(field));
  return compared.length > 0 && compared.every(field => isSame(field, record[field.name], values[field.name]));
}

/** Salesforce answers with other text than it was sent. */
const isRewritten = ({ type, htmlFormatted }: FieldDescription) => htmlFormatted || type === 'encryptedstring';

function referenceIn({ given, field, change }: FieldChange): Reference[] {
  return change.kind === 'record' ? [{ given, field, sought: change.sought }] : [];
}

/** The shared fields, where a record does not give them by any of their names. */
function withDefaults(record: Values, defaults: Values, object: ObjectDescription): Values {
  const meant = (name: string) => {
    const found = findField(object, name, 'create');
    return 'field' in found ? found.field.name : name;
  };
  const own = new Set(Object.keys(record).map(meant));
  return { ...Object.fromEntries(Object.entries(defaults).filter(([name]) => !own.has(meant(name)))), ...record };
}

/** The title has the name. */
const nameParts = new Set(['FirstName', 'LastName']);

interface Prepared {
  values: Values;
  what: string;
}

function preparedOf(
  { changes, remarks }: { changes: readonly FieldChange[]; remarks: readonly string[] },
  object: ObjectDescription,
  lookUp: (reference: Reference) => NamedRecord | Failure,
): Prepared | Failure {
  const values: Values = {};
  const told: string[] = [];
  const nameField = nameFieldIn(object);
  for (const each of changes) {
    const { field, change } = each;
    let shown: string | undefined;
    if (change.kind === 'value') {
      values[field.name] = change.value;
      shown = plainValue(field, change.value);
    } else {
      const [reference] = referenceIn(each);
      const record = reference && lookUp(reference);
      if (record instanceof Failure) return record;
      if (!record) continue;
      values[field.name] = record.id;
      shown = record.name;
    }
    const isName = field.name === nameField || nameParts.has(field.name);
    if (shown !== undefined && !isName) told.push(`${labelFor(field)} ${beginning(shown, MAX_TEXT)}`);
  }
  const missing = object.fields.filter(
    field => isRequired(field) && (values[field.name] ?? '') === '' && !(field.nameField && 'LastName' in values),
  );
  const lacks =
    missing.length > 0
      ? [`It lacks ${listed(missing.map(labelFor))}, without which Salesforce refuses it unless the org fills it.`]
      : [];
  return { values, what: [sentenceOf([titleOf(values, object), told.join('; ')]), ...lacks, ...remarks].join(' ') };
}

/** `Contact "Tom Reed"` */
function titleOf(values: Values, object: ObjectDescription): string {
  const nameField = nameFieldIn(object) ?? '';
  const person = [values.FirstName, values.LastName].filter(each => typeof each === 'string').join(' ');
  const name = typeof values[nameField] === 'string' ? values[nameField] : person;
  return name ? `${object.label} ${quoted(name)}` : object.label;
}

function summaryOf(
  object: ObjectDescription,
  { count, failed, isOwner, actor }: { count: number; failed: number; isOwner: boolean; actor: string },
): string {
  const records = (number: number) => `${number} ${number === 1 ? 'record' : 'records'}`;
  return [
    `${records(count - failed)} of ${object.label} would be created, by ${actor}${isOwner ? ', who owns them unless an owner is given' : ''}.`,
    ...(failed > 0 ? [`${records(failed)} cannot be created.`] : []),
  ].join(' ');
}
