import type { AgentGuide } from '../../shared/action/agentGuide.ts';

export const agent: AgentGuide = {
  practices: [
    {
      actions: ['getProjectUpdates', 'getProjectSummary'],
      text: 'For what moved, changed or is new in a project call getProjectUpdates; for where a project stands, in counts, call getProjectSummary. For a status report call both.',
    },
    {
      actions: ['searchIssues', 'getIssue'],
      text: 'To find issues call searchIssues with filters, such as assignee me, overdue or openOnly. Call getIssue only for an issue that the user asks about in particular; never once for each row of a list.',
    },
    {
      actions: ['listProjects'],
      text: 'When the user names a project and not its key, call listProjects first; when several fit, ask which one is meant.',
    },
    {
      actions: ['countIssues'],
      text: 'For numbers, shares and trends call countIssues and let it group; do not count the rows of a list.',
    },
    {
      actions: ['getIssueHistory'],
      text: 'For who changed what and when in one issue call getIssueHistory.',
    },
    {
      actions: ['createIssue', 'describeProject'],
      text: 'Before createIssue call describeProject where the type or a required field is not known. Ask the user for what is required and missing, all at once.',
    },
    {
      actions: ['createIssues'],
      text: 'For several issues, such as tasks from notes or sub-tasks, make one call of createIssues rather than one for each.',
    },
    {
      actions: ['updateIssues'],
      text: 'To change several issues alike make one call of updateIssues rather than one for each.',
    },
    {
      actions: ['transitionIssue', 'addComment'],
      text: 'To move an issue and say why, call transitionIssue with its comment; addComment is for a comment alone.',
    },
    {
      actions: ['addComment'],
      text: 'In a service project a comment is public or internal: ask the user when it is not clear, because the customer reads a public one.',
    },
    {
      actions: ['logWork'],
      text: 'Before logWork repeat the issue, the time and the day, and take "yesterday" by the date of today.',
    },
    {
      actions: ['getSprint', 'listSprints'],
      text: 'For how a sprint goes call getSprint; for velocity over several sprints call listSprints.',
    },
    {
      actions: ['updateSprint', 'getSprint'],
      text: 'Before a sprint is closed with updateSprint call getSprint, tell what is unfinished, and ask where it shall go.',
    },
    {
      actions: ['listVersions', 'updateVersion'],
      text: 'Before a version is released with updateVersion tell from listVersions how many of its issues are open, and ask what becomes of them.',
    },
    {
      actions: ['listRequests', 'getRequest'],
      text: 'For a queue or what is about to miss its SLA call listRequests; for one request with its time left call getRequest.',
    },
    {
      actions: ['listRequestTypes', 'createRequest'],
      text: 'Before createRequest call listRequestTypes, and ask for the fields that the type requires.',
    },
    {
      actions: ['findHelpArticles', 'createRequest'],
      text: 'When the user has a problem, look for an article with findHelpArticles before a request is made, and offer it.',
    },
  ],
  starters: [
    {
      title: 'What moved this week?',
      text: 'What changed in my project in the last 7 days? Ask me which project.',
      actions: ['getProjectUpdates', 'listProjects'],
    },
    {
      title: 'My open issues',
      text: 'List my open Jira issues by priority, and say which are overdue.',
      actions: ['searchIssues'],
    },
    {
      title: 'How is the sprint?',
      text: 'How is the current sprint going: what is done, what is blocked, and who has how much left? Ask me which project.',
      actions: ['getSprint'],
    },
    {
      title: 'Requests at risk',
      text: 'Which open service desk requests will miss their SLA next, and who has them?',
      actions: ['listRequests'],
    },
    {
      title: 'Status report',
      text: 'Write a status report of a project from its counts and what changed last week. Ask me which project.',
      actions: ['getProjectSummary', 'getProjectUpdates'],
    },
    {
      title: 'Report a bug',
      text: 'Help me to report a bug: ask me for what you need, and look for duplicates before you make the issue.',
      actions: ['createIssue', 'searchIssues', 'describeProject'],
    },
    {
      title: 'What is next to release?',
      text: 'Which versions are due next, and how many issues are left in each? Ask me which project.',
      actions: ['listVersions'],
    },
    {
      title: 'I need help',
      text: 'I have a problem. Find a help article for it, and if there is none make a request at the service desk.',
      actions: ['findHelpArticles', 'createRequest'],
    },
  ],
};
