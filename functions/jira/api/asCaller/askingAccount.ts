import type { Client } from 'jira.js/core';
import type { Call } from '../../../../shared/call.ts';
import { Failure } from '../../../../shared/failure.ts';
import { seenBy } from '../../../../shared/seenBy.ts';
import { quoted } from '../../../../shared/text.ts';
import type { JiraParts } from '../../settings.ts';
import { openPeople } from '../people.ts';
import type { User } from '../wire.ts';

/**
 * Tells the account in Jira of whoever asks, by a client that is not limited to what that account may see. Nobody's rights
 * stand in for those of a caller whose account is not known: it throws a Failure `forbidden` that says what an administrator
 * must add.
 */
export function openAskingAccount(
  unlimited: (call: Call) => Client,
  parts: Pick<JiraParts, 'settings' | 'now'>,
): (call: Call) => Promise<User> {
  // The service's own account looks them up, and finds the same for everybody.
  const peopleFor = openPeople(unlimited, { ...parts, seenBy });
  return async call => {
    if (call.caller.kind !== 'user') throw noPerson();
    const accounts = await peopleFor(call).callersAccounts();
    const [account, another] = accounts ?? [];
    if (account && !another) return account;
    const { userName } = call.caller;
    if (userName === undefined) throw unnamed();
    const isMapped = parts.settings.JIRA_USER_MAP?.find(userName) !== undefined;
    throw unknownAccount(userName, { isMapped, isNamed: accounts !== undefined, isShared: another !== undefined });
  };
}

function noPerson(): Failure {
  return new Failure(
    'forbidden',
    'This service shows and does in Jira what the asking user may see and do there, and nobody has signed in as a user. Call it with the sign-in of a person; an application has no account in Jira.',
  );
}

function unnamed(): Failure {
  return new Failure(
    'forbidden',
    "This service shows and does in Jira what the asking user may see and do there, and the user's sign-in has no name that proves who they are. An administrator must add the claim upn to the access tokens of the app registration; trying again will not help.",
  );
}

interface Looked {
  /** Whether an entry of JIRA_USER_MAP covers the user. */
  isMapped: boolean;
  /** Whether an account was looked for. */
  isNamed: boolean;
  /** Whether it may be that of several. */
  isShared: boolean;
}

function unknownAccount(userName: string, { isMapped, isNamed, isShared }: Looked): Failure {
  const address = isMapped ? 'the address or account ID that JIRA_USER_MAP gives for them' : 'exactly that address';
  const known = isShared
    ? `several active accounts have ${address}`
    : `no active account of a person or a customer shows ${address}`;
  const why = isNamed ? known : 'no entry of the setting JIRA_USER_MAP covers that name';
  const whose = isShared ? 'account ID' : 'e-mail address or account ID';
  const entry = `${userName}=<their ${whose} in Jira>`;
  const advice = isMapped
    ? `correct the setting JIRA_USER_MAP, such as by ${entry}`
    : `add an entry to the setting JIRA_USER_MAP, ${entry}`;
  return new Failure(
    'forbidden',
    `This service shows and does in Jira what the asking user may see and do there, and it knows no account in Jira of ${quoted(userName)}: ${why}. An administrator can ${advice}; trying again will not help.`,
  );
}
