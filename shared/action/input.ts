import type * as z from 'zod';
import { type FieldError, invalidInput } from '../failure.ts';
import { textLimit } from '../schema/textLimit.ts';
import { plainValue } from '../time/typedValue.ts';

/**
 * Reads an action's input from query parameters, a JSON body or a tool call's arguments. Texts become numbers and
 * booleans where the schema wants those; what is empty counts as not given, as connectors send it for a blank field.
 * @throws Failure `invalid_input`, naming every input that is unknown, missing or wrong.
 */
export function readInput(schema: z.ZodObject, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const errors: FieldError[] = [];
  const tooLong: FieldError[] = [];
  const noSuchInput = `There is no such input; ${inputList(schema)}.`;
  const given: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(raw)) {
    const fieldSchema = Object.hasOwn(schema.shape, field) ? schema.shape[field] : undefined;
    if (!fieldSchema) {
      errors.push({ field, message: noSuchInput });
    } else if (value !== null && value !== undefined && value !== '') {
      const text = coerce(fieldSchema, plainValue(value));
      const limit = textLimit(fieldSchema);
      if (typeof text === 'string' && text.length > limit) tooLong.push({ field, message: lengthMessage(text, limit) });
      given[field] = text;
    }
  }
  if (tooLong.length > 0) throw invalidInput([...errors, ...tooLong]);
  const { success, data, error } = schema.safeParse(given, { error: inWords });
  if (success && errors.length === 0) return data;
  for (const issue of error?.issues ?? []) {
    const field = String(issue.path[0] ?? '');
    const missing = field !== '' && !Object.hasOwn(given, field);
    errors.push({ field, message: missing ? missingMessage(schema, field) : sentence(issue.message) });
  }
  throw invalidInput(errors);
}

type Primitive = 'string' | 'number' | 'boolean' | 'enum';

/** What an input is underneath optional, default and the like. */
function primitiveOf(schema: z.core.$ZodType): Primitive | undefined {
  const definition = schema._zod.def as { type: string; innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  if (definition.innerType) return primitiveOf(definition.innerType);
  if (definition.in) return primitiveOf(definition.in);
  return isPrimitive(definition.type) ? definition.type : undefined;
}

function isPrimitive(type: string): type is Primitive {
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'enum';
}

/** A value as a schema wants it, where a text says so. */
export function coerce(schema: z.core.$ZodType, value: unknown): unknown {
  const primitive = primitiveOf(schema);
  if (typeof value === 'string') {
    const text = value.trim();
    if (primitive === 'number' && /^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
    if (primitive === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
    return value;
  }
  return primitive === 'string' ? asText(value) : value;
}

/** What a model wrote as it is and not as the text that was asked for: an ID as a number, a list, an object of fields. */
function asText(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** Written without a locale, because loading one takes long: `32,767`. */
function counted(count: number): string {
  return count < 1_000
    ? String(count)
    : `${counted(Math.floor(count / 1_000))},${String(count % 1_000).padStart(3, '0')}`;
}

function lengthMessage({ length }: string, limit: number): string {
  return `It must be at most ${counted(limit)} characters long, and has ${counted(length)}. Shorten it, or split it.`;
}

/** Zod's own words are for programmers; where a schema has none of its own, these are for whoever filled the input. */
export const inWords: z.core.$ZodErrorMap = issue => {
  switch (issue.code) {
    case 'invalid_type':
      return `It must be ${kinds[issue.expected] ?? `of the type ${issue.expected}`}.`;
    case 'too_big':
      return `It must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}.`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'It must not be blank.';
      return `It must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters long' : ''}.`;
    case 'invalid_value':
      return `It must be one of ${issue.values.join(', ')}.`;
    default:
      return undefined;
  }
};

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function inputList(schema: z.ZodObject): string {
  const names = Object.keys(schema.shape);
  return names.length === 0 ? 'this action takes none' : `the inputs are ${names.join(', ')}`;
}

function missingMessage(schema: z.ZodObject, field: string): string {
  const description = (schema.shape[field] as z.ZodType | undefined)?.description;
  return description ? `It is required. ${description}` : 'It is required.';
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
