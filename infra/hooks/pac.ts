import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The Power Platform CLI, and somebody signed in to it: https://learn.microsoft.com/power-platform/developer/cli/reference/connector */
export interface Pac {
  ready: true;
  /** The custom connectors of the environment, as they were when it was opened. */
  connectors: readonly ListedConnector[];
  /** Runs `pac connector` with these arguments. @throws Error with what pac said. */
  run(...args: string[]): Promise<void>;
}

interface ListedConnector {
  id: string;
  /** Its names, among other texts of the line that pac prints for it. */
  names: readonly string[];
}

/** Why nothing can be published from here. */
interface NoPac {
  ready: false;
  reason: string;
}

/** @param environment - An environment's ID or URL; the one that pac has selected when there is none. */
export async function openPac(environment: string | undefined): Promise<Pac | NoPac> {
  const target = environment ? ['--environment', environment] : [];
  const run = (...args: string[]) => pac(['connector', ...args, ...target]);
  try {
    return {
      ready: true,
      connectors: readConnectors(await run('list')),
      run: async (...args) => {
        await run(...args);
      },
    };
  } catch (error) {
    if (error instanceof NotInstalled)
      return { ready: false, reason: 'The Power Platform CLI (pac) is not installed.' };
    return { ready: false, reason: `The Power Platform CLI cannot list connectors. ${(error as Error).message}` };
  }
}

class NotInstalled extends Error {}

async function pac(args: string[]): Promise<string> {
  // On Windows pac is a .cmd file, which only a shell runs; no argument of ours has a quote in it.
  const shell = process.platform === 'win32';
  try {
    const { stdout } = await execute('pac', shell ? args.map(arg => `"${arg}"`) : args, { shell });
    return stdout;
  } catch (cause) {
    const { code, stdout = '', stderr = '' } = cause as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT' || /not recognized as an internal/.test(stderr)) throw new NotInstalled('pac', { cause });
    throw new Error(`pac ${args.slice(0, 2).join(' ')} failed. ${(stderr.trim() || stdout.trim()).slice(0, 2000)}`, {
      cause,
    });
  }
}

const guid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/**
 * Reads the table that `pac connector list` prints: a header, and a connector's ID and names on each line. Its columns
 * may be a single space apart, and a name may have spaces in it: a column begins where the header has a word and every
 * line has a space before it.
 */
function readConnectors(table: string): ListedConnector[] {
  const lines = table.split(/\r?\n/);
  const rows = lines.filter(line => guid.test(line));
  const header = lines[lines.findIndex(line => guid.test(line)) - 1] ?? '';
  const isBlank = (line: string, at: number) => (line[at] ?? ' ').trim() === '';
  const columns = [...header]
    .map((_, at) => at)
    .filter(at => !isBlank(header, at) && [header, ...rows].every(line => isBlank(line, at - 1)));
  return rows.map(row => {
    const gaps = [...row.matchAll(/(?<=\s{2})\S/g)].map(({ index }) => index);
    const starts = [...columns, ...gaps, row.length];
    const texts = starts.flatMap(start => starts.map(end => row.slice(start, end).trim()));
    return { id: guid.exec(row)?.[0] ?? '', names: texts.filter(Boolean) };
  });
}
