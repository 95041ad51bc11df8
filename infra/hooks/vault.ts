import { setTimeout } from 'node:timers/promises';

/** The vault lets in no one from this network. Waiting would not help. */
export class VaultOutOfReach extends Error {}

export interface Vault {
  /** The names of the secrets that are there; no value is read. */
  names(): Promise<Set<string>>;
  /** @throws VaultOutOfReach, or an Error that says what to do. */
  set(name: string, value: string): Promise<void>;
}

export interface VaultOptions {
  uri: string;
  token(scope: string): Promise<string>;
  /** Called once, before the first wait. */
  onWait(): void;
  sleep?(milliseconds: number): Promise<unknown>;
}

interface VaultError {
  error?: { message?: string; innererror?: { code?: string } };
}

const API_VERSION = '7.4';
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
const PATIENCE_MS = 5 * 60_000;

/**
 * Key Vault's secrets over its REST API: https://learn.microsoft.com/rest/api/keyvault/secrets. A role assignment, and
 * the name of a new vault, take up to some minutes to be known everywhere: until then the vault is asked again.
 */
export function openVault({ uri, token, onWait, sleep = setTimeout }: VaultOptions): Vault {
  const { origin, host } = new URL(uri);
  const scope = `https://${host.slice(host.indexOf('.') + 1)}/.default`;

  async function attempt(url: string, init: RequestInit): Promise<unknown> {
    const headers = { authorization: `Bearer ${await token(scope)}`, 'content-type': 'application/json' };
    const response = await fetch(url, { ...init, headers }).catch(cause => {
      throw new TryAgain(`${origin} cannot be reached.`, { cause });
    });
    const body: unknown = await response.json().catch(() => ({}));
    if (response.ok) return body;
    const { error } = body as VaultError;
    const message = `${origin} answered ${response.status}. ${error?.message ?? ''}`.trim();
    if (/^ForbiddenBy(Connection|Firewall)$/.test(error?.innererror?.code ?? '')) throw new VaultOutOfReach(message);
    if ([403, 429].includes(response.status) || response.status >= 500) throw new TryAgain(message);
    throw new Error(message);
  }

  async function request(path: string, init: RequestInit = {}): Promise<unknown> {
    const url = new URL(path, origin);
    url.searchParams.set('api-version', API_VERSION);
    let waited = 0;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await attempt(url.href, init);
      } catch (error) {
        if (!(error instanceof TryAgain) || waited >= PATIENCE_MS) throw error;
        if (waited === 0) onWait();
      }
      await sleep(pause);
      waited += pause;
    }
  }

  return {
    async names() {
      const names = new Set<string>();
      let path: string | null | undefined = '/secrets';
      while (path) {
        const page = (await request(path)) as { value?: { id: string }[]; nextLink?: string | null };
        for (const { id } of page.value ?? []) names.add(new URL(id).pathname.split('/')[2] ?? '');
        path = page.nextLink;
      }
      return names;
    },
    async set(name, value) {
      await request(`/secrets/${name}`, { method: 'PUT', body: JSON.stringify({ value }) });
    },
  };
}

/** What may work in a minute. */
class TryAgain extends Error {}
