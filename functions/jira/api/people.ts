import { findAssignableUsers, findUsers } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { folded, isGuest } from '../../../shared/settings/userMap.ts';
import { quoted } from '../../../shared/text.ts';
import type { JiraParts, JiraSettings } from '../settings.ts';
import { parseAnswer } from './parseAnswer.ts';
import { type User, usersSchema } from './wire.ts';

/** Where a person must be assignable: in a project, or on an issue. */
export type Assignable = { project: string } | { issueKey: string };

export interface People {
  /** Finds a person by name, e-mail address, account ID or `me`. @throws Failure `not_found` or `ambiguous` */
  find(person: string, assignable?: Assignable): Promise<User>;
  /** The account of the calling user; undefined where it is not known. */
  findCaller(): Promise<User | undefined>;
  /** The person with exactly this e-mail address, if there is one. */
  findByEmail(email: string): Promise<User | undefined>;
  /** The people whose name or e-mail address starts with `text`. */
  search(text: string, page: { startAt: number; limit: number }): Promise<{ users: User[]; next: number | undefined }>;
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

/** People of a Jira site, for one call. Lookups are cached for a minute. */
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
        call,
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
      throw noMatch(person, assignable);
    };

    return {
      find,
      findCaller: () => findCaller(),
      findByEmail: email => findExactly(email),
      async search(text, { startAt, limit }) {
        const query = { ...(accountId.test(text) ? { accountId: text } : { query: text }), startAt, maxResults: limit };
        const found = parseAnswer(usersSchema, await findUsers(clientFor(call), query));
        // Jira does not tell whether there are more, so after a full page there may be none.
        return { users: found.filter(isPerson), next: found.length < limit ? undefined : startAt + found.length };
      },
    };
  };
}

/** Leaves out the accounts of apps and of people who have left. */
function isPerson({ accountType, active }: User): boolean {
  return accountType === 'atlassian' && active !== false;
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
  return exact.length > 0 ? exact : candidates;
}

const isSame = (one: string, other: string) => one.localeCompare(other, 'en', { sensitivity: 'base' }) === 0;

function noMatch(person: string, assignable?: Assignable): Failure {
  return new Failure(
    'not_found',
    assignable
      ? `No user who matches ${quoted(person)} can be assigned issues there. Check the name with findUsers, or give the e-mail address.`
      : `No user in Jira matches ${quoted(person)}. Check the name, or give the e-mail address.`,
  );
}

function severalPeople(person: string, users: readonly User[]): Failure {
  const candidates = users
    .slice(0, MAX_CANDIDATES)
    .map(({ displayName, emailAddress, accountId }) => `${displayName ?? 'no name'} (${emailAddress ?? accountId})`);
  const more = users.length > MAX_CANDIDATES ? ', and others' : '';
  return new Failure(
    'ambiguous',
    `Several people match ${quoted(person)}: ${candidates.join(', ')}${more}. Ask the user which one is meant, and give the value in parentheses.`,
  );
}
