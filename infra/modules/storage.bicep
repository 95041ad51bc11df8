@description('The name of the account.')
param name string

@description('Where it lives.')
param location string

@description('Tags for it.')
param tags object

@description('The app\'s identity.')
param appPrincipalId string

@description('Whether only private endpoints reach it.')
param private bool

@description('Whether to define a role of its own for the audit, which can add and read and nothing else; the deployer must be allowed to define roles.')
param auditAppendOnly bool

var blobDataOwner = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
)
var tableDataContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: private ? 'Deny' : 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource deployments 'containers' = {
      name: 'deployments'
    }
  }

  resource tables 'tableServices' = {
    name: 'default'

    resource ledger 'tables' = {
      name: 'ledger'
    }

    resource audit 'tables' = {
      name: 'audit'
    }
  }
}

// The host keeps its function keys and locks in containers that it makes itself, so this one is on the account.
resource ownsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, blobDataOwner)
  scope: account
  properties: {
    roleDefinitionId: blobDataOwner
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource writesLedger 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::tables::ledger.id, appPrincipalId, tableDataContributor)
  scope: account::tables::ledger
  properties: {
    roleDefinitionId: tableDataContributor
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// A role that a deployer has assigned under the built-in name stays assigned until it is removed by hand.
resource auditWriter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (auditAppendOnly) {
  name: guid(account.id, 'audit writer')
  properties: {
    roleName: 'Audit writer of ${name}'
    description: 'Adds and reads rows of tables, and neither changes nor deletes any.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        dataActions: [
          'Microsoft.Storage/storageAccounts/tableServices/tables/entities/read'
          'Microsoft.Storage/storageAccounts/tableServices/tables/entities/add/action'
        ]
      }
    ]
  }
}

var auditRole = auditAppendOnly ? auditWriter.id : tableDataContributor

resource writesAudit 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::tables::audit.id, appPrincipalId, string(auditAppendOnly))
  scope: account::tables::audit
  properties: {
    roleDefinitionId: auditRole
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

@description('What private endpoints attach to.')
output id string = account.id

@description('Where the host keeps its keys and locks.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Where the tables of the ledger and of the audit are.')
output tableEndpoint string = account.properties.primaryEndpoints.table

@description('Where deployed packages are put.')
output deploymentContainerUrl string = '${account.properties.primaryEndpoints.blob}${account::blobs::deployments.name}'
