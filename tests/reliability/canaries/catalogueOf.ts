import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import type { SalesforceSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import type { Catalogue } from './inputs.ts';

/** What there is in the sandboxes, whoever may see it. */
export function catalogueOf(jira: JiraSandbox, salesforce: SalesforceSandbox): Catalogue {
  const names = ['Account', 'Contact', 'Opportunity', 'Case', 'Lead', 'Task', 'Event', 'User', 'Project__c'];
  const rows = names.map(name => ({ name, rows: salesforce.records(name) }));
  const projects = [...new Set(jira.site.issues.map(({ key }) => key.slice(0, key.lastIndexOf('-'))))];
  return {
    projects: [...projects, '10010', '10011', '10012'],
    issueKeys: jira.site.issues.map(({ key }) => key),
    objects: rows.map(({ name, rows: [first] }) => ({ name, fields: Object.keys(first ?? {}) })),
    recordIds: rows.flatMap(each => each.rows.slice(0, 6).map(({ Id }) => Id)),
    emails: rows.flatMap(each => each.rows.flatMap(({ Email }) => (typeof Email === 'string' ? [Email] : []))),
  };
}
