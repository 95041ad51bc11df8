import type { UserSignIn } from '../../shared/action/userSignIn.ts';

/**
 * OAuth 2.0 (3LO): https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/. `audience` and `prompt` are asked
 * for there; without `offline_access` there is no refresh token. A refresh token is good once: each renewal brings the next.
 */
export const userSignIn: UserSignIn = {
  vendor: 'Atlassian',
  app: {
    kind: 'OAuth 2.0 integration',
    console: 'https://developer.atlassian.com/console/myapps',
    scopesAt: 'Permissions',
    redirectUrlAt: 'Authorization, OAuth 2.0 (3LO), Callback URL',
    unlistedScopes: ['offline_access'],
    redirectUrls: 'one',
  },
  server: 'https://auth.atlassian.com',
  paths: { authorize: '/authorize', token: '/oauth/token' },
  query: { audience: 'api.atlassian.com', prompt: 'consent' },
  scopes: {
    // GET /rest/api/3/myself, which tells whose token it is.
    'read:jira-user': 'finding people',
    offline_access: 'renewing the token while its user is away',
  },
};
