import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';

export const clientId = 'sandbox-client';
const TOKEN_SECONDS = 3600;

/** Who is let in: whoever has the API key, or an access token that was issued for the client's secret. */
export interface Gatekeeper {
  admits(request: SandboxRequest): boolean;
  issueToken(request: SandboxRequest): SandboxReply;
  rotateApiKey(key: string): void;
  rotateClientSecret(secret: string): void;
  /** Access tokens that were issued so far work no longer. */
  revokeTokens(): void;
}

export function createGatekeeper(credentials: { apiKey: string; clientSecret: string }): Gatekeeper {
  let { apiKey, clientSecret } = credentials;
  const tokens = new Set<string>();
  let issued = 0;
  return {
    admits: ({ headers }) =>
      headers['x-api-key'] === apiKey || tokens.has(headers.authorization?.replace(/^Bearer /, '') ?? ''),
    issueToken({ body }) {
      const form = new URLSearchParams(body);
      const isRight = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
      if (!isRight) return { status: 401, json: { error: 'invalid_client' } };
      if (form.get('grant_type') !== 'client_credentials') {
        return { status: 400, json: { error: 'unsupported_grant_type' } };
      }
      issued += 1;
      const token = `sandbox-access-token-${issued}`;
      tokens.add(token);
      return { json: { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS } };
    },
    rotateApiKey(key) {
      apiKey = key;
    },
    rotateClientSecret(secret) {
      clientSecret = secret;
      tokens.clear();
    },
    revokeTokens: () => tokens.clear(),
  };
}
