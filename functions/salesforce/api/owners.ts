import { Failure, invalidInput } from '../../../shared/failure.ts';
import { isClosedHere, isHidden } from './answerFailure.ts';
import { isIdOf, isSameRecord, longRecordId } from './recordId.ts';
import type { Salesforce } from './salesforce.ts';
import { containing, type Soql, soql } from './soql.ts';
import type { ObjectDescription, SalesforceRecord } from './wire.ts';

type OwnerKind = 'user' | 'queue';

/** A user or a queue, who may own records. */
export interface Owner {
  id: string;
  name: string;
  email: string | undefined;
  kind: OwnerKind;
  /** False for a user who has left; they can own no further records. */
  isActive: boolean;
  /** Whether the ID, the name or the e-mail address is what was sought, and does not merely have it in it. */
  isExact: boolean;
}

/** The most that are found. */
export const MAX_OWNERS = 20;

interface OwnerSearch {
  kinds?: readonly OwnerKind[];
  /** The input that names them, for a failure. */
  input?: string;
  /** How many of each kind are found at most. */
  most?: number;
  /** Of queues only those that take records of this object. */
  ofQueue?: string | undefined;
  /** Told where Salesforce hides the queues from the user, of whom none is found then. */
  leftOut?: () => void;
}

/**
 * Users and queues by their IDs, their names, or a part of them, or their e-mail addresses; `me` is the user who asks. Those who are
 * named exactly so come first, then active ones.
 * @throws Failure `invalid_input` of the `input` for `me` where it is not known who asks
 */
export async function findOwners(
  salesforce: Salesforce,
  person: string,
  { kinds = ['user', 'queue'], input = 'owner', most = MAX_OWNERS, ofQueue, leftOut = () => {} }: OwnerSearch = {},
): Promise<Owner[]> {
  if (isMe(person)) return kinds.includes('user') ? [await asker(salesforce, input)] : [];
  const called = isOwnerId(person)
    ? soql`Id = ${longRecordId(person.trim())}`
    : person.includes('@')
      ? soql`Email = ${person}`
      : soql`Name LIKE ${containing(person)}`;
  const takes = ofQueue ? soql` AND Id IN (SELECT QueueId FROM QueueSobject WHERE SobjectType = ${ofQueue})` : soql``;
  const statementOf = (kind: OwnerKind, condition: Soql) =>
    kind === 'user'
      ? soql`SELECT Id, Name, Email, IsActive FROM User WHERE ${condition} ORDER BY IsActive DESC, Name, Id LIMIT ${most}`
      : soql`SELECT Id, Name, Email FROM Group WHERE Type = 'Queue' AND ${condition}${takes} ORDER BY Name, Id LIMIT ${most}`;
  const statements = kinds.map(kind => statementOf(kind, called));
  const answers = await salesforce.queryTogether(statements);
  // Of more than are read here, those who are called just so need not be among the first.
  const cut = kinds.filter((_, at) => {
    const answer = answers[at];
    return !person.includes('@') && !(answer instanceof Failure) && answer?.length === most;
  });
  const exact =
    cut.length > 0 ? await salesforce.queryTogether(cut.map(kind => statementOf(kind, soql`Name = ${person}`))) : [];
  return kinds
    .flatMap((kind, at) => {
      const answer = withExact(answers[at], exact[cut.indexOf(kind)]);
      if (answer instanceof Failure) {
        // Who may not see queues owns nothing together with one.
        if (kind !== 'queue' || !isHidden(answer)) throw answer;
        if (!isClosedHere(answer)) leftOut();
        return [];
      }
      return (answer ?? []).flatMap(record => toOwner(record, kind, person));
    })
    .sort((one, other) => Number(other.isExact) - Number(one.isExact) || Number(other.isActive) - Number(one.isActive));
}

const isOwnerId = (person: string): boolean => isIdOf(['User', 'Group'], person.trim());

type Answer = SalesforceRecord[] | Failure | undefined;

/** Those who are called just so before the others, each once. */
function withExact(found: Answer, exact: Answer): Answer {
  if (!exact || !found || found instanceof Failure) return found;
  if (exact instanceof Failure) throw exact;
  return [...new Map([...exact, ...found].map(record => [record.Id, record])).values()];
}

const isMe = (person: string): boolean => person.trim().toLowerCase() === 'me';

async function asker(salesforce: Salesforce, input: string): Promise<Owner> {
  const asking = await salesforce.me();
  if (!('statement' in asking)) throw invalidInput([{ field: input, message: asking.problem }]);
  const found = (await salesforce.query(asking.statement)).flatMap(record => toOwner(record, 'user', ''));
  const [me, ...others] = found;
  if (me && others.length === 0) return { ...me, isExact: true };
  const message = me
    ? `Several Salesforce users have the e-mail address of the user who asks: ${found.map(ownerChoice).join('; ')}. Give the name.`
    : 'No Salesforce user has the e-mail address of the user who asks. Give the name as Salesforce has it.';
  throw me ? new Failure('ambiguous', message) : invalidInput([{ field: input, message }]);
}

/**
 * Whose a new record is where nobody is named: the user who asks, where it is known who that is in Salesforce. Undefined where
 * it is not, and where calls run as that user anyway, so that Salesforce decides.
 */
export async function askerOrNobody(salesforce: Salesforce): Promise<string | undefined> {
  try {
    const [asker] = await findOwners(salesforce, 'me', { kinds: ['user'] });
    return asker?.isActive ? asker.id : undefined;
  } catch (error) {
    if (error instanceof Failure && ['invalid_input', 'ambiguous'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Whether a record of an object can be given an owner who is a user. */
export const hasOwner = ({ fields }: ObjectDescription): boolean =>
  fields.some(({ name, createable, referenceTo }) => name === 'OwnerId' && createable && referenceTo.includes('User'));

/** `Ana Ruiz (005…, ana.ruiz@example.com, inactive)` */
export function ownerChoice({ id, name, email, kind, isActive }: Owner): string {
  return `${name} (${[id, kind === 'queue' ? 'queue' : email, !isActive && 'inactive'].filter(Boolean).join(', ')})`;
}

function toOwner({ Id, Name, Email, IsActive }: SalesforceRecord, kind: OwnerKind, sought: string): Owner[] {
  if (typeof Id !== 'string') return [];
  const name = typeof Name === 'string' ? Name : Id;
  const email = typeof Email === 'string' ? Email : undefined;
  const isNamed = [name, email].some(text => text?.toLowerCase() === sought.trim().toLowerCase());
  const isExact = isNamed || (isOwnerId(sought) && isSameRecord(Id, sought.trim()));
  return [{ id: Id, name, email, kind, isActive: IsActive !== false, isExact }];
}
