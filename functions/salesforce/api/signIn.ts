import * as z from 'zod';
import type { Call } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { isLoopback } from '../../../shared/settings/setting.ts';
import { isGuest } from '../../../shared/settings/userMap.ts';
import { sentence } from '../../../shared/text.ts';
import {
  type Credentials,
  CredentialsRefused,
  callersCredentials,
  type Token,
  tokenCredentials,
} from '../../../shared/upstream/credentials.ts';
import { type OAuthRefusal, oauthToken, requestOAuthToken } from '../../../shared/upstream/oauthToken.ts';
import type { SalesforceParts, SalesforceSettings } from '../settings.ts';

/** A session, and where it may be used. */
export interface Session extends Token {
  /** Origin of the org's API, without a trailing slash. */
  instanceUrl: string;
  userId: string | undefined;
  /** The ID of the org, of 15 or 18 characters. */
  orgId: string | undefined;
}

/** Salesforce does not say when a session ends; two hours without use is every org's default. A 401 renews it anyway. */
const SESSION_MS = 2 * 60 * 60_000;

/**
 * Sessions by either grant, where with the JWT bearer one the subject is the Salesforce username; or each call's own, of a
 * caller who signed in at Salesforce.
 */
export function salesforceCredentials(parts: SalesforceParts): Credentials<Session> {
  const { settings, secrets, upstream, now } = parts;
  if (settings.SALESFORCE_AUTH === 'caller') return callersSessions(parts);
  const usesJwt = settings.SALESFORCE_AUTH === 'jwt-bearer';
  const signedAssertion = async (privateKey: string, username: string) => {
    const { signAssertion } = await import('./assertion.ts');
    const { SALESFORCE_CLIENT_ID: clientId = '', SALESFORCE_LOGIN_URL: loginUrl } = settings;
    return signAssertion(privateKey, { clientId, loginUrl, username, now: now() });
  };
  return tokenCredentials({
    upstream,
    secrets,
    secretName: usesJwt ? 'salesforce-private-key' : 'salesforce-client-secret',
    beside: `make sure that SALESFORCE_CLIENT_ID is of the app that it belongs to${usesJwt ? " and that the app has the key's certificate" : ''}`,
    now,
    async exchange(secret, subject, call) {
      const grant = usesJwt
        ? {
            grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            assertion: await signedAssertion(secret, subject),
          }
        : {
            grant_type: 'client_credentials',
            client_id: settings.SALESFORCE_CLIENT_ID ?? '',
            client_secret: secret,
          };
      return requestSession(grant, subject, parts, call);
    },
  });
}

/** The caller's own access token goes to the My Domain in the settings and nowhere else, whatever it or an answer claims. */
function callersSessions({ settings, upstream }: SalesforceParts): Credentials<Session> {
  const own = callersCredentials({ upstream }, value => value);
  return {
    authorized: (call, attempt) => own.authorized(call, value => attempt(callersSession(value, call, settings))),
  };
}

/** Whose it is, and in which org, is in the caller's ID: `salesforce/<org>/<user>`. */
export function callersSession(
  value: string,
  { caller: { id, account } }: Call,
  { SALESFORCE_LOGIN_URL: instanceUrl }: SalesforceSettings,
): Session {
  const [, orgId] = account === undefined ? [] : id.split('/');
  return { value, expiresAt: Number.POSITIVE_INFINITY, instanceUrl, userId: account?.id, orgId };
}

/**
 * The Salesforce username that a call runs as; empty where it follows from the secret or from the caller's own token.
 * @throws Failure `forbidden` when it is to be the caller's own and the caller is nobody in particular
 */
export function usernameFor({ caller }: Call, settings: SalesforceSettings): string {
  if (settings.SALESFORCE_AUTH !== 'jwt-bearer') return '';
  if (settings.SALESFORCE_RUN_AS === 'integration') return settings.SALESFORCE_USERNAME ?? '';
  if (caller.kind !== 'user' || !caller.userName) {
    throw new Failure(
      'forbidden',
      'Salesforce answers here only to a person, as whoever asks, and this call came from no person. Sign in as a user and ask again.',
    );
  }
  const username = salesforceUsername(caller.userName, settings.SALESFORCE_USER_MAP);
  if (username) return username;
  throw new Failure(
    'forbidden',
    `It is not known as which Salesforce user ${caller.userName} is to act. An administrator must add an entry for that name to SALESFORCE_USER_MAP.`,
  );
}

/** Without a map, the sign-in name is the username; a guest's is not. */
export function salesforceUsername(
  userName: string,
  map: SalesforceSettings['SALESFORCE_USER_MAP'],
): string | undefined {
  if (map) return map.find(userName);
  return isGuest(userName) ? undefined : userName;
}

const sessionSchema = oauthToken.extend({ instance_url: z.url(), id: z.string().nullish() });

async function requestSession(
  grant: Record<string, string>,
  username: string,
  { settings, upstream, now }: SalesforceParts,
  call: Call,
): Promise<Session> {
  const { access_token, instance_url, id } = await requestOAuthToken({
    upstream,
    call,
    url: `${settings.SALESFORCE_LOGIN_URL}/services/oauth2/token`,
    format: 'form',
    parameters: grant,
    answer: sessionSchema,
    address: 'SALESFORCE_LOGIN_URL',
    refused: refusal => refusedSession(refusal, username, settings),
  });
  return {
    value: access_token,
    expiresAt: now() + SESSION_MS,
    instanceUrl: trustedInstance(instance_url, settings.SALESFORCE_LOGIN_URL),
    userId: /\/(005[a-zA-Z0-9]{12,15})$/.exec(id ?? '')?.[1],
    orgId: /\/(00D[a-zA-Z0-9]{12,15})\/[^/]+$/.exec(id ?? '')?.[1],
  };
}

