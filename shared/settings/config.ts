import * as z from 'zod';
import { Failure } from '../failure.ts';

/** Where settings come from: `process.env`, or a plain object in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with one setting, and the cure, in one sentence. The value itself is never told. */
interface SettingProblem {
  setting: string;
  message: string;
}

/** Settings that belong together: either all of them are good, or reading them says what is not. */
interface Section<Settings> {
  /** @throws Failure `misconfigured`, naming every setting that is missing or wrong. */
  read(): Settings;
  problems(): SettingProblem[];
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** True for a server on this machine, which is allowed plain http and may play a vault or a vendor. */
export function isLoopback(url: string): boolean {
  return loopback.test(new URL(url).hostname);
}

/** An absolute https URL, or http on loopback; kept without query, fragment and trailing slash. */
function serviceUrl(cure: string) {
  return z.string({ error: cure }).transform((value, context) => {
    const url = URL.parse(value.trim());
    const fits = url && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname)));
    if (fits && !url.username && !url.password) return (url.origin + url.pathname).replace(/\/+$/, '');
    context.issues.push({
      code: 'custom',
      message: `${cure} It must be an https URL, with no user name in it.`,
      input: undefined,
    });
    return z.NEVER;
  });
}

function wholeNumber(low: number, high: number, unit: string) {
  const error = `Set it to a whole number of ${unit} from ${low} to ${high}, or remove it.`;
  return z.coerce.number({ error }).int(error).min(low, error).max(high, error);
}

function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, { error: `Set it to ${values.join(' or ')}.` }));
}

const inboundAuth = oneOf('key', 'entra').default('key');

const appSchema = z.object({
  INBOUND_AUTH: inboundAuth,
  READ_ONLY: oneOf('true', 'false').default('false'),
  ACTION_TIMEOUT_MS: wholeNumber(100, 230_000, 'milliseconds').default(10_000),
  MAX_RESPONSE_BYTES: wholeNumber(1024, 4_000_000, 'bytes').default(65_536),
});

const azureIdentity = { AZURE_CLIENT_ID: z.string().optional() };

const secretsSchema = z.object({
  KEY_VAULT_URI: serviceUrl("Set it to the vault's address, such as https://your-vault.vault.azure.net.").optional(),
  SECRET_TTL_SECONDS: wholeNumber(1, 86_400, 'seconds').default(300),
  ...azureIdentity,
});

const ledgerSchema = z.object({
  LEDGER_TABLE_ENDPOINT: serviceUrl(
    "Set it to the storage account's table endpoint, such as https://youraccount.table.core.windows.net, or remove it.",
  ).optional(),
  ...azureIdentity,
});

/** A rule over several settings; it speaks up even when another setting is wrong, so that all is told at once. */
function rule(setting: string, error: string) {
  return { path: [setting], error, when: () => true };
}

