import { SecretClient } from '@azure/keyvault-secrets';
import { atHost } from '../atHost.ts';
import { azureCredential } from '../azureCredential.ts';
import { Failure } from '../failure.ts';
import { type Environment, isLoopback } from '../settings/setting.ts';
import type { SecretSource } from './secretStore.ts';

const READ_TIMEOUT_MS = 8_000;

/** Secrets from Azure Key Vault: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret */
export function keyVaultSource(options: {
  vaultUrl: string;
  clientId: string | undefined;
  env: Environment;
}): SecretSource {
  const { vaultUrl, clientId, env } = options;
  // A vault on loopback is a test's: the SDK would expect a domain name of Azure in its challenge.
  const standIn = isLoopback(vaultUrl);
  const client = new SecretClient(vaultUrl, azureCredential(clientId, env), {
    disableChallengeResourceVerification: standIn,
    allowInsecureConnection: standIn,
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 },
  });
  return async name => {
    try {
      const { value } = await client.getSecret(name, { abortSignal: AbortSignal.timeout(READ_TIMEOUT_MS) });
      if (value?.trim()) return value.trim();
    } catch (error) {
      throw toFailure(atHost(vaultUrl, error), name);
    }
    throw new Failure('misconfigured', `The secret ${name} in the vault is empty. An administrator must set it.`, {
      cause: atHost(vaultUrl),
    });
  };
}

function toFailure(cause: Error, name: string): Failure {
  const {
    statusCode,
    name: errorName,
    message = '',
  } = cause.cause as { statusCode?: number; name?: string; message?: string };
  if (statusCode === 404) {
    return new Failure('misconfigured', `The vault has no secret ${name}. An administrator must add it.`, { cause });
  }
  if (statusCode === 401 || statusCode === 403) {
    return new Failure(
      'misconfigured',
      `The vault does not let this app read ${name}. An administrator must give its identity the role Key Vault Secrets User, and let its network through.`,
      { cause },
    );
  }
  // The SDK reports an identity endpoint that is down by the same error name as a missing identity.
  const noIdentity = errorName === 'CredentialUnavailableError' || errorName === 'AggregateAuthenticationError';
  if (noIdentity && !message.includes('Network unreachable')) {
    return new Failure(
      'misconfigured',
      'There is no identity to open the vault with. In Azure, assign the app its managed identity (AZURE_CLIENT_ID); elsewhere, sign in with `az login` or `azd auth login`.',
      { cause },
    );
  }
  return new Failure('upstream_unavailable', `The vault did not give the secret ${name}. Try again in a minute.`, {
    cause,
  });
}
