import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { createCache } from './cache.ts';
import type { Environment } from './settings/setting.ts';
import { waitFor } from './singleFlight.ts';

/** `expiresOnTimestamp` is in milliseconds since the epoch: https://learn.microsoft.com/javascript/api/@azure/core-auth/accesstoken */
interface AccessToken {
  token: string;
  expiresOnTimestamp: number;
}

export interface AzureCredential {
  getToken(scopes: string | string[]): Promise<AccessToken>;
}

const RENEW_BEFORE_MS = 5 * 60_000;
/** An identity endpoint that hangs must not block the flight that all callers wait for. */
const TOKEN_TIMEOUT_MS = 5_000;
const MAX_SCOPES = 20;

/**
 * The app's managed identity in Azure, the developer's own sign-in elsewhere. Each access token is requested in a single
 * flight: the SDK itself sends one request per caller while it has none.
 */
export function azureCredential(clientId: string | undefined, env: Environment): AzureCredential {
  const credential = env.IDENTITY_ENDPOINT
    ? new ManagedIdentityCredential(clientId ? { clientId } : {})
    : new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {});
  const tokens = createCache<string, AccessToken>({
    until: ({ expiresOnTimestamp }) => expiresOnTimestamp - RENEW_BEFORE_MS,
    maxEntries: MAX_SCOPES,
  });
  return {
    getToken: scopes =>
      tokens.get(String(scopes), () => {
        const abortSignal = AbortSignal.timeout(TOKEN_TIMEOUT_MS);
        return waitFor(credential.getToken(scopes, { abortSignal }), abortSignal);
      }),
  };
}
