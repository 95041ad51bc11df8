import { styleText } from 'node:util';
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

/** Writes each message to standard output with its time, in the colours of Core Tools when that is a terminal. */
export const consoleLog: Log = (level, message) => {
  const stamp = styleText('dim', `[${new Date().toISOString()}]`);
  process.stdout.write(`${stamp} ${colour[level] ? styleText(colour[level], message) : message}\n`);
};

const colour: Partial<Record<LogLevel, 'dim' | 'yellow' | 'red'>> = {
  trace: 'dim',
  debug: 'dim',
  warning: 'yellow',
  error: 'red',
  critical: 'red',
};
