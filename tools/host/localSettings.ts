import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransformFailure } from 'esbuild';
import * as z from 'zod';
import { Failure } from '../../shared/failure.ts';

const localSettingsSchema = z.object({
  IsEncrypted: z
    .literal(false, 'is not false: decrypt the file with `func settings decrypt`, or set the values anew')
    .default(false),
  Values: z.record(z.string(), z.string('must be a string: put the value in double quotes')).default({}),
});

/** What Core Tools knows at the top of the file. https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file */
const knownParts = ['IsEncrypted', 'Values', 'Host', 'ConnectionStrings'];

/**
 * Puts the `Values` of `local.settings.json` in `root` into `env`. What `env` already holds wins, and no file is no
 * settings, both as with Core Tools. Throws `misconfigured` that names the file and what is wrong in it.
 * https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
 * @returns a sentence for each part of the file that nothing reads
 */
export async function applyLocalSettings(root: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const path = join(root, 'local.settings.json');
  const text = await readIfPresent(path);
  if (text === undefined) return [];
  const content = await parseSettings(text, path);
  const { success, data, error } = localSettingsSchema.safeParse(content);
  if (!success) {
    const [issue] = error.issues;
    throw new Failure('misconfigured', `${path}: ${issue?.path.join('.')} ${issue?.message}.`);
  }
  for (const [name, value] of Object.entries(data.Values)) env[name] ??= value;
  return Object.entries(localSettingsSchema.loose().parse(content)).flatMap(([name, value]) => {
    const why = whyUnread(name, value);
    return why === undefined ? [] : `local.settings.json: ${why}`;
  });
}

function whyUnread(name: string, value: unknown): string | undefined {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (name === 'ConnectionStrings' && !isEmpty) {
    return 'ConnectionStrings is for .NET, and nothing here reads it. Settings belong into Values.';
  }
  if (knownParts.includes(name)) return undefined;
  const meant = knownParts.find(known => known.toLowerCase() === name.toLowerCase());
  if (meant) return `${name} is not read. Did you mean ${meant}? Upper and lower case count.`;
  return `${name} stands outside of Values, where nothing reads it. Move it into Values.`;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Core Tools passes over comments and a byte order mark, so files in use have them. Blanks in their place keep lines and columns. */
async function parseSettings(text: string, path: string): Promise<unknown> {
  const stripped = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\[\s\S]|[^"\\])*(?:"|\\?$))|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (comment, string) =>
      typeof string === 'string' ? string : comment.replace(/[^\n]/g, ' '),
    );
  try {
    return JSON.parse(stripped);
  } catch {
    throw new Failure('misconfigured', `${path} is not valid JSON${await whereIsFault(stripped)}`);
  }
}

/** `: line 3, column 5. …`. The parser's own message may quote a secret; esbuild's tells the place, and the rest is said without what is there. */
async function whereIsFault(text: string): Promise<string> {
  const { transform } = await import('esbuild');
  const fault = await transform(text, { loader: 'json', logLevel: 'silent' }).then(
    () => undefined,
    (error: TransformFailure) => error.errors[0],
  );
  if (!fault?.location) return '.';
  const { line, column } = fault.location;
  const reason = /^(Unexpected|Syntax error) "/.test(fault.text)
    ? 'What stands there is not JSON: a text wants double quotes, and a backslash in it another one'
    : fault.text.replace(/ but found .*$/s, '');
  return `: line ${line}, column ${column + 1}. ${reason}. Look at the end of the line before, too: a comma may be missing or too many there.`;
}
