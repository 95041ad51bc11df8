import { placeholders, product, publisher } from '../../product.ts';

/** How a connection proves who it is: with the app's function key, or with the user's sign-in. */
export type ConnectorAuth = 'key' | 'entra';

/** What a connection asks its maker for. `entra` has placeholders that publishing fills in. */
export function connectorProperties(auth: ConnectorAuth) {
  return {
    properties: {
      iconBrandColor: product.brandColor,
      publisher: publisher.name,
      stackOwner: publisher.name,
      capabilities: ['actions'],
      connectionParameters: connectionParameters[auth],
      policyTemplateInstances: [],
    },
  };
}

const { clientId, tenantId } = placeholders;
const resource = `api://${clientId}`;

/** What the definition says of how a call proves who makes it. */
export const security = {
  key: {
    securityDefinitions: { function_key: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
    security: [{ function_key: [] }],
  },
  entra: {
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
};

const connectionParameters = {
  key: {
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
  entra: {
    token: {
      type: 'oauthSetting',
      oAuthSettings: {
        identityProvider: 'aad',
        clientId,
        scopes: [`${resource}/.default`],
        redirectMode: 'GlobalPerConnector',
        properties: { IsFirstParty: 'False', AzureActiveDirectoryResourceId: resource },
        customParameters: {
          loginUri: { value: 'https://login.microsoftonline.com' },
          tenantId: { value: tenantId },
          resourceUri: { value: resource },
          enableOnbehalfOfLogin: { value: 'false' },
        },
      },
    },
  },
};
