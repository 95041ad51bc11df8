targetScope = 'subscription'

import { settings } from 'settings.bicep'
import { systems } from 'systems.bicep'

@description('The name of the azd environment; everything is named after it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Where everything lives.')
param location string

@description('What the app is told.')
param appSettings settings

@description('How callers sign in: a function key, or Entra ID.')
param inboundAuth 'key' | 'entra'

@description('The app registration that callers sign in to, for entra; the preprovision hook makes it.')
param entraClientId string

@description('Other client applications that may call, for entra.')
param entraAllowedClientIds string[]

@description('App registrations of single connectors, as system=client ID, for entra.')
param entraConnectorRegistrations string[]

@description('The Node version that runs the app.')
param nodeVersion string

@description('Memory of an instance, in megabytes.')
@minValue(2048)
@maxValue(4096)
param instanceMemoryMB int

@description('How many instances there may be.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('How many calls an instance takes at once.')
@minValue(1)
@maxValue(1000)
param perInstanceConcurrency int

@description('How many instances never stop.')
@minValue(0)
param alwaysReadyInstances int

@description('Whether the vault and the storage are reached from the app\'s own network only.')
param privateNetwork bool

@description('Public IP addresses or CIDR ranges that reach the vault all the same, so that secrets can be written.')
param allowedIpAddresses string[]

@description('Whether the app can only add to the audit and read it; whoever deploys must then be allowed to define roles.')
param auditAppendOnly bool

@description('Who is told when something is wrong; empty: no alerts.')
param alertEmail string

@description('Whether to bring back the vault after a teardown.')
param recoverVault bool

var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
var chosenSettings = toObject(
  filter(items(appSettings), setting => !empty(setting.value)),
  setting => setting.key,
  setting => setting.value
)
var entra = inboundAuth == 'entra'
// What was done in a user's name is told from the audit, and only where users sign in.
var knownSettings = concat(objectKeys(chosenSettings), entra ? ['AUDIT_TABLE_ENDPOINT'] : [])
// Indexes rather than systems: a template may be 4 MB with the values of its variables, and definitions are long.
var configuredSystems = filter(
  range(0, length(systems)),
  index => empty(filter(systems[index].configuredBy, names => empty(intersection(names, knownSettings))))
)
// A request has one Authorization: where it is the user's token of a vendor, the platform has none to check, and the app
// asks the vendor whose it is.
var systemsAtVendors = filter(
  configuredSystems,
  index => !empty(filter(systems[index].signInSettings, name => chosenSettings[?name] == 'caller'))
)
var vendors = filter(configuredSystems, index => systems[index].isVendors)
// Where no other vendor is configured, the whole app is for those who sign in there.
var allAtVendor = length(vendors) == 1 && contains(systemsAtVendors, vendors[?0])
var openPaths = concat(
  flatten(map(
    filter(configuredSystems, index => allAtVendor || contains(systemsAtVendors, index) && systems[index].isVendors),
    index => systems[index].paths
  )),
  allAtVendor ? ['/api/mcp', '/api/mcp/readonly'] : []
)
var clientId = !entra
  ? ''
  : !empty(entraClientId) ? entraClientId : fail('INBOUND_AUTH is entra, but ENTRA_CLIENT_ID is empty.')

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-${token}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    publisherPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    private: privateNetwork
    auditAppendOnly: auditAppendOnly
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    readerPrincipalId: identity.outputs.principalId
    writerPrincipalId: deployer().objectId
    workspaceId: monitoring.outputs.workspaceId
    private: privateNetwork
    allowedIpAddresses: allowedIpAddresses
    recover: recoverVault
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: { token: token, location: location, tags: tags }
}

module endpoints 'modules/privateEndpoint.bicep' = [
  for service in ['vault', 'blob', 'table']: if (privateNetwork) {
    scope: group
    params: {
      token: token
      location: location
      tags: tags
      resourceId: service == 'vault' ? vault.outputs.id : storage.outputs.id
      service: service
      networkId: network!.outputs.networkId
      subnetId: network!.outputs.endpointSubnetId
    }
  }
]

module api 'modules/api.bicep' = {
  scope: group
  // Without its endpoints the app could not reach its storage, and would not start.
  dependsOn: [endpoints]
  params: {
    name: 'func-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: maximumInstances
    perInstanceConcurrency: perInstanceConcurrency
    alwaysReadyInstances: alwaysReadyInstances
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    settings: {
      // The host would speak gRPC by default, and the app speaks HTTP.
      ...(empty(appSettings.OTEL_EXPORTER_OTLP_ENDPOINT) ? {} : { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })
      ...chosenSettings
      INBOUND_AUTH: inboundAuth
      KEY_VAULT_URI: vault.outputs.uri
      AZURE_CLIENT_ID: identity.outputs.clientId
      LEDGER_TABLE_ENDPOINT: storage.outputs.tableEndpoint
      AUDIT_TABLE_ENDPOINT: storage.outputs.tableEndpoint
      AzureWebJobsDisableHomepage: 'true'
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.outputs.clientId
      AzureWebJobsStorage__blobServiceUri: storage.outputs.blobEndpoint
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
      // The host exports every call and every log line. By its exporter's defaults it would keep five calls a second, and
      // of the others not even their lines, among them the audit.
      OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
      OTEL_TRACES_SAMPLER_ARG: '1'
      AzureMonitorExporter__EnableTraceBasedLogsSampler: 'false'
      ...(!entra
        ? {}
        : {
            OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.outputs.clientId
            WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenant().tenantId
            WEBSITE_AUTH_PRM_DEFAULT_WITH_SCOPES: 'api://${clientId}/user_impersonation'
          })
    }
  }
}

module auth 'modules/auth.bicep' = {
  scope: group
  params: {
    appName: api.outputs.name
    enabled: entra
    clientId: clientId
    allowedClientIds: entraAllowedClientIds
    connectorClientIds: map(entraConnectorRegistrations, registration => last(split(registration, '=')))
    openPaths: openPaths
  }
}

module connectors 'modules/connector.bicep' = [
  // A user's sign-in at a vendor is for the connectors of Power Platform, which the postdeploy hook makes.
  for index in filter(configuredSystems, index => !allAtVendor && !contains(systemsAtVendors, index)): {
    scope: group
    params: {
      name: 'connector-${systems[index].name}-${token}'
      location: location
      tags: tags
      definition: systems[index].definition
      presentation: systems[index].presentation
      host: api.outputs.host
      clientId: clientId
    }
  }
]

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: { token: token, location: location, tags: tags, workspaceId: monitoring.outputs.workspaceId }
}

module alerts 'modules/alerts.bicep' = if (!empty(alertEmail)) {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_API_NAME string = api.outputs.name
output SERVICE_API_HOST string = api.outputs.host
output SERVICE_API_URL string = 'https://${api.outputs.host}/api'
output KEY_VAULT_URI string = vault.outputs.uri
output ENTRA_ISSUER string = uri(environment().authentication.loginEndpoint, '${tenant().tenantId}/v2.0')
output AUDIT_TABLE_ENDPOINT string = entra ? storage.outputs.tableEndpoint : ''
output IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output OUTBOUND_IP_ADDRESS string = privateNetwork ? network!.outputs.outboundIpAddress : ''
