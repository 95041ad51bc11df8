import type { Call, Usage } from '../../../../shared/call.ts';
import { type JiraClient, openedLater } from '../client.ts';
import type { User } from '../wire.ts';
import { type GuardParts, type Memory, newMemory } from './guard.ts';
import { limitedTo } from './limitedTo.ts';
import { onBehalfOf } from './onBehalfOf.ts';

interface Limits {
  /** The client of the service's account. */
  unlimited(call: Call): JiraClient;
  /** @throws Failure `forbidden` where the caller has no account that is known */
  accountFor(call: Call): Promise<User>;
  checkFor(call: Call): GuardParts['check'];
  /** The fields of the site, as the caller may know them. */
  fieldsFor(call: Call): ReturnType<NonNullable<GuardParts['fields']>>;
}

/** The requests that a call may send besides those of its action, to learn what its caller may see and do. */
const MORE_REQUESTS = 200;

/** The same call, with the requests to learn that. */
export function asCaller(call: Call): Call {
  return {
    ...call,
    // What is carried out of a plan gets its requests later.
    get maxRequests() {
      return call.maxRequests + MORE_REQUESTS;
    },
  };
}

/** Clients that are limited to what the account of each call's caller may see and do. Its account is asked for once. */
export function limitedToCallers({ unlimited, accountFor, checkFor, fieldsFor }: Limits): (call: Call) => JiraClient {
  // A call and its copies have one usage.
  const memories = new WeakMap<Usage, Memory>();
  const memoryOf = ({ usage }: Call): Memory => {
    const memory = memories.get(usage) ?? newMemory();
    memories.set(usage, memory);
    return memory;
  };

  return call => {
    const open = async () => {
      const account = await accountFor(call);
      const { accountId } = account;
      call.usage.onBehalfOf = { ...call.usage.onBehalfOf, jira: accountId };
      const client = onBehalfOf(account, unlimited(call), call);
      const fields = () => fieldsFor(call);
      return limitedTo({ client, accountId, check: checkFor(call), memory: memoryOf(call), fields });
    };
    return openedLater(open);
  };
}
