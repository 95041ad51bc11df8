import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { starter as salesforceStarter } from '../../functions/salesforce/starter.ts';
import { start } from '../../tools/new/start.ts';
import { actionFile, testFile } from '../../tools/new/starter.ts';
import { request } from '../support/request.ts';

const root = resolve(import.meta.dirname, '../..');

describe('npm run new refuses', () => {
  it.each([
    ['sap getOrder', 'The system must be one of jira, '],
    ['jira Sprint', 'a verb and a noun in camelCase'],
    ['jira ../../getSprint', 'a verb and a noun in camelCase'],
    ['jira getProjectUpdates', 'There is functions/jira/actions/getProjectUpdates.ts already.'],
    ['jira getSprint --effect breaks', 'The effect of a write is one of adds, changes, removes.'],
    ['jira getSprint --from helpdesk', '--from is for a system.'],
    ['jira getSprint now', 'now is more than is understood here.'],
    ['jira getSprint --force', "Unknown option '--force'"],
    ['', 'The system must be one of jira, '],
    ['system tickets', '--from must be one of '],
    ['system tickets --from sap', '--from must be one of '],
    ['system tickets --from ../functions/jira', '--from must be one of '],
    ['system tickets --from helpdesk --effect adds', '--effect is for an action.'],
    ['system --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ['system Tickets --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ['system ../tickets --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ['system tickets- --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ...['system', 'mcp', 'health', 'endpoints', 'page', 'new', 'await'].map(name => [
      `system ${name} --from helpdesk`,
      `A system cannot be called ${name}: the word is reserved.`,
    ]),
    ['system jira --from helpdesk', 'There is a toolset jira already.'],
    ['system jira-planning --from helpdesk', 'There is a toolset jira-planning already.'],
    ['system azure --from helpdesk', "its settings would look like the app's own AZURE_CLIENT_ID."],
    ['system shared --from helpdesk', 'There is tests/shared already.'],
  ])('%j, and says why', async (words, message) => {
    expect(await start(words.split(' ').filter(Boolean))).toContain(message);
  });
});

/** The commands in a guide's `sh` blocks. */
function commandsOf(guide: string): string[] {
  const text = readFileSync(join(root, 'docs', guide), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
}

const commands = ['add-an-action.md', 'add-a-system.md'].flatMap(commandsOf);
const isServed = (command: string) => command === 'npm start' || command.startsWith('curl ');
/** What is run in turn; what both guides end with is run once, at the end. */
const steps = commands.filter((command, place) => !isServed(command) && commands.lastIndexOf(command) === place);
const newSystem = 'npm run new -- system field-service --from helpdesk';

interface Outcome {
  code: number;
  output: string;
}

describe('the guides to a new action and a new system', { timeout: 60_000 }, () => {
  const notCopied = /^(node_modules|\.git|\.azure|dist|\.dist-.*)$/;
  const outcomes = new Map<string, Outcome>();
  let copy: string;
  let before: Map<string, string>;
  let after: Map<string, string>;

  const options = () => {
    const { PATH = '', HOME } = process.env;
    const path = [join(copy, 'node_modules/.bin'), PATH].join(delimiter);
    return { cwd: copy, env: { PATH: path, HOME, NO_COLOR: '1', PORT: '0' }, maxBuffer: 2 ** 24 };
  };

  const run = async (command: string): Promise<Outcome> => {
    try {
      const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], options());
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  };

  /** Every file of the copy by its path; of a file that is generated in part, what is around that part. */
  const snapshot = async (): Promise<Map<string, string>> => {
    const entries = await readdir(copy, { recursive: true, withFileTypes: true });
    const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
    const regions = /( begin generated .*\n)[\s\S]*?(\n.* end generated )/g;
    return new Map(
      await Promise.all(
        paths.map(async path => {
          const text = await readFile(path, 'latin1');
          return [path.slice(copy.length + 1), text.replace(regions, '$1$2')] as const;
        }),
      ),
    );
  };

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'guides-'));
    await cp(root, copy, { recursive: true, filter: source => source === root || !notCopied.test(basename(source)) });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');

    // A system's own start of a new action, and one that writes; what follows is generated by the first step.
    const action = { name: 'closeForecast', system: 'salesforce', toolset: 'salesforce', effect: 'changes' } as const;
    const files = ['functions/salesforce/actions/closeForecast.ts', 'tests/salesforce/actions/closeForecast.test.ts'];
    const contents = [actionFile(action, salesforceStarter), testFile(action, salesforceStarter)];
    for (const [place, file] of files.entries()) await writeFile(join(copy, file), contents[place] ?? '');
    await run(`biome check --write ${files.join(' ')}`);

    for (const step of steps) {
      if (step === newSystem) before = await snapshot();
      outcomes.set(step, await run(step));
      if (step === newSystem) after = await snapshot();
    }
  }, 600_000);
  afterAll(() => rm(copy, { recursive: true }));

  it.each(steps)('%s', step => {
    const { code, output } = outcomes.get(step) ?? {};
    expect(code, output).toBe(0);
  });

  it('make a system by one line outside its own folders, generated files aside', () => {
    const generated = [...(outcomes.get(newSystem)?.output.matchAll(/^Wrote (.*)$/gm) ?? [])].map(([, path]) => path);
    const isByHand = (path: string) =>
      !generated.includes(path) || before.get(path)?.includes(' begin generated ') || path === 'functions/systems.ts';
    const touched = [...new Set([...before.keys(), ...after.keys()])].filter(
      path =>
        before.get(path) !== after.get(path) && !/^(functions|tests)\/field-service\//.test(path) && isByHand(path),
    );
    expect(touched).toEqual(['functions/systems.ts']);

    const lines = (files: Map<string, string>) => files.get('functions/systems.ts')?.split('\n') ?? [];
    const line = "export { fieldService } from './field-service/system.ts';";
    expect(lines(after).filter(each => each !== line)).toEqual(lines(before));
    expect(lines(after)).toContain(line);
  });

  it('leave nothing of the example in the system but the address of the API', () => {
    const files = [...after].filter(([path]) => /^(functions|tests)\/field-service\//.test(path));
    expect(files.map(([path]) => path)).toContain('functions/field-service/api/fieldService.ts');
    const leftOver = files.filter(([path, text]) =>
      /helpdesk/i.test(path + text.replaceAll('helpdesk.example.com', '')),
    );
    expect(leftOver).toEqual([]);
  });

  it('leave an app that serves it all, over HTTP and MCP', async () => {
    const child = spawn('sh', ['-c', 'exec node tools/start.ts'], options());
    try {
      let log = '';
      const url = await new Promise<string>((found, failed) => {
        const read = (chunk: string) => {
          log += chunk;
          const address = /http:\/\/localhost:\d+/.exec(log)?.[0];
          if (address) found(address);
        };
        child.stdout.setEncoding('utf8').on('data', read);
        child.stderr.setEncoding('utf8').on('data', read);
        child.once('close', () => failed(new Error(log)));
      });
      for (const command of commands.filter(command => command.startsWith('curl '))) {
        const address = /^curl 'http:\/\/localhost:7071(.*)'$/.exec(command)?.[1];
        expect(await request(`${url}${address}`), command).toMatchObject({ status: 200 });
      }
      const written = await request(`${url}/api/salesforce/closeForecast`, { json: { objectType: 'Account' } });
      expect(written).toMatchObject({ status: 200, body: { name: 'Account' } });
      const params = { name: 'getProjectLead', arguments: { projectId: 'ATLAS' } };
      const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
      const { body } = await request(`${url}/api/mcp/x/jira`, { json: call });
      expect(body).toMatchObject({ result: { structuredContent: { key: 'ATLAS' } } });
    } finally {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
  });

  it('are told by the check when it was forgotten to generate', async () => {
    await rm(join(copy, 'functions/jira/actions/getProjectLead.ts'));
    const { code, output } = await run('node tools/generate/generate.ts --check');
    expect(code).toBe(1);
    const stale = /^Out of date: (.*?)\. Run npm run generate/.exec(output)?.[1]?.split(', ') ?? [];
    expect(stale).toContain('functions/actions.ts');
    expect(stale).toContain('docs/actions.md');
    expect(stale.some(path => path.startsWith('infra/'))).toBe(true);
    expect(stale.filter(path => path.includes('salesforce') || path.includes('field-service'))).toEqual([]);
  });
});
