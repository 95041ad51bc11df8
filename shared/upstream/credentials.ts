import { createCache } from '../cache.ts';
import { type Call, shareable } from '../call.ts';
import { Failure } from '../failure.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { Upstream } from './upstream.ts';

/** An access token of an upstream. */
export interface Token {
  value: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/**
 * Thrown by an exchange or an attempt when the upstream refuses the secret or token it was given: the secret may have
 * been rotated, the token may have expired.
 */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
  /** What the upstream says of it, in its own sentences; empty where it says nothing. */
  readonly said: string;

  constructor(message: string, { said = '', cause }: { said?: string; cause?: unknown } = {}) {
    super(message, { cause });
    this.said = said;
  }
}

interface SecretUse {
  upstream: Pick<Upstream, 'title'>;
  secrets: SecretStore;
  secretName: string;
  /** What an administrator must look at besides the secret, such as "make sure that X is of the same account". */
  beside?: string;
}

export interface Credentials<T> {
  /**
   * Runs `attempt` with a secret or token that the upstream accepts. When it throws CredentialsRefused, a token that was
   * cached is renewed once; then the secret is read again once, in case it was rotated. So it runs at most three times.
   * @throws Failure `upstream_auth_failed` when the upstream refuses all of these.
   */
  authorized<Result>(call: Call, attempt: (token: T) => Promise<Result>, subject?: string): Promise<Result>;
}

/** For an upstream that takes the secret itself: `present` gives it the form in which the upstream takes it. */
export function secretCredentials<T>(use: SecretUse, present: (secret: string) => T): Credentials<T> {
  return {
    async authorized(call, attempt) {
      const secret = await use.secrets.get(use.secretName, call.signal);
      const first = await unlessRefused(attempt(present(secret)));
      if (!first.refused) return first.result;
      const second = await unlessRefused(attempt(present(await rotated(secret, use, call, first.refused))));
      if (!second.refused) return second.result;
      throw refusal(use, second.refused);
    },
  };
}

type Tried<Result> = { refused?: undefined; result: Result } | { refused: CredentialsRefused };

async function unlessRefused<Result>(attempt: Promise<Result>): Promise<Tried<Result>> {
  try {
    return { result: await attempt };
  } catch (error) {
    if (error instanceof CredentialsRefused) return { refused: error };
    throw error;
  }
}

/** The secret as its source has it now. @throws Failure `upstream_auth_failed` when it is the one that was refused */
async function rotated(refused: string, use: SecretUse, call: Call, cause: CredentialsRefused): Promise<string> {
  use.secrets.invalidate(use.secretName, refused);
  const secret = await use.secrets.get(use.secretName, call.signal);
  if (secret === refused) throw refusal(use, cause);
  return secret;
}

function refusal({ upstream, secretName, beside }: SecretUse, cause: CredentialsRefused): Failure {
  const also = beside ? `, ${beside}` : '';
  const because = cause.said && ` ${upstream.title} says: ${cause.said}`;
  return new Failure(
    'upstream_auth_failed',
    `${upstream.title} refuses the credentials of this service. An administrator must renew the secret ${secretName}${also}, or give its account access; trying again will not help.${because}`,
    { cause },
  );
}

/**
 * For an upstream at which the callers sign in themselves: `present` gives the call's own access token the form in which the
 * upstream takes it. No other one ever takes its place, so that it is sent once and never again after a refusal.
 * @throws Failure `unauthenticated` where the upstream refuses it, and where there is none
 */
export function callersCredentials<T>(
  { upstream: { title } }: { upstream: Pick<Upstream, 'title'> },
  present: (token: string) => T,
): Credentials<T> {
  const ended = (what: string, cause?: unknown) =>
    // Another call of the same caller may have a newer token.
    new Failure('unauthenticated', `${what} The user must sign in at ${title} again.`, { cause, isOwn: true });
  return {
    async authorized(call, attempt) {
      if (call.bearer === undefined) throw ended(`No sign-in at ${title} came with the call.`);
      const tried = await unlessRefused(attempt(present(call.bearer)));
      if (!tried.refused) return tried.result;
      const because = tried.refused.said && ` ${title} says: ${tried.refused.said}`;
      const refusal = ended(`The sign-in at ${title} has ended, or ${title} refuses it.${because}`, tried.refused);
      call.usage.signInRefused = refusal;
      throw refusal;
    },
  };
}

export interface TokenOptions<T extends Token> extends SecretUse {
  /** Exchanges the secret for an access token for `subject`. @throws CredentialsRefused */
  exchange(secret: string, subject: string, call: Call): Promise<T>;
  now?: () => number;
}

interface Grant<T> {
  token: T;
  secret: string;
  obtainedAt: number;
}

const EXCHANGE_MS = 10_000;
/** A token is renewed this long before it expires, so that it does not expire while a request is on its way. */
const RENEW_BEFORE_MS = 60_000;
const MAX_SUBJECTS = 500;

/** Access tokens of an upstream, one for each subject, each cached until shortly before it expires. */
export function tokenCredentials<T extends Token>(options: TokenOptions<T>): Credentials<T> {
  const { secrets, secretName, exchange, now = Date.now } = options;
  const grants = createCache<string, Grant<T>>({
    until: ({ token }) => token.expiresAt - RENEW_BEFORE_MS,
    maxEntries: MAX_SUBJECTS,
    now,
  });

  const obtain = async (subject: string, call: Call): Promise<Grant<T>> => {
    const shared = shareable(call, EXCHANGE_MS, now());
    const secret = await secrets.get(secretName, shared.signal);
    const first = await unlessRefused(exchange(secret, subject, shared));
    if (!first.refused) return { token: first.result, secret, obtainedAt: now() };
    const newer = await rotated(secret, options, shared, first.refused);
    const second = await unlessRefused(exchange(newer, subject, shared));
    if (!second.refused) return { token: second.result, secret: newer, obtainedAt: now() };
    throw refusal(options, second.refused);
  };

  return {
    async authorized(call, attempt, subject = '') {
      const current = () => grants.get(subject, () => obtain(subject, call), call);

      let grant = await current();
      let tried = await unlessRefused(attempt(grant.token));
      if (!tried.refused) return tried.result;

      // A token that was obtained during this call has not expired.
      if (grant.obtainedAt < call.startedAt) {
        const refused = grant.token.value;
        grants.delete(subject, grant);
        grant = await current();
        if (grant.token.value !== refused) {
          tried = await unlessRefused(attempt(grant.token));
          if (!tried.refused) return tried.result;
        }
      }
      await rotated(grant.secret, options, call, tried.refused);
      grants.delete(subject, grant);
      grant = await current();
      tried = await unlessRefused(attempt(grant.token));
      if (!tried.refused) return tried.result;
      throw refusal(options, tried.refused);
    },
  };
}