const jiraSchema = z
  .object({
    JIRA_BASE_URL: serviceUrl("Set it to your site's address, such as https://your-site.atlassian.net."),
    JIRA_AUTH: oneOf('basic', 'service-account').default('basic'),
    JIRA_EMAIL: z
      .email({ error: 'Set it to the e-mail address of the account that the API token belongs to.' })
      .optional(),
    JIRA_CLOUD_ID: z
      .string()
      .regex(
        /^[\w-]+$/,
        "Set it to the site's cloud ID, which https://your-site.atlassian.net/_edge/tenant_info shows.",
      )
      .optional(),
    JIRA_CLIENT_ID: z.string().optional(),
    JIRA_TOKEN_URL: serviceUrl('Remove it, or set it to the token endpoint.').default(
      'https://auth.atlassian.com/oauth/token',
    ),
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
  );

/** `from=to` pairs, the first that fits counts; in both, `*` stands for the same start of a name. */
const userMap = z.string().transform((value, context): [from: string, to: string][] => {
  const pairs = value
    .split(',')
    .filter(pair => pair.trim())
    .map(pair => /^\s*(\*?[^\s=*]+)\s*=\s*(\*?[^\s=*]+)\s*$/.exec(pair));
  const entries = pairs.map((pair): [string, string] => [pair?.[1] ?? '', pair?.[2] ?? '']);
  if (entries.every(([from, to]) => from && to && (from.startsWith('*') || !to.startsWith('*')))) return entries;
  context.issues.push({
    code: 'custom',
    message: 'Set it to pairs such as ana@contoso.com=ana@contoso.crm, *@contoso.com=*@contoso.com.uat, or remove it.',
    input: undefined,
  });
  return z.NEVER;
});

const salesforceSchema = z
  .object({
    SALESFORCE_LOGIN_URL: serviceUrl(
      "Set it to your org's My Domain address, such as https://your-org.my.salesforce.com.",
    ),
    SALESFORCE_CLIENT_ID: z.string({ error: "Set it to the external client app's consumer key." }),
    SALESFORCE_AUTH: oneOf('client-credentials', 'jwt-bearer').default('client-credentials'),
    SALESFORCE_USERNAME: z.string().optional(),
    SALESFORCE_RUN_AS: oneOf('integration', 'caller').default('integration'),
    SALESFORCE_USER_MAP: userMap.default([]),
    INBOUND_AUTH: inboundAuth,
    SALESFORCE_API_VERSION: z
      .string()
      .regex(/^\d{2,3}\.0$/, 'Set it to an API version such as 67.0, or remove it.')
      .default('67.0'),
  })
  .refine(
    settings => settings.SALESFORCE_RUN_AS !== 'caller' || settings.SALESFORCE_AUTH === 'jwt-bearer',
    rule(
      'SALESFORCE_RUN_AS',
      'Set SALESFORCE_AUTH to jwt-bearer as well: only then can a token be had for each caller.',
    ),
  )
  .refine(
    settings => settings.SALESFORCE_RUN_AS !== 'caller' || settings.INBOUND_AUTH === 'entra',
    rule('INBOUND_AUTH', 'Set it to entra: with SALESFORCE_RUN_AS=caller, Salesforce must know who calls.'),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_RUN_AS, SALESFORCE_USERNAME }) =>
      SALESFORCE_AUTH !== 'jwt-bearer' || SALESFORCE_RUN_AS === 'caller' || SALESFORCE_USERNAME,
    rule('SALESFORCE_USERNAME', "Set it to the integration user's Salesforce username."),
  );

export type AppSettings = z.output<typeof appSchema>;
export type SecretsSettings = z.output<typeof secretsSchema>;
type LedgerSettings = z.output<typeof ledgerSchema>;
export type JiraSettings = z.output<typeof jiraSchema>;
export type SalesforceSettings = z.output<typeof salesforceSchema>;

export interface Config {
  app: Section<AppSettings>;
  secrets: Section<SecretsSettings>;
  ledger: Section<LedgerSettings>;
  jira: Section<JiraSettings>;
  salesforce: Section<SalesforceSettings>;
}

/** Every application setting that this app reads, apart from the secrets' own. */
export const settingNames: readonly string[] = [
  ...new Set(
    [appSchema, secretsSchema, ledgerSchema, jiraSchema, salesforceSchema].flatMap(schema => Object.keys(schema.shape)),
  ),
];

/** Reads settings from `env`; each section is parsed once, when it is first needed, so that a bad one stops nothing else. */
export function readConfig(env: Environment): Config {
  return {
    app: section(appSchema, env),
    secrets: section(secretsSchema, env),
    ledger: section(ledgerSchema, env),
    jira: section(jiraSchema, env),
    salesforce: section(salesforceSchema, env),
  };
}

function section<Schema extends z.ZodObject>(schema: Schema, env: Environment): Section<z.output<Schema>> {
  let result: z.ZodSafeParseResult<z.output<Schema>> | undefined;
  const parse = () => {
    // An application setting that was left empty in the portal means the same as none.
    result ??= schema.safeParse(
      Object.fromEntries(Object.keys(schema.shape).map(name => [name, env[name]?.trim() || undefined])),
    );
    return result;
  };
  const problems = (): SettingProblem[] =>
    (parse().error?.issues ?? []).map(issue => {
      const setting = String(issue.path[0]);
      return { setting, message: `${setting} ${env[setting]?.trim() ? 'is wrong' : 'is not set'}. ${issue.message}` };
    });
  return {
    problems,
    read() {
      const { success, data } = parse();
      if (success) return data;
      const messages = problems().map(problem => problem.message);
      throw new Failure(
        'misconfigured',
        `${messages.join(' ')} An administrator must change the application settings.`,
      );
    },
  };
}
