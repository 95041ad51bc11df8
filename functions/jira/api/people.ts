import { findAssignableUsers, findUsers } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { folded as foldedLabel } from '../../../shared/filter/label.ts';
import type { KeptBy } from '../../../shared/seenBy.ts';
import { folded, isGuest } from '../../../shared/settings/userMap.ts';
import { quoted } from '../../../shared/text.ts';
import type { JiraParts, JiraSettings } from '../settings.ts';
import { parseAnswer } from './parseAnswer.ts';
import { type User, usersSchema } from './wire.ts';

/** Where a person must be assignable: in a project, or on an issue. */
export type Assignable = { project: string } | { issueKey: string };

export interface People {
  /**
   * Finds a person by name, e-mail address, account ID or `me`: staff, customers of a service project, apps and who has
   * left alike, unless the person is to be assigned. @throws Failure `not_found` or `ambiguous`
   */
  find(person: string, assignable?: Assignable): Promise<User>;
  /**
   * What JQL takes for a person: the account ID. A name of nobody who is found goes in as it is, because JQL also knows
   * people who have left. @throws Failure `ambiguous`
   */
  inJql(person: string): Promise<string>;
  /** The account of the calling user; undefined where it is not known. */
  findCaller(): Promise<User | undefined>;
  /**
   * Everybody who may be the calling user: accounts that work there, or where there are none, those of customers. Of several
   * nobody knows which is theirs. Undefined where no name of the user in Jira is known.
   */
  callersAccounts(): Promise<readonly User[] | undefined>;
  /** Everybody whom Jira finds for a name, an e-mail address or an account ID, of every kind. */
  lookUp(text: string): Promise<readonly User[]>;
  /** The people whose name or e-mail address starts with `text`. */
  search(text: string, page: { startAt: number; limit: number }): Promise<{ users: User[]; next: number | undefined }>;
  /** What the user should know of people whom this call's texts mention, in sentences. */
  notes: Set<string>;
}

const LIFE_MS = 60_000;
const LOOKUP_MS = 8_000;
const MAX_LOOKUPS = 200;
/** How many candidates an `ambiguous` failure lists. */
const MAX_CANDIDATES = 10;

/**
 * `5b10ac8d82e05b22cc7d4ef5`, `712020:<uuid>`, `qm:<uuid>:<number>`.
 * https://support.atlassian.com/organization-administration/docs/what-is-an-atlassian-account-id/
 */
const accountId = /^([0-9a-f]{24}|\w+(:[\w-]+)+)$/i;

/** The largest page. Jira filters a page after it has cut it, so a smaller page could miss people who match. */
const MAX_SEARCHED = 1000;

/** Tells whose rights a call has. @throws Failure where nobody's account is known */
type AccountFor = (call: Call) => Promise<User>;

/** People of a Jira site, for one call. Lookups are cached for a minute. */
export function openPeople(
  clientFor: (call: Call) => Client,
  { settings, seenBy, now, accountFor }: Pick<JiraParts, 'settings'> & KeptBy & { accountFor?: AccountFor | undefined },
): (call: Call) => People {
  const found = createCache<string, User[]>({ until: () => now() + LIFE_MS, maxEntries: MAX_LOOKUPS, now });

  return call => {
    const lookUp = (text: string, assignable?: Assignable): Promise<User[]> =>
      found.get(
        JSON.stringify([seenBy(call), text.toLowerCase(), assignable]),
        async () => {
          const client = clientFor(shareable(call, LOOKUP_MS, now()));
          const query = { ...(accountId.test(text) ? { accountId: text } : { query: text }), maxResults: MAX_SEARCHED };
          const answer = await (assignable
            ? findAssignableUsers(client, { ...query, ...assignable })
            : findUsers(client, query));
          return parseAnswer(usersSchema, answer);
        },
        call,
      );

    /** It is known whose it is. @throws Failure `not_found` where it cannot be assigned */
    const asSignedIn = async (own: User, assignable?: Assignable): Promise<User> => {
      if (!assignable) return own;
      const found = (await lookUp(own.accountId, assignable)).find(({ accountId: id }) => id === own.accountId);
      if (found && canBeAssigned(found)) return found;
      throw cannotBeAssigned(found ?? own);
    };

    /** The accounts with exactly this address, where it can be seen, or with this account ID. */
    const findExactly = async (name: string, assignable?: Assignable): Promise<User[]> => {
      const found = await lookUp(name, assignable);
      return found.filter(({ accountId: id, emailAddress }) =>
        accountId.test(name) ? id === name : folded(emailAddress ?? '') === folded(name),
      );
    };

    const findCaller = async (assignable?: Assignable): Promise<User | undefined> => {
      const own = call.caller.account?.system === 'jira' ? call.caller.account.id : undefined;
      if (accountFor) return asSignedIn(await accountFor(call), assignable);
      if (own !== undefined) return asSignedIn({ accountId: own, displayName: call.caller.name }, assignable);
      const name = nameInJira(call, settings.JIRA_USER_MAP);
      const accounts = name === undefined ? [] : (await findExactly(name, assignable)).filter(canBeAssigned);
      return accounts.length === 1 ? accounts[0] : undefined;
    };

    const find = async (person: string, assignable?: Assignable): Promise<User> => {
      if (person.toLowerCase() === 'me') {
        const caller = await findCaller(assignable);
        if (caller) return caller;
        throw unknownCaller();
      }
      // An ID is looked up only where it matters whose it is: Jira finds nobody who has left, not even by it.
      if (accountId.test(person) && !assignable) return { accountId: person };
      const users = await lookUp(person, assignable);
      const matches = bestMatches(assignable ? users.filter(canBeAssigned) : users, person);
      if (matches.length > 1) throw severalPeople(person, matches);
      if (matches[0]) return matches[0];
      if (!assignable) throw noMatch(person);
      const others = bestMatches(await lookUp(person), person).filter(user => !canBeAssigned(user));
      throw others[0] ? cannotBeAssigned(others[0]) : notAssignable(person);
    };

    return {
      find,
      inJql: person =>
        find(person).then(
          user => user.accountId,
          error => {
            if (error instanceof Failure && error.code === 'not_found') return person;
            throw error;
          },
        ),
      findCaller: () => findCaller(),
      async callersAccounts() {
        const name = nameInJira(call, settings.JIRA_USER_MAP);
        if (name === undefined) return undefined;
        const accounts = await findExactly(name);
        const working = accounts.filter(canBeAssigned);
        return working.length > 0 ? working : accounts.filter(account => kindOf(account) === 'customer');
      },
      lookUp: text => lookUp(text),
      notes: new Set(),
      async search(text, { startAt, limit }) {
        const query = { ...(accountId.test(text) ? { accountId: text } : { query: text }), startAt, maxResults: limit };
        const found = parseAnswer(usersSchema, await findUsers(clientFor(call), query));
        // Jira does not tell whether there are more, so after a full page there may be none.
        return { users: found, next: found.length < limit ? undefined : startAt + found.length };
      },
    };
  };
}

