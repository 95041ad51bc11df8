import type { Located, Org, Row } from './org.ts';
import type { FieldDefinition, ObjectDefinition } from './schema.ts';

/** The user as whom a request is carried out. */
export type Viewer = Row;

/**
 * The org's sharing model, small: an account executive sees no opportunity but their own and no margin at all, and
 * changes only what is theirs. Everybody else sees and changes everything.
 */
const isRepresentative = (viewer: Viewer): boolean => viewer.Title === 'Account Executive';

export const canSeeField = (viewer: Viewer, object: ObjectDefinition, field: FieldDefinition): boolean =>
  !isRepresentative(viewer) || object.name !== 'Opportunity' || field.name !== 'Margin__c';

export const canSeeRow = (viewer: Viewer, { object, row }: Located): boolean =>
  !isRepresentative(viewer) || object.name !== 'Opportunity' || row.OwnerId === viewer.Id;

export const canChangeRow = (viewer: Viewer, { object, row }: Located): boolean =>
  !isRepresentative(viewer) || (object.name === 'User' ? row.Id === viewer.Id : row.OwnerId === viewer.Id);

export const fieldsFor = (viewer: Viewer, object: ObjectDefinition): FieldDefinition[] =>
  object.fields.filter(field => canSeeField(viewer, object, field));

export const rowsFor = (viewer: Viewer, object: ObjectDefinition, org: Org): Row[] =>
  org.rows(object).filter(row => canSeeRow(viewer, { object, row }));
