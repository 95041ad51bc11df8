import type { UserSignIn } from '../../shared/action/userSignIn.ts';

/**
 * The web server flow: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm. The
 * scope `refresh_token` brings the refresh token, and `id` opens /services/oauth2/userinfo, which tells whose token it is.
 */
export const userSignIn: UserSignIn = {
  vendor: 'Salesforce',
  app: {
    kind: 'External Client App',
    console: 'Setup, External Client App Manager',
    scopesAt: 'Settings, OAuth Settings, OAuth Scopes',
    redirectUrlAt: 'Settings, OAuth Settings, Callback URL',
    unlistedScopes: [],
    redirectUrls: 'several',
  },
  server: {
    setting: 'SALESFORCE_LOGIN_URL',
    sample: 'https://your-org.my.salesforce.com',
    // There anybody signs in, to any org, and the app takes the tokens of one.
    refusal: host =>
      /^(login|test)\.salesforce\.com$/.test(host)
        ? "must be your org's own My Domain address, such as https://your-org.my.salesforce.com"
        : undefined,
  },
  paths: { authorize: '/services/oauth2/authorize', token: '/services/oauth2/token' },
  query: {},
  scopes: {
    id: 'telling whose token it is',
    refresh_token: 'renewing the token while its user is away',
  },
};
