import { Failure, type FieldError, invalidInput } from '../../../shared/failure.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import type { FieldTimes } from '../../../shared/time/inputs.ts';
import { type Controlling, choiceOf } from './choices.ts';
import { formOf } from './explained.ts';
import { type Access, canSet, findField, partNamed, partsOf, severalFields, whyReadOnly } from './fieldNames.ts';
import { type Change, readValue } from './fieldValue.ts';
import { isRecordId, isSameRecord } from './recordId.ts';
import type { FieldDescription, ObjectDescription } from './wire.ts';

export type Values = Record<string, unknown>;

/** A field that a write sets. */
export interface FieldChange {
  /** The name by which it was given. */
  given: string;
  field: FieldDescription;
  change: Change;
}

interface FieldChanges {
  changes: FieldChange[];
  /** What Salesforce takes, although it may not be what was meant. */
  remarks: string[];
}

interface Reading {
  access: Access;
  times: FieldTimes;
  /** Of the record that is updated. */
  recordId?: string;
}

/** A value that was given for a field. */
interface Given {
  given: string;
  field: FieldDescription;
  value: unknown;
}

/** No object of Salesforce's has more. */
const MAX_FIELDS = 1000;
const MAX_REMARKS = 5;

/**
 * Parses the fields of a write, a JSON object by API name or label, and checks them against the object's description.
 * A value may be as JSON has it, as a person writes it, or as Salesforce's own answers have it. A required field that is
 * missing is Salesforce's to refuse, because its own automation may fill it; it is told here where there is something else
 * to mend.
 * @throws Failure `invalid_input` that names every field that is unknown, read-only or of the wrong type, and `ambiguous`
 *   where a label is that of several fields
 */
export async function readFields(
  given: string | Readonly<Values>,
  object: ObjectDescription,
  reading: Reading,
): Promise<FieldChanges> {
  const { access, times } = reading;
  const parsed = typeof given === 'string' ? parseObject(given) : given;
  if (Object.keys(parsed).length > MAX_FIELDS) throw refusedFields(`It has more than ${MAX_FIELDS} fields.`);
  const { all, errors, several } = namedFields(parsed, object, reading);
  if (several && errors.length === 1) throw new Failure('ambiguous', several.message, { errors: [several] });
  const changes: FieldChange[] = [];
  const remarks: string[] = [];
  const values: Values = {};
  // What decides which choices another field has goes first.
  const ordered = all.toSorted((one, other) => depthOf(object, one.field) - depthOf(object, other.field));
  for (const { given, field, value } of ordered) {
    const read = await readValue(field, value, { access, times, controlling: controllingOf(object, field, values) });
    if ('problem' in read) {
      errors.push({ field: given, message: read.problem });
      continue;
    }
    if (read.change.kind === 'value') values[field.name] = read.change.value;
    changes.push({ given, field, change: read.change });
    remarks.push(...read.remarks);
  }
  const isPerson = isPersonAccount(object, values);
  if (isPerson && all.some(({ field }) => field.name === 'Name')) {
    const message = 'The name of a person account is made of FirstName and LastName: leave Name out.';
    errors.push({ field: 'Name', message });
  }
  if (errors.length > 0) {
    const isGiven = (name: string) =>
      (all.some(({ field }) => field.name === name) && values[name] !== null) || (name === 'Name' && isPerson);
    const missing = access === 'create' ? object.fields.filter(field => isRequired(field) && !isGiven(field.name)) : [];
    // In the order in which they were given.
    const order = new Map(Object.keys(parsed).map((name, at) => [name, at]));
    const placeOf = ({ field }: FieldError) =>
      order.get(field) ?? order.get(field.split('.', 1)[0] ?? '') ?? order.size;
    const sorted = errors.toSorted((one, other) => placeOf(one) - placeOf(other));
    throw invalidInput([
      ...sorted,
      ...missing.map(field => ({ field: field.name, message: `It is required (${field.label}): ${formOf(field)}.` })),
    ]);
  }
  if (changes.length === 0) throw refusedFields('It has no fields in it.');
  return { changes, remarks: remarks.slice(0, MAX_REMARKS) };
}

/**
 * Whether an account is a person's: those have a last name, and a name that follows from it.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_account.htm
 */
function isPersonAccount({ name }: ObjectDescription, { LastName }: Values): boolean {
  return name === 'Account' && (LastName ?? '') !== '';
}

export function isRequired({ nillable, defaultedOnCreate, createable }: FieldDescription): boolean {
  return !nillable && !defaultedOnCreate && createable;
}

/** The fields of a record in JSON, also in the forms of Salesforce's own answers; undefined for what is no object. */
export function valuesIn(value: unknown): Values | undefined {
  if (!isObject(value)) return undefined;
  const { fields, attributes, ...others } = value;
  // The form of Salesforce's user interface API.
  if (isObject(fields) && Object.keys(others).every(name => name === 'apiName')) return { ...fields };
  return isObject(attributes) ? others : { ...value };
}

