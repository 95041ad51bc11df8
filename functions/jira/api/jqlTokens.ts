/** A word, a quoted text or a sign of a query. */
export interface JqlToken {
  kind: 'word' | 'string' | 'sign';
  /** What it means: without quotes, and with its escapes resolved. */
  value: string;
  /** Where it stands in the query. */
  start: number;
  end: number;
}

const space = /\s/;
const signs = new Set(['(', ')', ',', '=', '!', '<', '>', '~', '&', '|', ';']);

/**
 * Splits JQL into tokens, in linear time.
 * https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/
 * @returns undefined for what cannot be JQL: a text that does not end, parentheses that do not pair
 */
export function jqlTokens(query: string): JqlToken[] | undefined {
  const tokens: JqlToken[] = [];
  let depth = 0;
  let at = 0;
  while (at < query.length) {
    const character = query.charAt(at);
    if (space.test(character)) {
      at += 1;
      continue;
    }
    const start = at;
    if (signs.has(character)) {
      if (character === '(') depth += 1;
      if (character === ')') depth -= 1;
      if (depth < 0) return undefined;
      at += 1;
      tokens.push({ kind: 'sign', value: character, start, end: at });
      continue;
    }
    const quote = character === '"' || character === "'" ? character : undefined;
    let value = '';
    if (quote) at += 1;
    for (;;) {
      const next = query.charAt(at);
      if (next === '' && quote) return undefined;
      if (next === '' || (quote ? next === quote : space.test(next) || signs.has(next) || next === '"' || next === "'"))
        break;
      if (next === '\\') {
        const escaped = readEscape(query, at + 1);
        value += escaped.value;
        at = escaped.end;
      } else {
        value += next;
        at += 1;
      }
    }
    if (quote) at += 1;
    tokens.push({ kind: quote ? 'string' : 'word', value, start, end: at });
  }
  return depth === 0 ? tokens : undefined;
}

const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** What stands behind a backslash. */
function readEscape(query: string, at: number): { value: string; end: number } {
  const code = query.slice(at + 1, at + 5);
  if (query.charAt(at) === 'u' && /^[0-9a-f]{4}$/i.test(code)) {
    return { value: String.fromCharCode(Number.parseInt(code, 16)), end: at + 5 };
  }
  const character = query.charAt(at);
  return { value: named[character] ?? character, end: at + 1 };
}

/** A function that a query calls, `currentUser()`: where it stands, and which token it is. */
export interface JqlCall {
  name: string;
  /** The place of its name among the tokens. */
  index: number;
  hasArguments: boolean;
  start: number;
  /** Behind its closing parenthesis. */
  end: number;
}

const keywords = new Set(['in', 'and', 'or', 'not', 'was', 'changed', 'is', 'by', 'during', 'on', 'before', 'after']);

/** Every function that is called. Its name may be quoted, and be written in any case. */
export function jqlCalls(tokens: readonly JqlToken[]): JqlCall[] {
  const closings = closingsOf(tokens);
  return tokens.flatMap((token, index) => {
    const last = closings.get(index + 1);
    const end = last === undefined ? undefined : tokens[last]?.end;
    if (token.kind === 'sign' || last === undefined || end === undefined) return [];
    if (token.kind === 'word' && keywords.has(token.value.toLowerCase())) return [];
    return [{ name: token.value.toLowerCase(), index, hasArguments: last > index + 2, start: token.start, end }];
  });
}

/** The place of the closing parenthesis for that of each opening one. */
function closingsOf(tokens: readonly JqlToken[]): Map<number, number> {
  const closings = new Map<number, number>();
  const opened: number[] = [];
  for (const [index, { kind, value }] of tokens.entries()) {
    if (kind !== 'sign') continue;
    if (value === '(') opened.push(index);
    const open = value === ')' ? opened.pop() : undefined;
    if (open !== undefined) closings.set(open, index);
  }
  return closings;
}

/** Parts a query from its order: where `ORDER BY` begins, outside of all parentheses; the query's length without one. */
export function orderStart(tokens: readonly JqlToken[], query: string): number {
  let depth = 0;
  for (const [index, { kind, value, start }] of tokens.entries()) {
    if (kind === 'sign' && value === '(') depth += 1;
    if (kind === 'sign' && value === ')') depth -= 1;
    const next = tokens[index + 1];
    const isOrder = kind === 'word' && value.toLowerCase() === 'order' && next?.kind === 'word';
    if (depth === 0 && isOrder && next.value.toLowerCase() === 'by') return start;
  }
  return query.length;
}
