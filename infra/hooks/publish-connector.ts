// Makes the connectors of the systems that are configured, for the app that was deployed and ready to import, in
// .azure/<env>/connector/, and their plugins beside it; publishes the connectors with the Power Platform CLI (pac) where
// somebody is signed in to it: `node infra/hooks/publish-connector.ts [folder]`. Of a system whose users sign in at its
// vendor, those are published whose app there is known.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actions as entries } from '../../functions/actions.ts';
import { systems } from '../../functions/everySystem.ts';
import { product } from '../../product.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { isConfigured, neededSettings } from '../../shared/settings/config.ts';
import { inCallerMode, readInboundAuth } from '../../shared/settings/inboundAuth.ts';
import { vendorSignIn } from '../../tools/connector/vendorSignIn.ts';
import type { SignIn } from '../../tools/connector/withSignIn.ts';
import { type WrittenConnector, writeConnector } from '../../tools/connector/writeConnector.ts';
import { actionsOf } from '../../tools/generate/definition.ts';
import {
  type ConnectorKey,
  connectorFile,
  connectorFolder,
  PLUGIN_FOLDER,
  pluginFile,
} from '../../tools/generate/folders.ts';
import { PLACEHOLDER_HOST } from '../../tools/generate/placeholders.ts';
import { type AzdValues, readAzdValues } from './azd.ts';
import { runHook } from './hook.ts';
import { openPac, type Pac } from './pac.ts';
import { readPairs } from './pairs.ts';
import {
  clientIdOf,
  type Made,
  NO_CLIENT_ID,
  readClientIds,
  readVendors,
  type Vendor,
  vendorOf,
  vendorSteps,
} from './vendors.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const [folder] = process.argv.slice(2);

await runHook(async () => {
  const values = await readAzdValues();
  const signIn = readSignIn(values);
  const registrations = readPairs(
    'ENTRA_CONNECTOR_REGISTRATIONS',
    values,
    systems.map(({ name }) => name),
  );
  const vendors = await readVendors(values);
  const actions = await callableActions(values);
  if (actions.length === 0) {
    const settings = systems.flatMap(system => neededSettings(system.settings).slice(0, 1));
    console.log(`No system is configured, so there is no connector to publish. Set ${settings.join(' or ')}.`);
    return;
  }
  const vendorFor = (key: ConnectorKey) => vendorOf(key, vendors, values);
  const keys = connectorsOf(actions, vendorFor);
  const clientIds = readClientIds(values);
  const target = resolve(folder ?? join(project, '.azure', values.AZURE_ENV_NAME ?? '', 'connector'));
  const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  const connectors = await Promise.all(
    keys.map(async (key): Promise<Made> => {
      const write = (how: SignIn, sites: readonly string[] = []) =>
        writeConnector(key, join(target, connectorFolder(key)), how, { systems, actions, version }, { sites });
      const vendor = vendorFor(key);
      if (!vendor) return write(signInOf(key, signIn, registrations));
      const clientId = clientIdOf(key, vendor, clientIds);
      const atVendor = vendorSignIn(vendor, actionsOf(key, actions));
      const how: SignIn = { auth: 'user', host: signIn.host, clientId: clientId ?? NO_CLIENT_ID, vendor: atVendor };
      const scopes = Object.keys(atVendor.scopes);
      return {
        ...(await write(how, vendor.sites)),
        atVendor: { system: vendor.system, folder: connectorFolder(key), scopes, isKnown: clientId !== undefined },
      };
    }),
  );
  for (const system of new Set(actions.map(action => action.system))) {
    if (!vendorFor({ system })) await writePlugin(system, join(target, '../plugin', system), signIn);
  }

  const ofApp = connectors.filter(({ atVendor }) => !atVendor);
  const pac = await openPac(values.POWER_PLATFORM_ENVIRONMENT);
  if (pac.ready) {
    const ready = connectors.filter(({ atVendor }) => atVendor?.isKnown ?? true);
    await publish(pac, ready, values.POWER_PLATFORM_SOLUTION);
    if (ofApp.length > 0) {
      console.log(`\nMake a connection to each in Power Apps or Copilot Studio. ${credential(values, signIn)}`);
    }
  } else {
    console.log(`${pac.reason}\n\nThe connectors are in ${target}:\n${listed(target, connectors)}`);
    if (ofApp.length > 0) console.log(`\n${clicks(credential(values, signIn), ofApp.length < connectors.length)}`);
    console.log('\nOr sign in with pac auth create and run: azd hooks run postdeploy');
  }
  for (const vendor of vendors.values()) console.log(`\n${vendorSteps(vendor, connectors)}`);
});

