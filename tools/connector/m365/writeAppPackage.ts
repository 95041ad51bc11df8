import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { AgentGuide } from '../../../shared/action/agentGuide.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import type { System } from '../../../shared/action/defineSystem.ts';
import { json } from '../../generate/generatedFile.ts';
import { openApi } from '../../generate/openApi.ts';
import { pluginManifest } from '../../generate/plugin.ts';
import type { PluginSignIn } from '../../generate/pluginSignIn.ts';
import { pluginPresentation, systemPresentation } from '../../generate/presentation.ts';
import { appIcons } from './appIcons.ts';
import { appManifest, packageFile } from './appManifest.ts';
import { declarativeAgent } from './declarativeAgent.ts';

/** What a package is made from. */
export interface AppParts {
  system: System;
  /** The functions of its plugin. */
  actions: readonly Action[];
  guides: ReadonlyMap<string, AgentGuide>;
  signIn: PluginSignIn;
  id: string;
  /** MAJOR.MINOR.PATCH. */
  version: string;
  linkHosts: readonly string[];
}

/**
 * Writes an app for Microsoft 365 Copilot into `target`: its files, and the archive of them that is uploaded. The same parts
 * give the same bytes.
 * @returns the path of the archive, and the app's title
 * @throws Error for what Microsoft 365 would refuse
 */
export async function writeAppPackage(target: string, parts: AppParts): Promise<{ archive: string; title: string }> {
  const { system, actions, guides, signIn, id, version, linkHosts } = parts;
  const plugin = pluginPresentation(system, actions);
  const { title, description } = systemPresentation(system, actions);
  const icons = await appIcons(system.name);
  const identity = {
    id,
    version,
    title,
    description: { short: plugin.description, full: description },
    agent: system.name,
    validDomains: [...new Set([signIn.host, ...linkHosts])],
  };
  const files: Record<string, string | Buffer> = {
    [packageFile.manifest]: json(appManifest(identity)),
    [packageFile.agent]: json(declarativeAgent({ title, description }, system, { actions, guides })),
    [packageFile.plugin]: json(pluginManifest(plugin, system, actions, signIn)),
    [packageFile.openApi]: json(openApi(plugin, actions, version, signIn)),
    [packageFile.color]: icons.color,
    [packageFile.outline]: icons.outline,
  };
  const archive = join(target, `${system.name}.zip`);
  await mkdir(target, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(target, name), content);
  await writeFile(archive, zip(files));
  return { archive, title };
}

function zip(files: Readonly<Record<string, string | Buffer>>): Uint8Array {
  const entries = Object.entries(files).map(([name, content]) => [name, new Uint8Array(Buffer.from(content))] as const);
  // The first day that an archive can tell, so that two of the same files are the same.
  return zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) });
}
