@description('The name of the identity.')
param name string

@description('Where it lives.')
param location string

@description('Tags for it.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('What the app is given as its identity.')
output id string = identity.id

@description('What the app asks for tokens with.')
output clientId string = identity.properties.clientId

@description('What roles are assigned to.')
output principalId string = identity.properties.principalId
