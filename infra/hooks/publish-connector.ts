// Makes the connectors for the app that was deployed, ready to import, in .azure/<env>/connector/, and the plugin beside
// it; publishes the connectors with the Power Platform CLI (pac) where somebody is signed in to it:
// `node infra/hooks/publish-connector.ts [folder]`.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeholders, product } from '../../product.ts';
import { type AzdValues, readAzdValues } from './azd.ts';
import { runHook } from './hook.ts';
import { openPac, type Pac } from './pac.ts';

/** A connector's files as they were generated, and made ready to import. */
interface Connector {
  title: string;
  definition: string;
  properties: string;
  icon: string;
}

const project = fileURLToPath(new URL('../../', import.meta.url));
const [folder] = process.argv.slice(2);

await runHook(async () => {
  const values = await readAzdValues();
  if (!values.SERVICE_API_HOST) throw new Error('The app is not deployed yet. Run azd up first.');
  const target = resolve(folder ?? join(project, '.azure', values.AZURE_ENV_NAME ?? '', 'connector'));
  const actions = prepare('infra/connector', target, values);
  const mcp = prepare('infra/connector/mcp', join(target, 'mcp'), values);
  for (const name of ['ai-plugin.json', 'openapi.json', 'actions.json']) {
    fill(join(project, 'infra/plugin', name), join(target, '../plugin', name), values);
  }

  const pac = await openPac(values.POWER_PLATFORM_ENVIRONMENT);
  if (pac.ready) {
    for (const connector of [actions, mcp]) await publish(pac, connector, values.POWER_PLATFORM_SOLUTION);
    console.log(`\nMake a connection in Power Apps or Copilot Studio. ${credential(values)}`);
  } else {
    console.log(`${pac.reason}\n\n${clicks(actions, mcp, values)}`);
  }
});

/** Writes copies of the connector in `source`, in the form for how callers sign in. */
function prepare(source: string, target: string, values: AzdValues): Connector {
  const generated = join(project, source, values.INBOUND_AUTH === 'entra' ? 'entra' : '');
  const [definition = '', properties = ''] = ['apiDefinition.swagger.json', 'apiProperties.json'].map(name =>
    fill(join(generated, name), join(target, name), values),
  );
  const icon = join(target, 'icon.png');
  copyFileSync(join(project, 'infra/connector/icon.png'), icon);
  const { info } = JSON.parse(readFileSync(definition, 'utf8')) as { info: { title: string } };
  return { title: info.title, definition, properties, icon };
}

/** Copies a file, with the app that was deployed and its registration in place of the placeholders. */
function fill(source: string, target: string, values: AzdValues): string {
  const known = [
    [placeholders.host, values.SERVICE_API_HOST],
    [placeholders.clientId, values.ENTRA_CLIENT_ID],
    [placeholders.tenantId, values.AZURE_TENANT_ID],
  ] as const;
  let text = readFileSync(source, 'utf8');
  for (const [placeholder, value] of known) text = text.replaceAll(placeholder, value ?? placeholder);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  return target;
}

/** Updates the connector of that name, or creates it when there is none. */
async function publish(pac: Pac, { title, definition, properties, icon }: Connector, solution?: string): Promise<void> {
  const files = ['--api-definition-file', definition, '--api-properties-file', properties, '--icon-file', icon];
  const [known, ...others] = pac.connectors.filter(({ names }) => names.includes(title));
  if (others.length > 0) {
    throw new Error(`There are ${others.length + 1} connectors named ${title}. Delete or rename all but one.`);
  }
  const inSolution = solution ? ['--solution-unique-name', solution] : [];
  if (known) await pac.run('update', '--connector-id', known.id, ...files, ...inSolution);
  else await pac.run('create', ...files, ...inSolution);
  console.log(`${known ? 'Updated' : 'Created'} the connector ${title}.`);
}

function clicks(actions: Connector, mcp: Connector, values: AzdValues): string {
  return `To import the connector yourself:
  1. Open https://make.powerapps.com, choose the environment, then More > Discover all > Custom connectors.
  2. New custom connector > Import an OpenAPI file, name it ${actions.title}, and choose
     ${actions.definition}
  3. Upload the icon, set its background to ${product.brandColor}, and choose Create connector:
     ${actions.icon}
  4. Test > New connection. ${credential(values)}

For the tools of the MCP server instead, import ${mcp.definition}
Or sign in with pac auth create and run: azd hooks run postdeploy`;
}

/** What a new connection asks for, and where it is found. */
function credential(values: AzdValues): string {
  const { INBOUND_AUTH, SERVICE_API_NAME: app, AZURE_RESOURCE_GROUP: group, ENTRA_CLIENT_ID: clientId } = values;
  if (INBOUND_AUTH === 'entra') {
    return `Callers sign in with Entra ID. On the connector's Security tab: client ID ${clientId}, resource api://${clientId}; add the redirect URL that it shows to the app registration.`;
  }
  return `It asks for the function key: in https://portal.azure.com open ${app}, App keys, default; or run
     az functionapp keys list --resource-group ${group} --name ${app} --query functionKeys.default --output tsv`;
}
