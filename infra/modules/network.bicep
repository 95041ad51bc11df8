@description('Ends the names of everything here.')
param token string

@description('Where it lives.')
param location string

@description('Tags for everything here.')
param tags object

@description('The network\'s address range, a /24 or larger.')
param addressPrefix string = '10.42.0.0/24'

// Without a NAT gateway the app's outbound addresses change; with one, Jira and Salesforce can allow-list the app.
resource outboundAddress 'Microsoft.Network/publicIPAddresses@2024-07-01' = {
  name: 'pip-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2024-07-01' = {
  name: 'nat-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: outboundAddress.id }] }
}

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          natGateway: { id: nat.id }
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = {
    name: 'app'
  }

  resource endpointSubnet 'subnets' existing = {
    name: 'endpoints'
  }
}

@description('What names of private endpoints resolve in.')
output networkId string = network.id

@description('What the app calls out from.')
output appSubnetId string = network::appSubnet.id

@description('Where private endpoints get their addresses.')
output endpointSubnetId string = network::endpointSubnet.id

@description('The one address that the app calls Jira and Salesforce from.')
output outboundIpAddress string = outboundAddress.properties.ipAddress
