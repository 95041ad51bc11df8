import { Failure, invalidInput } from '../../../shared/failure.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { isIdOf, longRecordId } from './recordId.ts';
import { resolveReferences } from './references.ts';
import type { Salesforce } from './salesforce.ts';

/** Each is looked up and invited by itself. */
const MAX_INVITEES = 10;

/** Users first: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_eventattendee.htm */
const invitable = ['User', 'Contact', 'Lead'];

const isId = (name: string) => isIdOf(invitable, name);

interface Invitee {
  /** As it was given. */
  given: string;
  id: string;
}

/**
 * Users, contacts and leads by names or IDs, and users by e-mail addresses, separated by commas.
 * @throws Failure `invalid_input` where a name means nobody, and `ambiguous` where it means several
 */
export async function inviteesCalled(salesforce: Salesforce, text: string): Promise<Invitee[]> {
  const names = nameList(text);
  const refused = (message: string) => invalidInput([{ field: 'invitees', message }]);
  if (names.length > MAX_INVITEES) throw refused(`It must be at most ${MAX_INVITEES} people.`);
  const strange = names.find(name => isId(name) && !/^(005|003|00Q)/.test(name));
  if (strange !== undefined) throw refused(`${strange} is no user, contact or lead. Find them by name.`);
  const object = names.every(isId) ? undefined : await salesforce.describe('Event');
  const lookup = object?.fields.find(({ name }) => name === 'WhoId');
  const found = await Promise.all(
    names.map(async (given): Promise<Invitee> => {
      if (isId(given)) return { given, id: longRecordId(given) };
      if (!object || !lookup) throw refused('People cannot be looked up by name here: give IDs.');
      const field = { ...lookup, name: 'RelationId', referenceTo: invitable };
      const { RelationId: id } = await resolveReferences(salesforce, object, [
        { given: 'invitees', field, sought: { name: given } },
      ]);
      if (id === undefined) throw refused('Nobody was found.');
      return { given, id };
    }),
  );
  return [...new Map(found.map(invitee => [invitee.id, invitee])).values()];
}

/** Invites people to an event, each by itself; what became of each is told, because the event is there already. */
export function inviteTo(salesforce: Salesforce, eventId: string, invitees: readonly Invitee[]) {
  return Promise.all(
    invitees.map(async ({ given, id }) => {
      try {
        await salesforce.create('EventRelation', { EventId: eventId, RelationId: id, IsInvitee: true, Status: 'New' });
        return { name: given, isInvited: true };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { name: given, isInvited: false, problem: error.message };
      }
    }),
  );
}
