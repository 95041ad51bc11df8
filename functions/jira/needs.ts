/**
 * The permissions in Jira that actions need, by their keys.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/
 */
export const permissions = {
  BROWSE_PROJECTS: 'Browse projects',
  USER_PICKER: 'Browse users and groups (global)',
  CREATE_ISSUES: 'Create issues',
  EDIT_ISSUES: 'Edit issues',
  ASSIGN_ISSUES: 'Assign issues',
  TRANSITION_ISSUES: 'Transition issues',
  LINK_ISSUES: 'Link issues',
  ADD_COMMENTS: 'Add comments',
  EDIT_OWN_COMMENTS: 'Edit own comments',
  DELETE_OWN_COMMENTS: 'Delete own comments',
  WORK_ON_ISSUES: 'Work on issues',
  SCHEDULE_ISSUES: 'Schedule issues',
  MODIFY_REPORTER: 'Modify reporter',
  MANAGE_WATCHERS: 'Manage watchers',
  CREATE_ATTACHMENTS: 'Create attachments',
  ADMINISTER_PROJECTS: 'Administer projects',
  MANAGE_SPRINTS_PERMISSION: 'Manage sprints',
  SERVICEDESK_AGENT: "Service project agent, with an agent's licence",
} as const;

/**
 * The scopes that a token of Jira may need.
 * https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/
 */
export const scopes = {
  'read:jira-work': 'reading projects, issues, comments and worklogs',
  'read:jira-user': 'finding people',
  'write:jira-work': 'changing issues, comments and worklogs',
  'manage:jira-project': 'changing versions and components',
  'read:servicedesk-request': 'reading requests, queues and SLAs',
  'write:servicedesk-request': 'comments and participants of requests',
  'manage:servicedesk-customer': "reading customers' organisations",
  'read:board-scope:jira-software': 'reading boards',
  'read:board-scope.admin:jira-software': 'reading what boards estimate by',
  'write:board-scope:jira-software': 'changing boards and backlogs',
  'read:sprint:jira-software': 'reading sprints',
  'write:sprint:jira-software': 'changing sprints',
  'read:project:jira': 'reading which projects boards are for',
  'read:issue-details:jira': 'reading a board that is named by its ID',
  'read:issue:jira-software': 'reading estimates on boards',
  'write:issue:jira-software': 'ranking issues and changing estimates',
  'read:epic:jira-software': 'reading epics on boards',
  'write:epic:jira-software': 'changing epics on boards',
} as const;

type Permission = keyof typeof permissions;
type Scope = keyof typeof scopes;

interface Grants {
  permissions?: readonly Permission[];
  scopes?: readonly Scope[];
}

interface JiraNeeds extends Grants {
  also?: readonly (Grants & { when: string })[];
}

/** Where an input names a person, who is looked up. */
const named = { when: 'where a person is named', permissions: ['USER_PICKER'], scopes: ['read:jira-user'] } as const;

/** In a service project, by the service desk's own route. */
const servesCustomers = {
  when: 'in a service project',
  permissions: ['SERVICEDESK_AGENT'],
  scopes: ['write:servicedesk-request'],
} as const;

/** Times are told by the clock of the user who asks, where that user is known. */
const tellsTimes = { when: 'for times by the clock of a user who signed in', scopes: ['read:jira-user'] } as const;

/** What an action needs that reads issues or projects. */
export function reads({ permissions = [], scopes = [], also = [] }: JiraNeeds = {}): JiraNeeds {
  return {
    permissions: ['BROWSE_PROJECTS', ...permissions],
    scopes: ['read:jira-work', ...scopes],
    also: [...also, ...(scopes.includes('read:jira-user') ? [] : [tellsTimes])],
  };
}

/** What an action needs that reads requests, queues or SLAs of a service desk: Jira shows them to its agents. */
export function readsDesks({ permissions = [], scopes = [], also = [] }: JiraNeeds = {}): JiraNeeds {
  return reads({
    permissions: ['SERVICEDESK_AGENT', ...permissions],
    scopes: ['read:servicedesk-request', ...scopes],
    also,
  });
}

/** What an action needs that makes or changes requests. */
export function writesDesks({ permissions = [], scopes = [], also = [] }: JiraNeeds = {}): JiraNeeds {
  return readsDesks({ permissions, scopes: ['write:servicedesk-request', ...scopes], also });
}

/** What an action needs that changes issues. */
export function writes({ permissions = [], scopes = [], also = [] }: JiraNeeds): JiraNeeds {
  return reads({ permissions, scopes: ['write:jira-work', ...scopes], also });
}

/** What an action needs that changes the versions of a project. */
export function administers(): JiraNeeds {
  return reads({ permissions: ['ADMINISTER_PROJECTS'], scopes: ['manage:jira-project'] });
}

/** A list of boards tells their projects, and one of them, by its ID, what its issues have. */
const onBoards = [
  'read:board-scope:jira-software',
  'read:project:jira',
  'read:issue-details:jira',
  'read:sprint:jira-software',
] as const;

/** What an action needs that changes sprints. */
export function managesSprints({ also = [] }: JiraNeeds = {}): JiraNeeds {
  return reads({
    permissions: ['MANAGE_SPRINTS_PERMISSION'],
    // A day begins by the clock of the account.
    scopes: [...onBoards, 'write:sprint:jira-software', 'read:jira-user'],
    also,
  });
}

/** What it needs besides to take what is not done to another sprint. */
export const whereClosed: JiraNeeds = {
  also: [
    {
      when: 'where a sprint is closed',
      permissions: ['SCHEDULE_ISSUES', 'EDIT_ISSUES'],
      scopes: ['read:board-scope.admin:jira-software'],
    },
  ],
};

/** What an action needs that changes the order of issues, or their sprint. */
function schedules(...scopes: Scope[]): JiraNeeds {
  return reads({ permissions: ['SCHEDULE_ISSUES', 'EDIT_ISSUES'], scopes });
}

export const movesToSprints = schedules(
  ...onBoards,
  // A backlog is that of the board's projects.
  'read:board-scope.admin:jira-software',
  'write:sprint:jira-software',
  'write:board-scope:jira-software',
);
export const ranks = schedules('write:issue:jira-software');

/** What an action needs that reads boards and their sprints. */
export const readsSprints = reads({
  // The days of sprints are those of a person's time zone.
  scopes: ['read:jira-user', 'read:board-scope.admin:jira-software', ...onBoards],
});

/** The sprint that comes next is asked of the project's boards. */
const plansSprints = {
  when: 'where the next sprint is meant',
  scopes: onBoards,
} as const;

/** A sprint is set by a move where the screen of the issue does not have it. */
export const putsInSprint = {
  when: 'where a sprint is named',
  permissions: ['SCHEDULE_ISSUES'],
  scopes: [...onBoards, 'write:sprint:jira-software', 'write:board-scope:jira-software'],
} as const;

export const whereFiltered = { also: [named, plansSprints] };
export const whereNamed = { also: [named] };
export const whereNamedOrPlanned = { also: [named, putsInSprint] };
export const whereCommented = { also: [named, servesCustomers] };
export const whereServed = {
  also: [{ ...servesCustomers, scopes: ['read:servicedesk-request', ...servesCustomers.scopes] }],
} as const;
export const whereLinked = { also: [{ when: 'where it is linked', permissions: ['LINK_ISSUES'] }] } as const;
