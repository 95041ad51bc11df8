import { createHash } from 'node:crypto';
import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import type { SalesforceSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { principal } from '../../support/principal.ts';

/** A caller, and by which rules it is answered. */
export interface Case {
  caller: string;
  headers?: Record<string, string>;
  /** The status of every answer, where nothing is asked of anybody. */
  refused?: 401 | 403 | 500;
  /** What its policy and roles allow; everything unless told. The rest is refused with 403. */
  permits?: (action: Action) => boolean;
  /** Whether it is a person: a few actions are for people alone. */
  isUser?: boolean;
  /** Whether it acts in Salesforce at all: with 403 where not. */
  isInSalesforce?: boolean;
  /** Whether `me` is somebody in Jira: else whoever asks is asked who they are, with 400. */
  isInJira?: boolean;
}

/** Tokens of Jira and of Salesforce, as the sandbox of each gives them. */
interface Tokens {
  jira: SignIns<Parameters<JiraSandbox['tokenOf']>[1]>;
  salesforce: SignIns<Parameters<SalesforceSandbox['tokenOf']>[1]>;
}

type SignIns<Options> = (user: string, options?: Options) => string;

/** A caller who brings the token of one vendor, with a function key or without. */
export interface SignedIn {
  caller: string;
  /** Where the token is one that lets in; undefined for one that lets in nowhere. */
  at?: 'jira' | 'salesforce';
  headers(tokens: Tokens): Record<string, string>;
  /** Whether a function key is with it. */
  hasKey?: boolean;
  /** What a token that is good, but not for this, is answered at its own vendor's routes. */
  refused?: { at: 'jira' | 'salesforce'; status: 401 | 403 };
}

export interface SettingSet {
  name: string;
  settings: Record<string, string>;
  /** The keys that the platform lets in. */
  keys?: string[];
  /** Whether each call of Salesforce is the caller's own. */
  runsAsCaller?: boolean;
  cases: Case[];
}

const TENANT = '11111111-1111-4111-8111-111111111111';
const OTHER_TENANT = '99999999-9999-4999-8999-999999999999';
const AGENT = '22222222-2222-4222-8222-222222222222';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const key = (value: string) => ({ 'x-functions-key': value });
const raw = (header: string) => ({ 'x-ms-client-principal': header });
const json = (value: unknown) => raw(Buffer.from(JSON.stringify(value)).toString('base64'));

type Claims = Record<string, string | string[]>;
const user = (upn: string, more: Claims = {}) =>
  principal({ tid: TENANT, oid: `oid of ${upn}`, upn, scp: 'access', ...more });
const application = (...roles: string[]) => principal({ tid: TENANT, oid: 'application', azp: AGENT, roles });

const isRead = ({ access }: Action) => access === 'read';
const isWrite = ({ access }: Action) => access === 'write';
const ofSalesforce = ({ toolset }: Action) => toolset === 'salesforce';
const nothing = () => false;
/** What a policy allows that does not say which effects. */
const removesNothing = ({ effect }: Action) => effect !== 'removes';

const guest = 'ana.ruiz_example.com#EXT#@contoso.onmicrosoft.com';
const entra = { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True', WEBSITE_AUTH_AAD_ALLOWED_TENANTS: TENANT };
const ana = { tid: TENANT, oid: 'ana' };

/** Principals that no platform sends, or that were tampered with on the way. */
const garbled: Case[] = [
  { caller: 'a principal that is not JSON', headers: raw(Buffer.from('not JSON').toString('base64')) },
  { caller: 'a principal that is null', headers: json(null) },
  { caller: 'a principal that is a list', headers: json([]) },
  { caller: 'a principal that is a number', headers: json(7) },
  { caller: 'a principal without claims', headers: json({ auth_typ: 'aad' }) },
  { caller: 'a principal whose claims are no list', headers: json({ claims: 'oid' }) },
  { caller: 'a principal with an empty list of claims', headers: json({ claims: [] }) },
  { caller: 'a principal with a claim that is null', headers: json({ claims: [null, { typ: 'oid', val: 'ana' }] }) },
  { caller: 'a principal whose oid is a number', headers: json({ claims: [{ typ: 'oid', val: 7 }] }) },
  { caller: 'a principal whose oid is an object', headers: json({ claims: [{ typ: 'oid', val: { a: 1 } }] }) },
  { caller: 'a principal whose oid is empty', headers: principal({ tid: TENANT, oid: '' }) },
  {
    caller: 'a principal with claims by other names',
    headers: principal({ OID: 'ana', tid: TENANT, ['__proto__']: 'x' }),
  },
  { caller: 'a principal with two oids', headers: principal({ tid: TENANT, oid: ['ana', 'li'] }) },
  {
    caller: 'a principal with two sign-in names',
    headers: principal({ ...ana, upn: ['a@example.com', 'b@example.com'] }),
  },
  { caller: 'a principal with two tenants', headers: principal({ oid: 'ana', tid: [TENANT, OTHER_TENANT] }) },
  { caller: 'a principal whose expiry is no number', headers: user('ana.ruiz@example.com', { exp: 'soon' }) },
  { caller: 'an expired principal', headers: user('ana.ruiz@example.com', { exp: '1600000000' }) },
  { caller: 'nobody', headers: {} },
].map(each => ({ ...each, refused: 401 as const }));

/** What must come of every action, for every way to call: by these rules, whatever the action. */
export const settingSets: SettingSet[] = [
  {
    name: 'function keys',
    keys: ['all', 'reads', 'salesforce', 'unnamed'],
    settings: {
      POLICY: JSON.stringify({
        keys: {
          [hash('all')]: {},
          [hash('reads')]: { effects: ['reads'] },
          [hash('salesforce')]: { toolsets: ['salesforce'] },
        },
      }),
    },
    cases: [
      { caller: 'a key that may do all that removes nothing', headers: key('all'), permits: removesNothing },
      { caller: 'a key that may read', headers: key('reads'), permits: isRead },
      { caller: 'a key of one toolset', headers: key('salesforce'), permits: ofSalesforce },
      { caller: 'a key that the policy does not name', headers: key('unnamed'), permits: nothing },
      {
        caller: 'a key that the policy does not name, with a forged principal',
        headers: { ...key('unnamed'), ...user('ana.ruiz@example.com', { roles: ['Actions.Write'] }) },
        permits: nothing,
      },
      {
        caller: 'a key that may read, with a forged principal',
        headers: { ...key('reads'), ...user('ana.ruiz@example.com') },
        permits: isRead,
      },
      { caller: 'a wrong key', headers: key('wrong'), refused: 401 },
      { caller: 'no key', refused: 401 },
    ].map(each => ({ ...each, isInJira: false, isUser: false })) as Case[],
  },
  {
    name: 'Entra ID',
    settings: entra,
    cases: [
      { caller: 'a user whom Jira knows', headers: user('ana.ruiz@example.com'), isInJira: true },
      { caller: 'a user whom nobody knows', headers: user('nobody@example.com') },
      { caller: 'a guest', headers: user(guest) },
      { caller: 'a user with two roles', headers: user('ana.ruiz@example.com', { roles: ['A', 'B'] }), isInJira: true },
      {
        caller: 'a user by the long names of claims',
        headers: principal({
          'http://schemas.microsoft.com/identity/claims/tenantid': TENANT,
          'http://schemas.microsoft.com/identity/claims/objectidentifier': 'ana',
          'http://schemas.microsoft.com/identity/claims/scope': 'access',
          'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'ana.ruiz@example.com',
        }),
        isInJira: true,
      },
      {
        caller: 'a user by a name that proves nothing',
        headers: principal({ tid: TENANT, oid: 'mallory', scp: 'access', preferred_username: 'ana.ruiz@example.com' }),
      },
      { caller: 'an application with Actions.Call', headers: application('Actions.Call'), isUser: false },
      { caller: 'an application without a role', headers: application(), isUser: false, refused: 403 },
      {
        caller: 'a user of another tenant',
        headers: user('ana.ruiz@example.com', { tid: OTHER_TENANT }),
        refused: 403,
      },
      { caller: 'a user of no tenant', headers: principal({ oid: 'ana', scp: 'access' }), refused: 403 },
      {
        caller: 'an application of another tenant',
        headers: principal({ oid: 'x', tid: OTHER_TENANT, roles: 'Actions.Call' }),
        isUser: false,
        refused: 403,
      },
      // The platform itself fails to read it, before any function is called.
      { caller: 'a principal that is not base64', headers: raw('%%%'), refused: 500 },
      ...garbled,
    ],
  },
  {
    name: 'Entra ID with REQUIRE_ROLES',
    settings: { ...entra, REQUIRE_ROLES: 'true' },
    cases: [
      { caller: 'a user without a role', headers: user('a@example.com'), permits: nothing },
      {
        caller: 'a user with Actions.Read',
        headers: user('b@example.com', { roles: 'Actions.Read' }),
        permits: isRead,
      },
      {
        caller: 'a user with Actions.Write',
        headers: user('c@example.com', { roles: 'Actions.Write' }),
        permits: isWrite,
      },
      { caller: 'a user with both', headers: user('d@example.com', { roles: ['Actions.Read', 'Actions.Write'] }) },
      {
        caller: 'a user with Actions.Call',
        headers: user('e@example.com', { roles: 'Actions.Call' }),
        permits: nothing,
      },
      {
        caller: 'a user with another role',
        headers: user('f@example.com', { roles: 'actions.read' }),
        permits: nothing,
      },
      { caller: 'an application with Actions.Call', headers: application('Actions.Call'), isUser: false },
      {
        caller: 'an application with Actions.Read',
        headers: application('Actions.Read'),
        isUser: false,
        permits: isRead,
      },
      { caller: 'an application with another role', headers: application('Other'), isUser: false, permits: nothing },
    ],
  },
  {
    name: 'Entra ID with a policy for roles and applications',
    settings: {
      ...entra,
      POLICY: JSON.stringify({
        applications: { [AGENT]: {} },
        roles: { Reader: { effects: ['reads'] }, Sales: { toolsets: ['salesforce'] } },
      }),
    },
    cases: [
      { caller: 'a user with one role', headers: user('a@example.com', { roles: 'Reader' }), permits: isRead },
      {
        caller: 'a user with two roles, each of which must allow it',
        headers: user('b@example.com', { roles: ['Reader', 'Sales'] }),
        permits: action => isRead(action) && ofSalesforce(action),
      },
      {
        caller: 'a user with a role of no entry',
        headers: user('c@example.com', { roles: 'constructor' }),
        permits: nothing,
      },
      {
        caller: 'a user through an application',
        headers: user('d@example.com', { appid: AGENT }),
        permits: removesNothing,
      },
      {
        caller: 'a user with a role through an application',
        headers: user('e@example.com', { appid: AGENT.toUpperCase(), roles: 'Reader' }),
        permits: isRead,
      },
      { caller: 'an application', headers: application('Actions.Call'), isUser: false, permits: removesNothing },
      { caller: 'a user without either', headers: user('f@example.com'), permits: nothing },
    ],
  },
  {
    name: 'Entra ID, as whoever calls',
    runsAsCaller: true,
    settings: {
      ...entra,
      SALESFORCE_RUN_AS: 'caller',
      SALESFORCE_USER_MAP: `*@contoso.com=*@example.com, partner#EXT#@contoso.onmicrosoft.com=ana.ruiz@example.com`,
      JIRA_USER_MAP: `*@contoso.com=*@example.com, partner#EXT#@contoso.onmicrosoft.com=ana.ruiz@example.com`,
    },
    cases: [
      {
        caller: 'a user whom the maps name',
        headers: user('ana.ruiz@contoso.com'),
        isInSalesforce: true,
        isInJira: true,
      },
      { caller: 'a user whom the maps name, and nobody knows', headers: user('nobody@contoso.com') },
      { caller: 'a user whom no map names', headers: user('ana.ruiz@example.com') },
      {
        caller: 'a guest whom the maps name',
        headers: user('partner#EXT#@contoso.onmicrosoft.com'),
        isInSalesforce: true,
        isInJira: true,
      },
      { caller: 'a guest whom no map names', headers: user(guest) },
      { caller: 'a guest whose name ends as a pattern does', headers: user('x#EXT#@contoso.com') },
      { caller: 'a user without a sign-in name', headers: principal({ ...ana, scp: 'access' }) },
      { caller: 'an application with Actions.Call', headers: application('Actions.Call'), isUser: false },
    ],
  },
  {
    name: 'Entra ID that the platform does not check',
    settings: { INBOUND_AUTH: 'entra' },
    cases: [
      {
        caller: 'a forged principal',
        headers: user('ana.ruiz@example.com', { roles: ['Actions.Read', 'Actions.Write'] }),
      },
      { caller: 'a forged principal and a key', headers: { ...key('all'), ...application('Actions.Call') } },
      { caller: 'nobody', headers: {} },
    ].map(each => ({ ...each, refused: 500 as const })),
  },
];

const ANA = 'ana.ruiz@example.com';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const forgedAna = user(ANA, { roles: ['Actions.Read', 'Actions.Write'] });

/** The function key that the platform lets in beside the callers' own sign-in. */
export const KEY = 'all';

/** What must come of every action where callers sign in at both vendors themselves, and a function key is for the rest. */
export const signedIn: SignedIn[] = [
  { caller: 'nobody', headers: () => ({}) },
  { caller: 'a forged principal', headers: () => forgedAna },
  { caller: 'a key', headers: () => key(KEY), hasKey: true },
  { caller: 'a key and a forged principal', headers: () => ({ ...key(KEY), ...forgedAna }), hasKey: true },
  { caller: 'a token that nobody was given', headers: () => bearer('a-token-that-nobody-was-given') },
  { caller: 'two tokens of Jira', headers: ({ jira }) => bearer(`${jira(ANA)}, Bearer ${jira(ANA)}`) },
  {
    caller: 'a token of Jira in another header',
    headers: ({ jira }) => ({ 'x-authorization': `Bearer ${jira(ANA)}` }),
  },
  { caller: 'a token of Jira', headers: ({ jira }) => bearer(jira(ANA)), at: 'jira' },
  {
    caller: 'a token of Jira, a key and a forged principal',
    headers: ({ jira }) => ({ ...bearer(jira(ANA)), ...key(KEY), ...user('nobody@example.com') }),
    at: 'jira',
    hasKey: true,
  },
  { caller: 'an expired token of Jira', headers: ({ jira }) => bearer(jira(ANA, { lifeSeconds: -1 })) },
  {
    caller: 'a token of Jira for another audience',
    headers: ({ jira }) => bearer(jira(ANA, { audience: 'elsewhere' })),
  },
  {
    caller: 'a token of another site of Jira',
    headers: ({ jira }) => bearer(jira(ANA, { site: '99999999-9999-4999-8999-999999999999' })),
    refused: { at: 'jira', status: 403 },
  },
  {
    caller: 'a token of Jira without a scope',
    headers: ({ jira }) => bearer(jira(ANA, { scopes: [] })),
    refused: { at: 'jira', status: 403 },
  },
  { caller: 'a token of Salesforce', headers: ({ salesforce }) => bearer(salesforce(ANA)), at: 'salesforce' },
  {
    caller: 'an expired token of Salesforce',
    headers: ({ salesforce }) => bearer(salesforce(ANA, { lifeSeconds: -1 })),
  },
];
