// With INBOUND_AUTH=entra: makes the app registration that callers sign in to, and lets the app's identity vouch for
// it, so that there is no client secret. Runs before and after provisioning: the identity exists only then.
import { randomUUID } from 'node:crypto';
import { systems } from '../../functions/everySystem.ts';
import { readInboundAuth } from '../../shared/settings/inboundAuth.ts';
import { type AzdValues, azdToken, readAzdValues, setAzdValue } from './azd.ts';
import { runHook } from './hook.ts';

/** https://learn.microsoft.com/graph/api/resources/application */
interface Application {
  id: string;
  appId: string;
  identifierUris?: string[];
  api?: {
    oauth2PermissionScopes?: Scope[];
    preAuthorizedApplications?: { appId: string; delegatedPermissionIds: string[] }[];
  };
  appRoles?: AppRole[];
  optionalClaims?: { accessToken?: { name: string }[] };
}

interface ServicePrincipal {
  appRoleAssignmentRequired?: boolean;
}

interface Scope {
  id: string;
  value: string;
}

interface AppRole extends Scope {
  allowedMemberTypes: string[];
}

interface FederatedCredential {
  id: string;
  name: string;
  issuer: string;
  subject: string;
}

/** Whoever is signed in to azd has no right to this. */
class GraphRefused extends Error {}

/** Clouds of their own have another: https://learn.microsoft.com/graph/deployments */
const GRAPH_URL = process.env.GRAPH_URL ?? 'https://graph.microsoft.com';

const SCOPE = 'user_impersonation';

/**
 * Power Platform asks for tokens on a user's behalf as this application of Microsoft's; without it users are asked at
 * every call: https://learn.microsoft.com/connectors/custom-connectors/azure-active-directory-authentication
 */
const AZURE_API_CONNECTIONS = 'fe053c5f-3692-4f14-aef2-ee34fc081cae';

const roles = [
  {
    value: 'Actions.Read',
    allowedMemberTypes: ['User', 'Application'],
    isEnabled: true,
    displayName: 'Read',
    description: 'Lets a user or an application call the actions that read.',
  },
  {
    value: 'Actions.Write',
    allowedMemberTypes: ['User', 'Application'],
    isEnabled: true,
    displayName: 'Write',
    description: 'Lets a user or an application call the actions that change something.',
  },
  {
    value: 'Actions.Call',
    allowedMemberTypes: ['Application'],
    isEnabled: true,
    displayName: 'Call the actions as an application',
    description: 'Lets an application call all of the actions without a user.',
  },
];

const titles = systems.map(({ title }) => title).join(' and ');

await runHook(async () => {
  const values = await readAzdValues();
  if (readInboundAuth(values.INBOUND_AUTH) !== 'entra') return;
  try {
    const application = await ensureApplication(values);
    if (!values.ENTRA_CLIENT_ID) await setAzdValue('ENTRA_CLIENT_ID', application.appId);
    if (values.IDENTITY_PRINCIPAL_ID && values.ENTRA_ISSUER) {
      await trust(application, { issuer: values.ENTRA_ISSUER, subject: values.IDENTITY_PRINCIPAL_ID });
    }
  } catch (error) {
    // A pipeline that may not touch Entra ID deploys to what a person has registered.
    if (!(error instanceof GraphRefused && values.ENTRA_CLIENT_ID)) throw error;
    console.warn(`The app registration ${values.ENTRA_CLIENT_ID} was left as it is. ${error.message}`);
  }
});

/** The registration that ENTRA_CLIENT_ID names, else the environment's own; made when there is none. */
async function ensureApplication(values: AzdValues): Promise<Application> {
  const { ENTRA_CLIENT_ID: appId, AZURE_ENV_NAME: name, AZURE_SUBSCRIPTION_ID: subscription } = values;
  if (!subscription) throw new Error('Choose the subscription first: azd env set AZURE_SUBSCRIPTION_ID <id>.');
  const displayName = `copilot-connector-${name}`;
  const uniqueName = `${displayName}-${subscription}`;
  const key = appId ? `appId='${appId}'` : `uniqueName='${uniqueName}'`;
  const known = await graph<Application>('GET', `/applications(${key})`);
  if (!known && appId) throw new Error(`There is no app registration ${appId}. Correct ENTRA_CLIENT_ID, or remove it.`);

  const application = known ?? (await create<Application>('/applications', registration(displayName, uniqueName)));
  await bringUp(application);
  const principal = await graph<ServicePrincipal>('GET', `/servicePrincipals(appId='${application.appId}')`);
  if (!principal) await create('/servicePrincipals', { appId: application.appId, appRoleAssignmentRequired: true });
  else if (!principal.appRoleAssignmentRequired) {
    console.warn(
      `Anybody in the tenant can get a token for ${application.appId}, through any maker's connector: turn on "Assignment required" of its enterprise application and assign who may call. See docs/security.md.`,
    );
  }
  if (!known) console.log(`Registered ${displayName} (${application.appId}) for callers to sign in to.`);
  return application;
}

