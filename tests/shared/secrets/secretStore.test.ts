import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { createSecretStore, type SecretStore } from '../../../shared/secrets/secretStore.ts';

let clock: number;
let reads: number;
let source: () => Promise<string>;
let store: SecretStore;

beforeEach(() => {
  clock = 0;
  reads = 0;
  source = async () => `value ${reads}`;
  store = createSecretStore(
    () => {
      reads += 1;
      return source();
    },
    { ttlSeconds: 100, now: () => clock },
  );
});

const get = () => store.get('jira-api-token', AbortSignal.timeout(1_000));
const settle = () => new Promise(resolve => setImmediate(resolve));
const down = async () => {
  throw new Failure('upstream_unavailable', 'down');
};

describe('a secret', () => {
  it('is read once within its life, by however many ask at once', async () => {
    expect(await Promise.all([get(), get(), get()])).toEqual(['value 1', 'value 1', 'value 1']);
    clock = 79_000;
    expect(await get()).toBe('value 1');
    expect(reads).toBe(1);
  });

  it('is refreshed in the background before its life is over', async () => {
    await get();
    clock = 85_000;
    expect(await get()).toBe('value 1');
    await settle();
    expect(await get()).toBe('value 2');
    expect(reads).toBe(2);
  });

  it('is served stale while its source is down, which is asked now and then only', async () => {
    await get();
    source = down;
    clock = 150_000;
    expect(await get()).toBe('value 1');
    expect(await get()).toBe('value 1');
    expect(reads).toBe(2);
    clock += 16_000;
    expect(await get()).toBe('value 1');
    expect(reads).toBe(3);
  });

  it('is not served for ever', async () => {
    await get();
    source = down;
    clock = 100_000 + 3_600_000;
    await expect(get()).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('that was taken away is not served from memory', async () => {
    await get();
    source = async () => {
      throw new Failure('misconfigured', 'gone');
    };
    clock = 101_000;
    await expect(get()).rejects.toMatchObject({ code: 'misconfigured' });
  });

  it('is read again after it was refused, but not when a newer one is there already', async () => {
    const refused = await get();
    store.invalidate('jira-api-token', refused);
    expect(await get()).toBe('value 2');
    store.invalidate('jira-api-token', refused);
    expect(await get()).toBe('value 2');
    expect(reads).toBe(2);
  });

  it('does not keep a caller past its deadline, and is there for the next one', async () => {
    let release = (_: string) => {};
    source = () => new Promise(resolve => (release = resolve));
    await expect(store.get('jira-api-token', AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' });
    const next = get();
    release('late');
    expect(await next).toBe('late');
    expect(reads).toBe(1);
  });

  it('is taken out of what is logged', async () => {
    await get();
    expect(store.redact('a value 1 b')).toBe('a [secret] b');
  });
});
