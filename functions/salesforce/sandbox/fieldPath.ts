import { canSeeField, canSeeRow, may, type Viewer } from './access.ts';
import { currencyOf } from './currencies.ts';
import { noSuchColumn, noSuchRelationship } from './errors.ts';
import type { FieldValue, Located, Org, Row } from './org.ts';
import { type FieldDefinition, findField, findRelationship, nameFieldOf, type ObjectDefinition } from './schema.ts';

/** The org and the user for whom a statement is carried out. */
export interface Scope {
  org: Org;
  viewer: Viewer;
  /** The statement, for errors that point at a place in it. */
  soql: string;
}

/** A field of an object or of one of its parents: `Account.Owner.Name`. */
export interface FieldPath {
  /** As the API spells it. */
  name: string;
  steps: FieldDefinition[];
  /** The object at the path's end, which has the field. */
  object: ObjectDefinition;
  field: FieldDefinition;
  read(row: Row): FieldValue;
  /** Of a currency field: the amount in another currency. */
  readIn(row: Row, isoCode: string): FieldValue;
}

/** Finds a path's fields, in any case. Refuses what the viewer may not see as if it did not exist. */
export function resolvePath(scope: Scope, start: ObjectDefinition, path: string, alias?: string): FieldPath {
  const names = path.split('.');
  const first = names[0]?.toLowerCase();
  const prefixed = first === alias?.toLowerCase() || first === start.name.toLowerCase();
  if (names.length > 1 && prefixed && !findRelationship(start, names[0] ?? '')) names.shift();

  const steps: FieldDefinition[] = [];
  let object = start;
  for (const name of names.slice(0, -1)) {
    const step = findRelationship(object, name);
    if (!step) throw noSuchRelationship(scope.soql, name);
    object = scope.org.schema.target(step);
    if (!may(scope.viewer, 'read', object)) throw noSuchRelationship(scope.soql, name);
    steps.push(step);
  }

  const column = names.at(-1) ?? '';
  const field = findField(object, column);
  if (!field || !canSeeField(scope.viewer, object, field)) throw noSuchColumn(scope.soql, column, object.name);
  const recordAt = (row: Row): Located | undefined => {
    let at: Located | undefined = { object: start, row };
    for (const step of steps) at = at && follow(scope, at, step);
    return at;
  };
  return {
    name: [...steps.map(step => step.relationshipName), field.name].join('.'),
    steps,
    object,
    field,
    read(row) {
      const at = recordAt(row);
      return at ? readField(at, object, field) : null;
    },
    readIn(row, isoCode) {
      const at = recordAt(row);
      const value = at ? readField(at, object, field) : null;
      if (!at || typeof value !== 'number' || field.type !== 'currency') return value;
      const { currencies } = scope.org;
      return currencies.convert(value, currencyOf(at.row, currencies), isoCode);
    },
  };
}

/** The parent that a reference of a record points at; undefined where there is none that the viewer may see. */
export function follow(scope: Scope, { row }: Located, step: FieldDefinition): Located | undefined {
  const parent = scope.org.find(row[step.name]);
  return parent && canSeeRow(scope.org, scope.viewer, parent) ? parent : undefined;
}

/** A field of a record, read as `as`: the record's object, or the `Name` of a polymorphic reference. */
export function readField({ object, row }: Located, as: ObjectDefinition, field: FieldDefinition): FieldValue {
  if (as.pseudo && field.name === 'Type') return object.name;
  if (as.pseudo && field.name === 'Name') return row[nameFieldOf(object)?.name ?? 'Id'] ?? null;
  return row[field.name] ?? null;
}

/** The path of a selected field, which the parser splits at its dots. */
export const rawPath = (item: { field: string; relationships?: string[] }): string =>
  [...(item.relationships ?? []), item.field].join('.');
