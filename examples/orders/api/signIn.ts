import { Failure } from '../../../shared/failure.ts';
import type { Environment } from '../../../shared/settings/setting.ts';
import { waitFor } from '../../../shared/singleFlight.ts';
import { type Credentials, CredentialsRefused, secretCredentials } from '../../../shared/upstream/credentials.ts';
import { unreachable } from '../../../shared/upstream/failures.ts';
import type { OrdersParts } from '../settings.ts';

/** https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-configure-sign-in-azure-ad-authentication */
const SCOPE = 'https://ossrdbms-aad.database.windows.net/.default';

/** What a connection gives as its password. */
export function signIn(parts: OrdersParts): Credentials<string> {
  const { settings, secrets, upstream, env } = parts;
  if (settings.ORDERS_AUTH === 'entra') return entraCredentials(upstream.title, settings.ORDERS_URL.user, env);
  return secretCredentials({ upstream, secrets, secretName: 'orders-password' }, password => password);
}

/** An access token of the app's managed identity, which is renewed before it expires. */
function entraCredentials(title: string, user: string, env: Environment): Credentials<string> {
  const open = async () => {
    const { azureCredential } = await import('../../../shared/azureCredential.ts');
    return azureCredential(env.AZURE_CLIENT_ID, env);
  };
  let credential: ReturnType<typeof open> | undefined;

  const token = async (signal: AbortSignal): Promise<string> => {
    credential ??= open();
    try {
      return (await waitFor((await credential).getToken(SCOPE), signal)).token;
    } catch (cause) {
      signal.throwIfAborted();
      throw identityFailure(title, cause);
    }
  };

  return {
    async authorized(call, attempt) {
      try {
        return await attempt(await token(call.signal));
      } catch (cause) {
        if (!(cause instanceof CredentialsRefused)) throw cause;
        throw new Failure(
          'upstream_auth_failed',
          `${title} does not let this app's managed identity in. An administrator must make it the Microsoft Entra role ${user} of the server; trying again will not help.`,
          { cause },
        );
      }
    },
  };
}

function identityFailure(title: string, cause: unknown): Failure {
  const isMissing =
    cause instanceof Error &&
    (cause.name === 'CredentialUnavailableError' || cause.name === 'AggregateAuthenticationError');
  if (!isMissing) return unreachable(`The managed identity that signs in to ${title}`, cause);
  return new Failure(
    'misconfigured',
    `There is no identity to sign in to ${title} with. In Azure, assign the app its managed identity (AZURE_CLIENT_ID); elsewhere, sign in with \`az login\`.`,
    { cause },
  );
}