const userCure =
  "make sure that there is an active user of that name, and pre-approve the user's profile or a permission set for the app of this service";

/** What Salesforce has against a user, where the credentials are good, and what an administrator must do. */
const userCures: readonly { says: RegExp; cure: string }[] = [
  {
    says: /\bip\b.{0,40}restricted/i,
    cure: 'add the addresses of this service to the IP ranges that the user may come from',
  },
  { says: /login.?hours/i, cure: "extend the login hours of the user's profile, which do not allow it now" },
  { says: /locked/i, cure: 'unlock the user, who is locked out' },
  { says: /inactive.?org/i, cure: 'have the org reactivated, which is not active' },
  {
    says: /expired.{0,20}password|password.{0,20}expired/i,
    cure: 'give the user a new password, which has expired, or let it never expire',
  },
  {
    says: /inactive.?user|user is inactive|user does.?n.?o?t exist|invalid_app_access|user hasn.t approved|not admin approved/i,
    cure: userCure,
  },
];

/** https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm */
function refusedSession(
  { status, error = 'unreadable', description }: OAuthRefusal,
  username: string,
  settings: SalesforceSettings,
): Error {
  if (error === 'unreadable' && status !== 400 && status !== 401) {
    return new Failure(
      'upstream_auth_failed',
      'SALESFORCE_LOGIN_URL does not lead to the sign-in of a Salesforce org. An administrator must set it to the My Domain address of the org.',
    );
  }
  const told = `${error}: ${description ?? ''}`;
  const cause = new Error(told);
  const because = description ? ` Salesforce says: ${sentence(description)}` : '';
  if (/login rate exceeded/i.test(told)) {
    return new Failure('rate_limited', 'Salesforce limits how often this service signs in. Try again in a minute.', {
      retryAfterSeconds: 60,
      cause,
    });
  }
  if (error === 'unknown_error' || error === 'server_error') {
    return new Failure('upstream_error', 'Salesforce failed to sign this service in. Try again in a minute.', {
      cause,
    });
  }
  if (error === 'invalid_client_id') {
    return new Failure(
      'upstream_auth_failed',
      'Salesforce does not know the app in SALESFORCE_CLIENT_ID. An administrator must set it to the consumer key of an app of this org.',
      { cause },
    );
  }
  if (/no client credentials user/i.test(told)) {
    return new Failure(
      'upstream_auth_failed',
      `Salesforce knows the app of this service, which has no user to run as. A Salesforce administrator must name one as Run As in the client credentials flow of the app, and let that user use the API; another secret does not help.${because}`,
      { cause },
    );
  }
  if (/scope/i.test(error) || /\bscopes?\b/i.test(description ?? '')) {
    return new Failure(
      'upstream_auth_failed',
      `The app of this service in Salesforce lacks an OAuth scope. An administrator must give it api${settings.SALESFORCE_AUTH === 'jwt-bearer' ? ' and refresh_token' : ''}; another secret does not help.${because}`,
      { cause },
    );
  }
  if (/blocked|OAUTH_(?:EC_)?APP|app_not_found/i.test(told)) {
    return new Failure(
      'upstream_auth_failed',
      `Salesforce does not let the app of this service in. A Salesforce administrator must install and unblock it, under Connected Apps OAuth Usage; another secret does not help.${because}`,
      { cause },
    );
  }
  if (
    ['unsupported_grant_type', 'unauthorized_client', 'invalid_request'].includes(error) ||
    /audience|not supported|not enabled/i.test(description ?? '')
  ) {
    return new Failure(
      'upstream_auth_failed',
      `Salesforce does not let this service sign in by ${settings.SALESFORCE_AUTH} at SALESFORCE_LOGIN_URL. An administrator must set that to the org's My Domain address and turn this flow on in the app; another secret does not help.${because}`,
      { cause },
    );
  }
  const isCaller = settings.SALESFORCE_RUN_AS === 'caller';
  // With the caller's own user, all that is not about the assertion is about that user.
  const isAboutUser = isCaller && error === 'invalid_grant' && description && !/assertion|signature/i.test(description);
  const cure = userCures.find(({ says }) => says.test(told))?.cure ?? (isAboutUser && userCure);
  if (cure) {
    const user = isCaller ? username : username ? 'the user in SALESFORCE_USERNAME' : "the app's own user";
    return new Failure(
      isCaller ? 'forbidden' : 'upstream_auth_failed',
      `Salesforce does not let ${user} in here. A Salesforce administrator must ${cure}.${because}`,
      { cause },
    );
  }
  return new CredentialsRefused(`Salesforce: ${error}`, { said: description ? sentence(description) : '', cause });
}

/** The session goes nowhere but to Salesforce, or to where the settings say. @throws Failure `upstream_error` */
function trustedInstance(instanceUrl: string, loginUrl: string): string {
  const instance = new URL(instanceUrl);
  const login = new URL(loginUrl);
  const isSalesforce = /\.(salesforce\.com|force\.com|salesforce\.mil)$/.test(instance.hostname);
  const isOwn = instance.hostname === login.hostname || instance.hostname.endsWith(`.${login.hostname}`);
  const isLocal = isLoopback(loginUrl) && isLoopback(instanceUrl);
  const isTrusted =
    (instance.protocol === 'https:' && (isSalesforce || isOwn || isLocal)) ||
    (instance.protocol === 'http:' && isLocal);
  if (isTrusted && !instance.username && !instance.password) return instance.origin;
  throw new Failure(
    'upstream_error',
    'The sign-in names an address that is not of Salesforce, so nothing was sent there. An administrator must check SALESFORCE_LOGIN_URL.',
    { retryable: false },
  );
}
