import { createHash } from 'node:crypto';
import { actions as entries } from '../../functions/actions.ts';
import { systems } from '../../functions/everySystem.ts';
import type { JiraSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import { findSandbox, type Sandbox } from '../../tools/sandboxes.ts';
import { startApp } from '../support/app.ts';
import { request } from '../support/request.ts';

export interface CanaryReport {
  calls: number;
  /** Calls that were answered with something to look at. */
  answered: number;
  /** Calls that a policy refused. */
  refused: number;
  /** What one caller may not see and got all the same: the action, the caller and the text. */
  leaks: { action: string; caller: string; canary: string; where: 'answer' | 'log' }[];
  seed: number;
}

interface Agent {
  key: string;
  project: string;
  /** Texts that it must never be shown. */
  canaries: string[];
}

const hash = (key: string) => createHash('sha256').update(key).digest('hex');

/** Numbers from 0 to 1 that follow from a seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Two agents with a project of Jira each ask at the same time, by every action and MCP, with inputs of their own and of
 * the other's. Nothing that is in the other's project alone may come back, and no issue's text may be in the log.
 */
export async function runCanaries(calls: number, seed = Date.now() % 2 ** 31): Promise<CanaryReport> {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const actions: Action[] = await Promise.all(entries.map(async ({ load }) => (await load()).default));
  const sandboxes: Sandbox[] = [];
  const env: Record<string, string> = {};
  let jira: JiraSandbox | undefined;
  for (const system of systems) {
    const sandbox = await (await findSandbox(system))?.();
    if (!sandbox) continue;
    sandboxes.push(sandbox);
    Object.assign(env, sandbox.settings);
    if (system.name === 'jira') jira = sandbox as JiraSandbox;
  }
  const textsOf = (project: string) =>
    (jira?.site.issues ?? [])
      .filter(({ key }) => key.startsWith(`${project}-`))
      .map(({ values }) => String(values.summary))
      .filter(text => text.length > 12);
  const agents: Agent[] = [
    { key: 'atlas-agent', project: 'ATLAS', canaries: textsOf('BEACON') },
    { key: 'beacon-agent', project: 'BEACON', canaries: textsOf('ATLAS') },
  ];
  const policy = {
    keys: Object.fromEntries(
      agents.map(({ key, project }) => [hash(key), { systems: { jira: { projects: [project] } } }]),
    ),
  };
  const app = await startApp({ env: { ...env, POLICY: JSON.stringify(policy) } });
  const report: CanaryReport = { calls, answered: 0, refused: 0, leaks: [], seed };
  const tokens: string[] = [];

  const inputOf = ({ example, input, paged }: Action): Record<string, unknown> => {
    const { project } = pick(agents);
    const issue = `${project}-${1 + Math.floor(random() * 20)}`;
    return {
      ...example,
      ...('projectId' in input.shape && { projectId: project }),
      ...('issueKey' in input.shape && { issueKey: issue }),
      ...('jql' in input.shape && random() < 0.3 && { jql: `created >= -900d AND key != ${issue}`, projectId: '' }),
      ...(paged && { limit: 1 + Math.floor(random() * 50) }),
      ...(paged && tokens.length > 0 && random() < 0.2 && { pageToken: pick(tokens) }),
      ...('repeat' in input.shape && random() < 0.5 && { repeat: true }),
    };
  };

  const callOnce = async () => {
    const agent = pick(agents);
    const action = pick(actions);
    const input = inputOf(action);
    const headers = { 'x-functions-key': agent.key };
    const url = `${app.url}/api/${action.system}/${action.name}`;
    let text: string;
    if (random() < 0.2) {
      const response = await fetch(`${app.url}/api/mcp/x/all`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: action.name, arguments: input },
        }),
      });
      text = await response.text();
    } else {
      const query = new URLSearchParams(
        Object.entries(input).map(([name, value]): [string, string] => [name, String(value)]),
      );
      const { status, body } =
        action.access === 'read'
          ? await request(`${url}?${query}`, { headers })
          : await request(url, { headers, json: input });
      if (status === 200) report.answered += 1;
      if (status === 403) report.refused += 1;
      if (typeof body.nextPageToken === 'string') tokens.push(body.nextPageToken);
      text = JSON.stringify(body);
    }
    // What a caller wrote itself comes back to it.
    const own = JSON.stringify(input);
    for (const canary of agent.canaries) {
      if (text.includes(JSON.stringify(canary).slice(1, -1)) && !own.includes(canary)) {
        report.leaks.push({ action: action.name, caller: agent.key, canary, where: 'answer' });
      }
    }
  };

  try {
    const CONCURRENT = 4;
    let left = calls;
    await Promise.all(
      Array.from({ length: CONCURRENT }, async () => {
        while (left > 0) {
          left -= 1;
          await callOnce();
        }
      }),
    );
    const logs = app.logs();
    for (const { canaries, key } of agents) {
      for (const canary of canaries) {
        if (logs.includes(canary)) report.leaks.push({ action: '', caller: key, canary, where: 'log' });
      }
    }
    return report;
  } finally {
    await app.stop();
    await Promise.all(sandboxes.map(sandbox => sandbox.close()));
  }
}
