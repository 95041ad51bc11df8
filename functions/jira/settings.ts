import * as z from 'zod';
import type { PartsOf, SecretDefinition } from '../../shared/action/defineSystem.ts';
import { inboundAuth } from '../../shared/settings/common.ts';
import { isLoopback, listOf, oneOf, rule, serviceUrl } from '../../shared/settings/setting.ts';
import { userMap } from '../../shared/settings/userMap.ts';

export const settings = z
  .object({
    JIRA_BASE_URL: listOf(
      serviceUrl("Set it to your site's address, such as https://your-site.atlassian.net."),
      'Each address once, separated by commas.',
    ).meta({
      description: 'The address of the Jira site. Several, separated by commas, with `caller` alone.',
      sample: 'https://your-site.atlassian.net',
    }),
    JIRA_AUTH: oneOf('basic', 'service-account', 'caller').default('basic').meta({
      description:
        "How to sign in to Jira: `basic`, by an account's API token, `service-account`, by its OAuth credential, or `caller`: each caller signs in at Jira and sends their own access token, so that this service needs no secret of Jira.",
      restricts: 'system',
    }),
    JIRA_EMAIL: z
      .email({ error: 'Set it to the e-mail address of the account that the API token belongs to.' })
      .optional()
      .meta({
        description: 'The e-mail address of the account that the API token belongs to. Needed for `basic`.',
        sample: 'you@example.com',
      }),
    JIRA_CLOUD_ID: listOf(
      z
        .string()
        .regex(
          /^[\w-]+$/,
          "Set it to the site's cloud ID, which https://your-site.atlassian.net/_edge/tenant_info shows.",
        ),
      'Each cloud ID once, separated by commas, in the order of JIRA_BASE_URL.',
    )
      .optional()
      .meta({
        description:
          "The site's cloud ID, or that of each site in `JIRA_BASE_URL`, in the same order. Needed for API tokens with scopes, for `service-account` and for `caller`.",
      }),
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
      JIRA_AUTH !== 'service-account' || JIRA_CLOUD_ID || inList(JIRA_BASE_URL).some(isLoopback),
    rule('JIRA_CLOUD_ID', "Set it to the site's cloud ID: a service account works only through api.atlassian.com."),
  )
  .refine(
    ({ JIRA_AUTH, JIRA_BASE_URL }) => JIRA_AUTH === 'caller' || inList(JIRA_BASE_URL).length <= 1,
    rule('JIRA_BASE_URL', 'Set it to the address of one site: several are for JIRA_AUTH=caller alone.'),
  )
  .refine(
    ({ JIRA_AUTH, JIRA_CLOUD_ID }) => JIRA_AUTH === 'caller' || inList(JIRA_CLOUD_ID).length <= 1,
    rule('JIRA_CLOUD_ID', 'Set it to the cloud ID of one site: several are for JIRA_AUTH=caller alone.'),
  )
  .refine(
    ({ JIRA_AUTH, JIRA_BASE_URL, JIRA_CLOUD_ID }) => {
      if (JIRA_AUTH !== 'caller') return true;
      const [sites, cloudIds] = [inList(JIRA_BASE_URL).length, inList(JIRA_CLOUD_ID).length];
      return cloudIds === 0 ? Boolean(JIRA_CLOUD_ID) : sites === 0 || sites === cloudIds;
    },
    rule(
      'JIRA_CLOUD_ID',
      'Set it to the cloud ID of each site in JIRA_BASE_URL, in the same order: the access token of a caller works only through api.atlassian.com.',
    ),
  )
  .refine(
    ({ JIRA_AUTH, JIRA_USER_MAP }) => JIRA_AUTH !== 'caller' || !JIRA_USER_MAP,
    rule('JIRA_USER_MAP', 'Remove it: with JIRA_AUTH=caller Jira itself tells whose account a caller signed in to.'),
  )
  .refine(
    ({ JIRA_AUTH, JIRA_RUN_AS }) => JIRA_AUTH !== 'caller' || JIRA_RUN_AS !== 'caller',
    rule('JIRA_RUN_AS', 'Remove it: with JIRA_AUTH=caller every call has the rights of who signed in at Jira anyway.'),
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

/** The parts of a setting that may be a list; none where it is not set, or is wrong, which is told already. */
function inList(value: unknown): string[] {
  return typeof value === 'string' ? value.split(',') : [];
}

/** One site of Jira. */
export interface JiraSite {
  /** What people call it: `contoso` for https://contoso.atlassian.net. */
  name: string;
  baseUrl: string;
  /** Undefined where Jira is called at the site itself. */
  cloudId: string | undefined;
}

/** The sites in the settings, in their order: more than one where callers sign in at Jira alone. */
export function jiraSites({
  JIRA_BASE_URL,
  JIRA_CLOUD_ID,
}: Pick<JiraSettings, 'JIRA_BASE_URL' | 'JIRA_CLOUD_ID'>): JiraSite[] {
  const urls = inList(JIRA_BASE_URL);
  const cloudIds = inList(JIRA_CLOUD_ID);
  const labels = urls.map(url => new URL(url).hostname.split('.')[0]);
  return urls.map((baseUrl, at) => {
    // An address in numbers has no label that would tell it.
    const label = labels.filter(each => each === labels[at]).length === 1 ? labels[at] : undefined;
    const name = label && !/^(\d+|\[.*)$/.test(label) ? label : new URL(baseUrl).host;
    return { name, baseUrl, cloudId: cloudIds[at] };
  });
}

/**
 * Scoped tokens, service accounts and callers' own tokens work only through Atlassian's gateway; a stand-in on loopback
 * plays that too.
 */
export function apiBase({
  JIRA_BASE_URL,
  JIRA_CLOUD_ID,
}: Pick<JiraSettings, 'JIRA_BASE_URL' | 'JIRA_CLOUD_ID'>): string {
  if (!JIRA_CLOUD_ID) return JIRA_BASE_URL;
  const gateway = isLoopback(JIRA_BASE_URL) ? JIRA_BASE_URL : 'https://api.atlassian.com';
  return `${gateway}/ex/jira/${JIRA_CLOUD_ID}`;
}

/** Where the sites are called, and where a service account gets its token. */
export function jiraOrigins(settings: JiraSettings): string[] {
  const sites = jiraSites(settings).map(({ baseUrl, cloudId }) =>
    apiBase({ JIRA_BASE_URL: baseUrl, JIRA_CLOUD_ID: cloudId }),
  );
  const signIn = settings.JIRA_AUTH === 'service-account' ? [settings.JIRA_TOKEN_URL] : [];
  return [...signIn, ...sites].map(url => new URL(url).origin);
}

export const secrets = {
  'jira-api-token': {
    description: 'The API token of the account in JIRA_EMAIL',
    neededFor: '`JIRA_AUTH` is `basic`',
    isNeeded: ({ JIRA_BASE_URL, JIRA_AUTH }) =>
      Boolean(JIRA_BASE_URL) && JIRA_AUTH !== 'service-account' && JIRA_AUTH !== 'caller',
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
