import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { actionIndex, declaredActions } from './actionIndex.ts';
import { actionReference } from './actionReference.ts';
import { connectorDefinition, connectorProperties, connectorSettings, mcpDefinition } from './connector.ts';
import { functionTools } from './functionTools.ts';
import { icon } from './icon.ts';
import { openApi } from './openApi.ts';
import { pluginManifest } from './plugin.ts';
import { product } from './publisher.ts';
import { sampleCall } from './sampleCalls.ts';

type FileContent = string | Buffer;

/** Every file that is made from the actions, by its path. */
async function generatedFiles(root: URL): Promise<Map<string, FileContent>> {
  const declared = await declaredActions(root);
  const actions = declared.map(({ action }) => action);
  const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  return new Map<string, FileContent>([
    ['functions/actions.ts', actionIndex(declared)],
    ['infra/connector/apiDefinition.swagger.json', json(connectorDefinition(actions, version, 'key'))],
    ['infra/connector/apiProperties.json', json(connectorProperties('key'))],
    ['infra/connector/settings.json', json(connectorSettings('icon.png'))],
    ['infra/connector/entra/apiDefinition.swagger.json', json(connectorDefinition(actions, version, 'entra'))],
    ['infra/connector/entra/apiProperties.json', json(connectorProperties('entra'))],
    ['infra/connector/entra/settings.json', json(connectorSettings('../icon.png'))],
    ['infra/connector/mcp/apiDefinition.swagger.json', json(mcpDefinition(version, 'key'))],
    ['infra/connector/mcp/apiProperties.json', json(connectorProperties('key'))],
    ['infra/connector/mcp/settings.json', json(connectorSettings('../icon.png'))],
    ['infra/connector/icon.png', icon(product.brandColor)],
    ['infra/plugin/ai-plugin.json', json(pluginManifest(actions))],
    ['infra/plugin/openapi.json', json(openApi(actions, version))],
    ['infra/plugin/actions.json', json(functionTools(actions))],
    ['docs/actions.md', await actionReference(actions, sampleCall)],
  ]);
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
