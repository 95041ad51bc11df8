import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { compactVerify } from 'jose';
import * as z from 'zod';
import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';
import { lacks, type Viewer } from './access.ts';
import { apiDisabled, invalidSession, notForApi } from './errors.ts';
import type { FilledOrg } from './fillOrg.ts';
import type { Org, Row } from './org.ts';
import { parseRecordId } from './recordId.ts';

/** How a token differs from a good one of this org. */
interface TokenOptions {
  /** Two hours unless told, by the sandbox's clock; 0 for one that has expired. */
  lifeSeconds?: number;
  /** The ID of another org, of which it is. */
  org?: string;
  /** `api`, `id` and `refresh_token` unless told. */
  scopes?: readonly string[];
}

export interface Sessions {
  /** Answers `POST /services/oauth2/token`. */
  token(request: SandboxRequest, url: string): Promise<SandboxReply>;
  /** The user of the request's session. Throws INVALID_SESSION_ID. */
  viewerOf(request: SandboxRequest): Viewer;
  /** An access token as a user's own sign-in gives it. @throws Error for nobody's username */
  tokenOf(username: string, options?: TokenOptions): string;
  /** Ends one session, as a user does who takes an app's access away. */
  revoke(token: string): void;
  /** Answers `/services/oauth2/userinfo` and `/id/<org>/<user>`; undefined for all else. */
  identity(request: SandboxRequest, url: string): SandboxReply | undefined;
  /** Ends every session, as the session timeout does. */
  expire(): void;
  /** Replaces the client secret: the one before is refused. */
  rotateSecret(secret: string): void;
  /** Registers a public key, PEM, to verify JWT assertions with. */
  registerPublicKey(pem: string): void;
  /** A private key (PEM, PKCS#8) whose public key is registered; generated on first use. */
  privateKey(): string;
}

export const clientId = 'sandbox-client';
export const clientSecret = 'sandbox-secret';
const loginUrls = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const maxLifetimeSeconds = 300;
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const claimsSchema = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), exp: z.number() });