/** Adds what a registration lacks, and changes nothing of what it has. */
async function bringUp(application: Application): Promise<void> {
  const { id, appId, identifierUris = [], api = {}, appRoles = [], optionalClaims = {} } = application;
  const { oauth2PermissionScopes: scopes = [], preAuthorizedApplications: clients = [] } = api;
  const missingRoles = roles.filter(role => !appRoles.some(({ value }) => value === role.value));
  const claims = optionalClaims.accessToken ?? [];
  const scope = scopes.find(({ value }) => value === SCOPE);
  const patch = {
    ...(identifierUris.length === 0 && { identifierUris: [`api://${appId}`] }),
    ...(missingRoles.length > 0 && {
      appRoles: [...appRoles, ...missingRoles.map(role => ({ id: randomUUID(), ...role }))],
    }),
    // The sign-in name is proof by this claim alone.
    ...(!claims.some(({ name }) => name === 'upn') && {
      optionalClaims: { ...optionalClaims, accessToken: [...claims, { name: 'upn' }] },
    }),
  };
  if (Object.keys(patch).length > 0) await graph('PATCH', `/applications/${id}`, patch);
  if (!scope || clients.some(client => client.appId === AZURE_API_CONNECTIONS)) return;
  // A client can be pre-authorised only for a scope that is there already.
  const client = { appId: AZURE_API_CONNECTIONS, delegatedPermissionIds: [scope.id] };
  await graph('PATCH', `/applications/${id}`, { api: { ...api, preAuthorizedApplications: [...clients, client] } });
}

/** Given once, when it is made. */
function registration(displayName: string, uniqueName: string) {
  return {
    displayName,
    uniqueName,
    signInAudience: 'AzureADMyOrg',
    api: {
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [
        {
          id: randomUUID(),
          value: SCOPE,
          type: 'User',
          isEnabled: true,
          adminConsentDisplayName: 'Call the actions as the user',
          adminConsentDescription: `Lets an agent read and change ${titles} for the signed-in user.`,
          userConsentDisplayName: 'Call the actions as you',
          userConsentDescription: `Lets an agent read and change ${titles} for you.`,
        },
      ],
    },
    appRoles: roles.map(role => ({ id: randomUUID(), ...role })),
    optionalClaims: { accessToken: [{ name: 'upn' }] },
    web: { redirectUris: ['https://global.consent.azure-apim.net/redirect'] },
  };
}

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
async function trust(application: Application, identity: { issuer: string; subject: string }): Promise<void> {
  const path = `/applications/${application.id}/federatedIdentityCredentials`;
  const name = 'app-identity';
  const { value: known = [] } = (await graph<{ value: FederatedCredential[] }>('GET', path)) ?? {};
  const credential = known.find(credential => credential.name === name);
  if (credential?.subject === identity.subject && credential.issuer === identity.issuer) return;
  if (credential) await graph('PATCH', `${path}/${credential.id}`, identity);
  else await create(path, { name, ...identity, audiences: ['api://AzureADTokenExchange'] });
}

async function create<Made>(path: string, body: object): Promise<Made> {
  const made = await graph<Made>('POST', path, body);
  if (!made) throw new Error(`Microsoft Graph made nothing at ${path}.`);
  return made;
}

/** @returns The answer's body; nothing when there is none, or no such object. */
async function graph<Answer>(method: string, path: string, body?: object): Promise<Answer | undefined> {
  const response = await fetch(`${GRAPH_URL}/v1.0${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await azdToken(`${GRAPH_URL}/.default`)}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (response.status === 404 && method === 'GET') return undefined;
  const text = await response.text();
  if (response.ok) return text ? (JSON.parse(text) as Answer) : undefined;
  const message = `Microsoft Graph answered ${response.status} to ${method} ${path}. ${text}`;
  if (response.status !== 403) throw new Error(message);
  throw new GraphRefused(
    `Whoever deploys may not register applications: ask an administrator to, and set ENTRA_CLIENT_ID. ${message}`,
  );
}
