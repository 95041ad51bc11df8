/** Where a block is written: the prefix of its lines, and whether it must stay on one line. */
export interface Place {
  prefix: string;
  /** True in a table cell or a heading, where lines are separated by `<br>`. */
  oneLine: boolean;
  depth: number;
}

/** Below this many levels only plain text is written, so that recursion is bounded. */
export const maxDepth = 64;

export function newLine(place: Place): string {
  return place.oneLine ? '<br>' : `\n${place.prefix}`;
}

export function blankLine(place: Place): string {
  return place.oneLine ? '<br>' : `\n${place.prefix.trimEnd()}\n${place.prefix}`;
}
