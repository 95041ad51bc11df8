import type { FieldValue, Org, Row } from './org.ts';
import { nameFieldOf, type ObjectDefinition } from './schema.ts';

/** The history of an object, and the field that leads from it to the record. */
function historyOf(org: Org, { name, custom }: ObjectDefinition) {
  const called = custom ? [name.replace(/__c$/, '__History')] : [`${name}FieldHistory`, `${name}History`];
  const object = called.map(org.schema.find).find(found => found !== undefined);
  return object && { object, parentField: custom ? 'ParentId' : `${name}Id` };
}

/** Notes what a change did to the fields that are tracked, which are those that a history can name. A lookup gets two rows. */
export function track(org: Org, object: ObjectDefinition, before: Row, after: Row, userId: string): void {
  const history = historyOf(org, object);
  if (!history) return;
  const tracked = history.object.fields.find(({ name }) => name === 'Field')?.values ?? [];
  const add = (Field: string, OldValue: FieldValue, NewValue: FieldValue) =>
    org.insert(history.object, { [history.parentField]: after.Id, Field, OldValue, NewValue }, userId);
  for (const field of object.fields) {
    const [from = null, to = null] = [before[field.name], after[field.name]];
    const name = tracked.find(({ value }) => [field.name, field.relationshipName].includes(value))?.value;
    if (name === undefined || from === to) continue;
    // Of long texts Salesforce notes only that they were changed.
    const isKept = field.type !== 'textarea' || field.length <= 255;
    if (field.type === 'reference') add(name, nameOf(org, from), nameOf(org, to));
    add(name, isKept ? from : null, isKept ? to : null);
  }
}

function nameOf(org: Org, id: FieldValue): FieldValue {
  const found = org.find(id);
  return found ? (found.row[nameFieldOf(found.object)?.name ?? 'Id'] ?? null) : null;
}
