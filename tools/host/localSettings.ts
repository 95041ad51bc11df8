import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Failure } from '../../shared/failure.ts';

const localSettingsSchema = z.object({
  IsEncrypted: z
    .literal(false, 'is not false: decrypt the file with `func settings decrypt`, or set the values anew')
    .default(false),
  Values: z.record(z.string(), z.string('must be a string: put the value in double quotes')).default({}),
});

/**
 * Puts the `Values` of `local.settings.json` in `root` into `env`. What `env` already holds wins, and no file is no
 * settings, both as with Core Tools. Throws `misconfigured` that names the file and what is wrong in it.
 * https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
 */
export async function applyLocalSettings(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const path = join(root, 'local.settings.json');
  const text = await readIfPresent(path);
  if (text === undefined) return;
  const { success, data, error } = localSettingsSchema.safeParse(parseJson(text, path));
  if (!success) {
    const [issue] = error.issues;
    throw new Failure('misconfigured', `${path}: ${issue?.path.join('.')} ${issue?.message}.`);
  }
  for (const [name, value] of Object.entries(data.Values)) env[name] ??= value;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Core Tools passes over comments and a byte order mark, so files in use have them. */
function parseJson(text: string, path: string): unknown {
  const stripped = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\[\s\S]|[^"\\])*(?:"|\\?$))|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, '$1');
  try {
    return JSON.parse(stripped);
  } catch (error) {
    throw new Failure('misconfigured', `${path} is not valid JSON: ${error instanceof Error ? error.message : error}.`);
  }
}
