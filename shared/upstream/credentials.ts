import { type Call, shareable } from '../call.ts';
import { Failure } from '../failure.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import { singleFlight, waitFor } from '../singleFlight.ts';
import type { UpstreamAnswer } from './http.ts';
import type { Upstream } from './upstream.ts';

/** What an upstream lets us in with. */
export interface Token {
  value: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Thrown by an exchange when the upstream does not take the secret: it may have been rotated. */
export class SecretRefused extends Error {
  override readonly name = 'SecretRefused';
}

interface SecretUse {
  upstream: Upstream;
  secrets: SecretStore;
  secretName: string;
}

export interface Credentials<T> {
  /**
   * Runs `attempt` with what the upstream lets us in with. When that is answered 401, a token that was kept from before
   * is renewed once; then the secret is read again once, in case it was rotated. So it runs three times at the most.
   * @throws Failure `upstream_auth_failed` when the upstream refuses all of these.
   */
  authorized(call: Call, attempt: (token: T) => Promise<UpstreamAnswer>, subject?: string): Promise<UpstreamAnswer>;
}

/** For an upstream that takes the secret itself: `present` makes it what the upstream wants to see. */
export function secretCredentials<T>(use: SecretUse, present: (secret: string) => T): Credentials<T> {
  return {
    async authorized(call, attempt) {
      const secret = await use.secrets.get(use.secretName, call.signal);
      const answer = await attempt(present(secret));
      if (answer.status !== 401) return answer;
      const second = await attempt(present(await rotated(secret, use, call)));
      if (second.status === 401) throw refusal(use);
      return second;
    },
  };
}

/** The secret as its source has it now. @throws Failure `upstream_auth_failed` when it is the one that was refused */
async function rotated(refused: string, use: SecretUse, call: Call, cause?: unknown): Promise<string> {
  use.secrets.invalidate(use.secretName, refused);
  const secret = await use.secrets.get(use.secretName, call.signal);
  if (secret === refused) throw refusal(use, cause);
  return secret;
}

function refusal({ upstream, secretName }: SecretUse, cause?: unknown): Failure {
  return new Failure(
    'upstream_auth_failed',
    `${upstream.title} refuses the credentials of this service. An administrator must renew the secret ${secretName}, or give its account access; trying again will not help.`,
    { cause },
  );
}

export interface TokenOptions<T extends Token> extends SecretUse {
  /** Turns the secret into a token for `subject`. @throws SecretRefused */
  exchange(secret: string, subject: string, call: Call): Promise<T>;
  now?: () => number;
}

interface Held<T> {
  token: T;
  secret: string;
  obtainedAt: number;
}

const EXCHANGE_MS = 10_000;
/** A token is renewed this long before it ends, so that it does not end on its way. */
const RENEW_BEFORE_MS = 60_000;
/** Tokens of more subjects than this are not kept: the one that was used longest ago goes. */
const MAX_SUBJECTS = 500;

/** Tokens for an upstream, one for each subject, each got in one flight and kept until shortly before it ends. */
export function tokenCredentials<T extends Token>(options: TokenOptions<T>): Credentials<T> {
  const { secrets, secretName, exchange, now = Date.now } = options;
  const held = new Map<string, Held<T>>();
  const fly = singleFlight<string, Held<T>>();

  const obtain = async (subject: string, call: Call): Promise<Held<T>> => {
    const shared = shareable(call, EXCHANGE_MS, now());
    const secret = await secrets.get(secretName, shared.signal);
    let used = secret;
    let token: T;
    try {
      token = await exchange(secret, subject, shared);
    } catch (error) {
      if (!(error instanceof SecretRefused)) throw error;
      used = await rotated(secret, options, shared, error);
      token = await exchange(used, subject, shared).catch(again => {
        throw again instanceof SecretRefused ? refusal(options, again) : again;
      });
    }
    return { token, secret: used, obtainedAt: now() };
  };

  const current = async (subject: string, call: Call): Promise<Held<T>> => {
    const known = held.get(subject);
    if (known && known.token.expiresAt - now() > RENEW_BEFORE_MS) {
      held.delete(subject);
      held.set(subject, known);
      return known;
    }
    const flight = fly(subject, async () => {
      const fresh = await obtain(subject, call);
      held.set(subject, fresh);
      for (const oldest of held.keys()) {
        if (held.size <= MAX_SUBJECTS) break;
        held.delete(oldest);
      }
      return fresh;
    });
    return waitFor(flight, call.signal);
  };

  const drop = (subject: string, refused: Held<T>) => {
    if (held.get(subject) === refused) held.delete(subject);
  };

  return {
    async authorized(call, attempt, subject = '') {
      let entry = await current(subject, call);
      let answer = await attempt(entry.token);
      if (answer.status !== 401) return answer;

      // A token that was got just now is not refused for its age.
      if (entry.obtainedAt < call.startedAt) {
        const refused = entry.token.value;
        drop(subject, entry);
        entry = await current(subject, call);
        if (entry.token.value !== refused) {
          answer = await attempt(entry.token);
          if (answer.status !== 401) return answer;
        }
      }
      await rotated(entry.secret, options, call);
      drop(subject, entry);
      entry = await current(subject, call);
      answer = await attempt(entry.token);
      if (answer.status === 401) throw refusal(options);
      return answer;
    },
  };
}
