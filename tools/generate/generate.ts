import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systems } from '../../functions/systems.ts';
import { product } from '../../product.ts';
import { actionIndex, declaredActions } from './actionIndex.ts';
import { actionReference } from './actionReference.ts';
import { type ConnectorAuth, connectorProperties } from './connection.ts';
import { connectorDefinition, connectorSettings, mcpDefinition } from './connector.ts';
import { functionTools } from './functionTools.ts';
import { icon } from './icon.ts';
import { openApi } from './openApi.ts';
import { pluginManifest } from './plugin.ts';
import { sampleCall } from './sampleCalls.ts';

const ICON = 'infra/connector/icon.png';

type FileContent = string | Buffer;

/** Every file that is made from the actions, by its path. */
async function generatedFiles(root: URL): Promise<Map<string, FileContent>> {
  const declared = await declaredActions(root, systems);
  const actions = declared.map(({ action }) => action);
  const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  return new Map<string, FileContent>([
    ['functions/actions.ts', actionIndex(declared)],
    ...connectorFiles('infra/connector', 'key', connectorDefinition(actions, version, 'key')),
    ...connectorFiles('infra/connector/entra', 'entra', connectorDefinition(actions, version, 'entra')),
    ...connectorFiles('infra/connector/mcp', 'key', mcpDefinition(version, 'key')),
    ...connectorFiles('infra/connector/mcp/entra', 'entra', mcpDefinition(version, 'entra')),
    [ICON, icon(product.brandColor)],
    ['infra/plugin/ai-plugin.json', json(pluginManifest(actions))],
    ['infra/plugin/openapi.json', json(openApi(actions, version))],
    ['infra/plugin/actions.json', json(functionTools(actions))],
    ['docs/actions.md', await actionReference(actions, sampleCall)],
  ]);
}

/** The files that Power Platform takes for one connector; all of them share one icon. */
function connectorFiles(folder: string, auth: ConnectorAuth, definition: object): [string, FileContent][] {
  return [
    [`${folder}/apiDefinition.swagger.json`, json(definition)],
    [`${folder}/apiProperties.json`, json(connectorProperties(auth))],
    [`${folder}/settings.json`, json(connectorSettings(relative(folder, ICON)))],
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function isUpToDate(file: URL, content: FileContent): Promise<boolean> {
  const found = await readFile(file).catch(() => undefined);
  return found !== undefined && Buffer.from(content).equals(found);
}

// node tools/generate/generate.ts [--check]
const { values: flags } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = new URL('../../', import.meta.url);
const files = await generatedFiles(root);
const stale: string[] = [];
for (const [path, content] of files) {
  if (!(await isUpToDate(new URL(path, root), content))) stale.push(path);
}

if (!flags.check) {
  for (const path of stale) {
    const file = new URL(path, root);
    await mkdir(new URL('./', file), { recursive: true });
    await writeFile(file, files.get(path) ?? '');
    console.log(`Wrote ${path}`);
  }
  if (stale.length === 0) console.log(`All ${files.size} files are up to date.`);
} else if (stale.length > 0) {
  console.error(
    `Out of date: ${stale.join(', ')}. Run npm run generate in ${fileURLToPath(root)} and commit what it writes.`,
  );
  process.exitCode = 1;
}
