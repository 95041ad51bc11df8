import { canSeeField, canSeeRow, type Viewer } from './access.ts';
import { noSuchColumn, noSuchRelationship } from './errors.ts';
import type { FieldValue, Located, Org, Row } from './org.ts';
import {
  type FieldDefinition,
  findField,
  findObject,
  findRelationship,
  nameFieldOf,
  nameObject,
  type ObjectDefinition,
} from './schema.ts';

/** What a statement is carried out against. */
export interface Scope {
  org: Org;
  viewer: Viewer;
  /** The statement, for the errors that point into it. */
  soql: string;
}

/** A field, by way of any number of parents: `Account.Owner.Name`. */
export interface FieldPath {
  /** As the API spells it. */
  name: string;
  steps: FieldDefinition[];
  /** The object whose field it is, at the path's end. */
  object: ObjectDefinition;
  field: FieldDefinition;
  read(row: Row): FieldValue;
}

/** Finds a path's fields, whatever the case of its letters. Refuses what the viewer cannot see like what does not exist. */
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
    steps.push(step);
    object = parentObject(step);
  }

  const column = names.at(-1) ?? '';
  const field = findField(object, column);
  if (!field || !canSeeField(scope.viewer, object, field)) throw noSuchColumn(scope.soql, column, object.name);
  return {
    name: [...steps.map(step => step.relationshipName), field.name].join('.'),
    steps,
    object,
    field,
    read(row) {
      let at: Located | undefined = { object: start, row };
      for (const step of steps) at = at && follow(scope, at, step);
      return at ? readField(at, object, field) : null;
    },
  };
}

/** The parent that a reference of a record points at; undefined where there is none that the viewer may see. */
export function follow(scope: Scope, { row }: Located, step: FieldDefinition): Located | undefined {
  const parent = scope.org.find(row[step.name]);
  return parent && canSeeRow(scope.viewer, parent) ? parent : undefined;
}

/** A record's field, seen as a field of `as`: its own object, or the Name that a polymorphic reference leads to. */
export function readField({ object, row }: Located, as: ObjectDefinition, field: FieldDefinition): FieldValue {
  if (as.pseudo && field.name === 'Type') return object.name;
  if (as.pseudo && field.name === 'Name') return row[nameFieldOf(object)?.name ?? 'Id'] ?? null;
  return row[field.name] ?? null;
}

/** What a reference leads to: one object, or `Name` when there are several. */
function parentObject(step: FieldDefinition): ObjectDefinition {
  const [only, ...others] = step.referenceTo;
  return (others.length === 0 && only ? findObject(only) : undefined) ?? nameObject;
}

/** A selected field's path, as the parser keeps it in pieces. */
export const rawPath = (item: { field: string; relationships?: string[] }): string =>
  [...(item.relationships ?? []), item.field].join('.');
