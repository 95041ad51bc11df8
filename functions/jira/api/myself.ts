import { getCurrentUser } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import type { AskersZone } from '../../../shared/time/askersZone.ts';
import { isTimeZone } from '../../../shared/time/timeZone.ts';
import type { JiraParts } from '../settings.ts';
import { parseAnswer } from './parseAnswer.ts';
import { myselfSchema, type User } from './wire.ts';

export interface Myself {
  /** Whose token a call brings. @throws Failure as Jira refuses it */
  ask(call: Call): Promise<User>;
  /** The time zone of the caller's own account, in which Jira reads what they send. A request where it is not known. */
  zone(call: Call): AskersZone;
}

const LIFE_MS = 15 * 60_000;
const LOOKUP_MS = 8_000;
const MAX_KEPT = 500;

/**
 * The accounts that callers sign in to, as Jira itself tells of them.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/#api-rest-api-3-myself-get
 */
export function openMyself(
  clientFor: (call: Call) => Client,
  { now, timeZone }: Pick<JiraParts, 'now' | 'timeZone'>,
): Myself {
  const known = createCache<string, User>({ until: () => now() + LIFE_MS, maxEntries: MAX_KEPT, now });
  const ask = async (call: Call) => {
    const account = parseAnswer(myselfSchema, await getCurrentUser(clientFor(call)));
    // Its time zone is wanted soon.
    known.set(account.accountId, account);
    return account;
  };
  return {
    ask,
    zone(call) {
      const accounts = async () => {
        const id = call.caller.account?.id;
        if (id === undefined) return undefined;
        const account = await known.get(id, () => ask(shareable(call, LOOKUP_MS, now())), call);
        return account.timeZone && isTimeZone(account.timeZone) ? account.timeZone : undefined;
      };
      return {
        accounts,
        unlessAccounts: async () => undefined,
        timeZone: async () => (await accounts()) ?? timeZone() ?? 'UTC',
        shown: async () => (await accounts()) ?? timeZone(),
      };
    },
  };
}
