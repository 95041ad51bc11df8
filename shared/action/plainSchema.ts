import * as z from 'zod';
import { textLimit } from '../schema/textLimit.ts';
import type { Action } from './defineAction.ts';

/** JSON Schema as every agent platform reads it: one type each, nothing referred to, no alternatives. */
export type PlainSchema = {
  /** Left out where any value may stand, as in a record of fields of all types. */
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  description?: string;
  format?: string;
  enum?: string[];
  default?: string | number | boolean;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  items?: PlainSchema;
  properties?: Record<string, PlainSchema>;
  required?: string[];
  additionalProperties?: PlainSchema;
};

/** An object with named fields. */
export type PlainObject = PlainSchema & { type: 'object'; properties: Record<string, PlainSchema> };

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** What an action takes. @throws Error when an input is not a string, a number, a boolean or an enum. */
export function inputSchema({ name, input }: Pick<Action, 'name' | 'input'>): PlainObject {
  const schema = toPlainObject(input, 'input');
  for (const [field, part] of Object.entries(schema.properties)) {
    const { type } = part;
    if (type === undefined || type === 'array' || type === 'object') {
      throw new Error(`${name} takes ${field}, which is not a string, a number, a boolean or an enum. Make it one.`);
    }
    const declared = input.shape[field];
    if (type === 'string' && !part.enum && declared) part.maxLength = textLimit(declared);
  }
  return schema;
}

/** What an action gives. */
export function outputSchema({ output }: Pick<Action, 'output'>): PlainObject {
  return toPlainObject(output, 'output');
}

export function toPlainObject(schema: z.ZodObject, io: 'input' | 'output'): PlainObject {
  const plain = toPlain(z.toJSONSchema(schema, { target: 'draft-7', io }), io);
  return { ...plain, type: 'object', properties: plain.properties ?? {} };
}

const formats = new Set(['date', 'date-time', 'email', 'uri']);

function toPlain(schema: JsonSchema | boolean, io: 'input' | 'output'): PlainSchema {
  if (typeof schema === 'boolean') return {};
  const { description, properties, required, items, additionalProperties, format } = schema;
  const only = onlyAlternative(schema);
  if (only) {
    const { type, ...rest } = toPlain(only, io);
    // What may be null is not of one type, by which a client would refuse it.
    const isNullable = io === 'output' && allowsNull(schema);
    return { ...(type && !isNullable && { type }), ...rest, ...(description && { description }) };
  }
  const values = allowedTexts(schema);
  const type = values ? 'string' : plainType(schema);
  return {
    ...(type && { type }),
    ...(description && { description }),
    ...(values && { enum: values }),
    ...(type === 'string' && format && formats.has(format) && { format }),
    ...(io === 'input' && isPrimitive(schema.default) && { default: schema.default }),
    ...(type === 'integer' && integerLimits(schema)),
    ...(type === 'number' && numberLimits(schema)),
    ...(type === 'array' && { items: toPlain(Array.isArray(items) ? {} : (items ?? {}), io) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, toPlain(part, io)])),
    }),
    ...(properties && required && required.length > 0 && { required }),
    ...(type === 'object' && !properties && { additionalProperties: toPlain(additionalProperties ?? {}, io) }),
  };
}

/** What is left of a choice between something and nothing. */
function onlyAlternative({ anyOf }: JsonSchema): JsonSchema | undefined {
  const alternatives = anyOf?.filter(part => typeof part !== 'boolean' && part.type !== 'null') ?? [];
  const [first] = alternatives;
  return alternatives.length === 1 && typeof first === 'object' ? first : undefined;
}

function allowsNull({ anyOf }: JsonSchema): boolean {
  return anyOf?.some(part => typeof part !== 'boolean' && part.type === 'null') ?? false;
}

/** The texts that an enum, or a choice between literals, allows. */
function allowedTexts(schema: JsonSchema): string[] | undefined {
  const values = schema.anyOf?.map(part => (typeof part === 'boolean' ? undefined : part.const)) ??
    schema.enum ?? [schema.const];
  return values.every(value => typeof value === 'string') ? values : undefined;
}

/** The one type that a schema allows besides nothing. */
function plainType({ type = [] }: JsonSchema): PlainSchema['type'] {
  const [first, second] = [type].flat().filter(name => name !== 'null');
  return second === undefined ? first : undefined;
}

function isPrimitive(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `z.int()` brings the limits of what a double can count exactly: nobody needs to be told. */
function integerLimits({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema) {
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : undefined;
  const below = typeof exclusiveMaximum === 'number' ? exclusiveMaximum - 1 : undefined;
  return limits(minimum ?? above, maximum ?? below);
}

/** A limit that is itself excluded cannot be said plainly; the action's own validation keeps it. */
function numberLimits({ minimum, maximum }: JsonSchema) {
  return limits(minimum, maximum);
}

function limits(minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER) {
  return {
    ...(minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum < Number.MAX_SAFE_INTEGER && { maximum }),
  };
}
