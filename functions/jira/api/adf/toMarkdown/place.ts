/** Where a block is written: the prefix of its lines, and whether it must stay on one line. */
export interface Place {
  prefix: string;
  /** True in a table cell or a heading, where lines are separated by `<br>`. */
  oneLine: boolean;
  depth: number;
  budget: Budget;
  /** True where a mention is the name alone, as people read it. */
  isNamed: boolean;
}

/** What may still be written, and looked at, of a document, in characters and nodes. Nothing is written once it is spent. */
export interface Budget {
  left: number;
}

/** @returns whether there was anything left to spend */
export function spend({ budget }: Place, amount: number): boolean {
  if (budget.left <= 0) return false;
  budget.left -= amount;
  return true;
}

/** Below this many levels only plain text is written, so that recursion is bounded. */
export const maxDepth = 64;

export function newLine(place: Place): string {
  return place.oneLine ? '<br>' : `\n${place.prefix}`;
}

export function blankLine(place: Place): string {
  return place.oneLine ? '<br>' : `\n${place.prefix.trimEnd()}\n${place.prefix}`;
}