function parseObject(text: string): Values {
  const { value, problem } = strictJson(text);
  const values = problem === undefined ? valuesIn(value) : undefined;
  if (values) return values;
  throw refusedFields(
    `It ${problem ?? 'is no object'}. It must be one JSON object, such as {"Name":"Contoso","Industry":"Retail"}.`,
  );
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusedFields(message: string) {
  return invalidInput([{ field: 'fields', message }]);
}

/** The fields that names mean, compound ones by their parts. */
function namedFields(given: Readonly<Values>, object: ObjectDescription, { access, recordId }: Reading) {
  const all: Given[] = [];
  const errors: FieldError[] = [];
  let several: FieldError | undefined;
  const take = (each: Given) => {
    const refuse = (message: string) => errors.push({ field: each.given, message });
    if (!canSet(each.field, access)) refuse(whyReadOnly(each.field, partsOf(object, each.field), access));
    else if (all.some(({ field }) => field.name === each.field.name)) refuse('It is given twice.');
    else all.push(each);
  };
  for (const [name, value] of Object.entries(given)) {
    // A record that is written back as it was read has its own ID in it.
    if (name.toLowerCase() === 'id' && isSameId(value, recordId)) continue;
    const { found, inner } = lookUp(object, name, access);
    if ('problem' in found) {
      errors.push({ field: name, message: found.problem });
    } else if ('several' in found) {
      several = { field: name, message: severalFields(name, found.several) };
      errors.push(several);
    } else {
      const { field } = found;
      const parts = isObject(value) ? partsOf(object, field) : [];
      if (parts.length > 0 && isObject(value)) {
        for (const [part, partValue] of Object.entries(value)) {
          const own = partNamed(field, parts, part);
          // Salesforce's own answers have parts that cannot be set, or that are empty.
          if (partValue === null && !(own && canSet(own, access))) continue;
          if (own) take({ given: `${name}.${part}`, field: own, value: partValue });
          else
            errors.push({
              field: `${name}.${part}`,
              message: `${field.label} has no such part. It has ${parts.map(each => each.name).join(', ')}.`,
            });
        }
      } else {
        const whole = inner === undefined ? value : { [inner]: value };
        take({ given: name, field, value: whole });
      }
    }
  }
  const coded = all.map(each => {
    const field = codeFieldFor(object, each, access);
    return all.some(other => other.field === field) ? each : { ...each, field };
  });
  return { all: coded, errors, several };
}

const isSameId = (value: unknown, recordId: string | undefined) =>
  typeof value === 'string' && recordId !== undefined && isRecordId(value) && isSameRecord(value, recordId);

/** A name, or a path to a field of the record that a lookup leads to: `Account.ERP_Id__c`. */
function lookUp(object: ObjectDescription, name: string, access: Access) {
  const found = findField(object, name, access);
  const [, head = '', inner] = /^([^.]+)\.([A-Za-z]\w*)$/.exec(name) ?? [];
  if (!('problem' in found) || inner === undefined) return { found, inner: undefined };
  const lookup = findField(object, head, access);
  return 'field' in lookup && lookup.field.type === 'reference'
    ? { found: lookup, inner }
    : { found, inner: undefined };
}

/**
 * In an org with lists of countries and states, an address has a field for the code beside the one for the name. The code
 * is told by both, and by the name in any case.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/compound_fields_address.htm
 */
function codeFieldFor(object: ObjectDescription, { field, value }: Given, access: Access): FieldDescription {
  if (!/(Country|State)(__s)?$/.test(field.name) || typeof value !== 'string' || value.trim() === '') return field;
  const codeName = field.name.replace(/(__s)?$/, 'Code$1');
  const code = object.fields.find(({ name }) => name === codeName);
  return code?.type === 'picklist' && canSet(code, access) && choiceOf(code, value) ? code : field;
}

const MAX_DEPTH = 5;

/** How many fields decide, one after the other, which choices a field has. */
function depthOf(object: ObjectDescription, field: FieldDescription): number {
  let depth = 0;
  let next: FieldDescription | undefined = field;
  while (next?.controllerName && depth < MAX_DEPTH) {
    const { controllerName }: FieldDescription = next;
    next = object.fields.find(({ name }) => name === controllerName);
    depth += 1;
  }
  return depth;
}

function controllingOf(
  object: ObjectDescription,
  { controllerName }: FieldDescription,
  values: Values,
): Controlling | undefined {
  const field = controllerName ? object.fields.find(({ name }) => name === controllerName) : undefined;
  const value = field && values[field.name];
  return field && value !== undefined && value !== null ? { field, value } : undefined;
}
