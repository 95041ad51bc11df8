import type { Call } from '../../../../shared/call.ts';
import type { JiraParts } from '../../settings.ts';
import type { JiraClient } from '../client.ts';
import type { User } from '../wire.ts';
import { openAskingAccount } from './askingAccount.ts';
import type { GuardParts } from './guard.ts';
import { asCaller, limitedToCallers } from './limitedToCallers.ts';
import { openPermissions, type Permissions } from './permissionCheck.ts';

/** Answers of the service's account, limited to what each caller may see and do. */
export interface RunAsCaller extends Pick<Permissions, 'requireAdministrator'> {
  /** The same call, with the requests to learn what its caller may see and do. */
  callOf(call: Call): Call;
  clientFor(call: Call): JiraClient;
  /** @throws Failure `forbidden` where the caller has no account that is known */
  accountFor(call: Call): Promise<User>;
}

/**
 * @param unlimited the client of the service's account
 * @param fieldsFor the fields of the site, as the caller may know them
 */
export function runAsCaller(
  parts: JiraParts,
  {
    unlimited,
    fieldsFor,
  }: { unlimited(call: Call): JiraClient; fieldsFor(call: Call): ReturnType<NonNullable<GuardParts['fields']>> },
): RunAsCaller {
  const { checkFor, requireAdministrator } = openPermissions(parts);
  const accountFor = openAskingAccount(unlimited, parts);
  return {
    callOf: asCaller,
    clientFor: limitedToCallers({ unlimited, accountFor, checkFor, fieldsFor }),
    accountFor,
    requireAdministrator,
  };
}
