import { Failure, type FieldError } from '../../../shared/failure.ts';
import { errorCodesOf } from './answerFailure.ts';
import { listedChoices } from './choices.ts';
import type { FieldDescription, ObjectDescription } from './wire.ts';

/** How a value of a type is written. */
const forms: Readonly<Record<string, string>> = {
  date: 'a date such as 2026-11-15',
  datetime: 'a date-time such as 2026-11-15T09:00:00Z',
  boolean: 'true or false',
  int: 'a whole number',
  double: 'a number',
  currency: 'an amount such as 50000',
  percent: 'a number such as 60',
};

const aboutChoices = new Set(['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'FIELD_INTEGRITY_EXCEPTION']);
const aboutRecordTypes = new Set(['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'INVALID_FIELD_FOR_INSERT_UPDATE']);

/**
 * What Salesforce refused of a write, with what it takes to mend it: the labels of the fields, what they take, and the
 * record types where the fields depend on these. Salesforce's own sentences stay. Anything else stays as it is.
 */
export function explained(error: unknown, object: ObjectDescription): unknown {
  if (!(error instanceof Failure) || error.code !== 'invalid_input') return error;
  const codes = errorCodesOf(error);
  const hints = (error.errors ?? []).map(({ field, message }) => ({
    field,
    message,
    hint: hintFor(object, field, codes),
  }));
  const types = codes.some(code => aboutRecordTypes.has(code)) ? recordTypeHint(object) : undefined;
  const told = [...hints.map(({ hint }) => hint), types].filter(hint => hint !== undefined);
  if (told.length === 0) return error;
  const errors = hints.map(
    ({ field, message, hint }): FieldError => ({ field, message: hint ? `${message} ${hint}` : message }),
  );
  return new Failure('invalid_input', [error.message, ...told].join(' '), {
    ...(errors.length > 0 && { errors }),
    nothingDone: error.nothingDone,
    cause: error.cause,
  });
}

function hintFor(object: ObjectDescription, name: string, codes: readonly string[]): string | undefined {
  const field = object.fields.find(each => each.name === name);
  if (!field) return undefined;
  const isPersons = object.name === 'Account' && object.fields.some(each => each.name === 'IsPersonAccount');
  if (isPersons && name === 'Name' && codes.includes('INVALID_FIELD_FOR_INSERT_UPDATE')) {
    return 'The name of a person account is made of FirstName and LastName: set these.';
  }
  if (codes.includes('REQUIRED_FIELD_MISSING')) return `${name} (${field.label}) takes ${formOf(field)}.`;
  if (!codes.some(code => aboutChoices.has(code))) return undefined;
  // The names of countries and states are those of their codes.
  const chosen = object.fields.find(each => each.name === `${name}Code`) ?? field;
  const choices = chosen.type.endsWith('picklist') ? listedChoices(chosen) : '';
  return choices ? `${chosen.name} (${chosen.label}) takes ${choices}.` : undefined;
}

/** What a field takes, to stand in a sentence. */
export function formOf(field: FieldDescription): string {
  const choices = field.type.endsWith('picklist') ? listedChoices(field) : '';
  if (choices) return `one of ${choices}`;
  if (field.type === 'reference') return `the ID or the name of ${field.referenceTo.join(' or ') || 'a record'}`;
  return forms[field.type] ?? 'a text';
}

function recordTypeHint({ recordTypeInfos }: ObjectDescription): string | undefined {
  const types = recordTypeInfos.filter(({ active, available, name }) => active && available && name !== 'Master');
  if (types.length === 0) return undefined;
  return `Which fields and choices there are depends on the record type; give RecordType as one of ${types.map(({ name }) => name).join(', ')}.`;
}
