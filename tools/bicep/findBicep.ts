import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const whereToGetBicep =
  'There is no Bicep CLI. Run `az bicep install`, or see https://aka.ms/bicep-install, or set BICEP to its path.';

/** The Bicep CLI that BICEP names, or on PATH, or where `az` and `azd` keep their own. */
export function findBicep(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (env.BICEP) return env.BICEP;
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    join(homedir(), '.azure', 'bin'),
    join(homedir(), '.azd', 'bin'),
  ];
  const name = process.platform === 'win32' ? 'bicep.exe' : 'bicep';
  return folders.map(folder => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
