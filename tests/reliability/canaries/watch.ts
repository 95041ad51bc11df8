import type { Action } from '../../../shared/action/defineAction.ts';
import { meaningOf } from '../../../shared/schema/meaning.ts';
import { type Answered, allActions, callAction, callMcp, type Input } from '../callAction.ts';
import type { Random } from '../random.ts';
import type { Mark, Marks } from './marks.ts';

/** Where somebody calls actions of a system, and how they prove there who they are. */
export interface Door {
  url: string;
  headers: Record<string, string>;
  /** Where its tools are below `/api/mcp`. */
  mcpPath: string;
  /** Whether it is the way to an action, let in or not. */
  leadsTo(action: Action): boolean;
}

/** Somebody who asks, and what they must never be shown. */
export interface Asker {
  name: string;
  doors: readonly Door[];
  closed: readonly Mark[];
  /** Keys of issues that they may not see. */
  closedKeys: RegExp;
  mayCall(action: Action): boolean;
}

export interface WatchReport {
  seed: number;
  calls: number;
  /** Answers that were fine. */
  answered: number;
  /** The calls of each system's actions that were answered so. */
  answeredOf: Record<string, number>;
  /** Refusals of what somebody may not do. */
  refused: number;
  /** Other refusals and failures. */
  failed: number;
  /** Answers with a text that is closed to another: where there are none, there was nothing to look at. */
  shown: number;
  /** Pages that were gone on to. */
  continued: number;
  /** Page tokens that were given by somebody else, or with another list. */
  swapped: number;
  /** What somebody was shown and may not see. */
  leaks: Leak[];
}

interface Leak {
  asker: string;
  /** The action, or another place that was asked. */
  asked: string;
  /** What was in it. */
  closed: string;
  input: string;
}

interface WatchParts {
  calls: number;
  seed: number;
  random: Random;
  askers: readonly Asker[];
  marks: Marks;
  inputOf(action: Action): Input;
  /** Called before each step: it may have a vendor answer otherwise than it was asked. */
  surprise?(): void;
  /** Called when the last call is answered, before readiness is asked. */
  finish?(): void;
  /** What is kept of the calls, by its name: nothing of it may have a mark. */
  kept(): Promise<Record<string, string>>;
}

const CONCURRENT = 6;

/**
 * Several people ask at the same time, over HTTP and MCP, by every action and with inputs that try to reach what is closed
 * to them. All that is closed to somebody has marks in it; whoever is answered with one that is closed to them has found
 * a leak.
 */
