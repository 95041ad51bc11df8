import { Failure } from '../failure.ts';
import type { AppSettings } from '../settings/common.ts';
import type { Environment } from '../settings/setting.ts';

/** Who calls. With a function key nobody in particular does: every holder of the key is the same caller. */
export interface Caller {
  kind: 'key' | 'user' | 'app';
  /** Stable: `key`, or the Entra object id of the user or the application. */
  id: string;
  name?: string;
  /** The user principal name. An e-mail address is no substitute: nobody has verified it. */
  userName?: string;
  email?: string;
}

const keyHolder: Caller = { kind: 'key', id: 'key' };

const claim = {
  objectId: ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'],
  subject: ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier', 'sub'],
  userName: ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'upn', 'preferred_username', 'unique_name'],
  email: ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress', 'email'],
  name: ['name', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'],
  roles: ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
  scope: ['http://schemas.microsoft.com/identity/claims/scope', 'scp'],
  application: ['appid', 'azp'],
} as const;

/**
 * Tells who calls. In `key` mode the platform has checked the function key before the request got here. In `entra` mode
 * the platform's authentication has checked the token and passes its claims in `X-MS-CLIENT-PRINCIPAL`:
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 * @throws Failure `unauthenticated`, `forbidden`, or `misconfigured` when that header could be anybody's.
 */
export function identifyCaller(headers: Headers, settings: AppSettings, env: Environment): Caller {
  if (settings.INBOUND_AUTH === 'key') return keyHolder;
  if (env.WEBSITE_AUTH_ENABLED?.toLowerCase() !== 'true') {
    throw new Failure(
      'misconfigured',
      'INBOUND_AUTH is entra, but the platform does not check tokens. An administrator must turn on App Service authentication.',
    );
  }
  const principal = headers.get('x-ms-client-principal');
  if (!principal) throw new Failure('unauthenticated', 'Sign in: this service takes calls from signed-in users only.');
  return toCaller(parsePrincipal(principal));
}

/** Refuses what this caller may not do here. @throws Failure `forbidden` */
export function authorize(access: 'read' | 'write', settings: AppSettings): void {
  if (access === 'write' && settings.READ_ONLY === 'true') {
    throw new Failure(
      'forbidden',
      'This service is set to read only (READ_ONLY), so nothing was changed. Say so to the user.',
    );
  }
}

type Claims = Map<string, string>;

function parsePrincipal(header: string): Claims {
  try {
    const { claims } = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as { claims?: unknown };
    const claimsByType: Claims = new Map();
    for (const { typ, val } of claims as { typ: unknown; val: unknown }[]) {
      if (typeof typ === 'string' && typeof val === 'string' && !claimsByType.has(typ)) claimsByType.set(typ, val);
    }
    return claimsByType;
  } catch (cause) {
    throw new Failure('unauthenticated', 'The sign-in could not be read. Sign in again.', { cause });
  }
}

function toCaller(claims: Claims): Caller {
  const first = (types: readonly string[]) => types.map(type => claims.get(type)).find(Boolean);
  const id = first(claim.objectId) ?? first(claim.subject);
  if (!id) throw new Failure('unauthenticated', 'The sign-in names nobody. Sign in again.');
  const email = first(claim.email);
  const userName = first(claim.userName);
  const role = first(claim.roles);
  // Only a token for a user has a scope, even where it does not say what that user is called.
  const isUser = userName || first(claim.scope) || (email && !role);
  if (!isUser) return applicationCaller(id, first(claim.application), role);
  const name = first(claim.name);
  return { kind: 'user', id, ...(userName && { userName }), ...(name && { name }), ...(email && { email }) };
}

/** Any application of the tenant can get a token for this one; an app role is what tells those that were let in. */
function applicationCaller(id: string, application: string | undefined, role: string | undefined): Caller {
  if (!role) {
    throw new Failure(
      'forbidden',
      'This application has no app role here. An administrator of this service must assign it one.',
    );
  }
  return { kind: 'app', id, ...(application && { name: application }) };
}
