/** For a model that has all the actions at hand: what holds for each of them, at most 2048 characters. */
export const instructions =
  'Jira holds projects and their issues; Salesforce holds accounts, contacts, leads, opportunities and cases. ' +
  'Look things up with these actions rather than answer from memory. ' +
  'Start with a search or a list when a key or an ID is not known: an issue key, a project key or a record ID comes from an earlier answer or from the user, and is never made up. ' +
  'For what changed lately in a project use getProjectUpdates, for finding issues use searchIssues, for one issue use getIssue; ' +
  'for finding a customer by name use findAccounts, for a customer at a glance use getAccountOverview, and for anything in Salesforce by a word use searchRecords. ' +
  'Writes happen at once: make one only when the user asked for it, and say afterwards what was changed, with the link. ' +
  'An answer with nextPageToken goes on: call the same action with it as pageToken and all other inputs unchanged. ' +
  'When an action fails, its error says what to do next; repeat the call only when it is retryable.';
