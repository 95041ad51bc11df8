import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systems } from '../../functions/everySystem.ts';
import { fillWithSandboxes } from '../../tools/sandboxes.ts';
import { startApp } from '../support/app.ts';
import { request } from '../support/request.ts';

const root = resolve(import.meta.dirname, '../..');
const notCopied = /^(node_modules|\.git|\.azure|dist|\.dist-.*)$/;

let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'new-action-'));
  await cp(root, copy, { recursive: true, filter: source => source === root || !notCopied.test(basename(source)) });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rm(copy, { recursive: true }));

/** Runs a script in the copy of the project, and gives its exit code and what it wrote. */
async function run(script: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const { PATH, HOME } = process.env;
  const options = { cwd: copy, env: { PATH, HOME, NO_COLOR: '1' } };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], options);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

const newAction = (...args: string[]) => run('tools/new/new.ts', ...args);
const read = (path: string) => readFile(join(copy, path), 'utf8');

describe('npm run new', { timeout: 60_000 }, () => {
  it.each([
    [['sap', 'getOrder'], 'The system must be one of jira, '],
    [['jira', 'Sprint'], 'a verb and a noun in camelCase'],
    [['jira', '../../getSprint'], 'a verb and a noun in camelCase'],
    [['jira', 'getProjectUpdates'], 'There is functions/jira/getProjectUpdates.ts already.'],
    [[], 'Usage: npm run new -- <system> <action>'],
  ])('refuses %j, and says why', async (args, message) => {
    const { code, output } = await newAction(...args);
    expect(code).toBe(1);
    expect(output).toContain(message);
  });

  it.each([
    ['jira', 'getSprint', 'get'],
    ['salesforce', 'closeForecast', 'post'],
  ])('writes an action that is in all that is generated: %s %s', async (system, name, method) => {
    const { code, output } = await newAction(system, name);
    expect(output).toContain(`Wrote functions/${system}/${name}.ts`);
    expect(code).toBe(0);

    const path = `/${system}/${name}`;
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    expect(JSON.parse(await read('infra/connector/apiDefinition.swagger.json')).paths[path][method].operationId).toBe(
      id,
    );
    expect(JSON.parse(await read('infra/plugin/openapi.json')).paths[path][method].operationId).toBe(id);
    expect(JSON.parse(await read('infra/plugin/ai-plugin.json')).functions).toContainEqual(
      expect.objectContaining({ name: id }),
    );
    expect(JSON.parse(await read('infra/plugin/actions.json'))).toContainEqual(expect.objectContaining({ name }));
    expect(await read('docs/actions.md')).toContain(`### ${name}\n`);
  });

  it('leaves a project that passes its checks', async () => {
    const files = ['functions', 'tests/functions'];
    expect(await run('node_modules/@biomejs/biome/bin/biome', 'check', ...files)).toMatchObject({ code: 0 });
    expect(await run('node_modules/typescript/bin/tsc', '-p', '.')).toEqual({ code: 0, output: '' });
  });

  it('leaves a test that passes, and an app that serves the action over HTTP and MCP', async () => {
    const { code, output } = await run('node_modules/vitest/vitest.mjs', 'run', 'getSprint', 'closeForecast');
    expect(output).toMatch(/Tests.* 2 passed/);
    expect(code).toBe(0);

    const env: Record<string, string> = {};
    const sandboxes = await fillWithSandboxes(systems, env);
    const app = await startApp({ env, root: join(copy, 'dist') });
    try {
      const answer = await request(`${app.url}/api/jira/getSprint?projectId=ATLAS`);
      expect(answer).toMatchObject({ status: 200, body: { key: 'ATLAS' } });
      const json = {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'getSprint', arguments: { projectId: 'ATLAS' } },
      };
      const called = await request(`${app.url}/api/mcp`, { json });
      expect(called.body).toMatchObject({ result: { structuredContent: { key: 'ATLAS' } } });
    } finally {
      await app.stop();
      await sandboxes.close();
    }
  });

  it('is told by the check that it was forgotten to generate', async () => {
    await rm(join(copy, 'functions/jira/getSprint.ts'));
    const { code, output } = await run('tools/generate/generate.ts', '--check');
    expect(code).toBe(1);
    const stale = /^Out of date: (.*?)\. Run npm run generate/.exec(output)?.[1]?.split(', ');
    expect(stale).toEqual([
      'functions/actions.ts',
      'infra/connector/apiDefinition.swagger.json',
      'infra/connector/entra/apiDefinition.swagger.json',
      'infra/plugin/ai-plugin.json',
      'infra/plugin/openapi.json',
      'infra/plugin/actions.json',
      'docs/actions.md',
    ]);
  });
});
