// A function app as tutorials show it: not bundled, with its clients and its secret made anew for every request.
import { app } from '@azure/functions';
import { DefaultAzureCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { createCloudClient } from 'jira.js';

const { KEY_VAULT_URI = '', JIRA_BASE_URL = '', JIRA_EMAIL = '', AZURE_CLIENT_ID = '' } = process.env;

app.http('getProjectUpdates', {
  methods: ['GET'],
  route: 'jira/getProjectUpdates',
  handler: async request => {
    const credential = new DefaultAzureCredential({ managedIdentityClientId: AZURE_CLIENT_ID });
    const secrets = new SecretClient(KEY_VAULT_URI, credential, { disableChallengeResourceVerification: true });
    const { value: apiToken = '' } = await secrets.getSecret('jira-api-token');
    const jira = createCloudClient({ host: JIRA_BASE_URL, auth: { type: 'basic', email: JIRA_EMAIL, apiToken } });
    const { issues = [] } = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql: `project = "${request.query.get('projectId')}" AND updated >= -7d ORDER BY updated DESC`,
      fields: ['*all'],
      expand: 'changelog',
      maxResults: 25,
    });
    return {
      jsonBody: issues.map(({ key, fields, changelog }) => ({
        issueKey: key,
        title: fields?.summary,
        status: fields?.status?.name,
        changes: changelog?.histories,
        comments: fields?.comment?.comments,
      })),
    };
  },
});
