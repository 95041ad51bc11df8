import type { Currencies } from './currencies.ts';
import type { Access, AnalyticsData } from './dataFiles.ts';
import { derive } from './derivedFields.ts';
import { parseRecordId, recordId } from './recordId.ts';
import { rollUp } from './salesFields.ts';
import { salesforceTime } from './salesforceTime.ts';
import { nameFieldOf, type ObjectDefinition, type Schema } from './schema.ts';

export type FieldValue = string | number | boolean | null;

/** A record by the API names of its fields. Dates are `2026-11-22`, times `2026-11-22T09:30:00.000+0000`. */
export type Row = { Id: string } & Record<string, FieldValue>;

/** A record and the object it is of. */
export interface Located {
  object: ObjectDefinition;
  row: Row;
}

export interface NewRecord {
  object: ObjectDefinition;
  values: Record<string, FieldValue>;
}

/** The org's defaults by object, and what is shared beyond them: by the ID of the record and of the user. */
interface Sharing {
  defaults: Access['defaults'];
  shares: Readonly<Record<string, Readonly<Record<string, 'read' | 'edit'>>>>;
}

/** The records of one Salesforce org, in memory. */
export interface Org {
  id: string;
  schema: Schema;
  currencies: Currencies;
  /** What its reports and dashboards show, with the IDs of their records. */
  analytics: AnalyticsData;
  sharing: Sharing;
  now(): Date;
  /** All rows of an object, deleted ones too. */
  rows(object: ObjectDefinition): Row[];
  /** By a 15- or 18-character id, deleted or not. */
  find(id: FieldValue | undefined): Located | undefined;
  insert(object: ObjectDefinition, values: Record<string, FieldValue>, userId: string): Row;
  /** Inserts records that may refer to each other. The nth record of an object gets the id `recordId(keyPrefix, n)`. */
  insertAll(records: readonly NewRecord[], userId: string): Row[];
  update(located: Located, values: Record<string, FieldValue>, userId: string): void;
  /** Keeps all records as they are now, and returns what brings them back, as often as it is called. */
  savepoint(): () => void;
}

export function createOrg(
  schema: Schema,
  now: () => Date,
  { currencies, analytics, sharing }: Pick<Org, 'currencies' | 'analytics' | 'sharing'>,
): Org {
  const tables = new Map<string, Map<string, Row>>(schema.objects.map(object => [object.name, new Map()]));

  const table = (object: ObjectDefinition): Map<string, Row> => tables.get(object.name) ?? new Map();

  const find = (id: FieldValue | undefined): Located | undefined => {
    const full = typeof id === 'string' ? parseRecordId(id) : undefined;
    const object = full ? schema.ofId(full) : undefined;
    const row = object && full ? table(object).get(full) : undefined;
    return object && row ? { object, row } : undefined;
  };

  const stamp = (userId: string) => ({
    LastModifiedDate: salesforceTime(now()),
    LastModifiedById: userId,
    SystemModstamp: salesforceTime(now()),
  });

  const add = ({ object, values }: NewRecord, userId: string): Located => {
    const serial = table(object).size + 1;
    const Id = recordId(object.keyPrefix, serial);
    const defaults = object.fields.map(({ name, autoNumber, defaultValue }) => [
      name,
      autoNumber ? String(1000 + serial).padStart(8, '0') : defaultValue,
    ]);
    const row: Row = { ...Object.fromEntries(defaults), CreatedDate: salesforceTime(now()), CreatedById: userId, Id };
    if ('OwnerId' in row) row.OwnerId = userId;
    Object.assign(row, stamp(userId), values);
    const nameField = nameFieldOf(object)?.name;
    // Salesforce names a custom object's record after its id when it is given no name.
    if (object.custom && nameField) row[nameField] ??= Id;
    table(object).set(Id, row);
    return { object, row };
  };

  const derivedAgain = ({ object, row }: Located) => derive(object, row, org, row);

  const insertAll = (records: readonly NewRecord[], userId: string): Row[] => {
    const added = records.map(each => add(each, userId));
    for (const { object, row } of added) Object.assign(row, derive(object, row, org));
    for (const { object, row } of added) rollUp(org, object, [row], derivedAgain);
    return added.map(({ row }) => row);
  };

  const org: Org = {
    id: recordId('00D', 1),
    schema,
    currencies,
    analytics,
    sharing,
    now,
    rows: object => [...table(object).values()],
    find,
    insert(object, values, userId) {
      const { row } = add({ object, values }, userId);
      Object.assign(row, derive(object, row, org));
      rollUp(org, object, [row], derivedAgain);
      return row;
    },
    insertAll,
    update({ object, row }, values, userId) {
      const next: Row = { ...row, ...values, ...stamp(userId) };
      const changed: Row = { ...next, ...derive(object, next, org, row) };
      table(object).set(row.Id, changed);
      rollUp(org, object, [row, changed], derivedAgain);
    },
    savepoint() {
      const kept = [...tables].map(
        ([name, rows]) => [name, [...rows].map(([id, row]) => [id, { ...row }] as const)] as const,
      );
      return () => {
        for (const [name, rows] of kept) tables.set(name, new Map(rows.map(([id, row]) => [id, { ...row }])));
      };
    },
  };
  return org;
}
