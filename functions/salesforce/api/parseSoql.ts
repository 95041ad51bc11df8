import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import { type SoqlToken, scopeClauses, soqlTokens } from './soqlTokens.ts';

/**
 * Parses a statement, to tell what it reaches. The library does not know some forms of SOQL, which are put into others
 * that reach the same. @throws the library's error
 */
export function parseSoql(statement: string): Query {
  const rewrites = [withoutScopes, withoutEnd, withoutVisibility, withoutAs, withSimpleNumbers, withoutNesting];
  let tokens: readonly SoqlToken[] = soqlTokens(statement);
  for (const rewrite of [...rewrites, withGroups, withOneSource]) tokens = rewrite(tokens);
  // Without options: with any, even the defaults, the library builds a new parser each time, which takes 30 ms.
  return parseQuery(textOf(tokens));
}

/** The library knows one blank alone between words such as ORDER and BY. */
function textOf(tokens: readonly SoqlToken[]): string {
  let end = 0;
  let text = '';
  for (const token of tokens) {
    if (token.start !== end && text !== '') text += ' ';
    end = token.end;
    text += token.value;
  }
  return text;
}

type Tokens = readonly SoqlToken[];

const isWord = (token: SoqlToken | undefined, word: string): boolean =>
  token?.kind === 'word' && token.value.toLowerCase() === word;
const isSign = (token: SoqlToken | undefined, sign: string): boolean => token?.kind === 'sign' && token.value === sign;

/** Only some of the scopes are known, which narrow what is found and reach nothing else. */
function withoutScopes(tokens: Tokens): Tokens {
  const scopes = scopeClauses(tokens);
  return scopes.length === 0
    ? tokens
    : tokens.filter(({ start }) => !scopes.some(scope => start >= scope.start && start < scope.end));
}

/** ALL ROWS means deleted records, too. */
function withoutEnd(tokens: Tokens): Tokens {
  const [all, rows] = tokens.slice(-2);
  return isWord(all, 'all') && isWord(rows, 'rows') ? tokens.slice(0, -2) : tokens;
}

/** `WITH RecordVisibilityContext (maxDescriptorPerRecord=100)` */
function withoutVisibility(tokens: Tokens): Tokens {
  const at = tokens.findIndex(token => isWord(token, 'recordvisibilitycontext'));
  if (at < 1 || !isWord(tokens[at - 1], 'with') || !isSign(tokens[at + 1], '(')) return tokens;
  const end = tokens.findIndex((token, place) => place > at && isSign(token, ')'));
  return end < 0 ? tokens : [...tokens.slice(0, at - 1), ...tokens.slice(end + 1)];
}

/** `FROM Contact AS c` */
const withoutAs = (tokens: Tokens): Tokens =>
  tokens.filter((token, at) => !(isWord(token, 'as') && isWord(tokens[at - 2], 'from')));

/** A time (`12:00:00Z`) and a number with an exponent (`1.5E3`) reach as much as any other number. */
const withSimpleNumbers = (tokens: Tokens): Tokens =>
  tokens.map(token =>
    token.kind === 'number' && /^(\d+:[\d:.]+Z?|[\d.]+e[+-]?\d+)$/i.test(token.value)
      ? { ...token, value: '1' }
      : token,
  );

const aggregates = new Set(['avg', 'count', 'count_distinct', 'max', 'min', 'sum']);

/** `MAX(CALENDAR_YEAR(CloseDate))` reaches what `MAX(CloseDate)` does. */
function withoutNesting(tokens: Tokens): Tokens {
  const dropped = new Set<number>();
  /** Of each open parenthesis whether it is dropped. */
  const open: boolean[] = [];
  for (const [at, token] of tokens.entries()) {
    if (isSign(token, '(')) {
      const before = tokens[at - 1];
      const isInner = before?.kind === 'word' && isSign(tokens[at - 2], '(') && isAggregate(tokens[at - 3]);
      if (isInner) dropped.add(at - 1).add(at);
      open.push(isInner);
    } else if (isSign(token, ')') && open.pop()) dropped.add(at);
  }
  return dropped.size === 0 ? tokens : tokens.filter((_, at) => !dropped.has(at));
}

const isAggregate = (token: SoqlToken | undefined): boolean =>
  token?.kind === 'word' && aggregates.has(token.value.toLowerCase());

/** HAVING may be there without GROUP BY. */
function withGroups(tokens: Tokens): Tokens {
  const having = tokens.findIndex(token => isWord(token, 'having'));
  if (having < 0 || tokens.some((token, at) => isWord(token, 'group') && isWord(tokens[at + 1], 'by'))) return tokens;
  return [...tokens.slice(0, having), ...soqlTokens(' GROUP BY Id '), ...tokens.slice(having)];
}

/** `FROM Contact c, c.Account a`: paths that begin with `a` are put as paths from the first object. */
function withOneSource(tokens: Tokens): Tokens {
  const from = outerFrom(tokens);
  const paths = new Map<string, string>();
  const [first, alias] = tokens.slice(from + 1, from + 3);
  if (from < 0 || first?.kind !== 'word' || alias?.kind !== 'word' || !isSign(tokens[from + 3], ',')) return tokens;
  let end = from + 3;
  while (isSign(tokens[end], ',')) {
    const [path, name] = tokens.slice(end + 1, end + 3);
    if (path?.kind !== 'word' || name?.kind !== 'word') return tokens;
    paths.set(name.value.toLowerCase(), full(path.value, paths));
    end += 3;
  }
  return tokens.flatMap((token, at) => {
    if (at >= from + 3 && at < end) return [];
    return token.kind === 'word' ? [{ ...token, value: full(token.value, paths) }] : [token];
  });
}

function full(path: string, paths: ReadonlyMap<string, string>): string {
  const [step = '', ...others] = path.split('.');
  const start = others.length > 0 ? paths.get(step.toLowerCase()) : undefined;
  return start === undefined ? path : [start, ...others].join('.');
}

/** Where the FROM of the statement itself is. */
function outerFrom(tokens: Tokens): number {
  let depth = 0;
  return tokens.findIndex(token => {
    depth += isSign(token, '(') ? 1 : isSign(token, ')') ? -1 : 0;
    return depth === 0 && isWord(token, 'from');
  });
}
