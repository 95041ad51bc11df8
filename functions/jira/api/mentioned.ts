import { Failure } from '../../../shared/failure.ts';
import type { Mention } from './adf/fromMarkdown/mentions.ts';
import { canBeAssigned, type People, shownAs } from './people.ts';
import type { User } from './wire.ts';

interface Mentioned {
  id: string;
  text: string;
  /** How many characters of a bare mention are the name. */
  length?: number;
}

/** The one active person whom a text mentions. Where nobody or several are meant, `people.notes` says so. */
export async function findMentioned(mention: Mention, people: People): Promise<Mentioned | undefined> {
  const { accountId, name, isBare, written } = mention;
  const first = name.replace(/ .*/, '').replace(possessive, '');
  const users = await people.lookUp(accountId ?? (isBare ? first : name)).catch(error => {
    // Who writes may be allowed to, and yet not to look for people.
    if (error instanceof Failure && error.code === 'forbidden') return undefined;
    throw error;
  });
  if (!users) {
    people.notes.add(`${written} notified nobody: the account signed in to Jira may not look for people.`);
    return undefined;
  }
  const { matches, length } = accountId ? { matches: byId(users, accountId) } : named(users, mention);
  const active = matches.filter(canBeAssigned);
  const [found, ...others] = active;
  if (!found || others.length > 0) {
    people.notes.add(`${written} notified nobody: ${whyNobody(matches, active, mention)}`);
    return undefined;
  }
  return { id: found.accountId, text: found.displayName ?? name, ...(length && { length }) };
}

/** As in @Ana's. */
const possessive = /['’]s$/;

const byId = (users: readonly User[], accountId: string) => users.filter(user => user.accountId === accountId);

/** Those who are called so. A bare mention may go on with words of the sentence, behind a name that is whole. */
function named(
  users: readonly User[],
  { name, isBare }: Pick<Mention, 'name' | 'isBare'>,
): { matches: readonly User[]; length?: number } {
  if (!isBare) {
    if (name.includes('@'))
      return { matches: users.filter(user => !user.emailAddress || same(user.emailAddress, name)) };
    return { matches: preferWhole(users, name) };
  }
  const words = name.split(' ');
  for (let count = words.length; count > 0; count -= 1) {
    const start = words.slice(0, count).join(' ');
    const whole = users.filter(user => same(user.displayName ?? '', start));
    if (whole.length > 0) return { matches: whole, length: start.length };
  }
  const matches = users.filter(user => isCalled(user, name));
  if (matches.length > 0) return { matches, length: name.length };
  return possessive.test(name) ? named(users, { name: name.replace(possessive, ''), isBare }) : { matches };
}

function preferWhole(users: readonly User[], name: string): readonly User[] {
  const whole = users.filter(user => same(user.displayName ?? '', name));
  return whole.length > 0 ? whole : users.filter(user => isCalled(user, name));
}

/** True where every word is a word of the name, or the address begins with it: nobody is called An who is called Ana. */
function isCalled({ displayName, emailAddress }: User, name: string): boolean {
  const own = wordsOf(displayName ?? '');
  const isNamed = wordsOf(name).every(word => own.some(each => same(each, word)));
  return isNamed || same(emailAddress?.split('@')[0] ?? '', name);
}

const wordsOf = (text: string) => text.split(/[\s_]+/).filter(Boolean);

const same = (one: string, other: string) => one.localeCompare(other, 'en', { sensitivity: 'base' }) === 0;

const MAX_LISTED = 5;

function whyNobody(matches: readonly User[], active: readonly User[], { accountId, name }: Mention): string {
  if (active.length > 1) {
    const choices = active.slice(0, MAX_LISTED).map(shownAs).join(', ');
    return `several people match: ${choices}. Mention one by the e-mail address, as in @ana@example.com, or by the whole name, as in @"Ana Ruiz".`;
  }
  const [only] = matches;
  if (only) return `${shownAs(only)} cannot be notified.`;
  return accountId || !name ? 'no active person has that account ID.' : 'no person in Jira matches it.';
}
