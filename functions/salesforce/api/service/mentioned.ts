import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import { findOwners, MAX_OWNERS, type Owner, ownerChoice } from '../owners.ts';
import type { Salesforce } from '../salesforce.ts';

/** More cannot be mentioned in a post. https://developer.salesforce.com/docs/atlas.en-us.chatterapi.meta/chatterapi/connect_requests_message_body_input.htm */
export const MAX_MENTIONED = 25;
const MAX_CHOICES = 6;

/**
 * The users who are named, one after another: by names, e-mail addresses, or `me`.
 * @throws Failure `invalid_input` of the input `mention` where a name is nobody's who could read it, `ambiguous` where it is of several
 */
export async function usersMentioned(salesforce: Salesforce, names: readonly string[]): Promise<Owner[]> {
  if (names.length > MAX_MENTIONED) throw refused(`It must be at most ${MAX_MENTIONED} people.`);
  const users = await Promise.all(names.map(name => userNamed(salesforce, name)));
  return [...new Map(users.map(user => [user.id, user])).values()];
}

async function userNamed(salesforce: Salesforce, name: string): Promise<Owner> {
  const found = await findOwners(salesforce, name, { kinds: ['user'], input: 'mention' });
  const able = found.filter(({ isActive }) => isActive);
  const exact = able.filter(({ isExact }) => isExact);
  const words = (user: Owner) => user.name.toLowerCase().split(/\s+/);
  // A first or last name is enough where it is one user's alone.
  const meant =
    exact.length > 0
      ? exact
      : found.length < MAX_OWNERS
        ? able.filter(user => words(user).includes(name.toLowerCase()))
        : [];
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  const choices = (meant.length > 0 ? meant : able).slice(0, MAX_CHOICES).map(ownerChoice).join('; ');
  if (only) {
    const message = `several users are called ${quoted(name)}: ${choices}. Nothing was posted. Ask the user which one, and give the e-mail address.`;
    throw new Failure('ambiguous', `mention: ${message}`, { errors: [{ field: 'mention', message }] });
  }
  const left = found.find(({ isActive, isExact }) => !isActive && isExact);
  if (left) throw refused(`${left.name} is inactive and reads no posts.`);
  throw refused(
    `There is no user ${quoted(name)}. ${choices ? `Did you mean ${choices}?` : 'Give the name as Salesforce has it.'}`,
  );
}

const refused = (message: string) => invalidInput([{ field: 'mention', message }]);
