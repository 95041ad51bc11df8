import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { systems } from '../../functions/everySystem.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { policySchema } from '../../shared/policy/policy.ts';
import { actionIndex, declaredActions } from './actionIndex.ts';
import { actionReference } from './actionReference.ts';
import { agentGuides } from './agentInstructions.ts';
import { agentPage } from './agentPage.ts';
import { connectorFiles } from './connectorFiles.ts';
import { type Declared, definitionOf } from './definition.ts';
import { PLUGIN_FOLDER, pluginFile } from './folders.ts';
import { functionTools } from './functionTools.ts';
import { GENERATED } from './generated.ts';
import { type GeneratedFile, json } from './generatedFile.ts';
import { leftOver, removeFile } from './leftOver.ts';
import { needsTable } from './needsTable.ts';
import { openApi } from './openApi.ts';
import { pluginManifest } from './plugin.ts';
import { withFunctionKey } from './pluginSignIn.ts';
import { pluginPresentation } from './presentation.ts';
import { questions } from './questions.ts';
import { questionTable } from './questionTable.ts';
import { replaceRegion } from './region.ts';
import { sampleCall } from './sampleCalls.ts';
import { settingsFiles } from './settingsFiles.ts';

/** Every file that is made from the actions, by its path. */
async function generatedFiles(root: URL): Promise<Map<string, GeneratedFile[1]>> {
  const declared = await declaredActions(root, systems);
  const actions = declared.map(({ action }) => action);
  const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
  const ofSystems = await Promise.all(
    [...Map.groupBy(actions, ({ system }) => system)].map(([name, group]) =>
      systemFiles(root, systemOf(name), group, { systems, actions, version }),
    ),
  );
  return new Map<string, GeneratedFile[1]>([
    ['functions/actions.ts', actionIndex(declared, systems)],
    ...ofSystems.flat(),
    ...(await readmes(root, actions)),
    ...(actions.some(({ core }) => core) ? await coreFiles(root, { systems, actions, version }) : []),
    [
      'docs/policy.schema.json',
      json({ $comment: GENERATED, ...z.toJSONSchema(policySchema(systems), { io: 'input' }) }),
    ],
    ['docs/agent-instructions.md', agentPage(systems, actions, await agentGuides(systems))],
    ['docs/actions.md', await actionReference(systems, actions, sampleCall)],
    ...(await settingsFiles(root, systems, actions)),
  ]);
}

/** The connector of the core tools of all systems. */
async function coreFiles(root: URL, declared: Declared): Promise<GeneratedFile[]> {
  return connectorFiles('core', definitionOf('core', declared), await readFile(new URL('infra/icon.png', root)));
}

/** The READMEs: of the project, with what can be asked, and of the systems that say what their account needs. */
async function readmes(root: URL, actions: readonly Action[]): Promise<GeneratedFile[]> {
  const replaced = async (path: string, region: string, content: readonly string[]): Promise<GeneratedFile> => {
    const text = await readFile(new URL(path, root), 'utf8');
    return [path, replaceRegion(path, text, region, content)];
  };
  const telling = systems.filter(({ permissions, scopes }) => permissions || scopes);
  return Promise.all([
    replaced('README.md', 'questions', await questionTable(questions, actions)),
    ...telling.map(system => replaced(`functions/${system.name}/README.md`, 'needs', needsTable(system, actions))),
  ]);
}

function systemOf(name: string): System {
  const system = systems.find(known => known.name === name);
  if (!system) throw new Error(`There is no system ${name} in functions/systems.ts.`);
  return system;
}

/** The connector of a system, those of its toolsets, and its plugin. */
async function systemFiles(
  root: URL,
  system: System,
  actions: readonly Action[],
  declared: Declared,
): Promise<GeneratedFile[]> {
  const { name } = system;
  const icon = await readFile(new URL(`functions/${name}/icon.png`, root)).catch(() =>
    readFile(new URL('infra/icon.png', root)),
  );
  const toolsets = Object.keys(system.toolsets).filter(toolset => actions.some(action => action.toolset === toolset));
  const plugin = pluginPresentation(system, actions);
  const folder = `${PLUGIN_FOLDER}/${name}`;
  return [
    ...[{ system: name }, ...toolsets.map(toolset => ({ system: name, toolset }))].flatMap(key =>
      connectorFiles(key, definitionOf(key, declared), icon),
    ),
    [`${folder}/${pluginFile.manifest}`, json(pluginManifest(plugin, system, actions, withFunctionKey()))],
    [`${folder}/${pluginFile.openApi}`, json(openApi(plugin, actions, declared.version, withFunctionKey()))],
    [`${folder}/${pluginFile.functions}`, json(functionTools(actions))],
  ];
}

async function isUpToDate(file: URL, content: GeneratedFile[1]): Promise<boolean> {
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
const unwanted = await leftOver(root, new Set(files.keys()));

if (!flags.check) {
  for (const path of stale) {
    const file = new URL(path, root);
    await mkdir(new URL('./', file), { recursive: true });
    await writeFile(file, files.get(path) ?? '');
    console.log(`Wrote ${path}`);
  }
  for (const path of unwanted) {
    await removeFile(root, path);
    console.log(`Removed ${path}`);
  }
  if (stale.length + unwanted.length === 0) console.log(`All ${files.size} files are up to date.`);
} else if (stale.length + unwanted.length > 0) {
  console.error(
    `Out of date: ${[...stale, ...unwanted].join(', ')}. Run npm run generate in ${fileURLToPath(root)} and commit what it writes.`,
  );
  process.exitCode = 1;
}
