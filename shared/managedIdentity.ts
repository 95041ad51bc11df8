import { ManagedIdentityApplication } from '@azure/msal-node';
import type { AzureCredential } from './azureCredential.ts';

/**
 * The app's managed identity in Azure, by the library that `ManagedIdentityCredential` of @azure/identity asks, too: without the
 * latter's other ways to sign in it is a third of the code.
 * https://learn.microsoft.com/entra/msal/javascript/node/managed-identity
 */
export function managedIdentity(clientId: string | undefined): AzureCredential {
  const identity = new ManagedIdentityApplication(
    clientId ? { managedIdentityIdParams: { userAssignedClientId: clientId } } : {},
  );
  return {
    async getToken(scopes) {
      const resource = String(scopes).replace(/\/\.default$/, '');
      const { accessToken, expiresOn } = await identity.acquireToken({ resource }).catch(cause => {
        throw new IdentityUnavailable(cause);
      });
      return { token: accessToken, expiresOnTimestamp: expiresOn?.getTime() ?? 0 };
    },
  };
}

/** Named and worded as the error of @azure/identity is, so that whoever reads a secret needs to know one alone. */
class IdentityUnavailable extends Error {
  override readonly name = 'CredentialUnavailableError';

  constructor(cause: { errorCode?: string; message: string }) {
    super(
      `${cause.errorCode === 'network_error' ? 'Network unreachable' : 'Authentication failed'}: ${cause.message}`,
      {
        cause,
      },
    );
  }
}
