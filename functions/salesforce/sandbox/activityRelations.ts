import { malformedId, writeRefused } from './errors.ts';
import type { Org, Row } from './org.ts';
import { parseRecordId } from './recordId.ts';
import type { ObjectDefinition } from './schema.ts';

/** The lists of people that a task or an event takes where an org has Shared Activities. */
const peopleLists: Readonly<Record<string, string>> = { Task: 'TaskWhoIds', Event: 'EventWhoIds' };

const relationsOf = (org: Org, object: ObjectDefinition) => org.schema.find(`${object.name}Relation`);

/**
 * Takes the list of people out of a new activity's values: the first of them is the one that the activity names itself. An org
 * without relations has no Shared Activities, and no such list.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
 */
export function withoutPeople(
  org: Org,
  object: ObjectDefinition,
  body: Record<string, unknown>,
): { values: Record<string, unknown>; people: string[] } {
  const list = peopleLists[object.name];
  if (list === undefined || !(list in body) || !relationsOf(org, object)) return { values: body, people: [] };
  const { [list]: given, ...values } = body;
  const people = Array.isArray(given) ? given.map(String) : [];
  const ids = people.map(person => {
    const id = parseRecordId(person);
    const target = org.find(id);
    if (id === undefined) throw malformedId(`Name ID: id value of incorrect type: ${person}`, [list]);
    if (!target || !['Contact', 'Lead'].includes(target.object.name)) {
      throw writeRefused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [list]);
    }
    return id;
  });
  if (ids.some(id => id.startsWith('00Q')) && ids.length > 1) {
    throw writeRefused('FIELD_INTEGRITY_EXCEPTION', 'An activity can be related to several contacts or one lead.', [
      list,
    ]);
  }
  return { values: { ...values, ...(ids.length > 0 && { WhoId: values.WhoId ?? ids[0] }) }, people: ids };
}

/** Notes whom and what a new task or event is related to, as Salesforce does by itself. */
export function relate(org: Org, object: ObjectDefinition, row: Row, people: readonly string[], userId: string): void {
  const relations = relationsOf(org, object);
  if (!relations) return;
  const named = typeof row.WhoId === 'string' ? [row.WhoId] : [];
  const what = typeof row.WhatId === 'string' ? [row.WhatId] : [];
  const add = (RelationId: string, IsWhat: boolean) =>
    org.insert(
      relations,
      { [`${object.name}Id`]: row.Id, RelationId, IsWhat, ...(object.name === 'Event' && { IsParent: true }) },
      userId,
    );
  for (const id of new Set([...named, ...people])) add(id, false);
  for (const id of what) add(id, true);
}

/** The same for the activities that an org starts with. */
export function relateAll(org: Org, userId: string): void {
  for (const object of org.schema.objects.filter(({ name }) => name in peopleLists)) {
    for (const row of org.rows(object)) relate(org, object, row, [], userId);
  }
}

/** Gives a user who is invited to an event a copy of it in their own calendar. */
export function invite(org: Org, object: ObjectDefinition, row: Row, userId: string): void {
  if (object.name !== 'EventRelation' || row.IsInvitee !== true) return;
  const event = org.find(row.EventId);
  const invitee = org.find(row.RelationId);
  if (!event || invitee?.object.name !== 'User') return;
  const { Id: _id, ...values } = event.row;
  org.insert(event.object, { ...values, OwnerId: invitee.row.Id, IsChild: true }, userId);
}