export async function watch(parts: WatchParts): Promise<WatchReport> {
  const { calls, seed, askers, marks, inputOf, surprise, finish, kept } = parts;
  const { pick, next } = parts.random;
  const closedToSomebody = new Set(askers.flatMap(({ closed }) => closed.map(({ text }) => text)));
  const report: WatchReport = {
    seed,
    calls,
    answered: 0,
    answeredOf: {},
    refused: 0,
    failed: 0,
    shown: 0,
    continued: 0,
    swapped: 0,
    leaks: [],
  };
  const pages: { asker: Asker; action: Action; input: Input; pageToken: string }[] = [];

  /** Looks for what is closed to somebody in what they got. What they wrote themselves may come back to them. */
  const lookAt = (text: string, asker: Asker, asked: string, input: Input) => {
    const own = JSON.stringify(input).toUpperCase();
    // What was changed in one's name has the keys that one gave at the time.
    const told = asked.startsWith('listMyChanges') ? [] : [...text.matchAll(asker.closedKeys)].map(([key]) => key);
    const keys = told.filter(key => !own.includes(key.toUpperCase()));
    const found = asker.closed.filter(mark => text.includes(mark.text)).map(({ where }) => where);
    for (const closed of new Set([...found, ...keys])) {
      report.leaks.push({ asker: asker.name, asked, closed, input: JSON.stringify(input) });
    }
    const isShown = (text.match(/zq\d+qz/g) ?? []).some(mark => closedToSomebody.has(mark));
    if (isShown) report.shown += 1;
  };

  const count = ({ status, body }: Answered) => {
    const code = body?.code ?? errorOf(body)?.code;
    if (status === 403 || code === 'forbidden') report.refused += 1;
    else if (status === 200 && code === undefined) report.answered += 1;
    else report.failed += 1;
    return status === 200 && code === undefined;
  };

  const ask = (asker: Asker, action: Action, input: Input) => {
    const door = asker.doors.find(each => each.leadsTo(action));
    if (!door) throw new Error(`${asker.name} has no way to ${action.name}.`);
    const { url, headers, mcpPath } = door;
    if (next() < 0.25) return callMcp(url, 'tools/call', { name: action.name, arguments: input }, headers, mcpPath);
    const inline: Record<string, string> = next() < 0.3 ? { 'x-error-mode': 'inline' } : {};
    return callAction(url, action, input, { ...headers, ...inline });
  };

  const callOnce = async (asker: Asker, action: Action, input: Input): Promise<boolean> => {
    const answer = await ask(asker, action, input);
    lookAt(answer.text, asker, action.name, input);
    const isFine = count(answer);
    if (isFine) report.answeredOf[action.system] = (report.answeredOf[action.system] ?? 0) + 1;
    if (isFine && !asker.mayCall(action)) {
      report.leaks.push({ asker: asker.name, asked: action.name, closed: 'the action', input: JSON.stringify(input) });
    }
    const pageToken = /"nextPageToken":"([^"]+)"/.exec(answer.text)?.[1];
    if (pageToken !== undefined) {
      const [position = ''] = pageToken.split('.');
      lookAt(Buffer.from(position, 'base64url').toString(), asker, `${action.name}, in its page token`, input);
      pages.push({ asker, action, input, pageToken });
      if (pages.length > 200) pages.shift();
    }
    return isFine;
  };

  /** A page is for who was given its token, and for the same list. */
  const goOn = async (asker: Asker) => {
    const page = pick(pages);
    if (!page) return;
    const { action, input, pageToken } = page;
    const isOwn = next() < 0.5;
    const who = isOwn ? page.asker : asker;
    const isFine = await callOnce(who, action, { ...input, pageToken });
    if (who === page.asker) report.continued += isFine ? 1 : 0;
    else report.swapped += 1;
    if (isFine && who !== page.asker) {
      const closed = `a page of ${page.asker.name}`;
      report.leaks.push({ asker: who.name, asked: action.name, closed, input: JSON.stringify(input) });
    }
  };

  /** The tools that are listed are those that may be called. */
  const listTools = async (asker: Asker) => {
    for (const door of asker.doors) {
      const { text, body } = await callMcp(door.url, 'tools/list', {}, door.headers, door.mcpPath);
      lookAt(text, asker, 'tools/list', {});
      for (const action of allActions.filter(each => door.leadsTo(each))) {
        const isListed = text.includes(`"name":"${action.name}"`);
        if (isListed !== asker.mayCall(action)) {
          const closed = `${action.name} is ${isListed ? '' : 'not '}listed`;
          report.leaks.push({
            asker: asker.name,
            asked: 'tools/list',
            closed,
            input: JSON.stringify(body?.error ?? ''),
          });
        }
      }
      report.answered += 1;
    }
  };

  const listChoices = async (asker: Asker, action: Action) => {
    for (const schema of Object.values(action.input.shape)) {
      const { choices } = meaningOf(schema);
      const from = choices && allActions.find(({ name }) => name === choices.action);
      if (!from) continue;
      const numbers = Object.entries(choices.inputs).filter(([, value]) => typeof value === 'number');
      await callOnce(asker, from, { ...inputOf(from), ...Object.fromEntries(numbers) });
    }
  };

  const askForReadiness = async (asker: Asker) => {
    for (const { url, headers } of asker.doors) {
      const response = await fetch(`${url}/api/health/ready`, { headers });
      lookAt(await response.text(), asker, 'health/ready', {});
      report.answered += 1;
    }
  };

  const step = async () => {
    const asker = pick(askers);
    const action = pick(allActions);
    if (!asker || !action) throw new Error('There is nobody to ask, or nothing.');
    surprise?.();
    const kind = next();
    if (kind < 0.02) await listTools(asker);
    else if (kind < 0.06) await listChoices(asker, action);
    else if (kind < 0.2) await goOn(asker);
    else await callOnce(asker, action, inputOf(action));
  };

  let left = calls;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      await step();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, loop));
  finish?.();
  for (const asker of askers) await askForReadiness(asker);
  for (const [asked, text] of Object.entries(await kept())) {
    const found = marks.all().filter(mark => text.includes(mark.text));
    report.leaks.push(...found.map(({ where }) => ({ asker: 'anybody', asked, closed: where, input: '' })));
  }
  return report;
}

function errorOf(body: Record<string, unknown> | undefined): { code?: unknown } | undefined {
  if (typeof body?.error === 'object' && body.error !== null) return body.error;
  const result = body?.result;
  if (typeof result !== 'object' || result === null || !('isError' in result) || result.isError !== true) return;
  const said = JSON.stringify(result);
  return { code: /\\"code\\":\\"(\w+)\\"/.exec(said)?.[1] ?? 'unknown' };
}
