import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cache, createCache } from '../../shared/cache.ts';
import { Failure } from '../../shared/failure.ts';
import { testCall } from './upstream/testCall.ts';

interface Token {
  name: string;
  expiresAt: number;
}

let clock: number;
let loads: string[];
let tokens: Cache<string, Token>;

beforeEach(() => {
  clock = 0;
  loads = [];
  tokens = createCache({ until: ({ expiresAt }) => expiresAt - 10, maxEntries: 2, now: () => clock });
});

const get = (name: string, expiresAt = 100) =>
  tokens.get(name, async () => {
    loads.push(name);
    return { name, expiresAt };
  });

it('a value is loaded once while it is good, by its own measure', async () => {
  await get('short', 50);
  await get('long', 100);
  clock = 39;
  await get('short');
  expect(loads).toEqual(['short', 'long']);
  clock = 40;
  await get('short');
  await get('long');
  expect(loads).toEqual(['short', 'long', 'short']);
});

it('a value that was got in another way is kept as one that was loaded', async () => {
  tokens.set('short', { name: 'newer', expiresAt: 50 });
  expect((await get('short')).name).toBe('newer');
  clock = 40;
  expect((await get('short')).name).toBe('short');
});

it('a lifetime counts from when the value was loaded, not from when it was asked for', async () => {
  const kept = createCache<string, number>({ until: () => clock + 100, maxEntries: 1, now: () => clock });
  await kept.get('a', async () => {
    clock = 50;
    return 1;
  });
  clock = 149;
  expect(await kept.get('a', async () => 2)).toBe(1);
  clock = 150;
  expect(await kept.get('a', async () => 2)).toBe(2);
});

it('however many ask at once, one load serves them', async () => {
  await Promise.all(Array.from({ length: 50 }, () => get('a')));
  expect(loads).toEqual(['a']);
});

it('the value that was used longest ago gives way', async () => {
  await get('a');
  await get('b');
  await get('a');
  await get('c');
  await get('a');
  expect(loads).toEqual(['a', 'b', 'c']);
  await get('b');
  expect(loads).toEqual(['a', 'b', 'c', 'b']);
});

it('a load that fails is not kept', async () => {
  await expect(tokens.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await get('a')).toMatchObject({ name: 'a' });
});

it('a value that was refused is dropped, but not a newer one', async () => {
  const refused = await get('a');
  tokens.delete('a', refused);
  await get('a');
  tokens.delete('a', refused);
  await get('a');
  expect(loads).toEqual(['a', 'a']);
});

it('who runs out of time stops waiting, and the load goes on for the others', async () => {
  let release = (_: Token) => {};
  const slow = () => new Promise<Token>(resolve => (release = resolve));
  const others = tokens.get('a', slow);
  await expect(tokens.get('a', slow, testCall(20))).rejects.toMatchObject({ name: 'TimeoutError' });
  release({ name: 'late', expiresAt: 100 });
  expect(await others).toMatchObject({ name: 'late' });
  expect(await get('a')).toMatchObject({ name: 'late' });
});

describe('where the upstream limits how often it is called', () => {
  const limited = (seconds: number) => new Failure('rate_limited', 'Later.', { retryAfterSeconds: seconds });

  it('every caller is told so, with the time, and none waits for it in vain', async () => {
    const real = createCache<string, number>({ until: () => Number.POSITIVE_INFINITY, maxEntries: 1 });
    const load = () => Promise.reject(limited(30));
    const calls = Array.from({ length: 5 }, () => real.get('a', load, testCall(1_000)));
    for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 30 });
    }
  });

  it('whoever has the time waits for it, and one load then serves all of them', async () => {
    const real = createCache<string, number>({ until: () => Number.POSITIVE_INFINITY, maxEntries: 1 });
    let tries = 0;
    const load = async () => {
      tries += 1;
      if (tries === 1) throw limited(1);
      return tries;
    };
    const patient = Array.from({ length: 5 }, () => real.get('a', load, testCall(5_000)));
    const hurried = real.get('a', load, testCall(900));
    await expect(hurried).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await Promise.all(patient)).toEqual([2, 2, 2, 2, 2]);
  });
});

it('a load that hung for long does not take the place of what a later one gave', async () => {
  vi.useFakeTimers();
  let release = (_: Token) => {};
  const first = tokens.get('a', () => new Promise<Token>(resolve => (release = resolve)));
  await vi.advanceTimersByTimeAsync(2_000);
  await tokens.get('a', async () => ({ name: 'later', expiresAt: 100 }));
  release({ name: 'hung', expiresAt: 100 });
  await first;
  vi.useRealTimers();
  expect(await get('a')).toMatchObject({ name: 'later' });
});
