/**
 * Replaces the lines between `<comment> begin generated <name>` and `<comment> end generated <name>`, each indented as the
 * first marker is.
 * @throws Error when a marker is missing, or there are several
 */
export function replaceRegion(file: string, text: string, name: string, content: readonly string[]): string {
  const lines = text.split('\n');
  const begin = findMarker(file, lines, `begin generated ${name}`);
  const end = findMarker(file, lines, `end generated ${name}`);
  if (end < begin) throw new Error(`${file} has its line "end generated ${name}" before "begin generated ${name}".`);
  const indent = /^\s*/.exec(lines[begin] ?? '')?.[0] ?? '';
  return [...lines.slice(0, begin + 1), ...content.map(line => indent + line), ...lines.slice(end)].join('\n');
}

/** How comments begin and end in YAML, in Bicep and TypeScript, and in Markdown. */
const comments = [
  ['# ', ''],
  ['// ', ''],
  ['<!-- ', ' -->'],
] as const;

function findMarker(file: string, lines: readonly string[], marker: string): number {
  const isMarker = (line: string) => comments.some(([begin, end]) => line.trim() === begin + marker + end);
  const index = lines.findIndex(isMarker);
  if (index < 0) {
    throw new Error(
      `${file} has no comment line "${marker}". Put it back: what is generated stands between two of them.`,
    );
  }
  if (lines.slice(index + 1).some(isMarker)) throw new Error(`${file} has two comment lines "${marker}". Keep one.`);
  return index;
}
