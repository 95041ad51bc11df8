import * as z from 'zod';

// A row schema says which fields of an object are used; the SELECT list follows from it. Salesforce answers null for
// what is empty, and so does a lookup of which the parent may not be seen.

export const text = z.string().nullish();
export const number = z.number().nullish();
export const boolean = z.boolean().nullish();

/** A parent's fields: `Owner: parent({ Name: text })` selects `Owner.Name`. */
export function parent<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).nullish();
}

export const owner = parent({ Name: text });

/** The SELECT list of a row schema: `Id`, `Name`, `Owner.Name`. */
export function fieldsOf(row: z.ZodObject, prefix = ''): string[] {
  return Object.entries(row.shape).flatMap(([name, schema]) => {
    const inner = unwrap(schema);
    return inner instanceof z.ZodObject ? fieldsOf(inner, `${prefix}${name}.`) : [prefix + name];
  });
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrap(schema.unwrap()) : schema;
}

type Empty<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : null extends T[Key] ? Key : never }[keyof T];

/** What is left of an item when empty fields are left out. */
export type Filled<T> = { [Key in Exclude<keyof T, Empty<T>>]: T[Key] } & { [Key in Empty<T>]?: NonNullable<T[Key]> };

/** Leaves out what is null, undefined or an empty text. */
export function filled<T extends object>(item: T): Filled<T> {
  const entries = Object.entries(item).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return Object.fromEntries(entries) as Filled<T>;
}

/** `2026-11-15T09:00:00.000+0000`, as Salesforce writes it, in ISO 8601. */
export function isoTime(value: string | null | undefined): string | undefined {
  const date = new Date(value ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
