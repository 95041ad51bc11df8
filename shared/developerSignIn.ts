import { DefaultAzureCredential } from '@azure/identity';
import type { AzureCredential } from './azureCredential.ts';

/** The developer's own sign-in, such as that of `az login`, and any other that @azure/identity finds where the app runs. */
export function developerSignIn(clientId: string | undefined): AzureCredential {
  return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {});
}
