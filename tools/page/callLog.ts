import { readActionLine } from '../host/actionLine.ts';
import { createCallLines } from '../host/callLines.ts';
import type { HostOptions } from '../host/host.ts';
import { consoleLog } from '../host/log.ts';
import { createNoticedCalls, type NoticedCalls } from './noticedCalls.ts';

/** Shows a line for each call in place of what the app logs of it, and keeps for the page what came of the last ones. */
export function createCallLog(): Required<Pick<HostOptions, 'log' | 'onCall'>> & { calls: NoticedCalls } {
  const calls = createNoticedCalls();
  const lines = createCallLines(line => console.log(line));
  return {
    calls,
    onCall: lines.tell,
    log(level, message) {
      const line = readActionLine(message);
      if (!line) return consoleLog(level, message);
      calls.notice(line);
      lines.notice(line);
    },
  };
}
