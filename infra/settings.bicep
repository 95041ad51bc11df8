@export()
@description('''
The application settings that a person chooses, each left out of the app when it is empty.
The app is told the vault, its identity, the ledger and how callers sign in by main.bicep itself.
''')
type settings = {
  @description('The Jira site, such as https://contoso.atlassian.net. Empty: no Jira.')
  JIRA_BASE_URL: string

  @description('How to sign in to Jira: basic (default) or service-account.')
  JIRA_AUTH: '' | 'basic' | 'service-account'

  @description('The account whose API token is used, for basic.')
  JIRA_EMAIL: string

  @description('The site\'s cloud ID, for scoped tokens and service accounts.')
  JIRA_CLOUD_ID: string

  @description('The client ID of the service account\'s OAuth credential, for service-account.')
  JIRA_CLIENT_ID: string

  @description('Where a service account gets its token, when not at Atlassian\'s usual address.')
  JIRA_TOKEN_URL: string

  @description('The My Domain URL, such as https://contoso.my.salesforce.com. Empty: no Salesforce.')
  SALESFORCE_LOGIN_URL: string

  @description('How to sign in to Salesforce: client-credentials (default) or jwt-bearer.')
  SALESFORCE_AUTH: '' | 'client-credentials' | 'jwt-bearer'

  @description('The consumer key of the External Client App.')
  SALESFORCE_CLIENT_ID: string

  @description('The integration user, for jwt-bearer.')
  SALESFORCE_USERNAME: string

  @description('Whose rights a call has: integration (default) or caller.')
  SALESFORCE_RUN_AS: '' | 'integration' | 'caller'

  @description('Pairs that tell a caller\'s Salesforce username, such as *@contoso.com=*@contoso.com.uat, for caller.')
  SALESFORCE_USER_MAP: string

  @description('The REST API version, when not the app\'s own default.')
  SALESFORCE_API_VERSION: string

  @description('true refuses every write action.')
  READ_ONLY: '' | 'true' | 'false'

  @description('The whole call\'s deadline in milliseconds.')
  ACTION_TIMEOUT_MS: string

  @description('The largest answer in bytes.')
  MAX_RESPONSE_BYTES: string

  @description('How long a secret is kept in memory, in seconds.')
  SECRET_TTL_SECONDS: string
}
