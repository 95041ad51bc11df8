@description('Ends the name of the workbook.')
param token string

@description('Where it lives.')
param location string

@description('Tags for it.')
param tags object

@description('The workspace whose log it asks.')
param workspaceId string

var content = loadJsonContent('workbook.json')

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // Its name must be a GUID, and stays the same.
  name: guid(resourceGroup().id, token, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Copilot connector'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string(union(content, { fallbackResourceIds: [workspaceId] }))
  }
}
