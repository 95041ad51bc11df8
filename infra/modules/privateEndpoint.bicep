@description('Ends the endpoint\'s name.')
param token string

@description('Where it lives.')
param location string

@description('Tags for everything here.')
param tags object

@description('What it leads to.')
param resourceId string

@description('Which of its services: vault, blob or table.')
param service 'vault' | 'blob' | 'table'

@description('The network in which the service\'s name resolves to the endpoint.')
param networkId string

@description('Where the endpoint gets its address.')
param subnetId string

var zoneName = service == 'vault'
  ? 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  : 'privatelink.${service}.${environment().suffixes.storage}'

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'app'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: 'pe-${service}-${token}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: service, properties: { privateLinkServiceId: resourceId, groupIds: [service] } }
    ]
  }

  resource name 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: service, properties: { privateDnsZoneId: zone.id } }]
    }
  }
}