/** Not an app, a customer of a service project, or somebody who has left. */
export function canBeAssigned({ accountType, active }: User): boolean {
  return (accountType ?? 'atlassian') === 'atlassian' && active !== false;
}

/** The calling user's e-mail address or account ID in Jira; undefined where it is not known. */
function nameInJira({ caller }: Call, map: JiraSettings['JIRA_USER_MAP']): string | undefined {
  if (caller.kind !== 'user' || !caller.userName) return undefined;
  if (map) return map.find(caller.userName);
  return isGuest(caller.userName) ? undefined : caller.userName;
}

function unknownCaller(): Failure {
  return new Failure(
    'invalid_input',
    'This service does not know the Jira account of the user, so it cannot resolve "me". Ask the user for their name or e-mail address in Jira, and give that instead.',
  );
}

/** Jira matches the beginnings of words. People with exactly that name or address are preferred to all others. */
function bestMatches(users: readonly User[], wanted: string): readonly User[] {
  if (accountId.test(wanted)) return users.filter(user => isSame(user.accountId, wanted));
  const isEmail = wanted.includes('@');
  // Jira also finds people by an address that is hidden in its answer.
  const candidates = isEmail
    ? users.filter(({ emailAddress }) => !emailAddress || isSame(emailAddress, wanted))
    : users;
  const exact = candidates.filter(({ displayName, emailAddress }) =>
    isSame((isEmail ? emailAddress : displayName) ?? '', wanted),
  );
  if (exact.length > 0) return exact;
  // Of those who are only called like it, nobody who has left and no app stands in the way of a person.
  const present = candidates.filter(({ active, accountType }) => active !== false && accountType !== 'app');
  return present.length > 0 ? present : candidates;
}

const isSame = (one: string, other: string) => one.localeCompare(other, 'en', { sensitivity: 'base' }) === 0;

/** What people say in place of a name, of an assignee above all. */
const roles = new Set(['componentlead', 'projectlead', 'lead', 'automatic', 'default', 'defaultassignee']);

function isRole(person: string): boolean {
  return roles.has(foldedLabel(person));
}

function noPerson(person: string): Failure {
  return new Failure(
    'not_found',
    `${quoted(person)} is no person. Leads are told by describeProject, those of components with part components; a new issue without an assignee goes to whom its project is set up for.`,
  );
}

function noMatch(person: string): Failure {
  if (isRole(person)) return noPerson(person);
  const advice = accountId.test(person) ? '' : ' Check the name, or give the e-mail address.';
  return new Failure('not_found', `No user in Jira matches ${quoted(person)}.${advice}`);
}

function notAssignable(person: string): Failure {
  if (isRole(person)) return noPerson(person);
  return new Failure(
    'not_found',
    `No user who matches ${quoted(person)} can be assigned issues there. Check the name with findUsers, or give the e-mail address.`,
  );
}

function cannotBeAssigned(user: User): Failure {
  return new Failure('not_found', `${shownAs(user)} cannot be assigned issues. Ask the user for somebody else.`);
}

/** What an account is, where it is not that of a person who works there. */
export function kindOf({
  accountType,
  active,
}: Pick<User, 'accountType' | 'active'>): 'left' | 'customer' | 'app' | undefined {
  if (active === false) return 'left';
  return accountType === 'customer' || accountType === 'app' ? accountType : undefined;
}

const kinds = { left: 'has left', customer: 'a customer', app: 'an app' };

/** `Ana Ruiz (ana@example.com)`, `Marta Olsen (712020:…, has left)`. */
export function shownAs(user: User): string {
  const kind = kindOf(user);
  return `${user.displayName ?? 'no name'} (${user.emailAddress ?? user.accountId}${kind ? `, ${kinds[kind]}` : ''})`;
}

function severalPeople(person: string, users: readonly User[]): Failure {
  const candidates = users.slice(0, MAX_CANDIDATES).map(shownAs);
  const more = users.length > MAX_CANDIDATES ? ', and others' : '';
  return new Failure(
    'ambiguous',
    `Several people match ${quoted(person)}: ${candidates.join(', ')}${more}. Ask the user which one is meant, and give the value in parentheses.`,
  );
}
