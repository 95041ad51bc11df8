import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';

/** `functions/jira/system.ts:12:5: TS2322 Type …`, and its file. */
export interface TypeProblem {
  file: string;
  text: string;
}

/**
 * Checks the types of a project, as `tsc -p` does; what is known from the last time makes it quick.
 * @param memory a file that tells the next check what this one has found; without it yet, a check is not cut off, because it takes
 * ten times as long and the next would begin anew
 * @throws the signal's reason when it is aborted, and Error when tsc cannot run
 */
export async function typeCheck(
  root: string,
  { project, memory, signal }: { project: string; memory: string; signal: AbortSignal },
): Promise<TypeProblem[]> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const flags = ['-p', project, '--pretty', 'false', '--incremental', '--tsBuildInfoFile', memory];
  const cut = existsSync(memory) ? { signal } : {};
  const child = spawn(process.execPath, ['--no-warnings', tsc, ...flags], { cwd: root, windowsHide: true, ...cut });
  if (child.pid !== undefined) giveWay(child.pid);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', chunk => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', chunk => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', error => reject(signal.aborted ? signal.reason : error));
    child.once('close', resolve);
  });
  signal.throwIfAborted();
  const problems = problemsIn(output);
  if (code !== 0 && problems.length === 0) throw new Error(`The type check did not run: ${output.trim() || code}`);
  return problems;
}

/** A reload has the processor first. */
function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended, or the system does not let it: then it takes its share.
  }
}

/** A line of tsc for each, `file(line,column): error TS1: text`; what goes on in further lines is indented. */
function problemsIn(output: string): TypeProblem[] {
  const found: RegExpExecArray[] = [];
  for (const line of output.split(/\r?\n/)) {
    const first = /^(\S[^(\n]*)\((\d+),(\d+)\): error (.*)$/.exec(line);
    const last = found.at(-1);
    if (first) found.push(first);
    else if (last && /^[ \t]/.test(line)) last[4] += `\n${line}`;
  }
  return found.map(([, file = '', line, column, text = '']) => {
    const path = file.replaceAll('\\', '/');
    return { file: path, text: `${path}:${line}:${column}: ${text.replace(/^(TS\d+): /, '$1 ')}` };
  });
}
