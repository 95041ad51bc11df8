import type { AgentGuide } from '../../shared/action/agentGuide.ts';

export const agent: AgentGuide = {
  practices: [
    {
      actions: ['getIssuesOfCustomer', 'getCustomersOfIssue'],
      text: 'For which bugs or features a customer waits for call getIssuesOfCustomer; for which customers wait for an issue, and what their deals are worth, call getCustomersOfIssue.',
    },
    {
      actions: ['searchEverything'],
      text: 'When it is not clear whether a thing is in Jira or in Salesforce, call searchEverything once rather than a search of each.',
    },
    {
      actions: ['createIssueFromCase', 'linkCaseToIssue'],
      text: 'For a case that is a bug, look for an issue that is there already: link it with linkCaseToIssue, and make a new one with createIssueFromCase only where there is none.',
    },
    {
      actions: ['tellCustomersOfIssue'],
      text: 'tellCustomersOfIssue writes to customers: show the text and every case that would get it, and wait for a clear yes.',
    },
  ],
  starters: [
    {
      title: 'What does a customer wait for?',
      text: 'Which bugs and features does a customer wait for, and how far is each? Ask me which customer.',
      actions: ['getIssuesOfCustomer'],
    },
    {
      title: 'Who waits for an issue?',
      text: 'Which customers wait for an issue, and what are their open deals worth? Ask me for the key.',
      actions: ['getCustomersOfIssue'],
    },
    {
      title: 'Search both systems',
      text: 'Search Jira and Salesforce for a few words. Ask me which.',
      actions: ['searchEverything'],
    },
    {
      title: 'Tell the customers',
      text: 'An issue is done: show me what would be written to the customers who wait for it. Ask me for the key.',
      actions: ['tellCustomersOfIssue'],
    },
  ],
};
