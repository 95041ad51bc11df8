import * as z from 'zod';
import { heading, id, link, meaningOf } from '../../../shared/schema/meaning.ts';
import { isoTime, valueAt } from './recordValues.ts';
import type { Salesforce } from './salesforce.ts';
import { currencyField } from './visibleFields.ts';
import { read, type SalesforceRecord } from './wire.ts';

/** Which fields of an object's records are read, and how an answer shows them. */
export interface RecordShape<Item> {
  objectType: string;
  /** The SELECT list: `Id`, `Name`, `Owner.Name`. */
  fields: readonly string[];
  /**
   * Converts a record into an item of the output. Empty fields are left out.
   * @throws Failure `upstream_error` when a value is of another type than its field
   */
  read(
    record: SalesforceRecord,
    salesforce: Pick<Salesforce, 'recordUrl' | 'soleCurrency'>,
    /** Only those of the output, of the ones that an item can be without. */
    only?: ReadonlySet<string>,
  ): Item;
  /** The output's own fields. */
  places: readonly Place[];
}

/** Where an answer has a field. */
interface Place {
  name: string;
  path: string;
  /** True for what names, identifies or leads to the record. */
  isAlways: boolean;
}

/** What people tell records apart by, besides their names. */
const identifying: ReadonlySet<string> = new Set(['CaseNumber', 'Status', 'StageName', 'Account.Name']);

interface Field<Schema extends z.ZodType = z.ZodType> {
  /** The field's API name, or a path over relationships such as `Owner.Name`. */
  path: string;
  schema: Schema;
  /** What is special about it: an amount of money, or the currency of the record's amounts. */
  kind?: 'amount' | 'currency';
  /** Converts a value that is not empty into the output's; without it the value is used as it is. */
  convert?(value: unknown, urlOf: (recordId: string) => string): unknown;
}

type SchemasOf<Columns extends Record<string, Field>> = { [Name in keyof Columns]: Columns[Name]['schema'] };

/** The kinds of fields. All are optional but the record's own ID and link: a field may be empty, and a parent may be hidden. */
export const field = {
  /** The ID of the record itself. */
  id: (description: string) => column('Id', id(description)),
  /** The address at which a person opens the record. */
  link: (description: string) => ({
    ...column('Id', link(description)),
    convert: (value: unknown, urlOf: (recordId: string) => string) =>
      typeof value === 'string' ? urlOf(value) : value,
  }),
  /** The name of the record. */
  heading: (path: string, description: string) => column(path, heading(description).optional()),
  /** The ID of another record. */
  reference: (path: string, description: string) => column(path, id(description).optional()),
  text: (path: string, description: string) => column(path, z.string().optional().describe(description)),
  number: (path: string, description: string) => column(path, z.number().optional().describe(description)),
  amount: (path: string, description: string): Field<z.ZodOptional<z.ZodNumber>> => ({
    ...column(path, z.number().optional().describe(description)),
    kind: 'amount',
  }),
  /** The currency of the record's amounts; left out where it has none. */
  currency: (): Field<z.ZodOptional<z.ZodString>> => ({
    ...column(currencyField, z.string().optional().describe('The ISO code of the currency of its amounts.')),
    kind: 'currency',
  }),
  boolean: (path: string, description: string) => column(path, z.boolean().optional().describe(description)),
  /** A date-time, converted to ISO 8601, by the asking user's clock. */
  time: (path: string, description: string) => ({
    ...column(path, z.string().optional().describe(description)),
    convert: (value: unknown) => (typeof value === 'string' ? isoTime(value) : value),
  }),
};

function column<Schema extends z.ZodType>(path: string, schema: Schema): Field<Schema> {
  return { path, schema };
}

/** Declares the fields of an object's records in an answer: one line per field, in the order of the output. */
export function recordShape<Columns extends Record<string, Field>>(
  objectType: string,
  columns: Columns,
): RecordShape<z.output<z.ZodObject<SchemasOf<Columns>>>> & { output: z.ZodObject<SchemasOf<Columns>> } {
  const entries = Object.entries(columns);
  const schemas = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema]));
  // Object.fromEntries forgets which name has which schema.
  const output = z.object(schemas as SchemasOf<Columns>);
  return {
    objectType,
    output,
    fields: [...new Set(entries.map(([, { path }]) => path))],
    places: entries.map(([name, { path, schema }]) => ({
      name,
      path,
      isAlways: path === 'Id' || identifying.has(path) || meaningOf(schema).heading === true,
    })),
    read(record, salesforce, only) {
      const urlOf = (recordId: string) => salesforce.recordUrl(objectType, recordId);
      const item: Record<string, unknown> = {};
      const hasAmount = entries.some(
        ([, { path, kind }]) => kind === 'amount' && typeof valueAt(record, path) === 'number',
      );
      for (const [name, { path, kind, convert }] of entries) {
        if (only && !only.has(name)) continue;
        if (kind === 'currency' && !hasAmount) continue;
        const value = valueAt(record, path) ?? (kind === 'currency' ? salesforce.soleCurrency() : undefined);
        if (value !== null && value !== undefined && value !== '') item[name] = convert ? convert(value, urlOf) : value;
      }
      return read(output, item);
    },
  };
}
