import { defineSystem } from '../../shared/action/defineSystem.ts';
import { permissions, scopes } from './needs.ts';
import { jiraOrigins, jiraSites, rules, secrets, settings } from './settings.ts';

export const jira = defineSystem({
  name: 'jira',
  title: 'Jira',
  about: 'Jira holds projects and their issues.',
  advice:
    'For what changed recently in a project use getProjectUpdates, to find issues use searchIssues, for one issue use getIssue. No action deletes an issue, or makes a project, a board or a field: that is done in Jira.',
  toolsets: { jira: 'Issues', 'jira-planning': 'Sprints and releases', 'jira-service': 'Service desk' },
  settings,
  secrets,
  rules,
  permissions,
  scopes,
  callersSignIn: 'JIRA_AUTH',
  sites: settings => jiraSites(settings).map(({ name }) => name),
  origins: jiraOrigins,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal(),
  open: async parts => (await import('./api/sites.ts')).openSites(parts),
});
