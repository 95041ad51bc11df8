import { type SoqlToken, soqlTokens } from './soqlTokens.ts';

/** One entry of a SELECT list. */
export interface SelectItem {
  tokens: readonly SoqlToken[];
  /** As it is written, with single blanks and without its alias: `SUM(Amount)`. */
  text: string;
  /** Undefined where it has none. */
  alias: string | undefined;
  /** `field` for a path, `function`, `subquery` and `typeof`. */
  kind: 'field' | 'function' | 'subquery' | 'typeof';
}

/** What a SELECT statement is made of, as far as its words tell: enough to page it, and to name what it computes. */
export interface SoqlOutline {
  tokens: readonly SoqlToken[];
  objectType: string;
  alias: string | undefined;
  items: readonly SelectItem[];
  /** Where the SELECT list ends, in characters. */
  listEnd: number;
  clauses: ReadonlySet<string>;
  /** The words of ORDER BY, in lower case. */
  orderedBy: readonly string[];
  /** The fields of `GROUP BY ROLLUP(…)` or `CUBE(…)`. */
  rolledUp: readonly string[];
}

/** Each begins a clause, with the word behind it where it takes one. */
const clauseStarts: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  ['where', undefined],
  ['with', undefined],
  ['group', ['by']],
  ['having', undefined],
  ['order', ['by']],
  ['limit', undefined],
  ['offset', undefined],
  ['for', ['view', 'reference', 'update']],
  ['update', ['tracking', 'viewstat']],
  ['all', ['rows']],
]);

/** The outline of a statement; undefined where it is none: `SELECT … FROM …`. */
export function soqlOutline(statement: string): SoqlOutline | undefined {
  const tokens = soqlTokens(statement);
  const depths = depthsOf(tokens);
  const words = tokens.map(({ kind, value }) => (kind === 'word' ? value.toLowerCase() : ''));
  const from = tokens.findIndex((_, at) => at > 1 && depths[at] === 0 && words[at] === 'from');
  const object = tokens[from + 1];
  if (words[0] !== 'select' || from < 0 || object?.kind !== 'word') return undefined;

  const clauses = new Map<string, number>();
  for (let at = from + 2; at < tokens.length; at += 1) {
    const word = words[at] ?? '';
    if (depths[at] === 0 && beginsClause(word, words[at + 1])) clauses.set(word, at);
  }
  const clauseWords = (name: string): string[] => {
    const start = clauses.get(name);
    if (start === undefined) return [];
    const next = [...clauses.values()].filter(at => at > start);
    return words.slice(start + 2, Math.min(tokens.length, ...next)).filter(Boolean);
  };
  const next = words[from + 2] ?? '';
  const hasAlias = tokens[from + 2]?.kind === 'word' && !beginsClause(next, words[from + 3]) && next !== 'using';
  const [roll, ...rolled] = clauseWords('group');
  return {
    tokens,
    objectType: object.value,
    alias: hasAlias ? words[next === 'as' ? from + 3 : from + 2] : undefined,
    items: itemsOf(statement, tokens.slice(1, from), depths.slice(1, from)),
    listEnd: tokens[from - 1]?.end ?? 0,
    clauses: new Set(clauses.keys()),
    orderedBy: clauseWords('order'),
    rolledUp: roll === 'rollup' || roll === 'cube' ? spelled(tokens, rolled) : [],
  };
}

/** Whether a clause that changes something is in a statement, or in a subquery of it. */
export function changesSomething({ tokens }: SoqlOutline): boolean {
  const words = tokens.map(({ kind, value }) => (kind === 'word' ? value.toLowerCase() : ''));
  return words.some((word, at) => (word === 'for' || word === 'update') && beginsClause(word, words[at + 1]));
}

function beginsClause(word: string, next: string | undefined): boolean {
  return clauseStarts.has(word) && (clauseStarts.get(word)?.includes(next ?? '') ?? true);
}

/** How many parentheses each token is in. */
function depthsOf(tokens: readonly SoqlToken[]): number[] {
  let depth = 0;
  return tokens.map(({ kind, value }) => {
    if (kind === 'sign' && value === ')') depth -= 1;
    const own = depth;
    if (kind === 'sign' && value === '(') depth += 1;
    return own;
  });
}

function itemsOf(statement: string, tokens: readonly SoqlToken[], depths: readonly number[]): SelectItem[] {
  const lists: SoqlToken[][] = [[]];
  for (const [at, token] of tokens.entries()) {
    if (depths[at] === 0 && token.kind === 'sign' && token.value === ',') lists.push([]);
    else lists.at(-1)?.push(token);
  }
  return lists.filter(list => list.length > 0).map(list => itemOf(statement, list));
}

function itemOf(statement: string, tokens: readonly SoqlToken[]): SelectItem {
  const [first, second] = tokens;
  const last = tokens.at(-1);
  const kind =
    first?.value === '('
      ? 'subquery'
      : first?.value.toLowerCase() === 'typeof'
        ? 'typeof'
        : second?.value === '('
          ? 'function'
          : 'field';
  const hasAlias = (kind === 'field' || kind === 'function') && tokens.length > 1 && last?.kind === 'word';
  const own = hasAlias ? tokens.slice(0, -1) : tokens;
  const text = statement.slice(own[0]?.start, own.at(-1)?.end).replace(/\s+/g, ' ');
  return { tokens: own, text, alias: hasAlias ? last?.value : undefined, kind };
}

/** Words as the statement spells them. */
function spelled(tokens: readonly SoqlToken[], words: readonly string[]): string[] {
  const spelling = new Map(tokens.map(({ value }) => [value.toLowerCase(), value]));
  return words.map(word => spelling.get(word) ?? word);
}
