@description('The name of the Logic Apps custom connector.')
param name string

@description('Where it lives.')
param location string

@description('Tags for it.')
param tags object

@description('The Swagger document of its operations.')
param definition object

@description('How it looks, and what a connection asks for unless callers sign in: the properties of apiProperties.json.')
param presentation object

@description('The host that it calls.')
param host string

@description('The app registration that callers sign in to; empty: they use a function key.')
param clientId string

var entra = !empty(clientId)
var resourceUri = 'api://${clientId}'
var loginEndpoint = environment().authentication.loginEndpoint

// With Entra ID a connection signs its user in, instead of asking for a function key.
var signIn = {
  token: {
    type: 'oauthSetting'
    oAuthSettings: {
      identityProvider: 'aad'
      clientId: clientId
      scopes: ['${resourceUri}/.default']
      redirectMode: 'GlobalPerConnector'
      properties: {
        IsFirstParty: 'False'
        AzureActiveDirectoryResourceId: resourceUri
        IsOnbehalfofLoginSupported: true
      }
      customParameters: {
        loginUri: { value: 'https://${split(loginEndpoint, '/')[2]}' }
        tenantId: { value: tenant().tenantId }
        resourceUri: { value: resourceUri }
        enableOnbehalfOfLogin: { value: 'true' }
      }
    }
  }
}
var security = {
  securityDefinitions: {
    entra_id: {
      type: 'oauth2'
      flow: 'accessCode'
      authorizationUrl: uri(loginEndpoint, '${tenant().tenantId}/oauth2/authorize')
      tokenUrl: uri(loginEndpoint, '${tenant().tenantId}/oauth2/token')
      scopes: {}
    }
  }
  security: [{ entra_id: [] }]
}

resource connector 'Microsoft.Web/customApis@2016-06-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    displayName: definition.info.title
    description: definition.info.description
    brandColor: presentation.iconBrandColor
    apiType: 'Rest'
    capabilities: []
    backendService: { serviceUrl: 'https://${host}${definition.basePath}' }
    // The published type knows only part of what connection parameters may hold.
    connectionParameters: any(entra ? signIn : presentation.connectionParameters)
    swagger: { ...definition, host: host, ...(entra ? security : {}) }
  }
}
