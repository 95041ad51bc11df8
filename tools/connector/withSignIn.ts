/** How a connection proves who it is, and the app that it is for. */
export type SignIn = { host: string } & (
  | { /** With the app's function key. */ auth: 'key' }
  | { /** With the user's sign-in at Entra ID. */ auth: 'entra'; clientId: string; tenantId: string }
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
