import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { SecretDefinition } from '../action/defineSystem.ts';
import { isTimeZone } from '../time/timeZone.ts';
import { readInboundAuth } from './inboundAuth.ts';
import { oneOf, rule, serviceUrl, wholeNumber } from './setting.ts';

/** The settings that no system owns. */

/** The secret from which signing keys are derived. It may hold two, with a space between: the first signs, both verify. */
export const SIGNING_KEY = 'signing-key';

/** How callers are let in. A system whose own settings depend on it has it in its schema, too. */
export const inboundAuth = z
  .string()
  .default('key')
  .transform((value, context) => {
    const auth = readInboundAuth(value);
    if (auth) return auth;
    context.issues.push({ code: 'custom', message: 'Set it to key or entra.', input: undefined });
    return z.NEVER;
  })
  .meta({
    description:
      'How callers are let in: `key`, the function key of the platform, or `entra`, a sign-in with Entra ID.',
    values: ['key', 'entra'],
    setByDeployment: true,
    deployedOnly: true,
  });

const azureIdentity = {
  AZURE_CLIENT_ID: z.string().optional().meta({
    description: 'The client ID of the user-assigned identity that opens the vault and the tables.',
    setByDeployment: true,
    deployedOnly: true,
  }),
};

/** No caller waits longer than this for an answer, so no call may take longer. host.json's functionTimeout is 5 s more. */
export const MAX_ACTION_TIMEOUT_MS = 100_000;

/** JSON, or the path of a file that holds it, from the app's folder. */
const policyText = z.string().transform((value, context): string => {
  if (value.trimStart().startsWith('{')) return value;
  try {
    return readFileSync(value, 'utf8');
  } catch {
    context.issues.push({
      code: 'custom',
      message: 'Set it to a JSON object, or to the path of a JSON file that is deployed with the app.',
      input: undefined,
    });
    return z.NEVER;
  }
});

export const appSettings = z
  .object({
    INBOUND_AUTH: inboundAuth,
    REQUIRE_ROLES: oneOf('true', 'false').default('false').meta({
      description:
        '`true` lets in only callers with an app role: `Actions.Read` to read, `Actions.Write` to write, `Actions.Call` for an application to do both. Needs `INBOUND_AUTH=entra`.',
      restricts: 'everything',
    }),
    POLICY: policyText.optional().meta({
      description:
        'What callers may do: a JSON object, or the path of a JSON file that is deployed with the app. Its form is in policy.schema.json.',
      restricts: 'everything',
    }),
    READ_ONLY: oneOf('true', 'false')
      .default('false')
      .meta({ description: '`true` refuses every write.', restricts: 'writes' }),
    ACTION_TIMEOUT_MS: wholeNumber(100, MAX_ACTION_TIMEOUT_MS, 'milliseconds')
      .default(10_000)
      .meta({ description: "A call's deadline, in milliseconds." }),
    MAX_RESPONSE_BYTES: wholeNumber(1024, 4_000_000, 'bytes')
      .default(65_536)
      .meta({ description: 'The largest answer, in bytes of UTF-8.' }),
  })
  .refine(
    ({ REQUIRE_ROLES, INBOUND_AUTH }) => REQUIRE_ROLES !== 'true' || INBOUND_AUTH === 'entra',
    rule('REQUIRE_ROLES', 'Set INBOUND_AUTH to entra as well: a function key has no roles.'),
  );

export const secretsSettings = z.object({
  KEY_VAULT_URI: serviceUrl("Set it to the vault's address, such as https://your-vault.vault.azure.net.")
    .optional()
    .meta({
      description:
        'The vault that holds the secrets. Without it, a secret such as `signing-key` is read from the setting `SIGNING_KEY`.',
      sample: 'https://your-vault.vault.azure.net',
      setByDeployment: true,
    }),
  SECRET_TTL_SECONDS: wholeNumber(1, 86_400, 'seconds')
    .default(300)
    .meta({ description: 'How long a secret is kept in memory, in seconds.' }),
  ...azureIdentity,
});

