import { derive } from './derivedFields.ts';
import { parseRecordId, recordId } from './recordId.ts';
import { salesforceTime } from './salesforceTime.ts';
import { nameFieldOf, type ObjectDefinition, objects } from './schema.ts';

export type FieldValue = string | number | boolean | null;

/** A record by the API names of its fields. Dates are `2026-11-22`, times `2026-11-22T09:30:00.000+0000`. */
export type Row = { Id: string } & Record<string, FieldValue>;

/** A record and the object it is of. */
export interface Located {
  object: ObjectDefinition;
  row: Row;
}

/** The records of one pretended Salesforce org, in memory. */
export interface Org {
  id: string;
  now(): Date;
  /** All rows of an object, deleted ones too. */
  rows(object: ObjectDefinition): Row[];
  /** By a 15- or 18-character id, deleted or not. */
  find(id: FieldValue | undefined): Located | undefined;
  insert(object: ObjectDefinition, values: Record<string, FieldValue>, userId: string): Row;
  update(located: Located, values: Record<string, FieldValue>, userId: string): void;
  delete(located: Located, userId: string): void;
  /** Carries `work` out, and takes back what it changed where it answers false. */
  transaction(work: () => boolean): void;
}

export function createOrg(now: () => Date): Org {
  let tables = new Map<string, Map<string, Row>>(objects.map(object => [object.name, new Map()]));
  const serials = new Map<string, number>();

  const table = (object: ObjectDefinition): Map<string, Row> => tables.get(object.name) ?? new Map();

  const nextSerial = (object: ObjectDefinition): number => {
    const serial = (serials.get(object.name) ?? 0) + 1;
    serials.set(object.name, serial);
    return serial;
  };

  const find = (id: FieldValue | undefined): Located | undefined => {
    const full = typeof id === 'string' ? parseRecordId(id) : undefined;
    const object = objects.find(entry => entry.keyPrefix === full?.slice(0, 3));
    const row = object && full ? table(object).get(full) : undefined;
    return object && row ? { object, row } : undefined;
  };

  const stamp = (userId: string) => ({
    LastModifiedDate: salesforceTime(now()),
    LastModifiedById: userId,
    SystemModstamp: salesforceTime(now()),
  });

  const org: Org = {
    id: recordId('00D', 1),
    now,
    rows: object => [...table(object).values()],
    find,
    insert(object, values, userId) {
      const serial = nextSerial(object);
      const Id = recordId(object.keyPrefix, serial);
      const empty = Object.fromEntries(object.fields.map(field => [field.name, field.defaultValue]));
      const owner = 'OwnerId' in empty ? { OwnerId: userId } : {};
      const number = object.name === 'Case' ? { CaseNumber: String(1000 + serial).padStart(8, '0') } : {};
      const created = { CreatedDate: salesforceTime(now()), CreatedById: userId };
      const row: Row = { ...empty, ...owner, ...number, ...created, ...stamp(userId), ...values, Id, IsDeleted: false };
      const nameField = nameFieldOf(object)?.name;
      if (object.custom && nameField) row[nameField] ??= Id;
      Object.assign(row, derive(object, row, org));
      table(object).set(Id, row);
      return row;
    },
    update({ object, row }, values, userId) {
      const next: Row = { ...row, ...values, ...stamp(userId) };
      table(object).set(row.Id, { ...next, ...derive(object, next, org, row) });
    },
    delete({ object, row }, userId) {
      table(object).set(row.Id, { ...row, ...stamp(userId), IsDeleted: true });
    },
    transaction(work) {
      const before = new Map([...tables].map(([name, rows]) => [name, new Map(rows)]));
      if (!work()) tables = before;
    },
  };
  return org;
}
