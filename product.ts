/**
 * Who publishes the connector, and how it presents itself. A team that makes it its own changes this file, and then
 * runs `npm run generate`.
 */
export const publisher = {
  name: 'Your organization',
  email: 'connectors@example.com',
  website: 'https://example.com',
  privacyPolicy: 'https://example.com/privacy',
  legalInfo: 'https://example.com/terms',
};

export const product = {
  /** At most 30 characters, and neither "API" nor "Connector" in it. */
  title: 'Jira and Salesforce',
  /** At most 20 characters, for the plugin. */
  shortTitle: 'Jira and Salesforce',
  /** Letters, digits and hyphens: keeps the plugin's functions apart from those of others. */
  namespace: 'jiraSalesforce',
  /** From 30 to 500 characters, for people. */
  description:
    'Reads and changes Jira and Salesforce: what moved in a project, who owns an account and what is still open there, and the next step taken at once.',
  /** At most 100 characters. */
  shortDescription: 'What is new and what is open in Jira and Salesforce, and the next step taken at once.',
  categories: 'Productivity;Sales and CRM',
  /** Behind the icon. Power Platform refuses #007ee5 and #ffffff. */
  brandColor: '#3a2f8f',
};

/** What is not known before the app is deployed. Publishing puts the real values in their place. */
export const placeholders = {
  host: 'your-app.azurewebsites.net',
  clientId: 'your-client-id',
  tenantId: 'your-tenant-id',
};
