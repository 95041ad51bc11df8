import { readFile } from 'node:fs/promises';
import { allActions, callAction, type Input } from '../../reliability/callAction.ts';
import { freshInput } from '../../reliability/ledger/markedInput.ts';
import { startSandboxes } from '../../reliability/startSandboxes.ts';
import { startApp } from '../../support/app.ts';
import { startAzurite } from '../../support/azurite.ts';

export interface CallFigures {
  action: string;
  /** Time of the processor for a warm call, in milliseconds, of the app and its host. */
  cpuMs: number;
  /** Requests to its vendor, of one warm call. */
  requests: number;
  /** Bytes of the log, of one call. */
  logBytes: number;
}

const CALLERS = 8;
/** The clock that Linux counts a process's time by has a hundred ticks a second. */
const TICK_MS = 10;

/** What warm calls of the built app cost, against the sandboxes, with the ledger and the audit in Azurite. */
export async function measureCalls(names: readonly string[], calls: number): Promise<CallFigures[]> {
  if (process.platform !== 'linux')
    throw new Error('The time of another process is read from /proc, which Linux alone has.');
  const azurite = await startAzurite();
  await Promise.all(['ledger', 'audit'].map(table => azurite.createTable(table)));
  const sandboxes = await startSandboxes();
  const { LEDGER_TABLE_ENDPOINT: endpoint = '' } = azurite.settings;
  const app = await startApp({ env: { ...sandboxes.settings, ...azurite.settings, AUDIT_TABLE_ENDPOINT: endpoint } });
  const figures: CallFigures[] = [];
  try {
    for (const name of names) {
      const action = allActions.find(each => each.name === name);
      if (!action) throw new Error(`There is no action ${name}.`);
      let made = 0;
      const inputOf = (): Input =>
        action.access === 'read' ? action.example : freshInput(action, `Measured ${made++}.`);
      const call = async () => {
        const { status, text } = await callAction(app.url, action, inputOf());
        if (status !== 200) throw new Error(`${name} answered ${status}: ${text}`);
      };
      const inTurn = async (count: number) => {
        let left = count;
        const caller = async () => {
          while (left-- > 0) await call();
        };
        await Promise.all(Array.from({ length: CALLERS }, caller));
      };
      await inTurn(Math.ceil(calls / 4));
      const asked = () => [...sandboxes.servers.values()].reduce((sum, { requests }) => sum + requests.length, 0);
      const before = { cpuMs: await cpuMs(app.pid), requests: asked(), log: app.logs().length };
      await inTurn(calls);
      figures.push({
        action: name,
        cpuMs: ((await cpuMs(app.pid)) - before.cpuMs) / calls,
        requests: (asked() - before.requests) / calls,
        logBytes: (app.logs().length - before.log) / calls,
      });
    }
  } finally {
    await app.stop();
    await sandboxes.close();
    await azurite.stop();
  }
  return figures;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime and stime are its 14th and 15th fields. */
async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
