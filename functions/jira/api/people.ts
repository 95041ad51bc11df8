import { findAssignableUsers, findUsers } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { folded, isGuest } from '../../../shared/settings/userMap.ts';
import type { JiraParts, JiraSettings } from '../settings.ts';
import { parseAnswer } from './parseAnswer.ts';
import { type User, usersSchema } from './wire.ts';

/** Whom an issue can be assigned to depends on where it is, or will be. */
export type Assignable = { project: string } | { issueKey: string };

export interface People {
  /** The person that a name, an e-mail address, an account ID or `me` means. @throws Failure `not_found` or `ambiguous` */
  find(person: string, assignable?: Assignable): Promise<User>;
  /** The account of the user who calls; undefined where it is not known. */
  findCaller(): Promise<User | undefined>;
  /** The person with exactly this e-mail address, if there is one. */
  findByEmail(email: string): Promise<User | undefined>;
  /** Everybody whose name or e-mail address starts with `text`. */
  search(text: string, page: { startAt: number; limit: number }): Promise<{ users: User[]; next: number | undefined }>;
}

const LIFE_MS = 60_000;
const LOOKUP_MS = 8_000;
const MAX_LOOKUPS = 200;
/** More candidates than this are no help to anybody. */
const MAX_CANDIDATES = 10;

/**
 * `5b10ac8d82e05b22cc7d4ef5`, `712020:<uuid>`, `qm:<uuid>:<number>`: nobody's name looks like that.
 * https://support.atlassian.com/organization-administration/docs/what-is-an-atlassian-account-id/
 */
const accountId = /^([0-9a-f]{24}|\w+(:[\w-]+)+)$/i;

/** Jira takes so many people, and only then looks who of them matches: any fewer would hide the others. */
const MAX_SEARCHED = 1000;

/** People of a Jira site, for one call; what was looked up is kept for a minute. */
export function openPeople(
  clientFor: (call: Call) => Client,
  { settings, now }: Pick<JiraParts, 'settings' | 'now'>,
): (call: Call) => People {
  const found = createCache<string, User[]>({ until: () => now() + LIFE_MS, maxEntries: MAX_LOOKUPS, now });

  return call => {
    const lookUp = (text: string, assignable?: Assignable): Promise<User[]> =>
      found.get(
        JSON.stringify([call.permit.scope, text.toLowerCase(), assignable]),
        async () => {
          const client = clientFor(shareable(call, LOOKUP_MS, now()));
          const query = { ...(accountId.test(text) ? { accountId: text } : { query: text }), maxResults: MAX_SEARCHED };
          const answer = await (assignable
            ? findAssignableUsers(client, { ...query, ...assignable })
            : findUsers(client, query));
          return parseAnswer(usersSchema, answer).filter(isPerson);
        },
        call.signal,
      );

    /** The account with exactly this address, where it can be seen, or with this account ID. */
    const findExactly = async (name: string, assignable?: Assignable): Promise<User | undefined> => {
      const found = await lookUp(name, assignable);
      const matches = found.filter(({ accountId: id, emailAddress }) =>
        accountId.test(name) ? id === name : folded(emailAddress ?? '') === folded(name),
      );
      return matches.length === 1 ? matches[0] : undefined;
    };

    const findCaller = async (assignable?: Assignable): Promise<User | undefined> => {
      const name = nameInJira(call, settings.JIRA_USER_MAP);
      return name === undefined ? undefined : findExactly(name, assignable);
    };

    const find = async (person: string, assignable?: Assignable): Promise<User> => {
      if (person.toLowerCase() === 'me') {
        const caller = await findCaller(assignable);
        if (caller) return caller;
        throw unknownCaller();
      }
      const matches = bestMatches(await lookUp(person, assignable), person);
      if (matches.length > 1) throw severalPeople(person, matches);
      if (matches[0]) return matches[0];
      throw nobody(person, assignable);
    };

    return {
      find,
      findCaller: () => findCaller(),
      findByEmail: email => findExactly(email),
      async search(text, { startAt, limit }) {
        const query = { ...(accountId.test(text) ? { accountId: text } : { query: text }), startAt, maxResults: limit };
        const found = parseAnswer(usersSchema, await findUsers(clientFor(call), query));
        // Jira does not say whether there are more: a full page may be the last one.
        return { users: found.filter(isPerson), next: found.length < limit ? undefined : startAt + found.length };
      },
    };
  };
}

/** Apps have accounts as well, but nobody means those. */
function isPerson({ accountType, active }: User): boolean {
  return accountType === 'atlassian' && active !== false;
}

/** The address or account ID by which Jira knows who calls; undefined where that is not known. */
function nameInJira({ caller }: Call, map: JiraSettings['JIRA_USER_MAP']): string | undefined {
  if (caller.kind !== 'user' || !caller.userName) return undefined;
  if (map) return map.find(caller.userName);
  return isGuest(caller.userName) ? undefined : caller.userName;
}

function unknownCaller(): Failure {
  return new Failure(
    'invalid_input',
    'This service cannot tell which Jira account the user has, so it cannot tell who "me" is. Ask the user for their name or e-mail address in Jira, and give that instead.',
  );
}

/** Jira finds by the beginnings of words: who is called exactly so, or has exactly that address, comes before all others. */
function bestMatches(users: readonly User[], wanted: string): readonly User[] {
  if (accountId.test(wanted)) return users.filter(user => isSame(user.accountId, wanted));
  const isEmail = wanted.includes('@');
  // An address may be hidden, and is then what Jira found the person by.
  const candidates = isEmail
    ? users.filter(({ emailAddress }) => !emailAddress || isSame(emailAddress, wanted))
    : users;
  const exact = candidates.filter(({ displayName, emailAddress }) =>
    isSame((isEmail ? emailAddress : displayName) ?? '', wanted),
  );
  return exact.length > 0 ? exact : candidates;
}

const isSame = (one: string, other: string) => one.localeCompare(other, 'en', { sensitivity: 'base' }) === 0;

function nobody(person: string, assignable?: Assignable): Failure {
  return new Failure(
    'not_found',
    assignable
      ? `Nobody called ${brief(person)} can be assigned issues there. Check the name with findUsers, or give the e-mail address.`
      : `Nobody called ${brief(person)} was found in Jira. Check the name, or give the e-mail address.`,
  );
}

function severalPeople(person: string, users: readonly User[]): Failure {
  const candidates = users
    .slice(0, MAX_CANDIDATES)
    .map(({ displayName, emailAddress, accountId }) => `${displayName ?? 'somebody'} (${emailAddress ?? accountId})`);
  const more = users.length > MAX_CANDIDATES ? ', and others' : '';
  return new Failure(
    'ambiguous',
    `Several people match ${brief(person)}: ${candidates.join(', ')}${more}. Ask which one is meant, and give what stands in brackets.`,
  );
}

const brief = (text: string) => `"${text.slice(0, 80).toWellFormed()}"`;
