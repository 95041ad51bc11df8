import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { PartsOf, SecretDefinition } from '../../shared/action/defineSystem.ts';
import { isLoopback, oneOf, wholeNumber } from '../../shared/settings/setting.ts';

const urlCure =
  'Set it to the user and the database, such as postgresql://reader@db.example.com:5432/shop. The password belongs into the secret orders-password, and parameters are not taken.';

/** `postgresql://user@host:5432/database`: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
const databaseUrl = z.string({ error: urlCure }).transform((value, context) => {
  const url = URL.parse(value);
  const user = decoded(url?.username);
  const database = decoded(url?.pathname.slice(1));
  const isPostgres = url?.protocol === 'postgresql:' || url?.protocol === 'postgres:';
  if (url?.hostname && isPostgres && user && database && !database.includes('/') && !url.password && !url.search) {
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || 5432),
      user,
      database,
      isLoopback: isLoopback(value),
    };
  }
  context.issues.push({ code: 'custom', message: urlCure, input: undefined });
  return z.NEVER;
});

/** Undefined for what is missing, or is wrongly percent-encoded. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Certificates in PEM, or the path of a file that holds them, from the app's folder. */
const certificates = z.string().transform((value, context): string => {
  try {
    const text = value.startsWith('-----BEGIN') ? value : readFileSync(value, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch {
    // The path is wrong: what is to be done about it is the same.
  }
  context.issues.push({
    code: 'custom',
    message: 'Set it to the path of a PEM file with certificates that is deployed with the app, or remove it.',
    input: undefined,
  });
  return z.NEVER;
});

export const settings = z.object({
  ORDERS_URL: databaseUrl.meta({
    description: 'The database and its user, without a password: `postgresql://user@host:5432/database`.',
    sample: 'postgresql://reader@your-server.postgres.database.azure.com:5432/shop',
  }),
  ORDERS_AUTH: oneOf('password', 'entra').default('password').meta({
    description:
      "How to sign in: `password`, by the user's password, or `entra`, by the managed identity of the app, which must then be the user.",
  }),
  ORDERS_SSL_CA: certificates.optional().meta({
    description:
      "The certificates of the authority that issued the server's, in PEM, or the path of a file that holds them. Needed unless it is one of those that Node trusts, as Azure's are.",
  }),
  ORDERS_POOL_SIZE: wholeNumber(1, 100, 'connections')
    .default(5)
    .meta({ description: 'The most connections that one instance of the app opens.' }),
});

export const secrets = {
  'orders-password': {
    description: 'The password of the user in ORDERS_URL',
    neededFor: '`ORDERS_AUTH` is `password`',
    isNeeded: ({ ORDERS_URL, ORDERS_AUTH }) => Boolean(ORDERS_URL) && ORDERS_AUTH !== 'entra',
    entry: 'line',
  },
} satisfies Record<string, SecretDefinition>;

export type OrdersSettings = z.output<typeof settings>;
export type OrdersParts = PartsOf<typeof settings, typeof secrets>;
