import { PLACEHOLDER_HOST } from './placeholders.ts';

/** The app that a plugin calls, and how its calls prove who makes them. */
export interface PluginSignIn {
  host: string;
  /** As the OpenAPI document has it: from this Copilot knows how a key is sent, and the toolkit what to register. */
  scheme: { name: string; definition: object; scopes: readonly string[] };
  /** As the plugin's manifest has it: what Microsoft keeps the secret or the tokens in, and the ID of what was registered there. */
  auth: { type: 'ApiKeyPluginVault' | 'OAuthPluginVault'; reference_id: string };
}

/** With a key of the function app: https://learn.microsoft.com/microsoft-365/copilot/extensibility/plugin-authentication-api-key */
export function withFunctionKey(host: string = PLACEHOLDER_HOST, referenceId?: string): PluginSignIn {
  return {
    host,
    scheme: {
      name: 'function_key',
      definition: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      scopes: [],
    },
    auth: { type: 'ApiKeyPluginVault', reference_id: referenceId ?? toBeRegistered('APIKEY_REGISTRATION_ID') },
  };
}

/** An authorization server, its addresses in full. */
export interface OAuthServer {
  authorizationUrl: string;
  tokenUrl: string;
  /** And what they open. */
  scopes: Readonly<Record<string, string>>;
}

/** With a token of the user's: https://learn.microsoft.com/microsoft-365/copilot/extensibility/plugin-authentication-oauth */
export function withUserToken(
  name: string,
  { host, server, referenceId }: { host: string; server: OAuthServer; referenceId?: string | undefined },
): PluginSignIn {
  const { authorizationUrl, tokenUrl, scopes } = server;
  return {
    host,
    scheme: {
      name,
      definition: {
        type: 'oauth2',
        flows: { authorizationCode: { authorizationUrl, tokenUrl, refreshUrl: tokenUrl, scopes } },
      },
      scopes: Object.keys(scopes),
    },
    auth: { type: 'OAuthPluginVault', reference_id: referenceId ?? toBeRegistered('OAUTH_REGISTRATION_ID') },
  };
}

/** What the Agents Toolkit fills in when it packages the plugin: https://learn.microsoft.com/microsoftteams/platform/toolkit/teamsfx-multi-env */
function toBeRegistered(variable: string): string {
  return `\${{${variable}}}`;
}
