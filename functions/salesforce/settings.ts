import * as z from 'zod';
import type { PartsOf, SecretDefinition } from '../../shared/action/defineSystem.ts';
import { inboundAuth } from '../../shared/settings/common.ts';
import { inCallerMode } from '../../shared/settings/inboundAuth.ts';
import { oneOf, rule, serviceUrl } from '../../shared/settings/setting.ts';
import { userMap } from '../../shared/settings/userMap.ts';

/** `Contract.EndDate`, or `Subscription__c.End__c by Customer__c` */
const renewalsPattern = /^([A-Za-z]\w{0,79})\.([A-Za-z]\w{0,79})(?: by ([A-Za-z]\w{0,79}))?$/;

/** Why settings that name a user, or tell whose rights a call has, have no place beside each caller's own sign-in. */
const callersOwn =
  'with SALESFORCE_AUTH=caller each call is made as the Salesforce user who signed in, and Salesforce itself tells who that is.';

/** Where users of every org sign in. A setting that is wrong is no URL, which is told already. */
const isForAnybody = (url: unknown): boolean =>
  /^(?:login|test|welcome)\.salesforce\.com$/.test(URL.parse(typeof url === 'string' ? url : '')?.hostname ?? '');

export const settings = z
  .object({
    SALESFORCE_LOGIN_URL: serviceUrl(
      "Set it to your org's My Domain address, such as https://your-org.my.salesforce.com.",
    ).meta({ description: 'The My Domain address of the org.', sample: 'https://your-org.my.salesforce.com' }),
    SALESFORCE_CLIENT_ID: z.string().optional().meta({
      description: 'The consumer key of the External Client App. Needed unless `SALESFORCE_AUTH` is `caller`.',
      sample: '',
    }),
    SALESFORCE_AUTH: oneOf('client-credentials', 'jwt-bearer', 'caller').default('client-credentials').meta({
      description:
        'How to sign in to Salesforce: `client-credentials`, as the user of the app, `jwt-bearer`, as a user that this service names, or `caller`: each caller signs in at Salesforce and sends their own access token, so that nothing of Salesforce is kept here.',
    }),
    SALESFORCE_USERNAME: z
      .string()
      .optional()
      .meta({ description: 'The username of the integration user. Needed for `jwt-bearer` with `integration`.' }),
    SALESFORCE_RUN_AS: oneOf('integration', 'caller').default('integration').meta({
      description:
        "Whose rights a call has: `integration`, the integration user's, or `caller`, those of whoever calls. `caller` needs `jwt-bearer` and `INBOUND_AUTH=entra`.",
      restricts: 'system',
    }),
    SALESFORCE_USER_MAP: userMap.optional().meta({
      description:
        'Pairs that tell the Salesforce username of a caller, where it is not the sign-in name: `*@contoso.com=*@contoso.com.uat, ana@contoso.com=ana@crm`, or the path of a file that holds them. An exact name wins over a pattern; a name that no pair covers is refused, and so is a guest without an exact pair.',
    }),
    INBOUND_AUTH: inboundAuth,
    SALESFORCE_RENEWALS: z
      .string()
      .default('Contract.EndDate')
      .transform((text, context) => {
        const [, objectType, field, by] = renewalsPattern.exec(text.trim()) ?? [];
        if (objectType !== undefined && field !== undefined) return { objectType, field, by };
        context.addIssue('Set it to an object and its date field, such as Contract.EndDate, or remove it.');
        return z.NEVER;
      })
      .meta({
        description:
          'The object and the date field that tell when what a customer has ends: `Contract.EndDate`, `Opportunity.Service_End__c`, `Account.Renewal_Date__c`. Where several lookups lead to the account, name the one: `Subscription__c.End__c by Customer__c`. Of contracts those that are activated count, of opportunities those that are won. The Salesforce user needs Read on it.',
        sample: 'Contract.EndDate',
      }),
    SALESFORCE_API_VERSION: z
      .string()
      .regex(/^\d{2,3}\.0$/, 'Set it to an API version such as 67.0, or remove it.')
      .default('67.0')
      .meta({ description: 'The version of the REST API.' }),
  })
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_CLIENT_ID }) => SALESFORCE_AUTH === 'caller' || SALESFORCE_CLIENT_ID,
    rule('SALESFORCE_CLIENT_ID', "Set it to the external client app's consumer key."),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_LOGIN_URL }) => SALESFORCE_AUTH !== 'caller' || !isForAnybody(SALESFORCE_LOGIN_URL),
    rule(
      'SALESFORCE_LOGIN_URL',
      "Set it to your org's My Domain address: with SALESFORCE_AUTH=caller it is where the access tokens of callers go, and at this one anybody signs in, to any org.",
    ),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_RUN_AS }) => SALESFORCE_AUTH !== 'caller' || SALESFORCE_RUN_AS !== 'caller',
    rule('SALESFORCE_RUN_AS', `Remove it: ${callersOwn}`),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_USERNAME }) => SALESFORCE_AUTH !== 'caller' || !SALESFORCE_USERNAME,
    rule('SALESFORCE_USERNAME', `Remove it: ${callersOwn}`),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_USER_MAP }) => SALESFORCE_AUTH !== 'caller' || !SALESFORCE_USER_MAP,
    rule('SALESFORCE_USER_MAP', `Remove it: ${callersOwn}`),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_RUN_AS }) =>
      SALESFORCE_RUN_AS !== 'caller' || SALESFORCE_AUTH === 'jwt-bearer' || SALESFORCE_AUTH === 'caller',
    rule(
      'SALESFORCE_RUN_AS',
      'Set SALESFORCE_AUTH to jwt-bearer as well: only then can a token be had for each caller.',
    ),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_RUN_AS, INBOUND_AUTH }) =>
      SALESFORCE_RUN_AS !== 'caller' || SALESFORCE_AUTH === 'caller' || INBOUND_AUTH === 'entra',
    rule('INBOUND_AUTH', 'Set it to entra: with SALESFORCE_RUN_AS=caller, Salesforce must know who calls.'),
  )
  .refine(
    ({ SALESFORCE_AUTH, SALESFORCE_RUN_AS, SALESFORCE_USERNAME }) =>
      SALESFORCE_AUTH !== 'jwt-bearer' || SALESFORCE_RUN_AS === 'caller' || SALESFORCE_USERNAME,
    rule('SALESFORCE_USERNAME', "Set it to the integration user's Salesforce username."),
  );

