import { defineSystem } from '../../shared/action/defineSystem.ts';
import { permissions, scopes } from './needs.ts';
import { rules, secrets, settings } from './settings.ts';

export const salesforce = defineSystem({
  name: 'salesforce',
  title: 'Salesforce',
  about: 'Salesforce holds accounts, contacts, leads, opportunities and cases.',
  advice:
    'For finding a customer by name use findAccounts, for a customer at a glance use getAccountOverview, and for anything in Salesforce by a word use searchRecords. What deletes, merges or converts records, or changes many, is in the toolset salesforce-data.',
  toolsets: {
    salesforce: 'Accounts, contacts and records',
    'salesforce-service': 'Cases and knowledge',
    'salesforce-sales': 'Campaigns, products and approvals',
    'salesforce-insight': 'Reports and forecasts',
    'salesforce-data': 'Changes to many records',
  },
  settings,
  secrets,
  rules,
  permissions,
  scopes,
  callersSignIn: 'SALESFORCE_AUTH',
  origins: ({ SALESFORCE_LOGIN_URL }) => [new URL(SALESFORCE_LOGIN_URL).origin],
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal(),
  open: async parts => (await import('./api/salesforce.ts')).openSalesforce(parts),
});
