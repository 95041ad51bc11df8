export interface StrictJson {
  /** Undefined where the text is not JSON. */
  value: unknown;
  /** What is wrong with the text, to stand behind what it is the text of: "is not JSON". */
  problem?: string;
}

/** Deeper than that, nothing that is asked for here is nested, and code that follows a value into its depth would fail. */
const MAX_DEPTH = 64;
const MAX_QUOTED = 64;

/** A text with the colon that makes a name of it, or a bracket: all that matters of a text that is JSON. */
const parts = /"[^"\\]*(?:\\.[^"\\]*)*(?:"(\s*:)?)?|[{}[\]]/gs;

/**
 * Parses JSON of which nothing is left to a parser's choice: no name is given twice in one object, of which the first is
 * lost without a word; every text is Unicode, without half of a surrogate pair, which no UTF-8 can say
 * (https://www.rfc-editor.org/rfc/rfc7493#section-2.1); below the top, nothing is called `__proto__`.
 */
export function strictJson(text: string): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { value, problem: 'is not JSON' };
  }
  const problem = problemIn(text);
  return problem === undefined ? { value } : { value, problem };
}

function problemIn(json: string): string | undefined {
  // The names of each object that is open; nothing for a list.
  const open: (Set<string> | undefined)[] = [];
  for (const [part, colon] of json.matchAll(parts)) {
    if (part === '{' || part === '[') {
      if (open.length === MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
      open.push(part === '{' ? new Set() : undefined);
    } else if (part === '}' || part === ']') {
      open.pop();
    } else {
      const literal = colon === undefined ? part : part.slice(0, -colon.length);
      const content: string = literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1);
      if (!content.isWellFormed()) return 'has half of a surrogate pair in a text, which is no character';
      if (colon === undefined) continue;
      const names = open.at(-1);
      if (names?.has(content)) return `gives ${named(content)} twice`;
      if (content === '__proto__' && open.length > 1) return `has the name ${named(content)} in it`;
      names?.add(content);
    }
  }
  return undefined;
}

function named(name: string): string {
  return JSON.stringify(name.slice(0, MAX_QUOTED).toWellFormed());
}
