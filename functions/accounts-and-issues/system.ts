import * as z from 'zod';
import { defineSystem } from '../../shared/action/defineSystem.ts';

/** It stands on Jira and Salesforce, and has no settings and no service of its own. */
export const accountsAndIssues = defineSystem({
  name: 'accounts-and-issues',
  title: 'Accounts and issues',
  about:
    'Jira issues can be linked to the Salesforce cases, accounts and opportunities of the customers who wait for them.',
  advice:
    'For the issues that a customer waits for use getIssuesOfCustomer, for the customers who wait for an issue getCustomersOfIssue, which getIssue does not tell, and for words in both systems searchEverything.',
  toolsets: { 'accounts-and-issues': 'Customers and their issues' },
  settings: z.object({}),
  secrets: {},
});
