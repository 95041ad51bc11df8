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
var presentation = loadJsonContent('../connector/apiProperties.json').properties

// The generated files have names in place of this app registration and this tenant.
var signIn = json(replace(
  replace(loadTextContent('../connector/entra/apiProperties.json'), 'your-client-id', clientId),
  'your-tenant-id',
  tenant().tenantId
)).properties.connectionParameters
var security = json(replace(string(definition.securityDefinitions), 'your-tenant-id', tenant().tenantId))

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
    swagger: { ...definition, host: host, securityDefinitions: security }
  }
}
