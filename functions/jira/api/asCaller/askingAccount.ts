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
    const account = await peopleFor(call).findCallerOrCustomer();
    if (account) return account;
    throw unknownAccount(call.caller.userName);
  };
}

function noPerson(): Failure {
  return new Failure(
    'forbidden',
    'This service shows and does in Jira what the asking user may see and do there, and nobody has signed in as a user. Call it with the sign-in of a person; an application has no account in Jira.',
  );
}

function unknownAccount(userName: string | undefined): Failure {
  const whose =
    userName === undefined ? 'the user, whose sign-in has no name that proves who they are' : quoted(userName);
  const entry = userName === undefined ? 'their sign-in name' : userName;
  return new Failure(
    'forbidden',
    `This service shows and does in Jira what the asking user may see and do there, and it knows no account in Jira of ${whose}: no active account shows exactly that address. An administrator can add an entry to the setting JIRA_USER_MAP, ${entry}=<their e-mail address or account ID in Jira>; trying again will not help.`,
  );
}
