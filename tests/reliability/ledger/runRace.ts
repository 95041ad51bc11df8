import { setTimeout as delay } from 'node:timers/promises';
import type { Action } from '../../../shared/action/defineAction.ts';
import type { Fault } from '../../../shared/sandbox/sandboxServer.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { startAzurite } from '../../support/azurite.ts';
import { allActions, callAction, type Input } from '../callAction.ts';
import { newSeed, randomFrom } from '../random.ts';
import { type RunningSandboxes, startSandboxes } from '../startSandboxes.ts';
import { markedInput } from './markedInput.ts';

export interface RaceReport {
  seed: number;
  /** Writes that differ; each is asked for four times. */
  writes: number;
  calls: number;
  /** How many requests to a vendor went wrong on purpose. */
  faults: number;
  /** How many times a process was ended in the middle of its work. */
  kills: number;
  /** Writes that were answered as done. */
  done: number;
  /** Writes of which nobody was told whether they were made. */
  unsure: number;
  /** Of A, B and A again in turn, by two processes, how many were made. */
  settings: { action: string; made: number }[];
  /** Writes that were made twice, or not made and told as done, or made and told as certainly not made. */
  wrong: { action: string; made: number; told: string[] }[];
}

interface Write {
  action: Action;
  input: Input;
  mark: string;
  told: string[];
}

/** How many writes race at a time. */
const BATCH = 13;
/** One process's clock is wrong by more than half of the time for which a write is remembered. */
const SKEW_MS = 75_000;
const TIMEOUT_MS = 1_800;

/** What goes wrong with a vendor's write, and how often. */
const faults: readonly [Fault, ...Fault[]] = [
  { reset: 'after' },
  { reset: 'before' },
  { reset: 'midBody' },
  { hang: true },
  { status: 503, body: '{}' },
  { status: 500, body: '{}' },
  { status: 429, body: '{}', headers: { 'retry-after': '1' } },
  { status: 403, body: '{"errorMessages":["No."]}' },
  { delayMs: 400 },
  { delayMs: 1200 },
];

/**
 * Two processes that share a ledger in Table Storage are asked for the same writes at the same time, with faults of the
 * vendor between, and processes that die and come back, one of them with a wrong clock. Counts what was carried out.
 */
