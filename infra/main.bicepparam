using 'main.bicep'

// Every value is one of the azd environment's: `azd env set JIRA_BASE_URL https://contoso.atlassian.net`.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')

param appSettings = {
  // begin generated settings
  REQUIRE_ROLES: toLower(readEnvironmentVariable('REQUIRE_ROLES', ''))
  POLICY: readEnvironmentVariable('POLICY', '')
  READ_ONLY: toLower(readEnvironmentVariable('READ_ONLY', ''))
  ACTION_TIMEOUT_MS: readEnvironmentVariable('ACTION_TIMEOUT_MS', '')
  MAX_RESPONSE_BYTES: readEnvironmentVariable('MAX_RESPONSE_BYTES', '')
  TIME_ZONE: readEnvironmentVariable('TIME_ZONE', '')
  SECRET_TTL_SECONDS: readEnvironmentVariable('SECRET_TTL_SECONDS', '')
  OPEN_TELEMETRY: toLower(readEnvironmentVariable('OPEN_TELEMETRY', ''))
  OTEL_EXPORTER_OTLP_ENDPOINT: readEnvironmentVariable('OTEL_EXPORTER_OTLP_ENDPOINT', '')
  OTEL_EXPORTER_OTLP_PROTOCOL: toLower(readEnvironmentVariable('OTEL_EXPORTER_OTLP_PROTOCOL', ''))
  WARM_UP: toLower(readEnvironmentVariable('WARM_UP', ''))
  JIRA_BASE_URL: readEnvironmentVariable('JIRA_BASE_URL', '')
  JIRA_AUTH: toLower(readEnvironmentVariable('JIRA_AUTH', ''))
  JIRA_EMAIL: readEnvironmentVariable('JIRA_EMAIL', '')
  JIRA_CLOUD_ID: readEnvironmentVariable('JIRA_CLOUD_ID', '')
  JIRA_CLIENT_ID: readEnvironmentVariable('JIRA_CLIENT_ID', '')
  JIRA_TOKEN_URL: readEnvironmentVariable('JIRA_TOKEN_URL', '')
  JIRA_RUN_AS: toLower(readEnvironmentVariable('JIRA_RUN_AS', ''))
  JIRA_PERMISSIONS_EMAIL: readEnvironmentVariable('JIRA_PERMISSIONS_EMAIL', '')
  JIRA_USER_MAP: readEnvironmentVariable('JIRA_USER_MAP', '')
  SALESFORCE_LOGIN_URL: readEnvironmentVariable('SALESFORCE_LOGIN_URL', '')
  SALESFORCE_CLIENT_ID: readEnvironmentVariable('SALESFORCE_CLIENT_ID', '')
  SALESFORCE_AUTH: toLower(readEnvironmentVariable('SALESFORCE_AUTH', ''))
  SALESFORCE_USERNAME: readEnvironmentVariable('SALESFORCE_USERNAME', '')
  SALESFORCE_RUN_AS: toLower(readEnvironmentVariable('SALESFORCE_RUN_AS', ''))
  SALESFORCE_USER_MAP: readEnvironmentVariable('SALESFORCE_USER_MAP', '')
  SALESFORCE_RENEWALS: readEnvironmentVariable('SALESFORCE_RENEWALS', '')
  SALESFORCE_API_VERSION: readEnvironmentVariable('SALESFORCE_API_VERSION', '')
  // end generated settings
}

// The app reads it in any case, too.
param inboundAuth = toLower(trim(readEnvironmentVariable('INBOUND_AUTH', 'key')))
param entraClientId = readEnvironmentVariable('ENTRA_CLIENT_ID', '')
param entraAllowedClientIds = filter(
  split(readEnvironmentVariable('ENTRA_ALLOWED_CLIENT_IDS', ''), ','),
  id => !empty(id)
)
param entraConnectorRegistrations = filter(
  split(readEnvironmentVariable('ENTRA_CONNECTOR_REGISTRATIONS', ''), ','),
  registration => !empty(registration)
)

param nodeVersion = readEnvironmentVariable('NODE_VERSION', '22')
param instanceMemoryMB = int(readEnvironmentVariable('INSTANCE_MEMORY_MB', '2048'))
param maximumInstances = int(readEnvironmentVariable('MAXIMUM_INSTANCES', '40'))
param perInstanceConcurrency = int(readEnvironmentVariable('PER_INSTANCE_CONCURRENCY', '50'))
param alwaysReadyInstances = int(readEnvironmentVariable('ALWAYS_READY_INSTANCES', '0'))

param privateNetwork = bool(readEnvironmentVariable('PRIVATE_NETWORK', 'false'))
param allowedIpAddresses = filter(
  split(readEnvironmentVariable('ALLOWED_IP_ADDRESSES', ''), ','),
  address => !empty(address)
)

param auditAppendOnly = bool(readEnvironmentVariable('AUDIT_APPEND_ONLY', 'false'))
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param recoverVault = bool(readEnvironmentVariable('RECOVER_VAULT', 'false'))
