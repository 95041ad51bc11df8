import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import { startSandbox as startJira } from '../../../functions/jira/sandbox/startSandbox.ts';
import {
  type SalesforceSandbox,
  startSandbox as startSalesforce,
} from '../../../functions/salesforce/sandbox/startSandbox.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { meaningOf } from '../../../shared/schema/meaning.ts';
import { startApp } from '../../support/app.ts';
import { startAzurite } from '../../support/azurite.ts';
import { type Answered, allActions, callAction, callMcp, type Input } from '../callAction.ts';
import { newSeed, randomFrom } from '../random.ts';
import { type Agent, agentsWith, isClosedToSomebody, policy } from './agents.ts';
import { inputsFor } from './inputs.ts';
import { createMarks } from './marks.ts';
import { plantJira } from './plantJira.ts';
import { plantSalesforce } from './plantSalesforce.ts';
import { createSurprises } from './surprises.ts';

interface Leak {
  agent: string;
  /** The action, or another place that was asked. */
  asked: string;
  /** What was in it. */
  closed: string;
  input: string;
}

export interface CanaryReport {
  seed: number;
  calls: number;
  /** Answers that were fine. */
  answered: number;
  /** Refusals by a policy. */
  refused: number;
  /** Other refusals and failures. */
  failed: number;
  /** Answers with a text that is closed to another agent: where there are none, there was nothing to look at. */
  shown: number;
  /** Pages that were gone on to. */
  continued: number;
  /** Page tokens that were given by somebody else, or with another list. */
  swapped: number;
  /** What somebody was shown and may not see. */
  leaks: Leak[];
}

const CONCURRENT = 6;

/**
 * Agents with different policies ask at the same time, over HTTP and MCP, by function keys of one app and by sign-ins
 * with rights of their own in another, by every action and with inputs that try to reach what is closed. All that is
 * closed to somebody has marks in it; whoever is answered with one that is closed to them has found a leak.
 */
