/**
 * The scopes that a token needs for a request, with spaces between, where it has scopes at all: the classic ones, and for
 * boards, which have none, the granular ones.
 * https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/
 * https://developer.atlassian.com/cloud/jira/software/scopes-for-oauth-2-3LO-and-forge-apps/
 * https://developer.atlassian.com/cloud/jira/service-desk/scopes-for-oauth-2-3LO-and-forge-apps/
 */
interface ScopeOf {
  path: RegExp;
  read: string;
  write: string;
}

/** The first that fits counts. `.` stands for any version of an API. */
const scopes: readonly ScopeOf[] = [
  {
    path: /^\/rest\/servicedeskapi\/servicedesk\/[\w-]+\/organization$/,
    read: 'manage:servicedesk-customer',
    write: 'manage:servicedesk-customer',
  },
  { path: /^\/rest\/servicedeskapi\//, read: 'read:servicedesk-request', write: 'write:servicedesk-request' },
  {
    path: /^\/rest\/agile\/[\w.]+\/board\/\d+\/(?:configuration|project)$/,
    read: 'read:board-scope.admin:jira-software read:project:jira',
    write: 'write:board-scope.admin:jira-software',
  },
  {
    path: /^\/rest\/agile\/[\w.]+\/(?:board\/\d+\/)?sprint\b/,
    read: 'read:sprint:jira-software',
    write: 'write:sprint:jira-software',
  },
  {
    path: /^\/rest\/agile\/[\w.]+\/board\/\d+$/,
    read: 'read:board-scope:jira-software read:issue-details:jira',
    write: 'write:board-scope:jira-software',
  },
  {
    path: /^\/rest\/agile\/[\w.]+\/board$/,
    read: 'read:board-scope:jira-software read:project:jira',
    write: 'write:board-scope:jira-software',
  },
  {
    path: /^\/rest\/agile\/[\w.]+\/backlog\b/,
    read: 'read:board-scope:jira-software',
    write: 'write:board-scope:jira-software',
  },
  {
    path: /^\/rest\/agile\/[\w.]+\/epic\b/,
    read: 'read:epic:jira-software',
    write: 'write:epic:jira-software',
  },
  {
    path: /^\/rest\/agile\/[\w.]+\/issue\b/,
    read: 'read:issue:jira-software',
    write: 'write:issue:jira-software',
  },
  { path: /^\/rest\/api\/\d\/(?:version|component)\b/, read: 'read:jira-work', write: 'manage:jira-project' },
  { path: /^\/rest\/api\/\d\/project\b/, read: 'read:jira-work', write: 'manage:jira-project' },
  {
    path: /^\/rest\/api\/\d\/priority\/search$/,
    read: 'manage:jira-configuration',
    write: 'manage:jira-configuration',
  },
  {
    path: /^\/rest\/api\/\d\/(?:users?|groups?|groupuserpicker|myself|configuration)\b/,
    read: 'read:jira-user',
    write: 'manage:jira-configuration',
  },
];

/** Scopes with spaces between. `changes`: whether the request changes something; a search by POST does not. */
export function scopeFor(path: string, changes: boolean): string {
  const found = scopes.find(each => each.path.test(path)) ?? { read: 'read:jira-work', write: 'write:jira-work' };
  return changes ? found.write : found.read;
}
