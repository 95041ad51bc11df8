import { type Call, shareable } from '../call.ts';
import { Failure } from '../failure.ts';
import type { SecretName, SecretStore } from '../secrets/secretStore.ts';
import { singleFlight, waitFor } from '../singleFlight.ts';
import type { Upstream, UpstreamAnswer } from './upstream.ts';

/** What an upstream lets us in with. */
export interface Token {
  value: string;
  /** Milliseconds since the epoch; `Infinity` for what does not expire. */
  expiresAt: number;
}

/** Thrown by an exchange when the upstream does not take the secret: it may have been rotated. */
export class SecretRefused extends Error {
  override readonly name = 'SecretRefused';
}

export interface CredentialsOptions<T extends Token> {
  upstream: Upstream;
  secrets: SecretStore;
  secretName: SecretName;
  /** Turns the secret into a token for `subject`. @throws SecretRefused */
  exchange(secret: string, subject: string, call: Call): Promise<T>;
  now?: () => number;
}

export interface Credentials<T extends Token> {
  /**
   * Runs `attempt` with a token. When it is answered 401, a token that was kept from before is renewed once; then the
   * secret is read again once, in case it was rotated. So `attempt` runs three times at the most.
   * @throws Failure `upstream_auth_failed` when the upstream refuses all of these.
   */
  authorized(call: Call, attempt: (token: T) => Promise<UpstreamAnswer>, subject?: string): Promise<UpstreamAnswer>;
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
export function createCredentials<T extends Token>(options: CredentialsOptions<T>): Credentials<T> {
  const { upstream, secrets, secretName, exchange, now = Date.now } = options;
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
      used = await rotated(secret, shared, error);
      token = await exchange(used, subject, shared).catch(again => {
        throw again instanceof SecretRefused ? refusal(again) : again;
      });
    }
    return { token, secret: used, obtainedAt: now() };
  };

  /** The secret as its source has it now. @throws Failure when that is the one that was refused. */
  const rotated = async (refused: string, call: Call, cause?: unknown): Promise<string> => {
    secrets.invalidate(secretName, refused);
    const secret = await secrets.get(secretName, call.signal);
    if (secret === refused) throw refusal(cause);
    return secret;
  };

  const refusal = (cause?: unknown) =>
    new Failure(
      'upstream_auth_failed',
      `${upstream.title} refuses the credentials of this service. An administrator must renew the secret ${secretName}, or give its account access; trying again will not help.`,
      { cause },
    );

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
      await rotated(entry.secret, call);
      drop(subject, entry);
      entry = await current(subject, call);
      answer = await attempt(entry.token);
      if (answer.status === 401) throw refusal();
      return answer;
    },
  };
}
