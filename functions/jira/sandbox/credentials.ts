import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../../shared/parseJson.ts';
import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';
import { allows, allScopes } from './scopes.ts';

/** The credentials that the sandbox accepts. */
export interface Credentials {
  email: string;
  apiToken: string;
  clientId: string;
  clientSecret: string;
}

/** What an access token is good for. */
export interface TokenOptions {
  /** All unless told. */
  scopes?: readonly string[];
  /** The cloud ID of the site that its user has chosen; the sandbox's own unless told. */
  site?: string;
  /** Who it is for; `api.atlassian.com` unless told. */
  audience?: string;
  /** An hour unless told. */
  lifeSeconds?: number;
}

interface AccessToken {
  /** Whose it is: an e-mail address. */
  email: string;
  scopes: readonly string[];
  site: string;
  audience: string;
  expires: number;
}

/** Whose request it is, or how it is turned away. */
export type Entry = { email: string } | { refused: SandboxReply };

const gatewayAudience = 'api.atlassian.com';
const defaultLifeSeconds = 3600;

const tokenRequest = z.looseObject({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
});

export type Gatekeeper = ReturnType<typeof createGatekeeper>;

/** Checks credentials as Jira and Atlassian's API gateway do, and issues access tokens as Atlassian's identity service does. */
export function createGatekeeper(
  initial: Credentials,
  { now, cloudId, url }: { now: () => number; cloudId: string; url: () => string },
) {
  const credentials = { ...initial };
  /** Of other people, by their e-mail addresses. */
  const apiTokens = new Map<string, string>();
  const accessTokens = new Map<string, AccessToken>();

  const basic = (header: string): string | undefined => {
    const [, encoded] = /^Basic (\S+)$/.exec(header) ?? [];
    const [, email, apiToken] = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
    if (email === undefined) return undefined;
    const own = email === credentials.email ? credentials.apiToken : apiTokens.get(email);
    return apiToken === own ? email : undefined;
  };
  const bearer = (header: string): AccessToken | undefined => {
    const found = accessTokens.get(header.replace(/^Bearer /, ''));
    return found && found.expires > now() && found.audience === gatewayAudience ? found : undefined;
  };
  const issue = (prefix: string, token: Omit<AccessToken, 'expires'>, lifeSeconds: number): string => {
    const issued = `${prefix}-${randomUUID()}`;
    accessTokens.set(issued, { ...token, expires: now() + lifeSeconds * 1000 });
    return issued;
  };

  return {
    credentials,
    /** Makes this the only valid API token of the account. */
    rotateApiToken(apiToken: string): void {
      credentials.apiToken = apiToken;
    },
    /** Makes this the only valid client secret; access tokens stay valid. */
    rotateClientSecret(clientSecret: string): void {
      credentials.clientSecret = clientSecret;
    },
    /** Makes access tokens invalid: these, or without any every one that was issued so far. */
    revokeTokens(...tokens: string[]): void {
      if (tokens.length === 0) accessTokens.clear();
      for (const token of tokens) accessTokens.delete(token);
    },
    /** The API token of a person, with which their e-mail address is a basic credential. */
    apiTokenOf(email: string): string {
      if (email === credentials.email) return credentials.apiToken;
      const apiToken = apiTokens.get(email) ?? `sandbox-token-${randomUUID()}`;
      apiTokens.set(email, apiToken);
      return apiToken;
    },
    /** An access token of a person, as an app gets one that they have let in: it works at the gateway alone. */
    tokenOf(
      email: string,
      {
        scopes = allScopes,
        site = cloudId,
        audience = gatewayAudience,
        lifeSeconds = defaultLifeSeconds,
      }: TokenOptions = {},
    ): string {
      return issue('sandbox-user', { email, scopes, site, audience }, lifeSeconds);
    },
    /** The site accepts API tokens alone. */
    enterSite({ headers: { authorization = '' } }: SandboxRequest): Entry {
      const email = basic(authorization);
      return email === undefined ? { refused: unauthorized.site } : { email };
    },
    /** The gateway accepts API tokens, and access tokens that are for the site and have a scope of the route. */
    enterGateway(request: SandboxRequest, site: string, path: string): Entry {
      const { authorization = '' } = request.headers;
      const email = basic(authorization);
      const token = email === undefined ? bearer(authorization) : undefined;
      if (email === undefined && !token) return { refused: unauthorized.gateway };
      if (site !== cloudId) return { refused: noSuchSite(request.path) };
      if (!token) return { email: email ?? '' };
      if (token.site !== cloudId) return { refused: notInstalled };
      return allows(token.scopes, request.method, path) ? { email: token.email } : { refused: scopeMismatch };
    },
    /** @see https://developer.atlassian.com/cloud/oauth/getting-started/making-calls-to-api/ */
    accessibleResources({ headers: { authorization = '' } }: SandboxRequest): SandboxReply {
      const token = bearer(authorization);
      if (!token) return unauthorized.gateway;
      const address = token.site === cloudId ? url() : `https://${token.site}.atlassian.net`;
      const [scopes, avatarUrl] = [token.scopes, `${url()}/images/site.png`];
      return { json: [{ id: token.site, url: address, name: new URL(address).host, scopes, avatarUrl }] };
    },
    /** @see https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/ */
    issueToken({ body }: SandboxRequest): SandboxReply {
      const request = tokenRequest.safeParse(parseJson(body));
      if (!request.success) return oauthError(400, 'invalid_request', 'Missing or malformed parameters');
      const { grant_type, client_id, client_secret } = request.data;
      if (grant_type !== 'client_credentials') {
        return oauthError(403, 'unsupported_grant_type', `Unsupported grant type: ${grant_type}`);
      }
      if (client_id !== credentials.clientId || client_secret !== credentials.clientSecret) {
        return oauthError(401, 'access_denied', 'Unauthorized');
      }
      const { email } = credentials;
      const token = { email, scopes: allScopes, site: cloudId, audience: gatewayAudience };
      return {
        headers: { 'cache-control': 'no-store' },
        json: {
          access_token: issue('sandbox-access', token, defaultLifeSeconds),
          scope: allScopes.join(' '),
          expires_in: defaultLifeSeconds,
          token_type: 'Bearer',
        },
      };
    },
  };
}

/** The site answers in plain text, the gateway in JSON. */
export const unauthorized: Record<'site' | 'gateway', SandboxReply> = {
  site: {
    status: 401,
    headers: {
      'www-authenticate': 'OAuth realm="https%3A%2F%2Fsandbox"',
      'x-seraph-loginreason': 'AUTHENTICATED_FAILED',
    },
    text: 'Client must be authenticated to access this resource.',
  },
  gateway: { status: 401, json: { code: 401, message: 'Unauthorized' } },
};

/** https://support.atlassian.com/jira/kb/oauth-app-throwing-error-unauthorized-scope-does-not-match */
const scopeMismatch: SandboxReply = {
  status: 401,
  json: { code: 401, message: 'Unauthorized; scope does not match' },
};

/** Whoever the token is of has not let the app in to this site. */
const notInstalled: SandboxReply = {
  status: 403,
  json: { errorMessages: ['The app is not installed on this instance.'] },
};

const noSuchSite = (path: string): SandboxReply => ({
  status: 404,
  json: {
    timestamp: new Date(0).toISOString(),
    status: 404,
    error: 'Not Found',
    message: 'No message available',
    path,
  },
});

const oauthError = (status: number, error: string, error_description: string): SandboxReply => ({
  status,
  json: { error, error_description },
});
