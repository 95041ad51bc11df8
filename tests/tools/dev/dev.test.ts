import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { starter } from '../../../functions/jira/starter.ts';
import { actionFile } from '../../../tools/new/starter.ts';
import { request } from '../../support/request.ts';

const root = resolve(import.meta.dirname, '../../..');
const notCopied = /^(node_modules|\.git|\.azure|dist|\.dist-.*|docs|tests|examples|local\.settings\.json)$/;

describe('npm run dev', { timeout: 240_000 }, () => {
  let copy: string;
  let child: ReturnType<typeof spawn>;
  let output = '';
  let url: string;
  const changed = new Map<string, string | undefined>();

  /** What it says from here on, as soon as that matches. */
  const says = async (pattern: RegExp, from = 0): Promise<string> => {
    for (;;) {
      const found = pattern.exec(output.slice(from))?.[0];
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(output);
      await delay(20);
    }
  };
  const write = async (path: string, text: string) => {
    const file = join(copy, path);
    const before = await readFile(file, 'utf8').catch(() => undefined);
    if (!changed.has(path)) changed.set(path, before);
    await writeFile(file, text);
  };
  const edit = async (path: string, from: string, to: string) => {
    const text = await readFile(join(copy, path), 'utf8');
    expect(text).toContain(from);
    await write(path, text.replace(from, to));
  };
  const ask = (action: string, query = '') => request(`${url}/api/jira/${action}${query}`);
  const callTool = (name: string, args: object) =>
    request(`${url}/api/mcp/x/jira`, {
      json: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    });
  const getIssue = 'functions/jira/actions/getIssue.ts';
  const title = async () => (await ask('getIssue', '?issueKey=ATLAS-1')).body.title;
  const answer = 'return toIssueDetails(issue, children, jira, pace(signal));';
  const titled = (text: string) =>
    `return { ...(await toIssueDetails(issue, children, jira, pace(signal))), title: ${text} };`;

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'dev-'));
    await cp(root, copy, { recursive: true, filter: source => source === root || !notCopied.test(basename(source)) });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
    await cp(join(root, 'docs'), join(copy, 'docs'), { recursive: true });
    const { PATH = '', HOME } = process.env;
    child = spawn(process.execPath, ['tools/dev/dev.ts'], {
      cwd: copy,
      env: { PATH, HOME, NO_COLOR: '1', PORT: '0' },
    });
    child.stdout?.setEncoding('utf8').on('data', chunk => (output += chunk));
    child.stderr?.setEncoding('utf8').on('data', chunk => (output += chunk));
    url = await says(/(?<=Serving on )\S+|It does not build[\s\S]*/);
    expect(url).toMatch(/^http:/);
    await says(/Wrong: nothing/);
  }, 240_000);

  afterEach(async () => {
    const from = output.length;
    const undone = [...changed];
    changed.clear();
    for (const [path, text] of undone) {
      if (text === undefined) await rm(join(copy, path), { force: true });
      else await writeFile(join(copy, path), text);
    }
    if (undone.length > 0) await says(/Reloaded in/, from);
  }, 60_000);

  afterAll(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'close');
    const left = (await readdir(copy)).filter(name => name.startsWith('.dist-'));
    await rm(copy, { recursive: true });
    expect(left).toEqual([]);
  }, 60_000);

  it('serves a change of an action, while the sandboxes keep what was written in them', async () => {
    const written = await request(`${url}/api/jira/addComment`, {
      json: { issueKey: 'ATLAS-1', comment: 'Still here' },
    });
    expect(written.status).toBe(200);
    await edit(getIssue, answer, titled("'Another title'"));
    await says(/Reloaded in \d+ ms: functions\/jira\/actions\/getIssue\.ts/);
    expect(await title()).toBe('Another title');
    const { body } = await ask('getIssue', '?issueKey=ATLAS-1');
    expect(JSON.stringify(body)).toContain('Still here');
  });

  it('makes a new action live over HTTP, MCP, on the page and in the connector, and one that is removed is gone', async () => {
    const path = 'functions/jira/actions/getProjectLead.ts';
    const from = output.length;
    await write(
      path,
      actionFile({ name: 'getProjectLead', system: 'jira', toolsets: ['jira'], effect: undefined }, starter),
    );
    await says(/Reloaded in .*getProjectLead/, from);
    expect(await ask('getProjectLead', '?projectId=ATLAS')).toMatchObject({ status: 200, body: { key: 'ATLAS' } });
    const { body } = await callTool('getProjectLead', { projectId: 'ATLAS' });
    expect(body).toMatchObject({ result: { structuredContent: { key: 'ATLAS' } } });
    const page = await request<{ actions: { name: string }[] }>(`${url}/_page/app`);
    expect(page.body.actions.map(({ name }) => name)).toContain('getProjectLead');
    await says(/Generated /, from);
    const connector = await request(`${url}/_page/definitions/connector/jira/apiDefinition.swagger.json`);
    expect(connector.body.paths).toHaveProperty(['/jira/getProjectLead']);

    const later = output.length;
    await rm(join(copy, path));
    changed.delete(path);
    await says(/Reloaded in .*getProjectLead/, later);
    expect((await fetch(`${url}/api/jira/getProjectLead?projectId=ATLAS`)).status).toBe(404);
    expect(output.slice(from)).not.toMatch(/does not build|not right/);
    await says(/Generated /, later);
  });

  it('tells where the build fails and goes on with the last good one, until that is mended', async () => {
    const from = output.length;
    await edit(getIssue, answer, `${titled("'Broken'")} ]`);
    await says(
      /It does not build\. The last good build goes on\.\n {2}functions\/jira\/actions\/getIssue\.ts:\d+:\d+: .*/,
      from,
    );
    expect(await title()).toBe('Checkout redesign');
    await edit(getIssue, `${titled("'Broken'")} ]`, titled("'Mended'"));
    await says(/Mended\. Reloaded in/, from);
    expect(await title()).toBe('Mended');
  });

  it('tells where a type is wrong and goes on with the last good build, until that is mended', async () => {
    const from = output.length;
    await says(/\n/);
    await edit(getIssue, answer, titled("'Wrong type' as unknown as number"));
    await says(
      /1 type error\. The last good build is served again\.\n {2}functions\/jira\/actions\/getIssue\.ts:\d+:\d+: TS\d+ /,
      from,
    );
    await says(/served again/, from);
    await expect.poll(title, { timeout: 10_000 }).toBe('Checkout redesign');
    await edit(getIssue, titled("'Wrong type' as unknown as number"), titled("'Right type'"));
    await says(/Mended\. Reloaded in/, from);
    expect(await title()).toBe('Right type');
  });

  it('tells what an action must not declare, and goes on with the last good build', async () => {
    const from = output.length;
    await edit(getIssue, "toolset: 'jira'", "toolset: 'nothing'");
    await says(/not right[\s\S]*getIssue is in the toolset nothing/, from);
    expect(await title()).toBe('Checkout redesign');
    await edit(getIssue, "toolset: 'nothing'", "toolset: 'jira'");
    await says(/Mended\./, from);
  });

  it('answers every call that comes in while it reloads', async () => {
    const from = output.length;
    await edit(getIssue, answer, titled("'While calls run'"));
    const statuses: number[] = [];
    do {
      const calls = Array.from({ length: 10 }, () => ask('getIssue', '?issueKey=ATLAS-1'));
      statuses.push(...(await Promise.all(calls)).map(({ status }) => status));
    } while (!/Reloaded in/.test(output.slice(from)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await title()).toBe('While calls run');
  });

  it('starts a sandbox anew when its own code is changed, and says that what was written is gone', async () => {
    const from = output.length;
    await request(`${url}/api/jira/addComment`, { json: { issueKey: 'ATLAS-2', comment: 'Soon gone' } });
    const path = 'functions/jira/sandbox/startSandbox.ts';
    const text = await readFile(join(copy, path), 'utf8');
    await writeFile(join(copy, path), `${text}\n`);
    await says(
      /The sandbox of jira has started anew with functions\/jira\/sandbox\/startSandbox\.ts\. What was written in it is gone\./,
      from,
    );
    expect(JSON.stringify((await ask('getIssue', '?issueKey=ATLAS-2')).body)).not.toContain('Soon gone');
  });

  it('shows each call in a line', async () => {
    const from = output.length;
    await ask('getIssue', '?issueKey=ATLAS-1');
    await says(/GET getIssue 200 ok \d+ ms, \d requests?\n/, from);
    await callTool('getIssue', { issueKey: 'ATLAS-1' });
    await says(/POST mcp\/x\/jira tools\/call getIssue 200 ok \d+ ms, \d requests?\n/, from);
  });
});
