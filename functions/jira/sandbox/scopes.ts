import { scopes } from '../needs.ts';

/** Every scope that a route of the sandbox asks for, and those that actions name. */
export const allScopes: readonly string[] = [...Object.keys(scopes), 'manage:jira-configuration'];

interface Rule {
  method: RegExp;
  path: RegExp;
  /** A token needs all of them. */
  scopes: readonly string[];
}

const rule = (method: RegExp, path: RegExp, ...needed: string[]): Rule => ({ method, path, scopes: needed });

const any = /./;
const reading = /^GET$/;

/**
 * The classic scopes that Atlassian's OpenAPI documents of Jira and of its boards name for each route, and the guide of
 * the service desk; the first rule that matches holds. Granular ones take their place nowhere here, but for boards,
 * which have no others.
 * https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/
 */
const rules: readonly Rule[] = [
  rule(any, /^\/rest\/api\/[^/]+\/permissions\/check$/),
  rule(any, /^\/rest\/api\/[^/]+\/priority\/search$/, 'manage:jira-configuration'),
  rule(any, /^\/rest\/api\/[^/]+\/(?:myself|configuration|user\/.*)$/, 'read:jira-user'),
  rule(/^(?:POST|PUT|DELETE)$/, /^\/rest\/api\/[^/]+\/version(?:\/.*)?$/, 'manage:jira-project'),
  rule(
    /^POST$/,
    /^\/rest\/api\/[^/]+\/(?:search\/(?:jql|approximate-count)|issue\/bulkfetch|changelog\/bulkfetch|comment\/list)$/,
    'read:jira-work',
  ),
  rule(reading, /^\/rest\/api\//, 'read:jira-work'),
  rule(any, /^\/rest\/api\//, 'write:jira-work'),
  rule(any, /^\/rest\/servicedeskapi\/servicedesk\/[^/]+\/organization$/, 'manage:servicedesk-customer'),
  rule(reading, /^\/rest\/servicedeskapi\//, 'read:servicedesk-request'),
  rule(any, /^\/rest\/servicedeskapi\//, 'write:servicedesk-request'),
  rule(reading, /^\/rest\/agile\/1\.0\/board\/[^/]+\/sprint$/, 'read:sprint:jira-software'),
  rule(
    reading,
    /^\/rest\/agile\/1\.0\/board\/[^/]+\/(?:project|configuration)$/,
    'read:board-scope.admin:jira-software',
    'read:project:jira',
  ),
  rule(reading, /^\/rest\/agile\/1\.0\/board\/[^/]+$/, 'read:board-scope:jira-software', 'read:issue-details:jira'),
  rule(reading, /^\/rest\/agile\/1\.0\/board$/, 'read:board-scope:jira-software', 'read:project:jira'),
  rule(reading, /^\/rest\/agile\/1\.0\/sprint\//, 'read:sprint:jira-software'),
  rule(any, /^\/rest\/agile\/1\.0\/sprint/, 'write:sprint:jira-software'),
  rule(any, /^\/rest\/agile\/1\.0\/backlog\//, 'write:board-scope:jira-software'),
  rule(any, /^\/rest\/agile\/1\.0\/issue\//, 'write:issue:jira-software'),
];

/** The scopes that a token needs for a request; undefined for a path of no API. */
export const scopesFor = (method: string, path: string): readonly string[] | undefined =>
  rules.find(each => each.method.test(method) && each.path.test(path))?.scopes;

/** A path that is none of an API's has no scope that would let anybody in. */
export const allows = (held: readonly string[], method: string, path: string): boolean =>
  scopesFor(method, path)?.every(scope => held.includes(scope)) ?? false;