export const ledgerSettings = z.object({
  LEDGER_TABLE_ENDPOINT: serviceUrl(
    "Set it to the storage account's table endpoint, such as https://youraccount.table.core.windows.net, or remove it.",
  )
    .optional()
    .meta({
      description:
        'The Azure Table Storage endpoint that makes writes happen once across instances; without it, once per process.',
      sample: 'https://youraccount.table.core.windows.net',
      setByDeployment: true,
      deployedOnly: true,
    }),
  ...azureIdentity,
});

export const auditSettings = z.object({
  AUDIT_TABLE_ENDPOINT: serviceUrl(
    "Set it to the storage account's table endpoint, such as https://youraccount.table.core.windows.net, or remove it.",
  )
    .meta({
      description:
        'The Azure Table Storage endpoint that keeps what was changed and what was refused, in the table `audit`; without it, the log alone does.',
      sample: 'https://youraccount.table.core.windows.net',
      setByDeployment: true,
      deployedOnly: true,
    })
    .optional(),
  ...azureIdentity,
});

export const timeSettings = z.object({
  TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'Set it to the name of a time zone in the IANA database, such as Europe/Berlin, or remove it.')
    .optional()
    .meta({
      description:
        "The time zone, by its IANA name, in which days, and times without a zone, are read and shown where the asking user's own is not known. Without it, that of the account which this service uses, or UTC.",
      sample: 'Europe/Berlin',
    }),
});

/** Where spans and metrics go besides, where the settings turn them on: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export const telemetrySettings = z
  .object({
    OPEN_TELEMETRY: oneOf('true', 'false').default('false').meta({
      description:
        '`true` sends spans of calls and of the requests to upstreams, and metrics, by OpenTelemetry: to `OTEL_EXPORTER_OTLP_ENDPOINT`, and to Application Insights. See observability.md.',
    }),
    OTEL_EXPORTER_OTLP_ENDPOINT: serviceUrl(
      "Set it to the collector's address for OTLP over HTTP, such as https://collector.example:4318, or remove it.",
    )
      .optional()
      .meta({
        description:
          "The collector's address for OTLP over HTTP, without `/v1/traces`. The Functions host sends to it, too.",
        sample: 'https://collector.example:4318',
      }),
    OTEL_EXPORTER_OTLP_PROTOCOL: oneOf('http/protobuf', 'http/json').default('http/protobuf').meta({
      description: 'The form in which the collector is sent to. The Functions host knows `http/protobuf`.',
    }),
    APPLICATIONINSIGHTS_CONNECTION_STRING: z
      .string()
      .regex(
        /^InstrumentationKey=[\w-]+(;|$)/i,
        'Set it to the connection string of Application Insights, or remove it.',
      )
      .optional()
      .meta({
        description: 'Where the log goes, and with `OPEN_TELEMETRY` spans and metrics as well.',
        setByDeployment: true,
        deployedOnly: true,
      }),
    ...azureIdentity,
  })
  .refine(
    settings =>
      settings.OPEN_TELEMETRY !== 'true' ||
      Boolean(settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? settings.APPLICATIONINSIGHTS_CONNECTION_STRING),
    rule('OPEN_TELEMETRY', 'Set OTEL_EXPORTER_OTLP_ENDPOINT as well, or nothing is sent anywhere.'),
  );

export type TelemetrySettings = z.output<typeof telemetrySettings>;
export const warmUpSettings = z.object({
  WARM_UP: oneOf('true', 'false').default('true').meta({
    description:
      '`false` leaves all that a first call waits for to that call. Otherwise it is got ready in the background after the start: code, secrets, connections and sign-ins.',
  }),
});

export type AppSettings = z.output<typeof appSettings>;
export type SecretsSettings = z.output<typeof secretsSettings>;

/** All of them, in the order in which they are documented. */
export const commonSettings = [
  appSettings,
  timeSettings,
  secretsSettings,
  ledgerSettings,
  auditSettings,
  telemetrySettings,
  warmUpSettings,
] as const;

/** The secrets that no system owns. */
export const commonSecrets: Readonly<Record<string, SecretDefinition>> = {
  [SIGNING_KEY]: {
    description:
      'The key that page tokens are signed with; to rotate it, put the new one before the old one with a space between, for an hour',
    neededFor: 'several instances',
    isNeeded: () => true,
    entry: 'generated',
  },
};