export async function runRace(writes: number, seed = newSeed()): Promise<RaceReport> {
  const random = randomFrom(seed);
  const { next, below, pick } = random;
  const azurite = await startAzurite();
  const sandboxes = await startSandboxes();
  const made = countMade(sandboxes);
  const skewed = {
    NODE_OPTIONS: `--import ${new URL('../../support/skewedClock.ts', import.meta.url).href}`,
    CLOCK_SKEW_MS: String(SKEW_MS),
  };
  const start = (place: number) =>
    startApp({
      env: {
        ...sandboxes.settings,
        ...azurite.settings,
        ...sandboxUser.settings,
        ACTION_TIMEOUT_MS: String(TIMEOUT_MS),
        ...(place === 1 && skewed),
      },
    });
  const apps: RunningApp[] = await Promise.all([start(0), start(1)]);
  const report: RaceReport = {
    seed,
    writes,
    calls: 0,
    faults: 0,
    kills: 0,
    done: 0,
    unsure: 0,
    settings: [],
    wrong: [],
  };

  /** What a caller is told: `done`, the code of a failure and whether it may try again, or nothing. */
  const tell = async (write: Write, app: RunningApp): Promise<string> => {
    report.calls += 1;
    try {
      const { status, body } = await callAction(app.url, write.action, write.input, sandboxUser.headers);
      if (status === 200) return 'done';
      return `${body?.code}${body?.retryable === true ? ', retryable' : ''}`;
    } catch {
      return 'nothing';
    }
  };

  // Those that are planned first keep what was done by items, in trials of their own.
  const direct = allActions.filter(({ planned }) => !planned);
  const adding = direct.filter(action => action.effect === 'adds' && markedInput(action, '') !== undefined);
  const setting = direct.filter(
    action => action.effect === 'changes' && action.idempotent && markedInput(action, '') !== undefined,
  );
  let marks = 0;
  const newWrite = (action: Action): Write => {
    marks += 1;
    const mark = `race-${seed}-${marks}-of-the-ledger`;
    return { action, input: markedInput(action, mark) ?? {}, mark, told: [] };
  };

  /** Where the write of an action goes, found by making one. */
  const pathOf = async (action: Action): Promise<{ system: string; path: string }> => {
    let told = '';
    // The first call of a system signs in, and may take longer than a call has here.
    for (let attempt = 0; attempt < 5 && (attempt === 0 || told.endsWith('retryable')); attempt += 1) {
      const write = newWrite(action);
      told = await tell(write, apps[0] as RunningApp);
      for (const [system, { requests }] of sandboxes.servers) {
        const sent = requests.findLast(({ body, method }) => method !== 'GET' && body.includes(write.mark));
        if (sent) return { system, path: `^${sent.path}$` };
      }
    }
    throw new Error(`${action.name} was answered with ${told}, and nothing was sent.`);
  };
  const paths = new Map<Action, { system: string; path: string }>();
  for (const action of adding) paths.set(action, await pathOf(action));

  const failSome = (batch: readonly Write[]) => {
    for (const { action } of batch) {
      if (next() < 0.4) continue;
      const { system = '', path = '' } = paths.get(action) ?? {};
      sandboxes.servers.get(system)?.fail({ path, method: 'POST', ...pick(faults) });
      report.faults += 1;
    }
  };

  const killOne = async () => {
    const place = below(2);
    await delay(below(250));
    await apps[place]?.kill();
    report.kills += 1;
    apps[place] = await start(place);
  };

  const race = async (size: number, round: number) => {
    const batch = Array.from({ length: size }, () => newWrite(pick(adding) as Action));
    failSome(batch);
    const asks = batch.flatMap(write =>
      [0, 1, 0].map(async place => {
        await delay(below(120));
        write.told.push(await tell(write, apps[place] as RunningApp));
      }),
    );
    if (round % 2 === 1 || next() < 0.3) asks.push(killOne());
    await Promise.all(asks);
    for (const server of sandboxes.servers.values()) server.clearFaults();
    // Whoever was told nothing, or to try again, asks once more.
    await Promise.all(batch.map(async write => write.told.push(await tell(write, apps[below(2)] as RunningApp))));
    made.look();
    return batch;
  };

  try {
    const all: Write[] = [];
    for (let round = 1; all.length < writes; round += 1) {
      all.push(...(await race(Math.min(BATCH, writes - all.length), round)));
    }
    for (const action of setting) {
      // What was started last loads what the action needs.
      for (const app of apps) await tell(newWrite(action), app);
      const [a, b] = [newWrite(action), newWrite(action)];
      for (const [write, place] of [
        [a, 0],
        [b, 1],
        [a, 1],
      ] as const) {
        if ((await tell(write, apps[place] as RunningApp)) !== 'done')
          report.settings.push({ action: action.name, made: -1 });
      }
      made.look();
      report.settings.push({ action: action.name, made: made.of(a.mark) + made.of(b.mark) });
    }
    // What was on its way is over by now.
    await delay(TIMEOUT_MS);
    made.look();
    for (const { action, mark, told } of all) {
      const times = made.of(mark);
      const isDone = told.includes('done');
      const isSurelyNot = told.every(each => each.endsWith('retryable') || each === 'forbidden');
      if (times > 1 || (isDone && times === 0) || (isSurelyNot && times > 0)) {
        report.wrong.push({ action: action.name, made: times, told });
      }
      if (isDone) report.done += 1;
      else if (!isSurelyNot) report.unsure += 1;
    }
    return report;
  } finally {
    await Promise.all(apps.map(app => app.stop()));
    await sandboxes.close();
    await azurite.stop();
  }
}

/** Counts the writes that were carried out, by their marks. The sandboxes keep their last exchanges alone. */
function countMade({ servers }: RunningSandboxes) {
  const counts = new Map<string, number>();
  return {
    look() {
      for (const { exchanges } of servers.values()) {
        for (const { request, status } of exchanges.splice(0)) {
          const [mark] = /race-\d+-\d+-of-the-ledger/.exec(request.body) ?? [];
          // Queries go together by a POST as well.
          const isRead = /\/(composite|parameterizedSearch)$/.test(request.path);
          if (mark !== undefined && status < 300 && !isRead) counts.set(mark, (counts.get(mark) ?? 0) + 1);
        }
      }
    },
    of: (mark: string) => counts.get(mark) ?? 0,
  };
}
