import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { AppSettings } from '../settings/common.ts';
import type { Environment } from '../settings/setting.ts';

/** Who calls, as far as it was verified. */
export interface Caller {
  /** `key`: whoever holds a function key; `user`: a person; `app`: an application on its own behalf. */
  kind: 'key' | 'user' | 'app';
  /**
   * Stable and unique: `key` and a part of the key's hash, tenant and object ID in Entra, or the system, the site and the
   * account ID of who signed in at a vendor.
   */
  id: string;
  /** The user principal name. No other claim proves who somebody is: the user, or anybody's directory, may set those. */
  userName?: string;
  /** For people to read; it proves nothing. */
  name?: string;
  /** The app roles that this service's registration gives the caller. */
  roles: readonly string[];
  /** The client ID of the application that the call came through, such as an agent's connector. */
  application?: string;
  /** SHA-256 of the function key that the platform let in, in hexadecimal. */
  keyHash?: string;
  /** The account that they signed in to at a vendor, as that vendor has told of their token; of `id`, its last parts. */
  account?: { system: string; id: string };
}

/** Which agent a call came from: the client ID of its application, or the beginning of the function key's SHA-256. */
export function agentOf({ application, keyHash }: Pick<Caller, 'application' | 'keyHash'>): string | undefined {
  return application ?? keyHash?.slice(0, 16);
}

/** Whose token it is, as the vendor that issued it tells. */
export interface Account {
  /** The vendor's own ID of it, which never changes hands. */
  id: string;
  /** For people to read. */
  name?: string;
  /** Where it is: the cloud ID of a site, the ID of an org. */
  site: string;
}

/** What of a request tells who sent it. */
export interface Credentials {
  headers: Headers;
  /** The function key in the query, `?code=`. The platform prefers the header. */
  code: string | undefined;
  /** The system whose vendor the callers of this route sign in at; undefined where INBOUND_AUTH lets them in. */
  signIn?: string | undefined;
}

/** Types that a claim goes by: as in the token, or as the platform's authentication names it. */
const claimTypes = {
  tenant: ['http://schemas.microsoft.com/identity/claims/tenantid', 'tid'],
  objectId: ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'],
  userName: ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'upn'],
  unverifiedNames: [
    'preferred_username',
    'unique_name',
    'email',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  ],
  name: ['name', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'],
  roles: ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
  scope: ['http://schemas.microsoft.com/identity/claims/scope', 'scp'],
  application: ['appid', 'azp'],
  expiry: ['exp'],
} as const;

/** Clocks may differ by this much. */
const SKEW_MS = 5 * 60_000;

/**
 * Tells who calls. In `key` mode the platform has checked the function key before the request got here. In `entra` mode
 * the platform's authentication has checked the token and passes its claims in `X-MS-CLIENT-PRINCIPAL`:
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 * @throws Failure `unauthenticated`, `forbidden`, or `misconfigured` when that header could be anybody's.
 */
export function identifyCaller(
  credentials: Credentials,
  settings: Pick<AppSettings, 'INBOUND_AUTH'>,
  env: Environment,
  now: number,
): Caller {
  if (settings.INBOUND_AUTH === 'key') return keyHolder(credentials);
  if (env.WEBSITE_AUTH_ENABLED?.toLowerCase() !== 'true') {
    throw new Failure(
      'misconfigured',
      'INBOUND_AUTH is entra, but the platform does not check tokens. An administrator must turn on App Service authentication.',
    );
  }
  const principal = credentials.headers.get('x-ms-client-principal');
  if (!principal) throw new Failure('unauthenticated', 'Sign in: this service takes calls from signed-in users only.');
  return toCaller(parsePrincipal(principal), allowedTenants(env), now);
}

function keyHolder({ headers, code }: Credentials): Caller {
  const key = headers.get('x-functions-key') ?? code;
  if (!key && headers.has('authorization')) {
    throw new Failure(
      'unauthenticated',
      'A bearer token is of no use here: this service takes a function key, in the header x-functions-key.',
    );
  }
  if (!key) return { kind: 'key', id: 'key', roles: [] };
  const keyHash = createHash('sha256').update(key).digest('hex');
  return { kind: 'key', id: `key:${keyHash.slice(0, 16)}`, roles: [], keyHash };
}

/** https://learn.microsoft.com/azure/app-service/reference-app-settings#authentication--authorization */
function allowedTenants({ WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenants = '' }: Environment): readonly string[] {
  return tenants
    .split(',')
    .map(tenant => tenant.trim().toLowerCase())
    .filter(Boolean);
}

/** Values by claim type; a type may occur several times. */
type Claims = Map<string, string[]>;

function parsePrincipal(header: string): Claims {
  try {
    const { claims } = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as { claims?: unknown };
    const byType: Claims = new Map();
    for (const { typ, val } of claims as { typ: unknown; val: unknown }[]) {
      if (typeof typ === 'string' && typeof val === 'string') byType.set(typ, [...(byType.get(typ) ?? []), val]);
    }
    return byType;
  } catch (cause) {
    throw new Failure('unauthenticated', 'The sign-in could not be read. Sign in again.', { cause });
  }
}

function toCaller(claims: Claims, tenants: readonly string[], now: number): Caller {
  const all = (types: readonly string[]) => [...new Set(types.flatMap(type => claims.get(type) ?? []))].filter(Boolean);
  // A claim that names the caller must have one value: of several, nobody knows which one was verified.
  const only = (types: readonly string[]): string | undefined => {
    const values = all(types);
    if (values.length > 1) throw new Failure('unauthenticated', 'The sign-in names several callers. Sign in again.');
    return values[0];
  };
  const objectId = only(claimTypes.objectId);
  if (!objectId) throw new Failure('unauthenticated', 'The sign-in names nobody. Sign in again.');
  const tenant = only(claimTypes.tenant);
  if (tenants.length > 0 && !tenants.includes(tenant?.toLowerCase() ?? '')) {
    throw new Failure('forbidden', 'This sign-in is of another organization, which may not use this service.');
  }
  // One that cannot be read has passed, too.
  const isOver = all(claimTypes.expiry).some(seconds => !(Number(seconds) * 1000 + SKEW_MS >= now));
  if (isOver) throw new Failure('unauthenticated', 'The sign-in has expired. Sign in again.');

  const id = tenant ? `${tenant}/${objectId}` : objectId;
  const roles = all(claimTypes.roles);
  const application = only(claimTypes.application);
  const userName = only(claimTypes.userName);
  const common = { id, roles, ...(application && { application }) };
  // Only a token for a user has a scope, or a name of a user, even where that name proves nothing.
  const hasName = all(claimTypes.unverifiedNames).length > 0 && roles.length === 0;
  if (!userName && !hasName && all(claimTypes.scope).length === 0) return { kind: 'app', ...withRole(common) };
  const [name] = all(claimTypes.name);
  return { kind: 'user', ...common, ...(userName && { userName }), ...(name && { name }) };
}

/** Any application of the tenant can get a token for this one; an app role is what tells those that were let in. */
function withRole<Identity extends { roles: readonly string[] }>(identity: Identity): Identity {
  if (identity.roles.length > 0) return identity;
  throw new Failure(
    'forbidden',
    'This application has no app role here. An administrator of this service must assign it one.',
  );
}
