import type { Located, Org, Row } from './org.ts';
import type { FieldDefinition, ObjectDefinition } from './schema.ts';

/** The user as whom a request is carried out. */
export interface Viewer {
  Id: string;
  /**
   * `all` sees and changes everything. `own` sees of private objects only the records that they own, sees no hidden
   * field, and changes only what they own.
   */
  access: 'all' | 'own';
}

export const canSeeField = (viewer: Viewer, field: FieldDefinition): boolean =>
  viewer.access === 'all' || !field.hidden;

export const canSeeRow = (viewer: Viewer, { object, row }: Located): boolean =>
  viewer.access === 'all' || !object.private || row.OwnerId === viewer.Id;

export const canChangeRow = (viewer: Viewer, { object, row }: Located): boolean =>
  viewer.access === 'all' || (object.name === 'User' ? row.Id : row.OwnerId) === viewer.Id;

export const fieldsFor = (viewer: Viewer, object: ObjectDefinition): FieldDefinition[] =>
  object.fields.filter(field => canSeeField(viewer, field));

export const rowsFor = (viewer: Viewer, object: ObjectDefinition, org: Org): Row[] =>
  org.rows(object).filter(row => canSeeRow(viewer, { object, row }) && canSeeHolder(viewer, row, org));

/** Files and notes are seen by whoever sees the record that has them. */
function canSeeHolder(viewer: Viewer, { LinkedEntityId, ParentId }: Row, org: Org): boolean {
  if (viewer.access === 'all') return true;
  const holder = org.find(LinkedEntityId ?? ParentId);
  return !holder || canSeeRow(viewer, holder);
}
