import * as z from 'zod';
import { type FieldError, invalidInput } from '../../../shared/failure.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import { quoted } from '../../../shared/text.ts';
import { dayIn, isRecordId, momentIn } from './inputs.ts';
import type { FieldDescription, ObjectDescription } from './wire.ts';

type Values = Record<string, unknown>;

/** A lookup that is given by the name of the record that it is to lead to. */
export interface Named {
  /** As it was given. */
  given: string;
  field: FieldDescription;
  name: string;
}

export interface FieldValues {
  /** By API name. */
  values: Values;
  named: Named[];
  /** What Salesforce takes, although it may not be what was meant. */
  remarks: string[];
}

/**
 * Parses the fields of a write, a JSON object by API name or label, and checks them against the object's description.
 * Numbers and booleans may be strings; picklist values are matched in any case; a lookup may be given by name; null
 * empties a field. A required field that is missing is Salesforce's to refuse, because its own automation may fill it; it
 * is told here where there is something else to mend.
 * @throws Failure `invalid_input` that names every field that is unknown, read-only or of the wrong type
 */
export function readFieldValues(text: string, object: ObjectDescription, access: 'create' | 'update'): FieldValues {
  const errors: FieldError[] = [];
  const values: Values = {};
  const named: Named[] = [];
  const remarks: string[] = [];
  const seen = new Set<string>();
  for (const [given, typed] of Object.entries(parseObject(text))) {
    const value = plainValue(typed);
    const field = findField(object, given);
    const problem = field ? problemWith(field, value, access) : unknownField(object, given);
    if (problem) errors.push({ field: given, message: problem });
    else if (field && seen.has(field.name)) errors.push({ field: given, message: 'It is given twice.' });
    else if (field) {
      seen.add(field.name);
      if (field.type === 'reference' && typeof value === 'string' && value.trim() && !isRecordId(value.trim())) {
        named.push({ given, field, name: value.trim() });
        continue;
      }
      values[field.name] = toValue(field, value);
      remarks.push(...remarksOn(field, value));
    }
  }
  if (isPerson(object, values) && seen.has('Name')) {
    const message = 'The name of a person account is made of FirstName and LastName: leave Name out.';
    errors.push({ field: 'Name', message });
  }
  if (access === 'create' && errors.length > 0) {
    const reported = new Set(errors.map(({ field }) => findField(object, field)?.name));
    const isGiven = ({ name }: FieldDescription) =>
      reported.has(name) || named.some(({ field }) => field.name === name) || (values[name] ?? '') !== '';
    for (const field of object.fields.filter(field => isRequired(field) && !isGiven(field))) {
      if (field.name === 'Name' && isPerson(object, values)) continue;
      errors.push({ field: field.name, message: `It is required (${field.label}).` });
    }
  }
  if (errors.length > 0) throw invalidInput(errors);
  if (seen.size === 0) throw refusedFields('It has no fields in it.');
  return { values, named, remarks };
}

/**
 * Whether an account is a person's: those have a last name, and a name that follows from it.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_account.htm
 */
function isPerson({ name }: ObjectDescription, { LastName }: Values): boolean {
  return name === 'Account' && (LastName ?? '') !== '';
}

const typedValue = z.strictObject({ $kind: z.string(), value: z.unknown() });

/** Copilot Studio's runtime may send a day as `{ "$kind": "Date", "value": "2026-11-15" }`. */
function plainValue(value: unknown): unknown {
  const typed = typedValue.safeParse(value);
  return typed.success ? typed.data.value : value;
}

export function isRequired({ nillable, defaultedOnCreate, createable }: FieldDescription): boolean {
  return !nillable && !defaultedOnCreate && createable;
}

function parseObject(text: string): Values {
  const { value, problem } = strictJson(text);
  if (problem === undefined && typeof value === 'object' && value !== null && !Array.isArray(value))
    return { ...value };
  throw refusedFields(
    `It ${problem ?? 'is no object'}. It must be one JSON object, such as {"Name":"Contoso","Industry":"Retail"}.`,
  );
}

function refusedFields(message: string) {
  return invalidInput([{ field: 'fields', message }]);
}

/** By API name, or by label when only one field has that label; a lookup also by what it leads to: `Account`, `Owner`. */
function findField({ fields }: ObjectDescription, given: string): FieldDescription | undefined {
  const sought = given.trim().toLowerCase();
  const byName =
    fields.find(({ name }) => name.toLowerCase() === sought) ??
    fields.find(({ relationshipName }) => relationshipName?.toLowerCase() === sought);
  if (byName) return byName;
  const [byLabel, ...others] = fields.filter(({ label }) => label.toLowerCase() === sought);
  return others.length === 0 ? byLabel : undefined;
}

