import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import type { Environment } from './settings/setting.ts';
import { singleFlight, waitFor } from './singleFlight.ts';

/** https://learn.microsoft.com/javascript/api/@azure/core-auth/accesstoken */
interface AccessToken {
  token: string;
  expiresOnTimestamp: number;
}

export interface AzureCredential {
  getToken(scopes: string | string[]): Promise<AccessToken>;
}

const RENEW_BEFORE_MS = 5 * 60_000;
/** An identity endpoint that hangs must not keep everybody waiting for the one flight. */
const TOKEN_TIMEOUT_MS = 5_000;

/**
 * The app's managed identity in Azure, the developer's own sign-in elsewhere. Tokens are asked for in one flight each:
 * the SDK itself sends one request per caller while it has none.
 */
export function azureCredential(clientId: string | undefined, env: Environment): AzureCredential {
  const credential = env.IDENTITY_ENDPOINT
    ? new ManagedIdentityCredential(clientId ? { clientId } : {})
    : new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {});
  const fly = singleFlight<string, AccessToken>();
  const tokens = new Map<string, AccessToken>();
  return {
    async getToken(scopes) {
      const key = String(scopes);
      const known = tokens.get(key);
      if (known && known.expiresOnTimestamp - Date.now() > RENEW_BEFORE_MS) return known;
      return fly(key, async () => {
        const abortSignal = AbortSignal.timeout(TOKEN_TIMEOUT_MS);
        const token = await waitFor(credential.getToken(scopes, { abortSignal }), abortSignal);
        tokens.set(key, token);
        return token;
      });
    },
  };
}
