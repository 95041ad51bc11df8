import { type FieldError, invalidInput } from '../../../shared/failure.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import { plainValue } from '../../../shared/time/typedValue.ts';
import { type Clock, dayOf, isDayOrMoment, momentOf } from '../../../shared/time/when.ts';
import { isRecordId } from './inputs.ts';
import type { FieldDescription, ObjectDescription } from './wire.ts';

type Values = Record<string, unknown>;

/**
 * Parses the fields of a write, a JSON object by API name or label, and checks them against the object's description.
 * Numbers and booleans may be strings; picklist values are matched in any case; null empties a field.
 * @throws Failure `invalid_input` that names every field that is unknown, read-only or of the wrong type, and on create
 * every required field that is missing
 */
export async function readFieldValues(
  text: string,
  object: ObjectDescription,
  access: 'create' | 'update',
  clock: Clock,
): Promise<Values> {
  const errors: FieldError[] = [];
  const values: Values = {};
  for (const [given, typed] of Object.entries(parseObject(text))) {
    const field = findField(object, given);
    const value = field && isOpen(field, access) ? await inTime(field, plainValue(typed), clock) : plainValue(typed);
    const problem = field ? problemWith(field, value, access) : unknownField(object, given);
    if (problem) errors.push({ field: given, message: problem });
    else if (field && Object.hasOwn(values, field.name)) errors.push({ field: given, message: 'It is given twice.' });
    else if (field) values[field.name] = toValue(field, value);
  }
  if (access === 'create') {
    const missing = object.fields.filter(field => isRequired(field) && (values[field.name] ?? '') === '');
    const reported = new Set(errors.map(({ field }) => findField(object, field)?.name));
    for (const { name, label } of missing.filter(field => !reported.has(field.name))) {
      errors.push({ field: name, message: `It is required (${label}).` });
    }
  }
  if (errors.length > 0) throw invalidInput(errors);
  if (Object.keys(values).length === 0) throw refusedFields('It has no fields in it.');
  return values;
}

/** Of what tells a time, the day or the moment that a field of that type takes; any other value as it is. */
async function inTime({ type }: FieldDescription, value: unknown, clock: Clock): Promise<unknown> {
  if (typeof value !== 'string' || !isDayOrMoment(value)) return value;
  if (type === 'date') return dayOf(value, clock);
  if (type === 'datetime') return (await momentOf(value, clock))?.toISOString();
  return value;
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

/** By API name, or by label when only one field has that label. */
function findField({ fields }: ObjectDescription, given: string): FieldDescription | undefined {
  const sought = given.trim().toLowerCase();
  const byName = fields.find(({ name }) => name.toLowerCase() === sought);
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

const isOpen = ({ createable, updateable }: FieldDescription, access: 'create' | 'update') =>
  access === 'create' ? createable : updateable;

/** What is wrong with a value; undefined when nothing is. */
function problemWith(field: FieldDescription, value: unknown, access: 'create' | 'update'): string | undefined {
  const { type, label, length } = field;
  if (!isOpen(field, access)) {
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
      return typeof value === 'string' && isDayOrMoment(value) ? undefined : 'It must be a date such as 2026-11-15.';
    case 'datetime':
      return typeof value === 'string' && isDayOrMoment(value)
        ? undefined
        : 'It must be a date-time such as 2026-11-15T09:00:00Z.';
    case 'reference':
      return typeof value === 'string' && isRecordId(value)
        ? undefined
        : `It must be the record ID of ${field.referenceTo.join(' or ') || 'another record'}. Find it by name first.`;
    case 'picklist':
      return choiceOf(field, value) === undefined ? `It must be one of ${choices(field)}.` : undefined;
    case 'multipicklist':
      return choicesOf(value).every(choice => choiceOf(field, choice) !== undefined)
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
    case 'picklist':
      return choiceOf(field, value);
    case 'multipicklist':
      return choicesOf(value)
        .map(choice => choiceOf(field, choice))
        .join(';');
    case 'date':
    case 'datetime':
    case 'reference':
      return value;
    default:
      return String(value);
  }
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
