@description('Ends the names of everything here.')
param token string

@description('Where the rules live.')
param location string

@description('Tags for everything here.')
param tags object

@description('The workspace that holds the app\'s traces and the vault\'s audit logs.')
param workspaceId string

@description('Who is told.')
param email string

// One JSON line per call.
var actions = '''
AppTraces
| extend line = parse_json(Message)
| where line.event == "action"
| extend code = tostring(line.code)
'''

// ItemCount puts back what sampling left out.
var count = '| summarize failures = sum(ItemCount)'

var rules = [
  {
    name: 'failed-actions'
    description: 'More than ten calls in a quarter of an hour failed for a reason that is not the caller\'s.'
    severity: 2
    threshold: 10
    query: '${actions}| where code in ("internal", "misconfigured") or code startswith "upstream_" ${count}'
  }
  {
    name: 'upstream-auth-failed'
    description: 'Jira or Salesforce refuses our credentials: a secret expired, was rotated or was revoked.'
    severity: 1
    threshold: 0
    query: '${actions}| where code == "upstream_auth_failed" ${count}'
  }
  {
    name: 'vault-denials'
    description: 'Somebody was refused by the vault: the app lost its role, or a stranger tries.'
    severity: 1
    threshold: 0
    query: 'AZKVAuditLogs | where HttpStatusCode == 403 | summarize failures = count()'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'connector'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${rule.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      // The tables appear with the first log lines, after the rules.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Total'
            metricMeasureColumn: 'failures'
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]
