import { inspect } from 'node:util';
import { sourceFrames } from './sourceFrames.ts';

/**
 * What the log tells of something unexpected that was thrown: its name, and for each frame the file and line of the
 * source. Its message is told only with `showMessage`, because it may hold an input's value or a secret.
 */
export function describeBug(thrown: unknown, showMessage: boolean): string {
  if (!(thrown instanceof Error)) return showMessage ? inspect(thrown) : typeof thrown;
  const { name, message, cause } = thrown;
  const title = showMessage && message ? `${name}: ${message}` : name;
  const because = cause === undefined ? '' : `Caused by ${describeBug(cause, showMessage)}`;
  return [title, sourceFrames(thrown), because].filter(Boolean).join('\n');
}
