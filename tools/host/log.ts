import { styleText } from 'node:util';
import * as z from 'zod';
import { parseJson } from '../../shared/parseJson.ts';
import type { LogLevel } from './rpc.ts';

export type Log = (level: LogLevel, message: string) => void;

const severity = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;

/** Passes on what is at least as severe as `minimum`. */
export function atLeast(minimum: LogLevel, log: Log): Log {
  const threshold = severity.indexOf(minimum);
  return (level, message) => {
    if (severity.indexOf(level) >= threshold) log(level, message);
  };
}

/**
 * Writes each message to standard output with its time, in the colours of Core Tools when that is a terminal. A bug's
 * stack, which is one string in the app's JSON, follows on lines of its own.
 */
export const consoleLog: Log = (level, message) => {
  const stamp = styleText('dim', `[${new Date().toISOString()}]`);
  const stack = stackIn(message);
  const text = stack ? `${message}\n${stack}` : message;
  process.stdout.write(`${stamp} ${colour[level] ? styleText(colour[level], text) : text}\n`);
};

const withCause = z.object({ cause: z.string().includes('\n') });

function stackIn(message: string): string | undefined {
  return message.startsWith('{') ? withCause.safeParse(parseJson(message)).data?.cause : undefined;
}

const colour: Partial<Record<LogLevel, 'dim' | 'yellow' | 'red'>> = {
  trace: 'dim',
  debug: 'dim',
  warning: 'yellow',
  error: 'red',
  critical: 'red',
};
