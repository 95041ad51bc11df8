import { systems } from '../../../functions/everySystem.ts';
import type { Action } from '../../../shared/action/defineAction.ts';
import { type FailureCode, failureCodes } from '../../../shared/failure.ts';
import type { SandboxRequest, SandboxServer } from '../../../shared/sandbox/sandboxServer.ts';
import { findSandbox } from '../../../tools/sandboxes.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { type Answered, allActions, callAction, type Input } from '../callAction.ts';
import { freshInput } from '../ledger/markedInput.ts';
import { type RunningSandboxes, startSandboxes } from '../startSandboxes.ts';
import { type FaultKind, faultKinds, type Told } from './faultKinds.ts';

/** Which of a call's requests meet the fault: all of a read's; of a write's the write itself, or all others. */
type Stage = 'read' | 'write' | 'look-up';

export interface FaultRow {
  action: string;
  stage: Stage;
  fault: string;
  /** `200`, or status, code and whether it may be tried again. */
  got: string;
  /** By the rules; any of them. */
  expected: readonly string[];
  /** How many times the write was carried out. */
  made: number;
  /** Whether the next call without a fault was answered. */
  recovered: boolean;
}

const TIMEOUT_MS = 1_500;
/** On a busy machine an answer may come too late for the shorter one. */
const LONG_TIMEOUT_MS = 20_000;
/** What takes time is waiting, so that several sandboxes with an app each are tried at once. */
const LANES = 8;

/** An app with sandboxes of its own. */
interface Lane {
  app: RunningApp;
  sandboxes: RunningSandboxes;
  /** Paths to which something is posted that is only read. */
  reads: ReadonlySet<string>;
}

interface Case {
  action: Action;
  stage: Stage;
  kind: FaultKind;
}

/** Calls every action that asks a vendor with every fault, and tells what came of it. */
export async function runFaultMatrix(kinds: readonly FaultKind[] = faultKinds): Promise<FaultRow[]> {
  const vendors: string[] = [];
  for (const system of systems) if (await findSandbox(system)) vendors.push(system.name);
  const cases = allActions
    .filter(({ uses }) => uses.some(({ name }) => vendors.includes(name)))
    .flatMap(action => stagesOf(action).flatMap(stage => kinds.map((kind): Case => ({ action, stage, kind }))));
  const rows: FaultRow[] = [];

  const work = async () => {
    let lane = await openLane(TIMEOUT_MS);
    for (let next = cases.pop(); next; next = cases.pop()) {
      let row = await tryOne(next, lane);
      if (!row) {
        // The fault met nothing: the answer was in memory, or what the action does was done already.
        await closeLane(lane);
        lane = await openLane(TIMEOUT_MS);
        row = await tryOne(next, lane);
      }
      rows.push(!row || isWrong(row) ? await tryAlone(next) : row);
    }
    await closeLane(lane);
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return rows.sort((one, other) => placeOf(one).localeCompare(placeOf(other)));
}

const placeOf = ({ stage, action }: FaultRow) => `${stage} ${action}`;

/** The person of the sandboxes has answered the approval of the example before, so that nothing is written. */
const writesNothing = new Set(['answerRequestApproval']);

/** The first call of what is planned writes nothing. */
function stagesOf({ access, planned, name }: Action): readonly Stage[] {
  if (access === 'read' || planned) return ['read'];
  return writesNothing.has(name) ? ['look-up'] : ['write', 'look-up'];
}

let lanes: Promise<ReadonlySet<string>> | undefined;

/** What was wrong is tried once more with time enough: what is wrong then is so whatever the machine. */
async function tryAlone(what: Case): Promise<FaultRow> {
  const lane = await openLane(LONG_TIMEOUT_MS);
  const row = await tryOne(what, lane);
  await closeLane(lane);
  if (!row) throw new Error(`${what.action.name} asks nobody for anything, even at first.`);
  return row;
}

async function openLane(timeoutMs: number): Promise<Lane> {
  const sandboxes = await startSandboxes();
  const app = await startApp({
    env: { ...sandboxes.settings, ...sandboxUser.settings, ACTION_TIMEOUT_MS: String(timeoutMs) },
  });
  lanes ??= findReads();
  return { app, sandboxes, reads: await lanes };
}

async function closeLane({ app, sandboxes }: Lane): Promise<void> {
  await app.stop();
  await sandboxes.close();
}

/** Tried with every read: what they post is no write. Statements that fit into no URL are posted as well. */
async function findReads(): Promise<ReadonlySet<string>> {
  const sandboxes = await startSandboxes();
  const app = await startApp({ env: { ...sandboxes.settings, ...sandboxUser.settings } });
  for (const action of allActions.filter(({ access }) => access === 'read')) {
    await callAction(app.url, action, action.example, sandboxUser.headers);
  }
  const requests = [...sandboxes.servers.values()].flatMap(server => server.requests);
  await app.stop();
  await sandboxes.close();
  const posted = requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);
  const queries = requests.flatMap(({ path }) =>
    path.endsWith('/query') ? [path.replace(/query$/, 'composite')] : [],
  );
  return new Set([...posted, ...queries, ...postedByWrites].filter(path => !isSignIn(path)));
}

/** Look-ups that only writes make. */
const postedByWrites = ['/rest/api/3/comment/list', '/rest/api/3/issue/bulkfetch'];

