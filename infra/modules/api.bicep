@description('The name of the app, and so its host name.')
param name string

@description('Where it lives.')
param location string

@description('Tags for the plan and the app.')
param tags object

@description('The app\'s identity.')
param identityId string

@description('Where deployed packages are put.')
param deploymentContainerUrl string

@description('The Node version that runs it.')
param nodeVersion string

@description('Memory of an instance, in megabytes.')
param instanceMemoryMB int

@description('How many instances there may be.')
param maximumInstances int

@description('How many calls an instance takes at once.')
param perInstanceConcurrency int

@description('How many instances never stop; each costs money while it waits.')
param alwaysReadyInstances int

@description('The subnet that it calls out from; empty: none.')
param subnetId string

@description('The application settings.')
param settings { *: string }

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      runtime: { name: 'node', version: nodeVersion }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        triggers: { http: { perInstanceConcurrency: perInstanceConcurrency } }
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

@description('What azd deploys to.')
output name string = app.name

@description('Where callers find it.')
output host string = app.properties.defaultHostName
