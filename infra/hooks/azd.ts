import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The values of the azd environment, by name. */
export type AzdValues = Readonly<Record<string, string | undefined>>;

/**
 * The values of the environment that azd runs this hook for, or of the selected one when a person runs it; where it has
 * none, the process's own, as azd itself does: a pipeline sets them so.
 */
export async function readAzdValues(): Promise<AzdValues> {
  const values = JSON.parse(await azd('env', 'get-values', '--output', 'json', ...environment())) as AzdValues;
  return { ...process.env, ...values };
}

export async function setAzdValue(name: string, value: string): Promise<void> {
  await azd('env', 'set', name, value, ...environment());
}

/** A token of whoever is signed in to azd: a person, or a pipeline's federated credential. */
export async function azdToken(scope: string): Promise<string> {
  const { token } = JSON.parse(await azd('auth', 'token', '--output', 'json', '--scope', scope)) as { token: string };
  return token;
}

function environment(): string[] {
  const name = process.env.AZURE_ENV_NAME;
  return name ? ['--environment', name] : [];
}

async function azd(...args: string[]): Promise<string> {
  try {
    return (await run('azd', args)).stdout;
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new Error('azd is not on PATH: https://aka.ms/azd-install', { cause });
    throw new Error(`azd ${args.slice(0, 2).join(' ')} failed. ${stderr?.trim() ?? ''}`, { cause });
  }
}
