import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import { findOwners, MAX_OWNERS, type Owner, ownerChoice } from '../owners.ts';
import { isIdOf, longRecordId } from '../recordId.ts';
import type { Salesforce } from '../salesforce.ts';

const MAX_CHOICES = 6;

const unknownAsker = () =>
  new Failure(
    'forbidden',
    'It is not known which Salesforce user asks: none, or more than one, has the name or e-mail address with which they signed in. Approvals wait for a user, so an administrator must give that user in Salesforce this e-mail address.',
  );

/** The Salesforce user who asks, and the queues and groups that they are in. @throws Failure where it is not known who asks */
export async function askerAndGroups(salesforce: Salesforce): Promise<{ asker: Owner; actorIds: string[] }> {
  const [asker] = await findOwners(salesforce, 'me', { kinds: ['user'] }).catch((error: unknown) => {
    if (!(error instanceof Failure) || !['invalid_input', 'ambiguous'].includes(error.code)) throw error;
    return [];
  });
  if (!asker) throw unknownAsker();
  return { asker, actorIds: [asker.id, ...(await salesforce.groupsOf(asker.id))] };
}

/** The one user or queue that is meant. @throws Failure `ambiguous`, and `invalid_input` where there is none */
export async function findApprover(
  salesforce: Salesforce,
  person: string,
  input: string,
): Promise<Pick<Owner, 'id' | 'name'>> {
  if (isIdOf(['User', 'Group'], person)) return { id: longRecordId(person), name: person };
  const all = await findOwners(salesforce, person, { input });
  const found = all.filter(({ isActive }) => isActive);
  const exact = found.filter(({ isExact }) => isExact);
  // Among more than are read a part of a name may be that of others as well.
  const isWhole = ['user', 'queue'].every(each => all.filter(({ kind }) => kind === each).length < MAX_OWNERS);
  const byWord = found.filter(({ name }) => isWhole && name.toLowerCase().split(/\s+/).includes(person.toLowerCase()));
  const meant = exact.length > 0 ? exact : byWord;
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  const choices = (only ? meant : found).slice(0, MAX_CHOICES).map(ownerChoice).join('; ');
  if (only) {
    const message = `${quoted(person)} may mean several: ${choices}. Ask the user which one, and give the e-mail address or ID.`;
    throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
  }
  const hint = choices ? ` Did you mean ${choices}?` : '';
  throw invalidInput([{ field: input, message: `No active user or queue is called ${quoted(person)}.${hint}` }]);
}
