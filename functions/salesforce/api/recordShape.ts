import * as z from 'zod';
import { heading, id, link } from '../../../shared/action/meaning.ts';
import { isoTime, valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { read, type SalesforceRecord } from './wire.ts';

/** How an object's records are asked for, and made into what an answer tells of them. */
export interface RecordShape<Item> {
  objectType: string;
  /** The SELECT list: `Id`, `Name`, `Owner.Name`. */
  fields: readonly string[];
  /**
   * Gives what an answer tells of a record, without what is empty.
   * @throws Failure `upstream_error` when a value is of another type than its field
   */
  read(record: SalesforceRecord, salesforce: Pick<Salesforce, 'recordUrl'>): Item;
}

interface Field<Schema extends z.ZodType = z.ZodType> {
  /** Where a record has it, from the object on: `Owner.Name`. */
  path: string;
  schema: Schema;
  /** What the answer has in place of a value that is not empty; the value itself unless told. */
  told?(value: unknown, urlOf: (recordId: string) => string): unknown;
}

type SchemasOf<Columns extends Record<string, Field>> = { [Name in keyof Columns]: Columns[Name]['schema'] };

/** The kinds of fields. All but the record's own ID and link may be empty, as may those of a parent that is not seen. */
export const field = {
  /** The ID of the record itself. */
  id: (description: string) => column('Id', id(description)),
  /** Where a person opens the record. */
  link: (description: string) => ({
    ...column('Id', link(description)),
    told: (value: unknown, urlOf: (recordId: string) => string) => (typeof value === 'string' ? urlOf(value) : value),
  }),
  /** The name that tells the record from others. */
  heading: (path: string, description: string) => column(path, heading(description).optional()),
  /** The ID of another record. */
  reference: (path: string, description: string) => column(path, id(description).optional()),
  text: (path: string, description: string) => column(path, z.string().optional().describe(description)),
  number: (path: string, description: string) => column(path, z.number().optional().describe(description)),
  boolean: (path: string, description: string) => column(path, z.boolean().optional().describe(description)),
  /** A moment, in ISO 8601. */
  time: (path: string, description: string) => ({
    ...column(path, z.string().optional().describe(description)),
    told: (value: unknown) => (typeof value === 'string' ? isoTime(value) : value),
  }),
};

function column<Schema extends z.ZodType>(path: string, schema: Schema): Field<Schema> {
  return { path, schema };
}

/** Declares what is told of an object's records: a line per field, in the order of the output. */
export function recordShape<Columns extends Record<string, Field>>(
  objectType: string,
  columns: Columns,
): RecordShape<z.output<z.ZodObject<SchemasOf<Columns>>>> & { output: z.ZodObject<SchemasOf<Columns>> } {
  const entries = Object.entries(columns);
  const schemas = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema]));
  // Typed by its entries, an object would lose which field has which schema.
  const output = z.object(schemas as SchemasOf<Columns>);
  return {
    objectType,
    output,
    fields: [...new Set(entries.map(([, { path }]) => path))],
    read(record, salesforce) {
      const urlOf = (recordId: string) => salesforce.recordUrl(objectType, recordId);
      const item: Record<string, unknown> = {};
      for (const [name, { path, told }] of entries) {
        const value = valueAt(record, path);
        if (value !== null && value !== undefined && value !== '') item[name] = told ? told(value, urlOf) : value;
      }
      return read(output, item);
    },
  };
}
