import { createCache } from '../cache.ts';
import type { Call } from '../call.ts';
import { Failure, type FailureCode } from '../failure.ts';
import { isTimeZone } from './timeZone.ts';

/** Where an upstream tells of time zones, for one call. Each is asked when it is needed, and not again for a while. */
export interface ZoneSources {
  /** Of the user who asks, where it is known who that is. */
  ofUser(): Promise<string | undefined>;
  /** Of the account that this service uses. */
  ofAccount(): Promise<string | undefined>;
}

/** The time zone that decides for a call what a day is. @throws Failure `misconfigured` where the setting decides and is wrong */
export interface AskersZone {
  timeZone(): Promise<string>;
  /** The same, but undefined where the account's decides, in which the upstream itself reads what is sent to it. */
  unlessAccounts(): Promise<string | undefined>;
  /**
   * The same for telling times, which is worth no request where nobody asks in person: undefined there, unless an administrator has set
   * it or the call has asked for it.
   */
  shown(): Promise<string | undefined>;
  /** The account's own, in which the upstream itself tells days; undefined where it does not tell it. */
  accounts(): Promise<string | undefined>;
}

const LIFE_MS = 15 * 60_000;
const MAX_KEPT = 500;

/** An upstream that refuses so has nothing to tell of the zone. Where it failed, a guess would be wrong. */
const tellsNothing: ReadonlySet<FailureCode> = new Set(['invalid_input', 'not_found', 'forbidden', 'upstream_error']);

/**
 * Finds the time zone that decides for a call what a day is: the asking user's, where the upstream knows it; else the one
 * that an administrator has set; else that of the account that this service uses; else UTC. The host's own is never it.
 */
export function openAskersZone({ timeZone, now }: { timeZone(): string | undefined; now: () => number }) {
  /** What calls have asked for: one that changed meanwhile would tell times by another clock than days. */
  const asked = new WeakMap<Call, Promise<string>>();
  const known = createCache<string, string | undefined>({ until: () => now() + LIFE_MS, maxEntries: MAX_KEPT, now });

  return (call: Call, { ofUser, ofAccount }: ZoneSources): AskersZone => {
    const ask = async (key: string, find: () => Promise<string | undefined>) => {
      try {
        return await known.get(
          key,
          async () => {
            const zone = await find();
            return zone !== undefined && isTimeZone(zone) ? zone : undefined;
          },
          call,
        );
      } catch (error) {
        if (!(error instanceof Failure) || error.retryable || !tellsNothing.has(error.code)) throw error;
        call.log.warn('timeZoneUnknown', { code: error.code });
        return undefined;
      }
    };
    const unlessAccounts = async () =>
      (call.caller.kind === 'user' && (await ask(`user ${call.caller.id}`, ofUser))) || timeZone();
    const accounts = () => ask('account', ofAccount);
    const decided = async () => (await unlessAccounts()) ?? (await accounts()) ?? 'UTC';
    return {
      unlessAccounts,
      accounts,
      timeZone() {
        const zone = asked.get(call) ?? decided();
        asked.set(call, zone);
        return zone;
      },
      shown: async () => asked.get(call) ?? (call.caller.kind === 'user' ? decided() : timeZone()),
    };
  };
}