interface Session {
  userId: string;
  org: string;
  scopes: readonly string[];
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

class TokenRefusal extends Error {
  readonly error: string;

  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}

export function createSessions({ org, integrationUser, viewers }: FilledOrg): Sessions {
  const sessions = new Map<string, Session>();
  const publicKeys: KeyObject[] = [];
  let secret = clientSecret;
  let ownKey: string | undefined;

  const begin = (
    userId: string,
    { lifeSeconds = 7_200, org: orgId = org.id, scopes = ['api', 'id', 'refresh_token'] }: TokenOptions = {},
  ): string => {
    const token = `${orgId.slice(0, 15)}!${randomUUID()}`;
    const expiresAt = org.now().getTime() + lifeSeconds * 1000;
    sessions.set(token, { userId, org: parseRecordId(orgId) ?? orgId, scopes, expiresAt });
    return token;
  };

  const sessionOf = (headers: SandboxRequest['headers']): Session | undefined => {
    const session = sessions.get(tokenIn(headers) ?? '');
    return session && session.expiresAt > org.now().getTime() ? session : undefined;
  };

  const userNamed = (username: string): Row | undefined => {
    const users = org.schema.find('User');
    return users && org.rows(users).find(row => String(row.Username).toLowerCase() === username.toLowerCase());
  };

  const userOfClientCredentials = (form: URLSearchParams, authorization: string | undefined): Row | undefined => {
    const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
    const [basicId, basicSecret] = basic ? Buffer.from(basic, 'base64').toString().split(':') : [];
    if ((form.get('client_id') ?? basicId) !== clientId) {
      throw new TokenRefusal('invalid_client_id', 'client identifier invalid');
    }
    if ((form.get('client_secret') ?? basicSecret) !== secret) {
      throw new TokenRefusal('invalid_client', 'invalid client credentials');
    }
    return org.find(integrationUser)?.row;
  };

  const userOfAssertion = async (assertion: string, url: string): Promise<Row | undefined> => {
    const claims = claimsSchema.safeParse(await verify(assertion, publicKeys)).data;
    if (!claims) throw new TokenRefusal('invalid_grant', 'invalid assertion');
    const now = org.now().getTime() / 1000;
    if (claims.iss !== clientId) throw new TokenRefusal('invalid_client_id', 'client identifier invalid');
    if (![url, ...loginUrls].includes(claims.aud.replace(/\/$/, ''))) {
      throw new TokenRefusal('invalid_grant', 'audience is invalid');
    }
    if (claims.exp <= now) throw new TokenRefusal('invalid_grant', 'assertion expired');
    if (claims.exp > now + maxLifetimeSeconds) {
      throw new TokenRefusal('invalid_grant', 'assertion expiration is too far in the future');
    }
    return userNamed(claims.sub);
  };

  const userOfGrant = (request: SandboxRequest, form: URLSearchParams, url: string) => {
    switch (form.get('grant_type')) {
      case 'client_credentials':
        return userOfClientCredentials(form, request.headers.authorization);
      case jwtBearer:
        return userOfAssertion(form.get('assertion') ?? '', url);
      default:
        throw new TokenRefusal('unsupported_grant_type', 'grant type not supported');
    }
  };

  return {
    async token(request, url) {
      try {
        const user = await userOfGrant(request, new URLSearchParams(request.body), url);
        if (!user) throw new TokenRefusal('invalid_grant', "user hasn't approved this consumer");
        if (!user.IsActive) throw new TokenRefusal('inactive_user', 'user is inactive');
        const accessToken = begin(user.Id, { scopes: ['api', 'id'] });
        return {
          json: {
            access_token: accessToken,
            signature: Buffer.from(randomUUID()).toString('base64'),
            scope: 'api id',
            instance_url: url,
            id: `${url}/id/${org.id}/${user.Id}`,
            token_type: 'Bearer',
            issued_at: String(org.now().getTime()),
          },
        };
      } catch (error) {
        if (!(error instanceof TokenRefusal)) throw error;
        return { status: 400, json: { error: error.error, error_description: error.message } };
      }
    },
    viewerOf({ headers }) {
      const session = sessionOf(headers);
      const viewer = session?.org === org.id ? viewers.get(session.userId) : undefined;
      if (!session || !viewer || !org.find(viewer.Id)?.row.IsActive) throw invalidSession();
      if (!hasScope(session, 'api')) throw notForApi();
      if (lacks(viewer, 'ApiEnabled')) throw apiDisabled();
      return viewer;
    },
    tokenOf(username, options) {
      const user = userNamed(username);
      if (!user) throw new Error(`The sandbox has no user ${username}.`);
      return begin(user.Id, options);
    },
    revoke: token => void sessions.delete(token),
    identity({ path, headers, query }, url) {
      const [, orgId, userId] = /^\/id\/(\w+)\/(\w+)$/.exec(path) ?? [];
      if (path !== '/services/oauth2/userinfo' && orgId === undefined) return undefined;
      const token = tokenIn(headers) ?? query.get('oauth_token');
      if (!token) return refusedIdentity(403, 'Missing_OAuth_Token');
      const session = sessionOf({ authorization: `Bearer ${token}` });
      if (!session) return refusedIdentity(403, 'Bad_OAuth_Token');
      if (session.org !== org.id) return refusedIdentity(403, 'Wrong_Org');
      if (!hasScope(session, 'id', 'openid')) return refusedIdentity(403, 'Invalid_Scope');
      if (orgId !== undefined && parseRecordId(orgId) !== org.id) return refusedIdentity(403, 'Wrong_Org');
      const row = org.find(session.userId)?.row;
      if (!row?.IsActive) return refusedIdentity(404, 'Inactive');
      if (userId !== undefined && parseRecordId(userId) !== row.Id) return refusedIdentity(404, 'Bad_Id');
      return { json: path.startsWith('/id/') ? identityOf(row, org, url) : userInfoOf(row, org, url) };
    },
    expire: () => sessions.clear(),
    rotateSecret(next) {
      secret = next;
    },
    registerPublicKey(pem) {
      publicKeys.push(createPublicKey(pem));
    },
    privateKey() {
      if (ownKey === undefined) {
        const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
        publicKeys.push(pair.publicKey);
        ownKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      }
      return ownKey;
    },
  };
}

const tokenIn = ({ authorization }: SandboxRequest['headers']): string | undefined =>
  /^(?:Bearer|OAuth) (.+)$/i.exec(authorization ?? '')?.[1];

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens_scopes.htm */
const hasScope = ({ scopes }: Session, ...any: readonly string[]): boolean =>
  [...any, 'full'].some(scope => scopes.includes(scope));

/** In a word of plain text: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm */
const refusedIdentity = (status: number, word: string): SandboxReply => ({
  status,
  headers: { 'content-type': 'text/plain;charset=UTF-8' },
  text: word,
});

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm */
function userInfoOf(row: Row, org: Org, url: string) {
  return {
    sub: `${url}/id/${org.id}/${row.Id}`,
    user_id: row.Id,
    organization_id: org.id,
    preferred_username: row.Username,
    nickname: row.Alias,
    name: row.Name,
    email: row.Email,
    email_verified: true,
    given_name: row.FirstName,
    family_name: row.LastName,
    zoneinfo: row.TimeZoneSidKey,
    profile: `${url}/${row.Id}`,
    is_salesforce_integration_user: false,
    urls: urlsOf(url, row.Id),
    active: row.IsActive,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    updated_at: row.LastModifiedDate,
  };
}

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm */
function identityOf(row: Row, org: Org, url: string) {
  return {
    id: `${url}/id/${org.id}/${row.Id}`,
    asserted_user: true,
    user_id: row.Id,
    organization_id: org.id,
    username: row.Username,
    nick_name: row.Alias,
    display_name: row.Name,
    email: row.Email,
    first_name: row.FirstName,
    last_name: row.LastName,
    timezone: row.TimeZoneSidKey,
    active: row.IsActive,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    urls: urlsOf(url, row.Id),
    last_modified_date: row.LastModifiedDate,
  };
}

const urlsOf = (url: string, userId: string) => ({
  rest: `${url}/services/data/v{version}/`,
  sobjects: `${url}/services/data/v{version}/sobjects/`,
  query: `${url}/services/data/v{version}/query/`,
  partner: `${url}/services/Soap/u/{version}/${userId}`,
  profile: `${url}/${userId}`,
  custom_domain: url,
});

/** The claims of an assertion that one of the keys signed with RS256; undefined for any other. */
async function verify(assertion: string, keys: KeyObject[]): Promise<unknown> {
  for (const key of keys) {
    const verified = await compactVerify(assertion, key, { algorithms: ['RS256'] }).catch(() => undefined);
    if (verified) return JSON.parse(new TextDecoder().decode(verified.payload));
  }
  return undefined;
}