const isSignIn = (path: string) => path.includes('oauth');

let calls = 0;
function newInput(action: Action): Input {
  calls += 1;
  return freshInput(action, `call ${calls}`);
}

/** @returns undefined when the fault met nothing */
async function tryOne({ action, stage, kind }: Case, { app, sandboxes, reads }: Lane): Promise<FaultRow | undefined> {
  const own = [...sandboxes.servers].flatMap(([name, server]) =>
    action.uses.some(system => system.name === name) ? [server] : [],
  );
  const isWrite = ({ method, path }: SandboxRequest) => method !== 'GET' && !reads.has(path) && !isSignIn(path);
  for (const server of own) {
    server.exchanges.length = 0;
    server.requests.length = 0;
    strike(server, stage, kind.fault, reads);
  }
  const answer = await callAction(app.url, action, newInput(action), sandboxUser.headers);
  for (const server of own) server.clearFaults();
  const done = own
    .flatMap(({ exchanges }) => exchanges)
    .filter(({ request, status }) => isWrite(request) && status < 300)
    .map(({ request: { method, path } }) => `${method} ${path}`);
  // A call may write several things, each of them once.
  const made = Math.max(0, ...[...Map.groupBy(done, each => each).values()].map(({ length }) => length));
  const requests = own.flatMap(server => server.requests);
  if (stage === 'read' ? requests.length === 0 : stage === 'write' && !requests.some(isWrite)) return undefined;
  // What a change does may have been done before.
  const goesOn = async () => {
    const again = await callAction(app.url, action, newInput(action), sandboxUser.headers);
    return again.status === 200 || again.body?.code === 'conflict';
  };
  return {
    action: action.name,
    stage,
    fault: kind.name,
    got: inWords(answer),
    expected: expectedOf(stage, kind, made),
    made,
    // A look-up that calls share may have begun before the fault ended, and answers of 20 MB take the sandbox's time after it.
    recovered: (await goesOn()) || (await goesOn()),
  };
}

/** A write that was made is told as done, whatever befalls what is looked up after it. */
function expectedOf(stage: Stage, { read, write, mayBeDone }: FaultKind, made: number): string[] {
  if (stage === 'read') return [toldInWords(read)];
  if (stage === 'look-up') return made > 0 ? ['200'] : [toldInWords(read)];
  // Where the answer was lost, an action may have looked, and know that it was made.
  return mayBeDone || made === 1 ? [toldInWords(write), '200'] : [toldInWords(write)];
}

/** Lets a stage's requests fail; signing in, and a look at whether the host is there at all, aside. */
function strike(server: SandboxServer, stage: Stage, fault: FaultKind['fault'], reads: ReadonlySet<string>): void {
  const often = { ...fault, times: 1_000 };
  const posted = [...reads].map(path => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const data = '^/(?!.*oauth).';
  const kinds: Record<Stage, { path: string; methods: (string | undefined)[] }[]> = {
    read: [{ path: data, methods: [undefined] }],
    'look-up': [
      { path: data, methods: ['GET'] },
      { path: `^(?:${posted})$`, methods: ['POST'] },
    ],
    write: [{ path: `^(?!(?:${posted})$)(?!.*oauth).`, methods: ['POST', 'PUT', 'PATCH', 'DELETE'] }],
  };
  for (const { path, methods } of kinds[stage]) {
    for (const method of methods) server.fail({ ...often, path, ...(method && { method }) });
  }
}

function inWords({ status, body }: Answered): string {
  if (status === 200) return '200';
  return `${status} ${body?.code}${body?.retryable === true ? ', again' : ''}`;
}

function toldInWords({ code, retryable }: Told): string {
  return `${failureCodes[code].status} ${code}${retryable ? ', again' : ''}`;
}

export function isWrong({ got, expected, made, recovered }: FaultRow): boolean {
  return !expected.includes(got) || made > 1 || !recovered;
}

const short: Partial<Record<FailureCode, string>> = {
  rate_limited: 'limit',
  upstream_auth_failed: 'auth',
  upstream_error: 'error',
  upstream_timeout: 'time',
  upstream_unavailable: 'gone',
  not_found: 'none',
  invalid_input: 'input',
};

/** A line for each action and stage, a column for each fault. */
export function faultTable(rows: readonly FaultRow[]): string {
  const faults = faultKinds.map(({ name }) => name);
  const lines = [...new Set(rows.map(placeOf))].map(place => {
    const cells = faults.map(fault => {
      const row = rows.find(each => placeOf(each) === place && each.fault === fault);
      if (!row) return '';
      const [, status = '', code = '', again = ''] = /^(\d+) ?(\w*)(, again)?$/.exec(row.got) ?? [];
      const told = code === '' ? status : `${status} ${short[code as FailureCode] ?? code}${again && '+'}`;
      return `${isWrong(row) ? '**WRONG** ' : ''}${told}${row.made > 0 ? ` ×${row.made}` : ''}`;
    });
    return `| ${place} | ${cells.join(' | ')} |`;
  });
  const legend = '`+`: it may be tried again; `×1`: the write was carried out once.';
  return [`| | ${faults.join(' | ')} |`, `|${'---|'.repeat(faults.length + 1)}`, ...lines, '', legend].join('\n');
}
