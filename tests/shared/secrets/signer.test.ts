import { describe, expect, it } from 'vitest';
import { createSigner } from '../../../shared/secrets/signer.ts';

/** A signer whose secret is what `secret` holds at the time; without one, its source has none. */
function signerWith(
  secret: { value?: string },
  env: Record<string, string> = { KEY_VAULT_URI: 'https://vault.example' },
) {
  let missing = 0;
  let reads = 0;
  let now = 0;
  const open = createSigner({
    secrets: {
      async get() {
        reads += 1;
        if (secret.value === undefined) throw new Error('There is no such secret.');
        return secret.value;
      },
      invalidate() {},
      redact: text => text,
    },
    env,
    now: () => now,
    onMissing: () => {
      missing += 1;
    },
  });
  return {
    open: (purpose: 'page-token' | 'plan') => open(purpose, AbortSignal.timeout(1_000)),
    counts: () => ({ missing, reads }),
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('a tag', () => {
  it('is taken by every instance that has the secret, for these parts and this purpose alone', async () => {
    const one = await signerWith({ value: 'key-1' }).open('page-token');
    const other = await signerWith({ value: 'key-1' }).open('page-token');
    const tag = one.sign('ana', 'token');
    expect(other.verifies(tag, 'ana', 'token')).toBe(true);
    expect(other.verifies(tag, 'li', 'token')).toBe(false);
    expect(other.verifies(tag, 'ana', 'token', '')).toBe(false);
    expect(other.verifies(tag, 'anatoken')).toBe(false);
    const plans = await signerWith({ value: 'key-1' }).open('plan');
    expect(plans.verifies(tag, 'ana', 'token')).toBe(false);
    expect((await signerWith({ value: 'key-2' }).open('page-token')).verifies(tag, 'ana', 'token')).toBe(false);
  });

  it.each(['', '.', 'AAAA', 'A'.repeat(22), '💥'])('that is made up as "%s" is refused', async tag => {
    const signer = await signerWith({ value: 'key-1' }).open('page-token');
    expect(signer.verifies(tag, 'ana')).toBe(false);
  });

  it('stays good while its key is rotated out, and the new key signs', async () => {
    const secret = { value: 'old' };
    const { open } = signerWith(secret);
    const tag = (await open('page-token')).sign('ana');
    secret.value = 'new old';
    const rotating = await open('page-token');
    expect(rotating.verifies(tag, 'ana')).toBe(true);
    expect(rotating.sign('ana')).not.toBe(tag);
    secret.value = 'new';
    expect((await open('page-token')).verifies(tag, 'ana')).toBe(false);
    expect((await open('page-token')).verifies(rotating.sign('ana'), 'ana')).toBe(true);
  });
});

describe('without the secret', () => {
  it('a local run has a key of its own in each process, and asks for none', async () => {
    const local = signerWith({}, {});
    const tag = (await local.open('page-token')).sign('ana');
    expect((await local.open('page-token')).verifies(tag, 'ana')).toBe(true);
    expect((await signerWith({}, {}).open('page-token')).verifies(tag, 'ana')).toBe(false);
    expect(local.counts()).toEqual({ missing: 0, reads: 0 });
  });

  it('a deployed one says so once and looks again after a minute', async () => {
    const secret: { value?: string } = {};
    const deployed = signerWith(secret);
    const tag = (await deployed.open('page-token')).sign('ana');
    expect((await deployed.open('page-token')).verifies(tag, 'ana')).toBe(true);
    expect(deployed.counts()).toEqual({ missing: 1, reads: 1 });
    secret.value = 'key-1';
    deployed.wait(60_000);
    const shared = await signerWith({ value: 'key-1' }).open('page-token');
    expect(shared.verifies((await deployed.open('page-token')).sign('ana'), 'ana')).toBe(true);
  });
});
