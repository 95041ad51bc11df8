import { createCache } from './cache.ts';
import type { Environment } from './settings/setting.ts';
import { waitFor } from './singleFlight.ts';

/** `expiresOnTimestamp` is in milliseconds since the epoch: https://learn.microsoft.com/javascript/api/@azure/core-auth/accesstoken */
interface AccessToken {
  token: string;
  expiresOnTimestamp: number;
}

export interface AzureCredential {
  getToken(scopes: string | string[], options?: { abortSignal?: AbortSignal }): Promise<AccessToken>;
}

const RENEW_BEFORE_MS = 5 * 60_000;
/** An identity endpoint that hangs must not block the flight that all callers wait for. */
const TOKEN_TIMEOUT_MS = 5_000;
const MAX_SCOPES = 20;

/**
 * The app's managed identity in Azure, the developer's own sign-in elsewhere, whose code is loaded there alone. Each access token
 * is requested in a single flight: the SDK itself sends one request per caller while it has none.
 */
export function azureCredential(clientId: string | undefined, env: Environment): AzureCredential {
  let opened: Promise<AzureCredential> | undefined;
  const open = async () =>
    env.IDENTITY_ENDPOINT
      ? (await import('./managedIdentity.ts')).managedIdentity(clientId)
      : (await import('./developerSignIn.ts')).developerSignIn(clientId);
  const tokens = createCache<string, AccessToken>({
    until: ({ expiresOnTimestamp }) => expiresOnTimestamp - RENEW_BEFORE_MS,
    maxEntries: MAX_SCOPES,
  });
  return {
    getToken: scopes =>
      tokens.get(String(scopes), async () => {
        opened ??= open();
        const credential = await opened;
        const abortSignal = AbortSignal.timeout(TOKEN_TIMEOUT_MS);
        return waitFor(credential.getToken(scopes, { abortSignal }), abortSignal);
      }),
  };
}
