import type { Action } from '../../../shared/action/defineAction.ts';
import type { System } from '../../../shared/action/defineSystem.ts';
import { withSite } from '../../../shared/action/site.ts';
import { agentGuides } from '../../generate/agentInstructions.ts';
import { actionsOf, type Choice } from '../../generate/definition.ts';
import { PLACEHOLDER_HOST } from '../../generate/placeholders.ts';
import { type PluginSignIn, withFunctionKey, withUserToken } from '../../generate/pluginSignIn.ts';
import { isAppVersion, type WantedApp, type WantedSignIn, WrongFlags } from '../readFlags.ts';
import { vendorSignIn } from '../vendorSignIn.ts';
import { appId } from './appId.ts';
import { placeholders } from './appManifest.ts';
import { writeAppPackage } from './writeAppPackage.ts';

/**
 * More functions than these may make answers worse, as Microsoft says:
 * https://learn.microsoft.com/microsoft-365/copilot/extensibility/overview-plugins#limitations
 */
const FEW_FUNCTIONS = 10;

/** Where whoever signs in is sent back to, the same for every app of Microsoft 365 Copilot. */
const REDIRECT_URL = 'https://teams.microsoft.com/api/platform/v1.0/oAuthRedirect';

/**
 * Writes the app for Microsoft 365 Copilot that these flags ask for.
 * @returns what to do with it, in words
 * @throws WrongFlags
 */
export async function makeApp(
  { system: name, referenceId, id, version = '', linkHosts }: WantedApp,
  signIn: WantedSignIn,
  from: { choice: Choice; target: string; systems: readonly System[]; actions: readonly Action[] },
): Promise<string> {
  const { choice, target, systems } = from;
  const system = systems.find(each => each.name === name);
  if (!system) throw new WrongFlags(`There is no system ${name} in functions/systems.ts.`);
  if (!isAppVersion(version)) {
    throw new WrongFlags(
      `The version in package.json, ${version}, is not of three numbers: give another with --app-version.`,
    );
  }
  const actions = chosenActions(name, signIn, from.actions, choice);
  const plugin = pluginSignIn(signIn, actions, referenceId);
  const url = `https://${signIn.host.toLowerCase()}/api/${name}`;
  const { archive, title } = await writeAppPackage(target, {
    system,
    actions: actions.map(action => withSite(action, choice.sites ?? [])),
    guides: await agentGuides([system]),
    signIn: plugin,
    id: id ?? appId(url),
    version,
    linkHosts,
  });
  return [
    `Wrote the app ${title} ${version} for Microsoft 365 Copilot with ${actions.length} ${actions.length === 1 ? 'function' : 'functions'}, for ${signIn.host}, to ${target}`,
    ...warnings(actions.length),
    signIn.host === PLACEHOLDER_HOST
      ? DEPLOY
      : referenceId === undefined
        ? registration(signIn, plugin)
        : upload(archive),
  ].join('\n\n');
}

/**
 * The functions: those that are asked for, else the main ones of the system where it has any. With a function key nobody is
 * known by name, so what is only for users is left out.
 */
function chosenActions(
  system: string,
  { auth }: WantedSignIn,
  all: readonly Action[],
  choice: Choice,
): readonly Action[] {
  const own = actionsOf({ system }, all, choice);
  const usable = own.filter(({ callers }) => auth !== 'key' || callers !== 'users');
  if (usable.length === 0) {
    throw new WrongFlags(
      `What is chosen of ${system} is only for users who sign in, and a function key tells no user: use --auth entra.`,
    );
  }
  const main = usable.filter(({ core }) => core);
  return choice.toolsets || choice.actions || main.length === 0 ? usable : main;
}

function pluginSignIn(signIn: WantedSignIn, actions: readonly Action[], referenceId?: string): PluginSignIn {
  const { host } = signIn;
  switch (signIn.auth) {
    case 'key':
      return withFunctionKey(host, referenceId);
    case 'entra': {
      const { clientId, tenantId } = signIn;
      const oauth = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0`;
      const server = {
        authorizationUrl: `${oauth}/authorize`,
        tokenUrl: `${oauth}/token`,
        scopes: { [`api://${clientId}/user_impersonation`]: 'calling the actions as the user' },
      };
      return withUserToken('entra_id', { host, server, referenceId });
    }
    case 'user': {
      const { authorizationUrl, tokenUrl, query, scopes } = vendorSignIn(signIn, actions);
      const asked = new URLSearchParams(query).toString();
      const server = { authorizationUrl: asked ? `${authorizationUrl}?${asked}` : authorizationUrl, tokenUrl, scopes };
      return withUserToken('user_sign_in', { host, server, referenceId });
    }
  }
}

function warnings(functions: number): string[] {
  const edited = placeholders();
  return [
    ...(functions > FEW_FUNCTIONS
      ? [
          `Microsoft says that answers may get worse with more than ${FEW_FUNCTIONS} functions: choose those that this agent needs with --actions or --toolsets.`,
        ]
      : []),
    ...(edited.length > 0
      ? [`Users would see placeholders: put your own into product.ts (${edited.join(', ')}), and write it again.`]
      : []),
  ];
}

const DEPLOY =
  'It is for no app yet. Deploy (azd up), and run this again with --host <SERVICE_API_HOST>, as azd env get-values shows it.';

/** What is to be registered first, and how. */
function registration(signIn: WantedSignIn, { host, scheme, auth }: PluginSignIn): string {
  const portal = 'https://dev.teams.microsoft.com/tools';
  const again = (what: string) =>
    `Run this again with --reference-id <${what}>: until then the package is valid, and its calls are refused, because it names ${auth.reference_id}.`;
  switch (signIn.auth) {
    case 'key':
      return `To do before it is uploaded:
  1. ${portal}, API key registration, New API key: base URL https://${host}/api; the secret is a function key of the app,
     from the Azure portal, App keys. Make one for this agent alone, so that it can be revoked alone.
  2. ${again('API key registration ID')}`;
    case 'entra':
      return `To do before it is uploaded:
  1. ${portal}, Microsoft Entra SSO client ID registration, New client registration: base URL https://${host}/api,
     client ID ${signIn.clientId}. It shows a registration ID and an Application ID URI.
  2. Bring the app registration up to it, as docs/copilot-studio.md says.
  3. ${again('Microsoft Entra SSO registration ID')}`;
    case 'user':
      return `To do before it is uploaded:
  1. At ${signIn.userSignIn.vendor}, enter ${REDIRECT_URL} as a redirect URL of your ${signIn.userSignIn.app.kind}
     (${signIn.userSignIn.app.redirectUrlAt}).
  2. ${portal}, OAuth client registration, New OAuth client registration: base URL https://${host}/api, the client ID
     ${signIn.clientId} and its secret; the endpoints are in openapi.json, components, securitySchemes, and so are the
     scopes: ${scheme.scopes.join(' ')}
  3. ${again('OAuth client registration ID')}`;
  }
}

function upload(archive: string): string {
  return `Upload ${archive} to try it: in Teams, Apps > Manage your apps > Upload an app > Upload a custom app.
For everybody an administrator adds it in https://admin.microsoft.com, Agents. docs/copilot-studio.md goes on from there.`;
}
