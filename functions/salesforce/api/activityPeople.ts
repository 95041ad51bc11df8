import { Failure, invalidInput } from '../../../shared/failure.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { quoted } from '../../../shared/text.ts';
import { errorCodesOf, isHidden } from './answerFailure.ts';
import { findOwners } from './owners.ts';
import { isIdOf, longRecordId } from './recordId.ts';
import { resolveReferences } from './references.ts';
import type { Salesforce } from './salesforce.ts';
import { anyOf, type Soql, soql } from './soql.ts';

/** The most activities that somebody is found in beside others. */
const MAX_SHARED = 200;

/**
 * The activities that a contact or a lead has alone, shares with others, or was invited to. Salesforce takes no subquery
 * beside an OR, so that those of several people are found first: one request.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_taskrelation.htm and
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventattendee.htm
 */
export async function ofPerson(
  salesforce: Salesforce,
  personId: string,
): Promise<{ condition: Soql; remark: string | undefined }> {
  const answers = await salesforce.queryTogether([
    soql`SELECT TaskId FROM TaskRelation WHERE RelationId = ${personId} ORDER BY CreatedDate DESC, Id LIMIT ${MAX_SHARED}`,
    soql`SELECT EventId FROM EventRelation WHERE RelationId = ${personId} ORDER BY CreatedDate DESC, Id LIMIT ${MAX_SHARED}`,
  ]);
  const lists = answers.map(answer => {
    // An org need not have these objects, nor this user see them.
    if (answer instanceof Failure && isHidden(answer)) return [];
    if (answer instanceof Failure) throw answer;
    return answer;
  });
  const shared = lists
    .flat()
    .flatMap(({ TaskId, EventId }) => [TaskId ?? EventId].filter(id => typeof id === 'string'));
  const alone = soql`WhoId = ${personId}`;
  return {
    condition: shared.length === 0 ? alone : anyOf([alone, soql`Id IN ${shared}`]),
    remark: lists.some(({ length }) => length === MAX_SHARED)
      ? `Of what this person shares with others only the latest ${MAX_SHARED} of each kind were looked at.`
      : undefined,
  };
}

/** Salesforce relates an activity to this many contacts at most. */
const MAX_PEOPLE = 50;

/** Each costs some requests. */
const MAX_NAMES = 10;

export const isPersonId = (recordId: string): boolean => /^(003|00Q)/.test(recordId);

/**
 * The IDs of contacts and leads that are told by names or IDs, separated by commas.
 * @throws Failure `invalid_input` where a name means nobody, and `ambiguous` where it means several
 */
export async function peopleCalled(
  salesforce: Salesforce,
  objectType: 'Task' | 'Event',
  text: string,
  input: string,
): Promise<string[]> {
  const names = nameList(text);
  const refused = (message: string) => invalidInput([{ field: input, message }]);
  if (names.length > MAX_PEOPLE) throw refused(`It must be at most ${MAX_PEOPLE} people.`);
  if (names.filter(name => !isId(name)).length > MAX_NAMES) {
    throw refused(`It takes at most ${MAX_NAMES} names. Of more people give the IDs.`);
  }
  const field = names.every(isId)
    ? undefined
    : (await salesforce.describe(objectType)).fields.find(({ name }) => name === 'WhoId');
  const ids = await Promise.all(
    names.map(async name => {
      if (isId(name)) return longRecordId(name);
      if (!field) throw refused('People cannot be looked up by name here: give IDs.');
      const object = await salesforce.describe(objectType);
      const { WhoId } = await resolveReferences(salesforce, object, [{ given: input, field, sought: { name } }]).catch(
        async (error: unknown) => {
          throw (await isUser(salesforce, error, name))
            ? refused(
                `${quoted(name)} is no contact or lead, but a user of Salesforce. Give users as ${objectType === 'Event' ? 'invitees' : 'owner'}.`,
              )
            : error;
        },
      );
      if (WhoId === undefined) throw refused('Nobody was found.');
      return WhoId;
    }),
  );
  const strange = names.find(name => isId(name) && !isPersonId(name));
  if (strange !== undefined) {
    throw refused(`${strange} is no contact or lead, whose IDs begin with 003 and 00Q. Find them by name.`);
  }
  return [...new Set(ids)];
}

/** Whether a name that means no contact and no lead is that of a colleague. */
async function isUser(salesforce: Salesforce, error: unknown, name: string): Promise<boolean> {
  if (!(error instanceof Failure) || error.code !== 'invalid_input') return false;
  const found = await findOwners(salesforce, name, { kinds: ['user'] }).catch(() => []);
  return found.filter(({ isExact, isActive }) => isExact && isActive).length === 1;
}

const isId = (name: string) => isIdOf(['Contact', 'Lead'], name);

/**
 * What a new activity is sent for whom it is with. One person is named in every org; several take Shared Activities.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm
 */
export function withPeople(
  objectType: 'Task' | 'Event',
  people: readonly string[],
  input: string,
): Record<string, string | readonly string[]> {
  const [first, ...others] = people;
  if (first === undefined) return {};
  if (others.length === 0) return { WhoId: first };
  if (people.some(id => id.startsWith('00Q'))) {
    const message = 'Salesforce relates an activity to several contacts, or to one lead alone.';
    throw invalidInput([{ field: input, message }]);
  }
  return { WhoId: first, [`${objectType}WhoIds`]: people };
}

/** What Salesforce calls an ID that is no record's, or of an object that activities do not belong to. */
const badRecord = ['INVALID_CROSS_REFERENCE_KEY', 'FIELD_INTEGRITY_EXCEPTION', 'MALFORMED_ID'];

/**
 * Says what is wrong where an org, or its policy, has no lists of people, and where an activity cannot belong to the record.
 * Nothing was saved then.
 */
export function explainedPeople(
  error: unknown,
  objectType: 'Task' | 'Event',
  input: string,
  recordId: string | undefined,
): unknown {
  if (recordId !== undefined && isAboutRecord(error, isPersonId(recordId) ? 'WhoId' : 'WhatId')) {
    const message = `${recordId} is of no record that this service may see and an activity can belong to. Nothing was saved. Find the record by name.`;
    return invalidInput([{ field: 'recordId', message }]);
  }
  const isAboutList =
    error instanceof Failure &&
    errorCodesOf(error).includes('INVALID_FIELD') &&
    error.message.includes(`${objectType}WhoIds`);
  if (!isAboutList) return error;
  const message =
    'This org relates an activity to one contact only. Nothing was saved: give one, and name the others in the description. A Salesforce administrator can let users relate several (Activity Settings).';
  return invalidInput([{ field: input, message }]);
}

function isAboutRecord(error: unknown, field: 'WhoId' | 'WhatId'): boolean {
  if (!(error instanceof Failure) || !errorCodesOf(error).some(code => badRecord.includes(code))) return false;
  return error.errors?.some(each => each.field === field) ?? false;
}
