import * as z from 'zod';
import type { PartsOf, SecretDefinition } from '../../shared/action/defineSystem.ts';
import { inboundAuth } from '../../shared/settings/common.ts';
import { isLoopback, oneOf, rule, serviceUrl } from '../../shared/settings/setting.ts';
import { userMap } from '../../shared/settings/userMap.ts';

export const settings = z
  .object({
    JIRA_BASE_URL: serviceUrl("Set it to your site's address, such as https://your-site.atlassian.net.").meta({
      description: 'The address of the Jira site.',
      sample: 'https://your-site.atlassian.net',
    }),
    JIRA_AUTH: oneOf('basic', 'service-account').default('basic').meta({
      description:
        "How to sign in to Jira: `basic`, by an account's API token, or `service-account`, by its OAuth credential.",
    }),
    JIRA_EMAIL: z
      .email({ error: 'Set it to the e-mail address of the account that the API token belongs to.' })
      .optional()
      .meta({
        description: 'The e-mail address of the account that the API token belongs to. Needed for `basic`.',
        sample: 'you@example.com',
      }),
    JIRA_CLOUD_ID: z
      .string()
      .regex(
        /^[\w-]+$/,
        "Set it to the site's cloud ID, which https://your-site.atlassian.net/_edge/tenant_info shows.",
      )
      .optional()
      .meta({ description: "The site's cloud ID. Needed for API tokens with scopes and for `service-account`." }),
    JIRA_CLIENT_ID: z
      .string()
      .optional()
      .meta({ description: "The client ID of the service account's OAuth credential. Needed for `service-account`." }),
    JIRA_TOKEN_URL: serviceUrl('Remove it, or set it to the token endpoint.')
      .default('https://auth.atlassian.com/oauth/token')
      .meta({ description: 'Where a service account gets its access token.' }),
    JIRA_RUN_AS: oneOf('service', 'caller').default('service').meta({
      description:
        'Whose rights a call has: `service`, those of the account that this service signs in with, or `caller`: that account still does everything, and of it only what whoever calls may see and do in Jira. `caller` needs `INBOUND_AUTH=entra`, `JIRA_PERMISSIONS_EMAIL` and the secret `jira-permissions-token`.',
      restricts: 'system',
    }),
    JIRA_PERMISSIONS_EMAIL: z
      .email({ error: 'Set it to the e-mail address of the account that may ask Jira what others may do.' })
      .optional()
      .meta({
        description:
          'The e-mail address of an account with Administer Jira, which asks what a caller may see and do, and nothing else. Needed for `JIRA_RUN_AS=caller`.',
        sample: 'jira-permissions@example.com',
      }),
    JIRA_USER_MAP: userMap.optional().meta({
      description:
        'Pairs that tell the e-mail address or account ID in Jira of a caller, where it is not the sign-in name: `*@contoso.com=*@jira.contoso.com, ana@contoso.com=5b10ac8d82e05b22cc7d4ef5`, or the path of a file that holds them. Who no pair covers is asked who they are, and with `JIRA_RUN_AS=caller` refused.',
    }),
    INBOUND_AUTH: inboundAuth,
  })
  .refine(
    settings => settings.JIRA_AUTH !== 'basic' || settings.JIRA_EMAIL,
    rule('JIRA_EMAIL', 'Set it to the e-mail address of the account that the API token belongs to.'),
  )
  .refine(
    settings => settings.JIRA_AUTH !== 'service-account' || settings.JIRA_CLIENT_ID,
    rule('JIRA_CLIENT_ID', "Set it to the service account's OAuth client ID."),
  )
  .refine(
    ({ JIRA_AUTH, JIRA_CLOUD_ID, JIRA_BASE_URL }) =>
      JIRA_AUTH !== 'service-account' || JIRA_CLOUD_ID || (JIRA_BASE_URL && isLoopback(JIRA_BASE_URL)),
    rule('JIRA_CLOUD_ID', "Set it to the site's cloud ID: a service account works only through api.atlassian.com."),
  )
  .refine(
    settings => settings.JIRA_RUN_AS !== 'caller' || settings.INBOUND_AUTH === 'entra',
    rule('INBOUND_AUTH', 'Set it to entra: with JIRA_RUN_AS=caller, this service must know who calls.'),
  )
  .refine(
    settings => settings.JIRA_RUN_AS !== 'caller' || settings.JIRA_PERMISSIONS_EMAIL,
    rule(
      'JIRA_PERMISSIONS_EMAIL',
      'Set it to the e-mail address of an account with Administer Jira: with JIRA_RUN_AS=caller, it asks what a caller may do.',
    ),
  );

export const secrets = {
  'jira-api-token': {
    description: 'The API token of the account in JIRA_EMAIL',
    neededFor: '`JIRA_AUTH` is `basic`',
    isNeeded: ({ JIRA_BASE_URL, JIRA_AUTH }) => Boolean(JIRA_BASE_URL) && JIRA_AUTH !== 'service-account',
    entry: 'line',
  },
  'jira-client-secret': {
    description: "The client secret of the service account's OAuth credential",
    neededFor: '`JIRA_AUTH` is `service-account`',
    isNeeded: ({ JIRA_BASE_URL, JIRA_AUTH }) => Boolean(JIRA_BASE_URL) && JIRA_AUTH === 'service-account',
    entry: 'line',
  },
  'jira-permissions-token': {
    description: 'The API token of the account in JIRA_PERMISSIONS_EMAIL',
    neededFor: '`JIRA_RUN_AS` is `caller`',
    isNeeded: ({ JIRA_BASE_URL, JIRA_RUN_AS }) => Boolean(JIRA_BASE_URL) && JIRA_RUN_AS === 'caller',
    entry: 'line',
  },
} satisfies Record<string, SecretDefinition>;

/** What of Jira a policy can restrict. */
export const rules = z.strictObject({
  projects: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_]+$/, 'A project is named by its key, such as ABC.'))
    .optional()
    .describe('Only the projects with these keys. All, unless given.'),
});

export type JiraSettings = z.output<typeof settings>;
export type JiraParts = PartsOf<typeof settings, typeof secrets, typeof rules>;
