import type { VendorSignIn } from './vendorSignIn.ts';

/** How a connection proves who it is, and the app that it is for. */
export type SignIn = { host: string } & (
  | { /** With the app's function key. */ auth: 'key' }
  | { /** With the user's sign-in at Entra ID. */ auth: 'entra'; clientId: string; tenantId: string }
  | {
      /** With the user's sign-in at the vendor, by an app there. */ auth: 'user';
      clientId: string;
      vendor: VendorSignIn;
    }
);

/** A connector's definition and its properties, as far as a sign-in changes them. */
export interface ConnectorParts<Definition extends object, Properties extends object> {
  definition: Definition;
  properties: { properties: Properties };
}

/** Puts into a connector the app that it calls, and how its callers sign in there. */
export function withSignIn<Definition extends object, Properties extends object>(
  { definition, properties }: ConnectorParts<Definition, Properties>,
  signIn: SignIn,
) {
  const { security, connectionParameters } = connection(signIn);
  return {
    definition: { ...definition, host: signIn.host, ...security },
    properties: { ...properties, properties: { ...properties.properties, connectionParameters } },
  };
}

/** What the definition says of how a call proves who makes it, and what a connection asks its maker for. */
function connection(signIn: SignIn) {
  switch (signIn.auth) {
    case 'key':
      return functionKey;
    case 'entra':
      return entra(signIn);
    case 'user':
      return user(signIn);
  }
}

const functionKey = {
  security: {
    securityDefinitions: { function_key: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
    security: [{ function_key: [] }],
  },
  connectionParameters: {
    api_key: {
      type: 'securestring',
      uiDefinition: {
        displayName: 'Function key',
        description: 'A key of the function app, sent as x-functions-key.',
        tooltip: 'In the Azure portal: the function app, App keys.',
        constraints: { required: 'true', tabIndex: 2, clearText: false },
      },
    },
  },
};

/**
 * Power Platform asks for our token on behalf of the user: this takes `enableOnbehalfOfLogin` and
 * `IsOnbehalfofLoginSupported` both, else users are asked to sign in for each connection.
 */
function entra({ clientId, tenantId }: { clientId: string; tenantId: string }) {
  const resource = `api://${clientId}`;
  return {
    security: {
      securityDefinitions: {
        entra_id: {
          type: 'oauth2',
          flow: 'accessCode',
          authorizationUrl: `https://login.microsoftonline.com/${tenantId}/oauth2/authorize`,
          tokenUrl: `https://login.microsoftonline.com/${tenantId}/oauth2/token`,
          scopes: {},
        },
      },
      security: [{ entra_id: [] }],
    },
    connectionParameters: {
      token: {
        type: 'oauthSetting',
        oAuthSettings: {
          identityProvider: 'aad',
          clientId,
          scopes: [`${resource}/.default`],
          redirectMode: 'GlobalPerConnector',
          properties: {
            IsFirstParty: 'False',
            AzureActiveDirectoryResourceId: resource,
            IsOnbehalfofLoginSupported: true,
          },
          customParameters: {
            loginUri: { value: 'https://login.microsoftonline.com' },
            tenantId: { value: tenantId },
            resourceUri: { value: resource },
            enableOnbehalfOfLogin: { value: 'true' },
          },
        },
      },
    },
  };
}

/**
 * Power Platform signs the user in at the vendor, keeps and renews the tokens, and sends the access token as a bearer
 * token. It puts its values where a template has their names in braces, and its own templates leave the client secret out
 * of a renewal, which Salesforce refuses: so all of them are given. The secret itself is entered in Power Platform, and is
 * in no file. Microsoft documents none of the templates' names but in the schema of its tool:
 * https://github.com/microsoft/PowerPlatformConnectors/blob/dev/schemas/paconn-apiProperties.schema.json
 * What they are filled with follows a connector that works:
 * https://github.com/troystaylor/SharingIsCaring/blob/main/Salesforce%20MCP/apiProperties.json
 */
function user({ clientId, vendor }: { clientId: string; vendor: VendorSignIn }) {
  const { authorizationUrl, tokenUrl, query, scopes } = vendor;
  const names = Object.keys(scopes);
  return {
    security: {
      securityDefinitions: {
        user_sign_in: { type: 'oauth2', flow: 'accessCode', authorizationUrl, tokenUrl, scopes },
      },
      security: [{ user_sign_in: names }],
    },
    connectionParameters: {
      token: {
        type: 'oauthSetting',
        oAuthSettings: {
          identityProvider: 'oauth2generic',
          clientId,
          scopes: names,
          // The redirect URL is then this connector's own: another one cannot have its sign-ins sent to itself.
          redirectMode: 'GlobalPerConnector',
          properties: { IsFirstParty: 'False', IsOnbehalfofLoginSupported: false },
          customParameters: {
            scopeListDelimiter: { value: ' ' },
            authorizationUrlTemplate: { value: authorizationUrl },
            authorizationUrlQueryStringTemplate: { value: `?${authorizationQuery(query)}` },
            tokenUrlTemplate: { value: tokenUrl },
            tokenBodyTemplate: {
              value:
                'grant_type=authorization_code&code={Code}&redirect_uri={RedirectUrl}&client_id={ClientId}&client_secret={ClientSecret}',
            },
            refreshUrlTemplate: { value: tokenUrl },
            refreshBodyTemplate: {
              value:
                'grant_type=refresh_token&refresh_token={RefreshToken}&client_id={ClientId}&client_secret={ClientSecret}',
            },
          },
        },
      },
    },
  };
}

/** The vendor's own parameters are encoded here; what stands in braces is encoded by who fills it in. */
function authorizationQuery(query: Readonly<Record<string, string>>): string {
  const own = Object.entries(query).map(([name, value]) => `&${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `response_type=code&client_id={ClientId}&redirect_uri={RedirectUrl}&scope={Scopes}&state={State}${own.join('')}`;
}
