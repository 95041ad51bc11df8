import type * as z from 'zod';
import { Failure, type FieldError } from '../failure.ts';

/**
 * Reads an action's input from query parameters, a JSON body or a tool call's arguments. Texts become numbers and
 * booleans where the schema wants those; what is empty counts as not given, as connectors send it for a blank field.
 * @throws Failure `invalid_input`, naming every input that is unknown, missing or wrong.
 */
export function readInput(schema: z.ZodObject, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const errors: FieldError[] = [];
  const given: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(raw)) {
    const fieldSchema = Object.hasOwn(schema.shape, field) ? schema.shape[field] : undefined;
    if (!fieldSchema) {
      errors.push({ field, message: `There is no such input; ${inputList(schema)}.` });
    } else if (value !== null && value !== undefined && value !== '') {
      given[field] = coerce(fieldSchema, value);
    }
  }
  const { success, data, error } = schema.safeParse(given);
  if (success && errors.length === 0) return data;
  for (const issue of error?.issues ?? []) {
    const field = String(issue.path[0] ?? '');
    const missing = field !== '' && !(field in given);
    errors.push({ field, message: missing ? missingMessage(schema, field) : sentence(issue.message) });
  }
  throw invalidInput(errors);
}

/** One failure for everything that is wrong with an input. */
export function invalidInput(errors: FieldError[]): Failure {
  const detail = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join(' ');
  return new Failure('invalid_input', detail, { errors });
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

function coerce(schema: z.core.$ZodType, value: unknown): unknown {
  const primitive = primitiveOf(schema);
  if (typeof value === 'string') {
    const text = value.trim();
    if (primitive === 'number' && /^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
    if (primitive === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
    return value;
  }
  // A model that writes a project's numeric ID as a number means the same as one that quotes it.
  return primitive === 'string' && typeof value === 'number' ? String(value) : value;
}

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