/** The app that was deployed, and how its callers sign in. */
function readSignIn({ SERVICE_API_HOST: host, INBOUND_AUTH, ENTRA_CLIENT_ID, AZURE_TENANT_ID }: AzdValues): SignIn {
  if (!host) throw new Error('The app is not deployed yet. Run azd up first.');
  const auth = readInboundAuth(INBOUND_AUTH);
  if (!auth) throw new Error('INBOUND_AUTH must be key or entra. Set it with azd env set, and run azd up.');
  if (auth === 'key') return { auth, host };
  if (!ENTRA_CLIENT_ID || !AZURE_TENANT_ID) {
    throw new Error(
      'With INBOUND_AUTH=entra, ENTRA_CLIENT_ID and AZURE_TENANT_ID must be set. Run azd provision first.',
    );
  }
  return { auth, host, clientId: ENTRA_CLIENT_ID, tenantId: AZURE_TENANT_ID };
}

/** A connector's own registration where it has one, else that of the app. */
function signInOf(key: ConnectorKey, signIn: SignIn, registrations: ReadonlyMap<string, string>): SignIn {
  const clientId = key === 'core' ? undefined : registrations.get(key.system);
  return signIn.auth === 'entra' && clientId ? { ...signIn, clientId } : signIn;
}

/**
 * The actions for which every system that they use is configured, and that one sign-in is enough for: a request carries
 * one, so none uses a system whose users sign in at its vendor beside another.
 */
async function callableActions(values: AzdValues): Promise<Action[]> {
  const actions = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  return actions.filter(
    ({ uses }) =>
      uses.every(system => isConfigured(system, values)) &&
      (uses.length < 2 || !uses.some(system => inCallerMode(system.callersSignIn, values))),
  );
}

/**
 * A connector for each system and each toolset that has any of these actions, and one for the core where it has any of those
 * who sign in as the core's callers do.
 */
function connectorsOf(
  actions: readonly Action[],
  vendorFor: (key: ConnectorKey) => Vendor | undefined,
): ConnectorKey[] {
  const ofSystems: ConnectorKey[] = [...Map.groupBy(actions, ({ system }) => system)].flatMap(([system, group]) => [
    { system },
    ...[...new Set(group.map(({ toolset }) => toolset))].map(toolset => ({ system, toolset })),
  ]);
  return actions.some(({ core, system }) => core && vendorFor({ system }) === vendorFor('core'))
    ? [...ofSystems, 'core']
    : ofSystems;
}

/** Copies the plugin of a system, with the app that was deployed in it. */
async function writePlugin(system: string, target: string, { host }: SignIn): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of Object.values(pluginFile)) {
    const text = await readFile(join(project, PLUGIN_FOLDER, system, name), 'utf8');
    await writeFile(join(target, name), text.replaceAll(PLACEHOLDER_HOST, host));
  }
}

/**
 * Updates each connector that has its title in Power Platform, and creates the others.
 * @throws Error before anything is changed when several there have one title
 */
async function publish(pac: Pac, connectors: readonly WrittenConnector[], solution?: string): Promise<void> {
  const known = connectors.map(({ title }) => {
    const [first, ...others] = pac.connectors.filter(({ names }) => names.includes(title));
    if (others.length > 0) {
      throw new Error(`There are ${others.length + 1} connectors named ${title}. Delete or rename all but one.`);
    }
    return first;
  });
  const inSolution = solution ? ['--solution-unique-name', solution] : [];
  for (const [at, { title, definition, properties, icon }] of connectors.entries()) {
    const id = known[at]?.id;
    const files = ['--api-definition-file', definition, '--api-properties-file', properties, '--icon-file', icon];
    if (id) await pac.run('update', '--connector-id', id, ...files, ...inSolution);
    else await pac.run('create', ...files, ...inSolution);
    console.log(`${id ? 'Updated' : 'Created'} the connector ${title}.`);
  }
}

function listed(target: string, connectors: readonly WrittenConnector[]): string {
  const width = Math.max(...connectors.map(({ title }) => title.length));
  return `${connectors.map(({ title, definition }) => `  ${title.padEnd(width)}  ${relative(target, dirname(definition))}`).join('\n')}
Those with MCP have the tools of the MCP server; the others have each action as an operation.`;
}

function clicks(credential: string, areOthers: boolean): string {
  return `To import one yourself${areOthers ? ', but for those of users who sign in at a vendor, see below' : ''}:
  1. Open https://make.powerapps.com, choose the environment, then More > Discover all > Custom connectors.
  2. New custom connector > Import an OpenAPI file, give it the name above, and choose ${connectorFile.definition} in its folder.
  3. Upload ${connectorFile.icon} of that folder, set its background to ${product.brandColor}, and choose Create connector.
  4. Test > New connection. ${credential}`;
}

/** What a new connection asks for, and where it is found. */
function credential(values: AzdValues, signIn: SignIn): string {
  if (signIn.auth === 'entra') {
    const { clientId } = signIn;
    return `Callers sign in with Entra ID. On the connector's Security tab: client ID ${clientId}, resource api://${clientId}; add the redirect URL that it shows to the app registration.`;
  }
  const { SERVICE_API_NAME: app, AZURE_RESOURCE_GROUP: group } = values;
  return `It asks for the function key: in https://portal.azure.com open ${app}, App keys, default; or, with the Azure CLI, run
     az functionapp keys list --resource-group ${group} --name ${app} --query functionKeys.default --output tsv`;
}
