import { createHmac, randomBytes } from 'node:crypto';
import { Failure } from '../failure.ts';
import { singleFlight } from '../singleFlight.ts';
import type { Account } from './caller.ts';

/** A token that a caller brought, and where they signed in. */
export interface SignIn {
  /** The name of the system. */
  system: string;
  /** What people call it. */
  title: string;
  /** Of several sites the one that is asked. */
  site: string | undefined;
  token: string;
}

/** Whose tokens these are. It keeps no token: accounts go by a hash with a key that this process alone has. */
export interface SignedIn {
  /**
   * The account that a token is of: as `ask` has told within the last minutes, or does now. Of tokens that are not known only
   * so many are asked about at once, and of those that are refused so many in a time.
   * @throws Failure as `ask` has thrown it, also a moment ago; `rate_limited` when too many are asked about
   */
  accountOf(signIn: SignIn, ask: () => Promise<Account>): Promise<Account>;
  /** Forgets whose a token is, because the vendor has refused it since. */
  forget(signIn: SignIn): void;
}

const KEPT_MS = 5 * 60_000;
/** As long as a vendor's access token lives: within it, one that was good once is no stranger's guess. */
const KNOWN_MS = 60 * 60_000;
/** Of a token that was refused. A new one is another token, so nobody waits for this. */
const REFUSED_MS = 60_000;
const MAX_KEPT = 10_000;

/** Look-ups at a system under way at once, and waiting for their turn. */
const AT_ONCE = 16;
const MAX_WAITING = 1_000;
const MAX_WAIT_MS = 5_000;
/** So many tokens may be refused at once, and then so many a second. */
const MAX_REFUSALS = 60;
const REFUSALS_A_SECOND = 5;
const RETRY_AFTER_S = 2;

export function createSignedIn(now: () => number): SignedIn {
  const secret = randomBytes(32);
  const keyOf = ({ system, site, token }: SignIn) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([system, site, token]))
      .digest('base64url');
  const fly = singleFlight<string, Account>();
  const accounts = bounded<Account>(now);
  const refused = bounded<Refusal>(now);
  const known = bounded<true>(now);
  const turns = new Map<string, Turns>();

  return {
    async accountOf(signIn, ask) {
      const key = keyOf(signIn);
      const refusal = refused.get(key);
      if (refusal) throw new Failure(refusal.code, refusal.message);
      const account = accounts.get(key);
      if (account) return account;
      const inTurn = turns.get(signIn.system) ?? createTurns(signIn.title, now);
      turns.set(signIn.system, inTurn);
      return fly(key, async () => {
        try {
          const found = await (known.get(key) ? ask() : inTurn(ask));
          accounts.set(key, found, KEPT_MS);
          known.set(key, true, KNOWN_MS);
          return found;
        } catch (error) {
          if (isRefusal(error)) {
            known.delete(key);
            // An error may hold on to what was called when it was thrown, with the token in it.
            refused.set(key, { code: error.code, message: error.message }, REFUSED_MS);
          }
          throw forAll(error);
        }
      });
    },
    forget(signIn) {
      for (const site of new Set([signIn.site, undefined])) accounts.delete(keyOf({ ...signIn, site }));
    },
  };
}

type Refusal = Pick<Failure, 'code' | 'message'>;

function isRefusal(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === 'unauthenticated' || error.code === 'forbidden');
}

/** How it ended is so for all who waited: were it one call's own, each of the others would ask once more. */
function forAll(error: unknown): unknown {
  if (!(error instanceof Failure) || !error.isOwn) return error;
  const { code, message, retryable, retryAfterSeconds, cause } = error;
  return new Failure(code, message, {
    retryable,
    cause,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

type Turns = (ask: () => Promise<Account>) => Promise<Account>;

/** Lets look-ups of tokens that nobody knows have their turns: who guesses tokens must not have them asked about by the thousand. */
function createTurns(title: string, now: () => number): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];
  let refusals = MAX_REFUSALS;
  let filledAt = now();

  const busy = () =>
    new Failure('rate_limited', `Too many sign-ins are being checked at ${title}. Try again in a few seconds.`, {
      retryAfterSeconds: RETRY_AFTER_S,
    });
  const mayBeRefused = () => {
    refusals = Math.min(MAX_REFUSALS, refusals + ((now() - filledAt) / 1000) * REFUSALS_A_SECOND);
    filledAt = now();
    return refusals >= 1;
  };

  return async ask => {
    const askedAt = now();
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING) throw busy();
      await new Promise<void>(resolve => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      if (now() - askedAt > MAX_WAIT_MS || !mayBeRefused()) throw busy();
      let isRefused = false;
      // Taken before it is known how it ends, and given back unless it is refused.
      refusals -= 1;
      try {
        return await ask();
      } catch (error) {
        isRefused = isRefusal(error);
        throw error;
      } finally {
        if (!isRefused) refusals += 1;
      }
    } finally {
      const next = waiting.shift();
      // Whoever waits takes the place over.
      if (next) next();
      else running -= 1;
    }
  };
}

/** A few thousand values, each for its time; the oldest makes room. */
function bounded<Value>(now: () => number) {
  const entries = new Map<string, { value: Value; until: number }>();
  return {
    get(key: string): Value | undefined {
      const entry = entries.get(key);
      return entry && entry.until > now() ? entry.value : undefined;
    },
    set(key: string, value: Value, milliseconds: number): void {
      entries.delete(key);
      entries.set(key, { value, until: now() + milliseconds });
      const [oldest] = entries.keys();
      if (entries.size > MAX_KEPT && oldest !== undefined) entries.delete(oldest);
    },
    delete: (key: string) => void entries.delete(key),
  };
}
