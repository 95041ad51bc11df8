import { Failure } from '../failure.ts';
import type { SecretsSettings } from '../settings/common.ts';
import { secretSetting } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import { singleFlight, waitFor } from '../singleFlight.ts';
import { indexSecrets, redact } from './redact.ts';

/** Reads one secret from where it is kept. @throws Failure `misconfigured` when it is not there or may not be read. */
export type SecretSource = (name: string) => Promise<string>;

/** Secrets by their names in the vault; `Name` says which of them its user may ask for. */
export interface SecretStore<Name extends string = string> {
  /** The secret: from the cache within its TTL, stale for a while longer when its source cannot be reached. */
  get(name: Name, signal: AbortSignal): Promise<string>;
  /** Drops `refused` after an upstream refused it, so that the next `get` reads the source. A newer value stays. */
  invalidate(name: Name, refused: string): void;
  /** The text with `[secret]` in place of each cached secret, and of the credentials that were made of one. */
  redact(text: string, credentials?: Iterable<string>): string;
}

interface Entry {
  value: string;
  readAt: number;
  /** When to refresh it, in milliseconds since the epoch; later after a failure, so that not every call asks again. */
  refreshAt: number;
}

/** How long after its TTL a stale secret is still served while its source cannot be reached. */
const STALE_SECONDS = 3600;
const RETRY_AFTER_FAILURE_MS = 15_000;
/** With a stale secret in the cache, a call waits at most this long for a fresh one. */
const STALE_WAIT_MS = 1_000;

/** Caches secrets for `ttlSeconds`: stale-while-revalidate, and each is read in a single flight. */
export function createSecretStore(
  source: SecretSource,
  { ttlSeconds, now = Date.now }: { ttlSeconds: number; now?: () => number },
): SecretStore {
  const ttl = ttlSeconds * 1000;
  const entries = new Map<string, Entry>();
  const fly = singleFlight<string, string>();
  let indexed = { values: [] as string[], index: indexSecrets([]) };

  const read = (name: string) =>
    fly(name, async () => {
      const value = await source(name);
      entries.set(name, { value, readAt: now(), refreshAt: now() + ttl * 0.8 });
      return value;
    });

  const isOutage = (error: unknown) => !(error instanceof Failure) || error.retryable;

  const refresh = (name: string, entry: Entry) => {
    entry.refreshAt = now() + RETRY_AFTER_FAILURE_MS;
    return read(name).catch(error => {
      // A secret that was removed, or that this app may no longer read, must not be served from the cache.
      if (!isOutage(error) && entries.get(name) === entry) entries.delete(name);
      return undefined;
    });
  };

  return {
    async get(name, signal) {
      const entry = entries.get(name);
      if (!entry) return waitFor(read(name), signal);
      const age = now() - entry.readAt;
      if (age < ttl) {
        if (now() >= entry.refreshAt) void refresh(name, entry);
        return entry.value;
      }
      if (age >= ttl + STALE_SECONDS * 1000) return waitFor(read(name), signal);
      if (now() < entry.refreshAt) return entry.value;
      const patience = AbortSignal.any([signal, AbortSignal.timeout(STALE_WAIT_MS)]);
      const fresh = await waitFor(refresh(name, entry), patience).catch(() => undefined);
      signal.throwIfAborted();
      if (fresh !== undefined) return fresh;
      return entries.get(name)?.value ?? waitFor(read(name), signal);
    },
    invalidate(name, refused) {
      if (entries.get(name)?.value === refused) entries.delete(name);
    },
    redact(text, credentials = []) {
      const values = [...entries.values()].map(({ value }) => value);
      if (values.length !== indexed.values.length || values.some((value, at) => value !== indexed.values[at])) {
        indexed = { values, index: indexSecrets(values) };
      }
      return redact(text, [indexed.index, indexSecrets(credentials)]);
    },
  };
}

/** Secrets from Key Vault where there is one, else from settings: `api-token` is `API_TOKEN`. */
export function secretSource(settings: SecretsSettings, env: Environment): SecretSource {
  const vaultUrl = settings.KEY_VAULT_URI;
  if (!vaultUrl) return name => fromEnvironment(name, env);
  let vault: Promise<SecretSource> | undefined;
  return async name => {
    vault ??= import('./keyVault.ts').then(({ keyVaultSource }) =>
      keyVaultSource({ vaultUrl, clientId: settings.AZURE_CLIENT_ID, env }),
    );
    return (await vault)(name);
  };
}

async function fromEnvironment(name: string, env: Environment): Promise<string> {
  const setting = secretSetting(name);
  const value = env[setting]?.trim();
  if (value) return value;
  throw new Failure(
    'misconfigured',
    `The secret ${name} is missing. An administrator must set ${setting}, or KEY_VAULT_URI to a vault that holds ${name}.`,
  );
}
