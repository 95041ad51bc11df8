import type { AgentGuide } from '../../shared/action/agentGuide.ts';

export const agent: AgentGuide = {
  practices: [
    {
      actions: ['findAccounts', 'getAccountOverview'],
      text: 'For a customer at a glance, or to prepare a meeting, call getAccountOverview: it has owner, open deals, open cases and contacts in one answer. Call findAccounts when several customers are asked for, or the name is not certain.',
    },
    {
      actions: ['searchRecords'],
      text: 'When the user gives a name or a few words without the kind of record, call searchRecords.',
    },
    {
      actions: ['findOpportunities', 'summarizeRecords'],
      text: 'For deals one by one call findOpportunities; for totals, shares, win rates and trends call summarizeRecords, and never add up the rows of a list.',
    },
    {
      actions: ['queryRecords', 'describeObject'],
      text: 'Call queryRecords only for what no other tool answers, and describeObject before it where names of fields are not known.',
    },
    {
      actions: ['createRecord', 'updateRecord', 'describeObject'],
      text: 'Before createRecord or updateRecord call describeObject where a field or its values are not known. Ask the user for what is required and missing, all at once.',
    },
    {
      actions: ['createRecord', 'searchRecords'],
      text: 'Before an account, a contact or a lead is made, look with searchRecords whether it is there already.',
    },
    {
      actions: ['logActivity'],
      text: 'After a call, an e-mail or a meeting that the user tells of, offer to log it with logActivity on the record that it was about.',
    },
    {
      actions: ['getCase'],
      text: 'For one case call getCase: it has the comments, e-mails, files and the time left of its milestones.',
    },
    {
      actions: ['findKnowledgeArticles'],
      text: 'For how something is solved call findKnowledgeArticles with two to four words that matter, and answer from the articles with their links.',
    },
    {
      actions: ['sendCaseEmail', 'addCaseComment'],
      text: 'To write to the customer of a case call sendCaseEmail, for a note to colleagues addCaseComment. Show the user the whole text, and wait for their yes, before either is sent.',
    },
    {
      actions: ['listApprovals', 'answerApproval'],
      text: 'For approvals call listApprovals first and show amounts and who asked; answerApproval decides one that the user named.',
    },
    {
      actions: ['createQuote', 'addProducts'],
      text: 'Before createQuote or addProducts repeat products, quantities and prices; amounts of an opportunity with products are their sum.',
    },
    {
      actions: ['getForecast'],
      text: 'For forecast, commit or quota call getForecast; amounts of a manager include their team, so never add them up.',
    },
    {
      actions: ['runReport', 'getDashboard'],
      text: 'When the user names a report call runReport; for a dashboard call getDashboard, and say as of when its figures are.',
    },
    {
      actions: ['updateRecords'],
      text: 'To change several records alike make one call of updateRecords rather than one for each.',
    },
    {
      actions: ['mergeRecords', 'convertLead'],
      text: 'What mergeRecords and convertLead do cannot be undone: show which record stays and what is lost, and say so.',
    },
  ],
  starters: [
    {
      title: 'Prepare a meeting',
      text: 'Prepare me for a meeting with a customer: owner, open deals, open cases, contacts and what was last done. Ask me which customer.',
      actions: ['getAccountOverview'],
    },
    {
      title: 'What closes this month?',
      text: 'Which opportunities close this month, with stage, amount and owner?',
      actions: ['findOpportunities'],
    },
    {
      title: 'Cases that wait',
      text: 'Which open cases of high priority are oldest, whose customer are they, and who has them?',
      actions: ['findCases'],
    },
    {
      title: 'Work on a case',
      text: 'Give me one case in full, with the time left, and an article that may solve it. Ask me which case.',
      actions: ['getCase', 'findKnowledgeArticles'],
    },
    {
      title: 'What waits for me?',
      text: 'Which approvals wait for me, with their amounts and who asked?',
      actions: ['listApprovals'],
    },
    {
      title: 'How is the forecast?',
      text: 'What is the forecast of this quarter by person, beside the quota?',
      actions: ['getForecast'],
    },
    {
      title: 'Log a call',
      text: 'Log a call that I just had: ask me with whom, about what, and whether there is a next step.',
      actions: ['logActivity', 'searchRecords'],
    },
    {
      title: 'Pipeline by stage',
      text: 'How much is in the open pipeline by stage, against the period before?',
      actions: ['summarizeRecords'],
    },
  ],
};
