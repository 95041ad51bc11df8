import type { Action } from '../../shared/action/defineAction.ts';

/** What somebody asks, and the calls by which an agent answers it, on sandboxes that only they see. */
export interface Question {
  asked: string;
  calls: readonly QuestionCall[];
}

interface QuestionCall {
  action: string;
  input: Action['example'];
  /** What was asked before this call of several, such as the user's consent. */
  after?: string;
  /**
   * The lines that are shown of its answer, `{path.to.field}` standing for what is there. The `summary` unless told; what
   * was refused is always shown by its sentence.
   */
  shows?: string;
  /** The items of a list that are shown, the first two unless told, each by a line. */
  list?: { of: string; line: string; first?: number };
  /** True where it is refused, and the sentence that tells what to do next is what shall be seen. */
  refused?: boolean;
}

/** What the README tells that can be asked. */
export const questions: readonly Question[] = [
  {
    asked: 'What moved in Beacon this week?',
    calls: [
      {
        action: 'getProjectUpdates',
        input: { projectId: 'BEACON', since: '7d' },
        list: { of: 'updates', line: '{issueKey} {title} ({type}, {status})' },
      },
    ],
  },
  {
    asked: 'Will the Atlas sprint make it, and what is in the way?',
    calls: [
      {
        action: 'getSprint',
        input: { projectId: 'ATLAS' },
        shows:
          '{sprint.name}, “{sprint.goal}”: {left} of {committed} {unit} left, {workingDaysLeft} working days to go.',
        list: { of: 'blocked', line: '{issueKey} {title} is blocked by {blockedBy.0}' },
      },
    ],
  },
  {
    asked: 'Who has how much open in Atlas?',
    calls: [
      {
        action: 'countIssues',
        input: { projectId: 'ATLAS', openOnly: true, groupBy: 'assignee' },
        list: { of: 'groups', line: '{name}: {issues}', first: 3 },
      },
    ],
  },
  {
    asked: 'Which requests will miss their SLA today if nobody acts?',
    calls: [
      {
        action: 'listRequests',
        input: { projectId: 'HELP', breachingWithin: '8h' },
        shows: 'Of the {desk}:',
        list: { of: 'requests', line: '{issueKey} {title} ({customerStatus}, {requestType}, from {reporter})' },
      },
    ],
  },
  {
    asked: 'The VPN does not take my password. What can I do?',
    calls: [
      {
        action: 'findHelpArticles',
        input: { term: 'vpn password' },
        shows: '{articles.0.title}: {articles.0.excerpt}',
      },
    ],
  },
  {
    asked: 'Who owns Contoso, and what is still open there?',
    calls: [
      {
        action: 'getAccountOverview',
        input: { accountId: 'Contoso' },
        list: { of: 'openOpportunities', line: '{name} ({stage}, {amount} {currency}), next: {nextStep}' },
      },
    ],
  },
  {
    asked: 'Which deals has nobody talked to for a month, the largest first?',
    calls: [
      {
        action: 'findOpportunities',
        input: { openOnly: true, noActivityFor: '30d', orderBy: 'Amount desc' },
        list: { of: 'opportunities', line: '{name} ({amount} {currency}, {owner})' },
      },
    ],
  },
  {
    asked: 'What waits for my approval? (Ana asks)',
    calls: [
      {
        action: 'listApprovals',
        input: { person: 'Ana Ruiz' },
        list: { of: 'approvals', line: '{process}: {name} ({figures.0.value}), from {submittedBy}' },
      },
    ],
  },
  {
    asked: 'Which customers wait for ATLAS-16, and what are they worth?',
    calls: [
      {
        action: 'getCustomersOfIssue',
        input: { issueKey: 'ATLAS-16' },
        list: { of: 'opportunities', line: '{name} ({stage}, {amount} {currency})' },
      },
    ],
  },
  {
    asked: 'Make a bug of case 1001 for the Atlas team.',
    calls: [
      {
        action: 'createIssueFromCase',
        input: { caseId: '00001001', projectId: 'ATLAS', issueType: 'Bug' },
        shows: '{issueKey} {title} ({type}, {status}), linked to {record}.',
      },
    ],
  },
  {
    asked: 'Give all of Contoso’s open deals to Ana.',
    calls: [
      {
        action: 'updateRecords',
        input: {
          objectType: 'Opportunity',
          filters: '{"account":"Contoso","openOnly":true}',
          owner: 'Ana Ruiz',
        },
        list: { of: 'items', line: '{message}' },
      },
      {
        after: 'Yes, do that.',
        action: 'updateRecords',
        input: { confirmationToken: '{confirmationToken}' },
      },
    ],
  },
  {
    asked: 'Close ATLAS-12.',
    calls: [{ action: 'transitionIssue', input: { issueKey: 'ATLAS-12', status: 'Closed' }, refused: true }],
  },
];