export const secrets = {
  'salesforce-client-secret': {
    description: 'The consumer secret of the External Client App',
    neededFor: '`SALESFORCE_AUTH` is `client-credentials`',
    isNeeded: ({ SALESFORCE_LOGIN_URL, SALESFORCE_AUTH }) =>
      Boolean(SALESFORCE_LOGIN_URL) &&
      SALESFORCE_AUTH !== 'jwt-bearer' &&
      !inCallerMode('SALESFORCE_AUTH', { SALESFORCE_AUTH }),
    entry: 'line',
  },
  'salesforce-private-key': {
    description: "The private key, in PEM, that belongs to the app's certificate",
    neededFor: '`SALESFORCE_AUTH` is `jwt-bearer`',
    isNeeded: ({ SALESFORCE_LOGIN_URL, SALESFORCE_AUTH }) =>
      Boolean(SALESFORCE_LOGIN_URL) && SALESFORCE_AUTH === 'jwt-bearer',
    entry: 'file',
  },
} satisfies Record<string, SecretDefinition>;

const apiName = z.string().regex(/^[A-Za-z]\w{0,79}$/, 'It must be an API name, such as Account or Project__c.');
const fieldsByObject = z.record(apiName, z.array(apiName));

/** What of Salesforce a policy can restrict. */
export const rules = z.strictObject({
  objects: z
    .array(apiName)
    .optional()
    .describe(
      'Only the objects with these API names. All but set-up objects (permissions, sign-in, tokens, code), unless given; a set-up object is open only where it is named here. Id, name, e-mail address and state of users are always open for reading; User named here opens the rest, and changes.',
    ),
  fields: fieldsByObject
    .optional()
    .describe(
      'Of an object named here only these fields, Id, and the currency of its amounts. A compound field, such as BillingAddress, opens its parts.',
    ),
  hiddenFields: fieldsByObject
    .optional()
    .describe(
      'Of an object named here not these fields. A part of a compound field hides the whole, and the whole its parts; a formula field shows what it is computed from, so hide it, too.',
    ),
});

export type SalesforceRules = z.output<typeof rules>;
export type RenewalSource = z.output<typeof settings>['SALESFORCE_RENEWALS'];
export type SalesforceSettings = z.output<typeof settings>;
/** Whether Salesforce answers a call as the user who makes it, with that user's rights. */
export const runsAsCaller = ({ SALESFORCE_AUTH, SALESFORCE_RUN_AS }: SalesforceSettings): boolean =>
  SALESFORCE_AUTH === 'caller' || SALESFORCE_RUN_AS === 'caller';

export type SalesforceParts = PartsOf<typeof settings, typeof secrets, typeof rules>;
