@description('The name of the vault; the same on every deployment, so that its secrets stay.')
param name string

@description('Where it lives.')
param location string

@description('Tags for it.')
param tags object

@description('The app\'s identity: reads secrets.')
param readerPrincipalId string

@description('Who deploys: writes secrets.')
param writerPrincipalId string

@description('Where audit logs go.')
param workspaceId string

@description('Whether only private endpoints and the addresses below reach it.')
param private bool

@description('Public IP addresses or CIDR ranges that reach a private vault.')
param allowedIpAddresses string[]

@description('Whether to bring back a vault of this name that was deleted.')
param recover bool

var secretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6'
)
var secretsOfficer = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
)

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    createMode: recover ? 'recover' : 'default'
    sku: { family: 'A', name: 'standard' }
    tenantId: tenant().tenantId
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: private && empty(allowedIpAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: private ? 'Deny' : 'Allow'
      ipRules: private ? map(allowedIpAddresses, address => { value: address }) : []
    }
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerPrincipalId, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: secretsUser
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, writerPrincipalId, secretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: secretsOfficer
    principalId: writerPrincipalId
  }
}

@description('What a private endpoint attaches to.')
output id string = vault.id

@description('Where the app and the hooks find it.')
output uri string = vault.properties.vaultUri