export async function runCanaries(calls: number, seed = newSeed()): Promise<CanaryReport> {
  const random = randomFrom(seed);
  const { pick, next } = random;
  const marks = createMarks();
  const folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  await plantJira(join(folder, 'jira'), marks);
  await plantSalesforce(join(folder, 'salesforce'), marks, isClosedToSomebody);
  const jira = await startJira({ data: join(folder, 'jira') });
  const salesforce = await startSalesforce({ data: join(folder, 'salesforce') });
  await rm(folder, { recursive: true });

  const azurite = await startAzurite();
  await azurite.createTable('audit');
  const common = {
    ...jira.settings,
    ...azurite.settings,
    AUDIT_TABLE_ENDPOINT: azurite.settings.LEDGER_TABLE_ENDPOINT ?? '',
    POLICY: policy,
    SIGNING_KEY: 'k'.repeat(43),
    ACTION_TIMEOUT_MS: '30000',
  };
  const apps = {
    keys: await startApp({ env: { ...common, ...salesforce.settings } }),
    signIns: await startApp({
      env: {
        ...common,
        ...salesforce.jwtSettings(),
        SALESFORCE_RUN_AS: 'caller',
        INBOUND_AUTH: 'entra',
        WEBSITE_AUTH_ENABLED: 'True',
      },
    }),
  };

  const agents = agentsWith(marks);
  const closedToOthers = new Set(agents.flatMap(({ closed }) => closed.map(({ text }) => text)));
  const inputOf = inputsFor(catalogueOf(jira, salesforce), random);
  const surprise = createSurprises(jira, salesforce, random);
  const report: CanaryReport = {
    seed,
    calls,
    answered: 0,
    refused: 0,
    failed: 0,
    shown: 0,
    continued: 0,
    swapped: 0,
    leaks: [],
  };
  const pages: { agent: Agent; action: Action; input: Input; pageToken: string }[] = [];

  /** Looks for what is closed to an agent in what it got. What it wrote itself may come back to it. */
  const lookAt = (text: string, agent: Agent, asked: string, input: Input) => {
    const own = JSON.stringify(input).toUpperCase();
    // What was changed in one's name has the keys that one gave at the time.
    const told = asked.startsWith('listMyChanges') ? [] : [...text.matchAll(agent.closedKeys)].map(([key]) => key);
    const keys = told.filter(key => !own.includes(key.toUpperCase()));
    const found = agent.closed.filter(mark => text.includes(mark.text)).map(({ where }) => where);
    for (const closed of new Set([...found, ...keys])) {
      report.leaks.push({ agent: agent.name, asked, closed, input: JSON.stringify(input) });
    }
    const isShown = (text.match(/zq\d+qz/g) ?? []).some(mark => closedToOthers.has(mark));
    if (isShown) report.shown += 1;
  };

  const count = ({ status, body }: Answered) => {
    const code = body?.code ?? errorOf(body)?.code;
    if (status === 403 || code === 'forbidden') report.refused += 1;
    else if (status === 200 && code === undefined) report.answered += 1;
    else report.failed += 1;
    return status === 200 && code === undefined;
  };

  const ask = (agent: Agent, action: Action, input: Input) => {
    const { url } = apps[agent.app];
    if (next() < 0.25) return callMcp(url, 'tools/call', { name: action.name, arguments: input }, agent.headers);
    const inline: Record<string, string> = next() < 0.3 ? { 'x-error-mode': 'inline' } : {};
    return callAction(url, action, input, { ...agent.headers, ...inline });
  };

  const callOnce = async (agent: Agent, action: Action, input: Input): Promise<boolean> => {
    const answer = await ask(agent, action, input);
    lookAt(answer.text, agent, action.name, input);
    const isFine = count(answer);
    if (isFine && !agent.mayCall(action)) {
      report.leaks.push({ agent: agent.name, asked: action.name, closed: 'the action', input: JSON.stringify(input) });
    }
    const pageToken = /"nextPageToken":"([^"]+)"/.exec(answer.text)?.[1];
    if (pageToken !== undefined) {
      const [position = ''] = pageToken.split('.');
      lookAt(Buffer.from(position, 'base64url').toString(), agent, `${action.name}, in its page token`, input);
      pages.push({ agent, action, input, pageToken });
      if (pages.length > 200) pages.shift();
    }
    return isFine;
  };

  /** A page is for who was given its token, and for the same list. */
  const goOn = async (agent: Agent) => {
    const page = pick(pages);
    if (!page) return;
    const { action, input, pageToken } = page;
    const isOwn = next() < 0.5;
    const who = isOwn ? page.agent : agent;
    const isFine = await callOnce(who, action, { ...input, pageToken });
    if (who === page.agent) report.continued += isFine ? 1 : 0;
    else report.swapped += 1;
    if (isFine && who !== page.agent) {
      const closed = `a page of ${page.agent.name}`;
      report.leaks.push({ agent: who.name, asked: action.name, closed, input: JSON.stringify(input) });
    }
  };

  /** The tools that are listed are those that may be called. */
  const listTools = async (agent: Agent) => {
    const { text, body } = await callMcp(apps[agent.app].url, 'tools/list', {}, agent.headers);
    lookAt(text, agent, 'tools/list', {});
    for (const action of allActions) {
      const isListed = text.includes(`"name":"${action.name}"`);
      if (isListed !== agent.mayCall(action)) {
        const closed = `${action.name} is ${isListed ? '' : 'not '}listed`;
        report.leaks.push({ agent: agent.name, asked: 'tools/list', closed, input: JSON.stringify(body?.error ?? '') });
      }
    }
    report.answered += 1;
  };

  const listChoices = async (agent: Agent, action: Action) => {
    for (const schema of Object.values(action.input.shape)) {
      const { choices } = meaningOf(schema);
      const from = choices && allActions.find(({ name }) => name === choices.action);
      if (!from) continue;
      const numbers = Object.entries(choices.inputs).filter(([, value]) => typeof value === 'number');
      await callOnce(agent, from, { ...inputOf(from), ...Object.fromEntries(numbers) });
    }
  };

  const askForReadiness = async (agent: Agent) => {
    const response = await fetch(`${apps[agent.app].url}/api/health/ready`, { headers: agent.headers });
    lookAt(await response.text(), agent, 'health/ready', {});
    report.answered += 1;
  };

  const step = async () => {
    const agent = pick(agents);
    const action = pick(allActions);
    if (!agent || !action) throw new Error('There is nobody to ask, or nothing.');
    surprise();
    const kind = next();
    if (kind < 0.02) await listTools(agent);
    else if (kind < 0.06) await listChoices(agent, action);
    else if (kind < 0.2) await goOn(agent);
    else await callOnce(agent, action, inputOf(action));
  };

  try {
    let left = calls;
    const loop = async () => {
      while (left > 0) {
        left -= 1;
        await step();
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT }, loop));
    jira.clearFaults();
    salesforce.clearFaults();
    for (const agent of agents) await askForReadiness(agent);
    const kept = {
      'the log of keys': apps.keys.logs(),
      'the log of sign-ins': apps.signIns.logs(),
      'the audit': await azurite.readTable('audit'),
      'the ledger': await azurite.readTable('ledger'),
    };
    for (const [asked, text] of Object.entries(kept)) {
      const found = marks.all().filter(mark => text.includes(mark.text));
      report.leaks.push(...found.map(({ where }) => ({ agent: 'anybody', asked, closed: where, input: '' })));
    }
    return report;
  } finally {
    await Promise.all(Object.values(apps).map(app => app.stop()));
    await Promise.all([jira.close(), salesforce.close(), azurite.stop()]);
  }
}

function errorOf(body: Record<string, unknown> | undefined): { code?: unknown } | undefined {
  if (typeof body?.error === 'object' && body.error !== null) return body.error;
  const result = body?.result;
  if (typeof result !== 'object' || result === null || !('isError' in result) || result.isError !== true) return;
  const said = JSON.stringify(result);
  return { code: /\\"code\\":\\"(\w+)\\"/.exec(said)?.[1] ?? 'unknown' };
}

/** What there is in the sandboxes, whoever may see it. */
function catalogueOf(jira: JiraSandbox, salesforce: SalesforceSandbox) {
  const names = ['Account', 'Contact', 'Opportunity', 'Case', 'Lead', 'Task', 'Event', 'User', 'Project__c'];
  const rows = names.map(name => ({ name, rows: salesforce.records(name) }));
  const projects = [...new Set(jira.site.issues.map(({ key }) => key.slice(0, key.lastIndexOf('-'))))];
  return {
    projects: [...projects, '10010', '10011', '10012'],
    issueKeys: jira.site.issues.map(({ key }) => key),
    objects: rows.map(({ name, rows: [first] }) => ({ name, fields: Object.keys(first ?? {}) })),
    recordIds: rows.flatMap(each => each.rows.slice(0, 6).map(({ Id }) => Id)),
    emails: rows.flatMap(each => each.rows.flatMap(({ Email }) => (typeof Email === 'string' ? [Email] : []))),
  };
}
