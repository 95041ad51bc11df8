import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findBicep } from '../../tools/bicep/findBicep.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

const bicep = findBicep(process.env);

/** What stands in a test's place when there is no compiler to run it with. */
export const noCompiler = bicep ? false : 'no Bicep CLI: set BICEP, or run az bicep install';

/** One resource that a deployment would have. Values known only in Azure stay expressions: `[reference(…).clientId]`. */
export interface Resource {
  id: string;
  type: string;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each resource type has a shape of its own, which its test asserts.
  properties: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  [key: string]: any;
}

export interface Snapshot {
  resources: Resource[];
  outputs: Record<string, string>;
  /** The only resource of its type. */
  one(type: string, name?: RegExp): Resource;
}

const subscriptionId = '22222222-2222-2222-2222-222222222222';
export const tenantId = '11111111-1111-1111-1111-111111111111';

export async function runBicep(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(bicep ?? 'bicep', args, { cwd: root, env: azdEnvironment({}), maxBuffer: 64 * 1024 * 1024 });
}

/** Texts of files in infra/ that are other than those that are there, by their path from the root. */
export type OtherFiles = ReadonlyMap<string, string>;

/** What `bicep format` makes of each source, by its path from the root. */
export async function formatCopies(others: OtherFiles = new Map()): Promise<Map<string, string>> {
  return inCopyOfInfra(others, async folder => {
    await runBicep('format', '--pattern', join(folder, 'infra/**/*.bicep*'));
    const files = globSync('infra/**/*.bicep*', { cwd: folder });
    return new Map(files.map(file => [file, readFileSync(join(folder, file), 'utf8')]));
  });
}

/** Evaluates a deployment with the values of an azd environment, as azd would hand them over; nothing is deployed. */
export async function takeSnapshot(values: Record<string, string>, others: OtherFiles = new Map()): Promise<Snapshot> {
  const text = await inCopyOfInfra(others, async folder => {
    const place = ['--tenant-id', tenantId, '--subscription-id', subscriptionId, '--location', 'westeurope'];
    const parameters = join(folder, 'infra/main.bicepparam');
    await run(bicep ?? 'bicep', ['snapshot', parameters, ...place, '--deployment-name', 'test'], {
      env: azdEnvironment(values),
    });
    return readFileSync(join(folder, 'infra/main.snapshot.json'), 'utf8');
  });
  const { predictedResources: resources, outputs } = JSON.parse(text) as {
    predictedResources: Resource[];
    outputs: Record<string, string>;
  };
  return {
    resources,
    outputs,
    one(type, name = /./) {
      const found = resources.filter(resource => resource.type === type && name.test(resource.name));
      const [only] = found;
      if (!only || found.length > 1) throw new Error(`${found.length} resources are ${type} ${name}`);
      return only;
    },
  };
}

/** The CLI writes next to what it reads, so it reads a copy. */
async function inCopyOfInfra<Result>(others: OtherFiles, use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'bicep-'));
  try {
    cpSync(join(root, 'infra'), join(folder, 'infra'), { recursive: true });
    for (const [path, text] of others) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function azdEnvironment(values: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, AZURE_ENV_NAME: 'test', AZURE_LOCATION: 'westeurope', ...values };
}
