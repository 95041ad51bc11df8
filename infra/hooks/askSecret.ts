import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Interrupted } from './hook.ts';

/**
 * Asks for a line on the terminal and shows nothing of what is typed.
 * @returns What was typed, without the spaces around it; empty for Enter or Ctrl-D alone.
 * @throws Interrupted on Ctrl-C.
 */
export function askSecret(
  question: string,
  terminal: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: terminal.input, output: nowhere, terminal: true });
  terminal.output.write(question);
  return new Promise<string>((resolve, reject) => {
    lines.once('line', line => resolve(line.trim()));
    lines.once('SIGINT', () => reject(new Interrupted()));
    lines.once('close', () => resolve(''));
  }).finally(() => {
    lines.close();
    terminal.output.write('\n');
  });
}