function unknownField({ label, fields }: ObjectDescription, given: string): string {
  const sought = given.toLowerCase().replace(/[^a-z0-9]|__c$/g, '');
  const close = fields
    .filter(
      field =>
        sought !== '' &&
        `${field.name} ${field.label}`
          .toLowerCase()
          .replace(/[^a-z0-9]/g, '')
          .includes(sought),
    )
    .slice(0, 5)
    .map(({ name }) => name);
  const hint = close.length > 0 ? `Did you mean ${close.join(' or ')}?` : 'describeObject lists the fields.';
  return `${label} has no such field. ${hint}`;
}

/** What is wrong with a value; undefined when nothing is. */
function problemWith(field: FieldDescription, value: unknown, access: 'create' | 'update'): string | undefined {
  const { type, label, length } = field;
  if (!(access === 'create' ? field.createable : field.updateable)) {
    return access === 'update' && field.createable
      ? `${label} can only be set when the record is created.`
      : `${label} is read-only.`;
  }
  if (value === null || value === '') {
    return field.nillable || (access === 'create' && field.defaultedOnCreate) ? undefined : `${label} cannot be empty.`;
  }
  switch (type) {
    case 'boolean':
      return /^(true|false)$/i.test(String(value)) ? undefined : 'It must be true or false.';
    case 'int':
      return Number.isSafeInteger(toNumber(value)) ? undefined : 'It must be a whole number.';
    case 'double':
    case 'currency':
    case 'percent':
      return Number.isFinite(toNumber(value)) ? undefined : 'It must be a number.';
    case 'date':
      return typeof value === 'string' && dayIn(value) ? undefined : 'It must be a date such as 2026-11-15.';
    case 'datetime':
      return typeof value === 'string' && momentIn(value)
        ? undefined
        : 'It must be a date-time such as 2026-11-15T09:00:00Z.';
    case 'reference':
      return typeof value === 'string'
        ? undefined
        : `It must be the ID or the name of ${field.referenceTo.join(' or ') || 'another record'}.`;
    case 'picklist':
      if (typeof value === 'object') return 'It must be a text.';
      return field.restrictedPicklist && choiceOf(field, value) === undefined
        ? `It must be one of ${choices(field)}.`
        : undefined;
    case 'multipicklist':
      return !field.restrictedPicklist || choicesOf(value).every(choice => choiceOf(field, choice) !== undefined)
        ? undefined
        : `It must be any of ${choices(field)}, separated by semicolons.`;
    default:
      if (typeof value === 'object') return 'It must be a text.';
      return length && String(value).length > length ? `It must have at most ${length} characters.` : undefined;
  }
}

function toValue(field: FieldDescription, value: unknown): unknown {
  if (value === null || value === '') return null;
  switch (field.type) {
    case 'boolean':
      return String(value).toLowerCase() === 'true';
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return toNumber(value);
    case 'datetime':
      return momentIn(String(value))?.toISOString();
    case 'picklist':
      return choiceOf(field, value) ?? String(value);
    case 'multipicklist':
      return choicesOf(value)
        .map(choice => choiceOf(field, choice) ?? String(choice))
        .join(';');
    case 'date':
      return dayIn(String(value));
    case 'reference':
      return String(value).trim();
    default:
      return String(value);
  }
}

/** Where a picklist is not restricted, Salesforce takes any text, and a choice that was misspelled as well. */
function remarksOn(field: FieldDescription, value: unknown): string[] {
  if (value === null || value === '' || !field.type.endsWith('picklist')) return [];
  const given = field.type === 'picklist' ? [value] : choicesOf(value);
  return given
    .filter(choice => choiceOf(field, choice) === undefined)
    .map(
      choice =>
        `${quoted(String(choice))} is none of the choices of ${field.label}, which Salesforce took all the same; the choices are ${choices(field)}.`,
    );
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : Number.NaN;
}

function choicesOf(value: unknown): unknown[] {
  return Array.isArray(value)
    ? value
    : String(value)
        .split(';')
        .map(choice => choice.trim());
}

/** The picklist value that was given by value or label, in any case. */
function choiceOf({ picklistValues }: FieldDescription, given: unknown): string | undefined {
  const active = picklistValues.filter(choice => choice.active);
  // Some standard picklists have no values in the description; they take any text.
  if (active.length === 0) return typeof given === 'string' ? given : undefined;
  const sought = String(given).toLowerCase();
  const choice =
    active.find(({ value }) => value === given) ??
    active.find(({ value, label }) => value.toLowerCase() === sought || label?.toLowerCase() === sought);
  return choice?.value;
}

const MAX_CHOICES = 30;

function choices({ picklistValues }: FieldDescription): string {
  const values = picklistValues.filter(({ active }) => active).map(({ value }) => value);
  return values.slice(0, MAX_CHOICES).join(', ') + (values.length > MAX_CHOICES ? ' and others' : '');
}
