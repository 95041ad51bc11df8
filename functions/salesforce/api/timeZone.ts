import * as z from 'zod';
import { type Call, shareable } from '../../../shared/call.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { openAskersZone } from '../../../shared/time/askersZone.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { runsAsCaller, type SalesforceParts } from '../settings.ts';
import { type Session, salesforceUsername } from './signIn.ts';
import { type Soql, soql } from './soql.ts';
import { read } from './wire.ts';

const LOOKUP_MS = 8_000;

const usersSchema = z.object({
  records: z.array(z.object({ Username: z.string().nullish(), TimeZoneSidKey: z.string().nullish() })),
});

/** The zones of a call, by their IANA names. */
export interface Zones {
  /** The one that decides what a day is. */
  timeZone(): Promise<string>;
  /** The same for telling times: undefined where that is worth no request. */
  shown(): Promise<string | undefined>;
  /** That of the Salesforce user as whom the call runs, in which `convertTimezone` tells times; undefined where it is not told. */
  ofSession(): Promise<string | undefined>;
}

/**
 * The time zone that decides for a call what a day is: `User.TimeZoneSidKey` of the user who asks, or else of the user
 * whom this service signs in as. Nothing else of a user is told, so a policy that closes users does not close it.
 */
export function openTimeZone(
  parts: SalesforceParts,
  { ask, signedIn }: { ask(call: Call, path: string): Promise<UpstreamAnswer>; signedIn(call: Call): Promise<Session> },
): (call: Call) => Zones {
  const { settings, now } = parts;
  const zoneFor = openAskersZone(parts);
  const isCallers = runsAsCaller(settings);

  return call => {
    const shared = () => shareable(call, LOOKUP_MS, now());
    const find = async (condition: Soql) => {
      const statement = soql`SELECT Username, TimeZoneSidKey FROM User WHERE ${condition} LIMIT 2`;
      const { body } = await ask(shared(), `/query?q=${encodeURIComponent(statement.text)}`);
      return read(usersSchema, parseJson(body)).records;
    };
    const ofAccount = async () => {
      const { userId } = await signedIn(shared());
      const [user] = userId ? await find(soql`Id = ${userId}`) : [];
      return user?.TimeZoneSidKey ?? undefined;
    };
    const ofUser = async () => {
      if (isCallers) return ofAccount();
      const name = call.caller.userName && salesforceUsername(call.caller.userName, settings.SALESFORCE_USER_MAP);
      if (!name) return undefined;
      const users = await find(soql`IsActive = TRUE AND (Username = ${name} OR Email = ${name})`);
      const user = users.find(({ Username }) => Username?.toLowerCase() === name.toLowerCase());
      return (user ?? (users.length === 1 ? users[0] : undefined))?.TimeZoneSidKey ?? undefined;
    };
    // There is no account that all calls share, of which the zone could be kept for all.
    const { timeZone, shown, accounts } = zoneFor(call, {
      ofUser,
      ofAccount: isCallers ? async () => undefined : ofAccount,
    });
    // Each caller has a session of their own, whose zone is the one that decides.
    return { timeZone, shown, ofSession: isCallers ? timeZone : accounts };
  };
}
