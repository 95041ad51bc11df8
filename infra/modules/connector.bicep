@description('The name of the Logic Apps custom connector.')
param name string

@description('Where it lives.')
param location string

@description('Tags for it.')
param tags object

@description('The host that it calls.')
param host string

@description('The app registration that callers sign in to; empty: they use a function key.')
param clientId string

var entra = !empty(clientId)
var definition = entra
  ? loadJsonContent('../connector/entra/apiDefinition.swagger.json')
  : loadJsonContent('../connector/apiDefinition.swagger.json')

var key = {
  api_key: {
    type: 'securestring'
    uiDefinition: {
      displayName: 'Function key'
      description: 'A key of the function app, sent as x-functions-key.'
      tooltip: 'In the portal: the function app, App keys.'
      constraints: { required: 'true', tabIndex: 2, clearText: false }
    }
  }
}

var signIn = {
  token: {
    type: 'oauthSetting'
    oAuthSettings: {
      identityProvider: 'aad'
      clientId: clientId
      scopes: ['api://${clientId}/.default']
      redirectMode: 'GlobalPerConnector'
      properties: { AzureActiveDirectoryResourceId: 'api://${clientId}', IsFirstParty: 'False' }
      customParameters: {
        loginUri: { value: environment().authentication.loginEndpoint }
        tenantId: { value: tenant().tenantId }
        resourceUri: { value: 'api://${clientId}' }
        enableOnbehalfOfLogin: { value: 'false' }
      }
    }
  }
}

resource connector 'Microsoft.Web/customApis@2016-06-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    displayName: definition.info.title
    description: definition.info.description
    apiType: 'Rest'
    capabilities: []
    backendService: { serviceUrl: 'https://${host}${definition.basePath}' }
    // The published type knows only part of what connection parameters may hold.
    connectionParameters: any(entra ? signIn : key)
    swagger: { ...definition, host: host }
  }
}

@description('What Logic Apps connections refer to.')
output id string = connector.id
