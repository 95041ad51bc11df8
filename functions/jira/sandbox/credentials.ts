import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../../shared/parseJson.ts';
import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';

/** The credentials that the sandbox accepts. */
export interface Credentials {
  email: string;
  apiToken: string;
  clientId: string;
  clientSecret: string;
}

const tokenLifeSeconds = 3600;

const tokenRequest = z.looseObject({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
});

export type Gatekeeper = ReturnType<typeof createGatekeeper>;

/** Checks credentials as Jira does, and issues access tokens as Atlassian's identity service does. */
export function createGatekeeper(initial: Credentials, now: () => number) {
  const credentials = { ...initial };
  const expiries = new Map<string, number>();

  const isBasic = (header: string) =>
    header === `Basic ${Buffer.from(`${credentials.email}:${credentials.apiToken}`).toString('base64')}`;
  const isBearer = (header: string) => (expiries.get(header.replace(/^Bearer /, '')) ?? 0) > now();

  return {
    credentials,
    /** Makes this the only valid API token. */
    rotateApiToken(apiToken: string): void {
      credentials.apiToken = apiToken;
    },
    /** Makes this the only valid client secret; access tokens stay valid. */
    rotateClientSecret(clientSecret: string): void {
      credentials.clientSecret = clientSecret;
    },
    /** Makes every access token invalid that was issued so far. */
    revokeTokens(): void {
      expiries.clear();
    },
    /** The site accepts API tokens only; the API gateway accepts bearer tokens, too. */
    admits: ({ headers: { authorization = '' } }: SandboxRequest, door: 'site' | 'gateway'): boolean =>
      isBasic(authorization) || (door === 'gateway' && isBearer(authorization)),
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
      const token = `sandbox-access-${randomUUID()}`;
      expiries.set(token, now() + tokenLifeSeconds * 1000);
      return {
        headers: { 'cache-control': 'no-store' },
        json: {
          access_token: token,
          scope: 'read:jira-work write:jira-work',
          expires_in: tokenLifeSeconds,
          token_type: 'Bearer',
        },
      };
    },
  };
}

const oauthError = (status: number, error: string, error_description: string): SandboxReply => ({
  status,
  json: { error, error_description },
});
