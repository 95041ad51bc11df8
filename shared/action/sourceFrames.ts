import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

const maps = new Map<string, SourceMap | undefined>();

/**
 * The frames of an error's stack, a line each, with files and lines of the source where the bundle has a source map:
 * `    at run (functions/jira/actions/getIssue.ts:44:7)`. Node's own support for source maps reads every map while it
 * loads the code, which takes a third longer to start; this reads a map when a bug is logged, once.
 */
export function sourceFrames({ message, stack = '' }: Error): string {
  // The name and the message come first, and lines of a message can look like frames.
  const start = stack.indexOf(message);
  const lines = stack.slice(start < 0 ? 0 : start + message.length).split('\n');
  const lastOther = lines.findLastIndex(line => !/^\s+at /.test(line));
  return lines
    .slice(lastOther + 1)
    .map(toSource)
    .join('\n');
}

function toSource(frame: string): string {
  return frame.replace(
    /(file:\/\/(?:\/[A-Z]:)?[^\s:]+\.js):(\d+):(\d+)/,
    (place, file: string, line: string, column: string) => {
      const entry = sourceMapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (!entry || !('originalSource' in entry) || !entry.originalSource) return place;
      // Sources are relative to the bundle, which is in a folder of the project.
      const source = entry.originalSource.replace(/^(\.\.\/)+/, '');
      return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    },
  );
}

function sourceMapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readSourceMap(new URL(`${file}.map`)));
  return maps.get(file);
}

/** Nothing where there is none, as for code that runs without a build: its own frames are right. */
function readSourceMap(url: URL): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(url, 'utf8')));
  } catch {
    return undefined;
  }
}
