import { beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../shared/call.ts';
import { createSecretStore } from '../../../shared/secrets/secretStore.ts';
import { CredentialsRefused, secretCredentials, tokenCredentials } from '../../../shared/upstream/credentials.ts';
import { createUpstream } from '../../../shared/upstream/upstream.ts';
import { testCall } from './testCall.ts';

let clock: number;
let stored: string;
let reads: number;
const upstream = createUpstream('Orders');

beforeEach(() => {
  clock = 1_000_000;
  stored = 'old password';
  reads = 0;
});

const use = () => ({
  upstream,
  secretName: 'orders-password',
  secrets: createSecretStore(
    async () => {
      reads += 1;
      return stored;
    },
    { ttlSeconds: 3600, now: () => clock },
  ),
});

/** What a driver does whose database takes one password. */
const signInWith = (accepted: () => string, tried: string[] = []) => {
  const attempt = async (password: string): Promise<string[]> => {
    tried.push(password);
    if (password !== accepted()) throw new CredentialsRefused('28P01');
    return ['row'];
  };
  return { attempt, tried };
};

describe('a password', () => {
  it('that was rotated is read again, and the work is done with the new one', async () => {
    const { authorized } = secretCredentials(use(), secret => secret);
    const { attempt, tried } = signInWith(() => stored);
    expect(await authorized(testCall(), attempt)).toEqual(['row']);
    stored = 'new password';
    const call = testCall();
    expect(
      await authorized(call, password => upstream.run(() => attempt(password), { target: 'orders', safe: true }, call)),
    ).toEqual(['row']);
    expect(tried).toEqual(['old password', 'old password', 'new password']);
  });

  it('that is refused and was not rotated is told, by the name of its secret', async () => {
    const { authorized } = secretCredentials(use(), secret => secret);
    const { attempt, tried } = signInWith(() => 'another password');
    await expect(authorized(testCall(), attempt)).rejects.toMatchObject({
      code: 'upstream_auth_failed',
      message: expect.stringMatching(/^Orders refuses .* renew the secret orders-password/),
    });
    expect(tried).toEqual(['old password']);
    expect(reads).toBe(2);
  });

  it('is not taken for refused when the work fails by something else', async () => {
    const { authorized } = secretCredentials(use(), secret => secret);
    await expect(authorized(testCall(), () => Promise.reject(new Error('no such table')))).rejects.toThrow(
      'no such table',
    );
    expect(reads).toBe(1);
  });
});

describe('an access token', () => {
  const startedNow = (): Call => ({ ...testCall(), startedAt: clock });

  const tokens = (exchange: (secret: string, subject: string) => string) => {
    const exchanges: string[] = [];
    const { authorized } = tokenCredentials({
      ...use(),
      now: () => clock,
      exchange: async (secret, subject) => {
        exchanges.push(secret);
        return { value: exchange(secret, subject), expiresAt: clock + 600_000 };
      },
    });
    return { authorized, exchanges };
  };

  it('is renewed a minute before it expires', async () => {
    const { authorized, exchanges } = tokens(() => 'token');
    const value = async () => authorized(startedNow(), async token => token.value);
    await value();
    clock += 539_000;
    await value();
    expect(exchanges).toHaveLength(1);
    clock += 1_000;
    await value();
    expect(exchanges).toHaveLength(2);
  });

  it('is one for each subject', async () => {
    const { authorized } = tokens((_, subject) => `token of ${subject}`);
    const value = (subject: string) => authorized(startedNow(), async token => token.value, subject);
    expect(await Promise.all([value('ana'), value('bo'), value('ana')])).toEqual([
      'token of ana',
      'token of bo',
      'token of ana',
    ]);
  });

  it('that expired early is renewed without reading the secret again', async () => {
    let count = 0;
    const { authorized, exchanges } = tokens(() => `token ${++count}`);
    await authorized(startedNow(), async () => {});
    clock += 1_000;
    const used = await authorized(startedNow(), async ({ value }) => {
      if (value === 'token 1') throw new CredentialsRefused('status 401');
      return value;
    });
    expect(used).toBe('token 2');
    expect(exchanges).toHaveLength(2);
    expect(reads).toBe(1);
  });

  it('for which the secret is refused is obtained with the rotated one', async () => {
    const { authorized, exchanges } = tokens(secret => {
      if (secret !== 'new password') throw new CredentialsRefused('invalid_client');
      return 'token';
    });
    await expect(authorized(startedNow(), async token => token.value)).rejects.toMatchObject({
      code: 'upstream_auth_failed',
    });
    stored = 'new password';
    expect(await authorized(startedNow(), async token => token.value)).toBe('token');
    expect(exchanges).toEqual(['old password', 'old password', 'new password']);
  });
});
