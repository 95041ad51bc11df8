import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { SIGNING_KEY } from '../settings/common.ts';
import { secretSetting } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import type { SecretStore } from './secretStore.ts';

/** What a key is for: each purpose has its own, so that what was signed for one is worth nothing for another. */
type SigningPurpose = 'page-token' | 'plan';

/** Keys of one purpose. */
export interface Signer {
  /** A tag of 16 bytes, base64url, over the parts. */
  sign(...parts: readonly string[]): string;
  /** Whether a tag was made of these parts, by a key that is still valid. */
  verifies(tag: string, ...parts: readonly string[]): boolean;
  /** 32 bytes each, the current one first. */
  keys: readonly [Buffer, ...Buffer[]];
}

export type OpenSigner = (purpose: SigningPurpose, signal: AbortSignal) => Promise<Signer>;

const TAG_BYTES = 16;
/** After the secret could not be had, it is asked for again this much later. */
const RETRY_MS = 60_000;

/**
 * Signs what travels through callers' hands. All instances share the secret `signing-key`; where there is none, as in a
 * local run, each process has a random key of its own, and what it signed is good there alone.
 */
export function createSigner(parts: {
  secrets: SecretStore;
  env: Environment;
  now: () => number;
  /** Called once when there is a vault, but no key in it. */
  onMissing(): void;
}): OpenSigner {
  const { secrets, env, now, onMissing } = parts;
  const ownKey = randomBytes(32).toString('base64url');
  const hasSource = Boolean(env.KEY_VAULT_URI?.trim() || env[secretSetting(SIGNING_KEY)]?.trim());
  let missingUntil = 0;
  let derived: { from: string; signers: Map<SigningPurpose, Signer> } = { from: '', signers: new Map() };

  const read = async (signal: AbortSignal): Promise<string> => {
    if (!hasSource || now() < missingUntil) return ownKey;
    try {
      return await secrets.get(SIGNING_KEY, signal);
    } catch {
      signal.throwIfAborted();
      if (missingUntil === 0) onMissing();
      missingUntil = now() + RETRY_MS;
      return ownKey;
    }
  };

  return async (purpose, signal) => {
    const secret = await read(signal);
    if (derived.from !== secret) derived = { from: secret, signers: new Map() };
    const signer = derived.signers.get(purpose) ?? signerOf(secret, purpose);
    derived.signers.set(purpose, signer);
    return signer;
  };
}

/** https://www.rfc-editor.org/rfc/rfc5869 */
function signerOf(secret: string, purpose: SigningPurpose): Signer {
  const [first = '', ...others] = secret.split(/\s+/).filter(Boolean);
  const derive = (key: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
  const keys: [Buffer, ...Buffer[]] = [derive(first), ...others.map(derive)];
  const tagOf = (key: Buffer, parts: readonly string[]) =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest().subarray(0, TAG_BYTES);
  return {
    keys,
    sign: (...parts) => tagOf(keys[0], parts).toString('base64url'),
    verifies(tag, ...parts) {
      const given = Buffer.from(tag, 'base64url');
      // The last character has bits that belong to no byte.
      const isWhole = given.length === TAG_BYTES && given.toString('base64url') === tag;
      return isWhole && keys.some(key => timingSafeEqual(given, tagOf(key, parts)));
    },
  };
}
