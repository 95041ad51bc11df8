import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identifyCaller } from '../../../shared/caller/caller.ts';

const now = Date.UTC(2026, 10, 25, 12);
const env = { WEBSITE_AUTH_ENABLED: 'True', WEBSITE_AUTH_AAD_ALLOWED_TENANTS: 'tenant-1, tenant-2' };

type Claims = readonly (readonly [type: string, value: string])[];

const principalOf = (claims: Claims) =>
  Buffer.from(JSON.stringify({ claims: claims.map(([typ, val]) => ({ typ, val })) })).toString('base64');

const identify = (claims: Claims | string, given: Record<string, string> = env) => {
  const header = typeof claims === 'string' ? claims : principalOf(claims);
  return identifyCaller(
    { headers: new Headers({ 'x-ms-client-principal': header }), code: undefined },
    { INBOUND_AUTH: 'entra' },
    given,
    now,
  );
};

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'let in';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const ana: Claims = [
  ['http://schemas.microsoft.com/identity/claims/tenantid', 'tenant-1'],
  ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'ana-id'],
  ['http://schemas.microsoft.com/identity/claims/scope', 'user_impersonation'],
  ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'ana@contoso.com'],
  ['appid', 'agent-1'],
];

describe('a signed-in user', () => {
  it('is the tenant and object ID, with the sign-in name of the claim upn, and comes through an application', () => {
    expect(identify(ana)).toEqual({
      kind: 'user',
      id: 'tenant-1/ana-id',
      userName: 'ana@contoso.com',
      application: 'agent-1',
      roles: [],
    });
  });

  it.each(['preferred_username', 'unique_name', 'email', 'name'])('has no sign-in name by %s', type => {
    const caller = identify([
      ['tid', 'tenant-1'],
      ['oid', 'mallory-id'],
      ['scp', 'user_impersonation'],
      [type, 'ana@contoso.com'],
    ]);
    expect(caller).toMatchObject({ kind: 'user', id: 'tenant-1/mallory-id' });
    expect(caller.userName).toBeUndefined();
  });

  it('has all of the roles, by whichever type they come', () => {
    const role = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
    expect(
      identify([...ana, ['roles', 'Actions.Read'], ['roles', 'Actions.Write'], [role, 'Actions.Read']]).roles,
    ).toEqual(['Actions.Read', 'Actions.Write']);
  });

  it('of the same object ID in another tenant is somebody else', () => {
    const [, ...others] = ana;
    expect(identify([['tid', 'tenant-2'], ...others]).id).toBe('tenant-2/ana-id');
  });
});

describe('is not let in:', () => {
  it.each<[string, Claims | string, string]>([
    ['a foreign tenant', [['tid', 'tenant-3'], ...ana.slice(1)], 'forbidden'],
    ['no tenant where tenants are told', ana.slice(1), 'forbidden'],
    [
      'no object ID',
      [
        ['tid', 'tenant-1'],
        ['sub', 'ana'],
        ['scp', 'x'],
      ],
      'unauthenticated',
    ],
    ['two object IDs', [...ana, ['oid', 'other-id']], 'unauthenticated'],
    ['two sign-in names', [...ana, ['upn', 'other@contoso.com']], 'unauthenticated'],
    ['two tenants', [...ana, ['tid', 'tenant-2']], 'unauthenticated'],
    ['an expired token', [...ana, ['exp', String(now / 1000 - 3600)]], 'unauthenticated'],
    [
      'an application without a role',
      [
        ['tid', 'tenant-1'],
        ['oid', 'app'],
        ['appid', 'app-1'],
      ],
      'forbidden',
    ],
    ['what is not base64', '%%%', 'unauthenticated'],
    ['what is not JSON', Buffer.from('claims').toString('base64'), 'unauthenticated'],
    ['JSON of another form', Buffer.from('{"claims":{"typ":1}}').toString('base64'), 'unauthenticated'],
    ['null', Buffer.from('null').toString('base64'), 'unauthenticated'],
  ])('%s', (_, claims, code) => {
    expect(codeOf(() => identify(claims))).toBe(code);
  });

  it('anybody, where the platform does not check tokens', () => {
    expect(codeOf(() => identify(ana, {}))).toBe('misconfigured');
  });
});

it('an application with a role is one, whatever address it claims', () => {
  const caller = identify([
    ['tid', 'tenant-1'],
    ['oid', 'app-id'],
    ['azp', 'app-1'],
    ['email', 'ana@contoso.com'],
    ['roles', 'Actions.Call'],
  ]);
  expect(caller).toEqual({ kind: 'app', id: 'tenant-1/app-id', application: 'app-1', roles: ['Actions.Call'] });
});

describe('with function keys, the caller', () => {
  const byKey = (headers: Record<string, string>, code?: string) =>
    identifyCaller({ headers: new Headers(headers), code }, { INBOUND_AUTH: 'key' }, {}, now);
  const hash = (key: string) => createHash('sha256').update(key).digest('hex');

  it('is the hash of the key, of which the header wins as it does with the platform', () => {
    expect(byKey({ 'x-functions-key': 'one' }, 'two').keyHash).toBe(hash('one'));
    expect(byKey({}, 'two').keyHash).toBe(hash('two'));
    expect(byKey({ 'x-functions-key': 'one' }).id).not.toBe(byKey({ 'x-functions-key': 'two' }).id);
    expect(byKey({}).id).toBe('key');
  });

  it('is never who a principal header says', () => {
    expect(byKey({ 'x-ms-client-principal': principalOf(ana) })).toEqual({ kind: 'key', id: 'key', roles: [] });
  });
});
