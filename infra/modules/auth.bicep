@description('The name of the app that callers sign in to.')
param appName string

@description('Whether callers sign in with Entra ID; otherwise the platform\'s function keys guard the app.')
param enabled bool

@description('The app registration that tokens are issued for.')
param clientId string

@description('Other client applications that may call; the registration itself always may.')
param allowedClientIds string[]

@description('Paths that are called with a token of another issuer, which the app has checked by it. It reads no principal there.')
param openPaths string[]

@description('App registrations of single connectors, that tokens are issued for as well.')
param connectorClientIds string[]

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

// Power Platform asks for tokens on a user's behalf as this application of Microsoft's.
var azureApiConnections = 'fe053c5f-3692-4f14-aef2-ee34fc081cae'
var registrations = [clientId, ...connectorClientIds]

// Deployed when off, too: leaving it out would not turn off what an earlier deployment turned on.
resource auth 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: enabled, runtimeVersion: '~1' }
    globalValidation: {
      requireAuthentication: enabled
      unauthenticatedClientAction: enabled ? 'Return401' : 'AllowAnonymous'
      // Each path by its whole name: a wildcard, which is taken here, too, could let pass what others sign in for. Not tried
      // in Azure: that a token of another issuer then reaches the app, and whether case and a slash at the end matter.
      excludedPaths: ['/api/health', ...openPaths]
    }
    httpSettings: { requireHttps: true }
    identityProviders: !enabled
      ? {}
      : {
          azureActiveDirectory: {
            enabled: true
            registration: {
              clientId: clientId
              openIdIssuer: uri(environment().authentication.loginEndpoint, '${tenant().tenantId}/v2.0')
              // The app's own identity vouches for it: there is no client secret.
              clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
            }
            validation: {
              allowedAudiences: flatten(map(registrations, id => ['api://${id}', id]))
              defaultAuthorizationPolicy: {
                allowedApplications: [...registrations, azureApiConnections, ...allowedClientIds]
              }
            }
          }
        }
    login: { tokenStore: { enabled: false } }
  }
}
