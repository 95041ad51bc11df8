import { badRequest, type JiraError } from './jiraError.ts';
import { reservedWords } from './jqlReservedWords.ts';

export type Operator = '=' | '!=' | '~' | '!~' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'is' | 'is not';

export type Operand =
  | { kind: 'value'; text: string }
  | { kind: 'function'; name: string; args: string[] }
  | { kind: 'list'; items: Operand[] }
  | { kind: 'empty' };

export type Clause =
  | { kind: 'and' | 'or'; clauses: Clause[] }
  | { kind: 'not'; clause: Clause }
  | { kind: 'terminal'; field: string; operator: Operator; operand: Operand }
  | {
      kind: 'history';
      field: string;
      operator: 'was' | 'changed';
      isNegated: boolean;
      /** Of `was` alone. */
      operand: Operand | undefined;
      predicates: Predicate[];
    };

const predicateWords = ['from', 'to', 'by', 'after', 'before', 'on', 'during'] as const;

/** What is said of a change: `TO "Done" AFTER -7d`. */
export interface Predicate {
  word: (typeof predicateWords)[number];
  operand: Operand;
}

export interface JqlQuery {
  where: Clause | undefined;
  orderBy: { field: string; direction: 'asc' | 'desc' | undefined }[];
}

interface Token {
  /** A quoted string is never a keyword, nor reserved. */
  kind: 'word' | 'quoted' | 'symbol' | 'end';
  text: string;
  index: number;
}

/**
 * Parses the Jira Query Language; its error messages are Jira's.
 * @throws {JiraError} 400, with the position of the fault
 * @see https://support.atlassian.com/jira-software-cloud/docs/use-advanced-search-with-jira-query-language-jql/
 */
export function parseJql(jql: string): JqlQuery {
  const tokens = tokenize(jql);
  let position = 0;

  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '', index: jql.length };
  const next = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const isKeyword = (token: Token, ...words: string[]) =>
    token.kind === 'word' && words.includes(token.text.toLowerCase());
  const isSymbol = (token: Token, ...symbols: string[]) => token.kind === 'symbol' && symbols.includes(token.text);
  const take = (matches: boolean): boolean => {
    if (matches) position += 1;
    return matches;
  };
  const expected = (what: string, token: Token, hint = ''): JiraError =>
    syntaxError(
      jql,
      token.index,
      token.kind === 'end'
        ? `Expecting ${what} before the end of the query.`
        : `Expecting ${what} but got '${token.text}'.${hint}`,
    );

  const or = (): Clause => series('or', and, token => isKeyword(token, 'or') || isSymbol(token, '|', '||'));
  const and = (): Clause => series('and', not, token => isKeyword(token, 'and') || isSymbol(token, '&', '&&'));
  const series = (kind: 'and' | 'or', part: () => Clause, isJoin: (token: Token) => boolean): Clause => {
    const clauses = [part()];
    while (take(isJoin(peek()))) clauses.push(part());
    const [only] = clauses;
    return only && clauses.length === 1 ? only : { kind, clauses };
  };

  // Limits the depth, because parsing and compiling recurse.
  let depth = 0;
  const not = (): Clause => {
    depth += 1;
    if (depth > 500) throw badRequest('The JQL query is nested too deeply.');
    const clause = negatedOrNested();
    depth -= 1;
    return clause;
  };

  const negatedOrNested = (): Clause => {
    if (take(isKeyword(peek(), 'not') || isSymbol(peek(), '!'))) return { kind: 'not', clause: not() };
    if (!take(isSymbol(peek(), '('))) return terminal();
    const inner = or();
    if (!take(isSymbol(peek(), ')'))) throw expected("either 'OR' or 'AND'", peek());
    return inner;
  };

  const terminal = (): Clause => {
    const field = name('a field name');
    const past = history(field);
    if (past) return past;
    const operator = operatorAfterField();
    return { kind: 'terminal', field, operator, operand: operand(field, operator) };
  };

  const history = (field: string): Clause | undefined => {
    const kind = 'history';
    if (take(isKeyword(peek(), 'changed'))) {
      return { kind, field, operator: 'changed', isNegated: false, operand: undefined, predicates: predicates() };
    }
    if (!take(isKeyword(peek(), 'was'))) return undefined;
    const isNegated = take(isKeyword(peek(), 'not'));
    const isList = take(isKeyword(peek(), 'in'));
    const value = isList && take(isSymbol(peek(), '(')) ? list() : single();
    return { kind, field, operator: 'was', isNegated, operand: value, predicates: predicates() };
  };

  const predicates = (): Predicate[] => {
    const found: Predicate[] = [];
    for (;;) {
      const token = peek();
      const word = predicateWords.find(each => isKeyword(token, each));
      if (!word) return found;
      next();
      found.push({ word, operand: take(isSymbol(peek(), '(')) ? list() : single() });
    }
  };

  const name = (what: string): string => {
    const token = next();
    if (token.kind === 'quoted') return token.text;
    if (token.kind !== 'word') throw expected(what, token);
    if (token.text.toLowerCase() === 'cf' && take(isSymbol(peek(), '['))) {
      const id = next();
      if (!/^\d+$/.test(id.text) || !take(isSymbol(peek(), ']'))) throw expected('a custom field id', id);
      return `cf[${id.text}]`;
    }
    refuseReserved(token);
    return token.text;
  };

  const refuseReserved = (token: Token) => {
    if (!reservedWords.has(token.text.toLowerCase())) return;
    throw syntaxError(
      jql,
      token.index,
      `'${token.text}' is a reserved JQL word. You must surround it in quotation marks to use it in a query.`,
    );
  };

  const operatorAfterField = (): Operator => {
    const token = next();
    if (token.kind === 'symbol' && isOperatorSymbol(token.text)) return token.text;
    if (isKeyword(token, 'in')) return 'in';
    if (isKeyword(token, 'is')) return take(isKeyword(peek(), 'not')) ? 'is not' : 'is';
    if (isKeyword(token, 'not') && take(isKeyword(peek(), 'in'))) return 'not in';
    throw expected(
      'operator',
      token,
      " The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.",
    );
  };

  const operand = (field: string, operator: Operator): Operand => {
    const isList = operator === 'in' || operator === 'not in';
    if (take(isSymbol(peek(), '('))) return list();
    const value = single();
    if (isList && value.kind !== 'function') {
      throw badRequest(
        `Operator '${operator}' does not support the non-list value '${describe(value)}' for field '${field}'.`,
      );
    }
    return value;
  };

  const list = (): Operand => {
    const items = [single()];
    while (take(isSymbol(peek(), ','))) items.push(single());
    if (!take(isSymbol(peek(), ')'))) throw expected("')'", peek());
    return { kind: 'list', items };
  };

  const single = (): Operand => {
    const token = next();
    if (token.kind === 'quoted' && !isSymbol(peek(), '(')) return { kind: 'value', text: token.text };
    if (isKeyword(token, 'empty', 'null')) return { kind: 'empty' };
    if (token.kind !== 'word' && token.kind !== 'quoted') {
      throw expected(
        'either a value, list or function',
        token,
        ` You must surround '${token.text}' in quotation marks to use it as a value.`,
      );
    }
    if (token.kind === 'word') refuseReserved(token);
    if (!take(isSymbol(peek(), '('))) return { kind: 'value', text: token.text };
    const args: string[] = [];
    while (!take(isSymbol(peek(), ')'))) {
      if (args.length > 0 && !take(isSymbol(peek(), ','))) throw expected("')'", peek());
      const argument = next();
      if (argument.kind !== 'word' && argument.kind !== 'quoted') throw expected("')'", argument);
      args.push(argument.text);
    }
    return { kind: 'function', name: token.text, args };
  };

  const orderBy = (): JqlQuery['orderBy'] => {
    next();
    if (!take(isKeyword(peek(), 'by'))) throw expected("'BY'", peek());
    const sorts: JqlQuery['orderBy'] = [];
    do {
      const field = name('a field name');
      const direction = isKeyword(peek(), 'asc', 'desc') ? next().text.toLowerCase() : undefined;
      sorts.push({ field, direction: direction === 'asc' || direction === 'desc' ? direction : undefined });
    } while (take(isSymbol(peek(), ',')));
    return sorts;
  };

  const where = peek().kind === 'end' || isKeyword(peek(), 'order') ? undefined : or();
  const sorts = isKeyword(peek(), 'order') ? orderBy() : [];
  if (peek().kind !== 'end') throw expected(sorts.length > 0 ? "','" : "either 'OR' or 'AND'", peek());
  return { where, orderBy: sorts };
}

/** An operand as error messages show it. */
export const describe = (operand: Operand): string => {
  if (operand.kind === 'empty') return 'EMPTY';
  if (operand.kind === 'value') return operand.text;
  if (operand.kind === 'function') return `${operand.name}(${operand.args.join(', ')})`;
  return `(${operand.items.map(describe).join(', ')})`;
};

const isOperatorSymbol = (symbol: string): symbol is Operator =>
  ['=', '!=', '~', '!~', '<', '<=', '>', '>='].includes(symbol);

function syntaxError(jql: string, index: number, message: string): JiraError {
  const before = jql.slice(0, index).split('\n');
  const place = `(line ${before.length}, character ${(before.at(-1)?.length ?? 0) + 1})`;
  return badRequest(`Error in the JQL Query: ${message} ${place}`);
}

const symbol = /^(?:&&|\|\||!=|!~|<=|>=|[=!~<>(),&|[\]])/;
const word = /^(?:[^\s=!~<>(),&|[\]"'{}*/%+^$#@?;\\]|\\[^\s])+/;

function tokenize(jql: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < jql.length) {
    const rest = jql.slice(index, index + 8192);
    const space = /^\s+/.exec(rest);
    if (space) {
      index += space[0].length;
      continue;
    }
    const quote = rest.charAt(0);
    if (quote === '"' || quote === "'") {
      const end = closingQuote(jql, index, quote);
      tokens.push({ kind: 'quoted', text: unescapeJql(jql, index + 1, end), index });
      index = end + 1;
      continue;
    }
    const found = symbol.exec(rest) ?? word.exec(rest);
    if (!found) {
      const code = quote.charCodeAt(0).toString(16).padStart(4, '0');
      throw syntaxError(
        jql,
        index,
        `The character '${quote}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u${code}' instead.`,
      );
    }
    const isSymbol = symbol.test(found[0]);
    tokens.push({
      kind: isSymbol ? 'symbol' : 'word',
      text: isSymbol ? found[0] : unescapeJql(jql, index, index + found[0].length),
      index,
    });
    index += found[0].length;
  }
  return tokens;
}

function closingQuote(jql: string, start: number, quote: string): number {
  for (let index = start + 1; index < jql.length; index += 1) {
    if (jql[index] === '\\') index += 1;
    else if (jql[index] === quote) return index;
  }
  throw syntaxError(jql, start, `The quoted string '${jql.slice(start + 1)}' has not been completed.`);
}

const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\', '"': '"', "'": "'", ' ': ' ' };

function unescapeJql(jql: string, start: number, end: number): string {
  let text = '';
  for (let index = start; index < end; index += 1) {
    if (jql[index] !== '\\') {
      text += jql[index];
      continue;
    }
    const escaped = jql.charAt(index + 1);
    const unicode = /^u([0-9a-f]{4})/i.exec(jql.slice(index + 1, Math.min(index + 6, end)));
    const plain = escapes[escaped];
    if (unicode) text += String.fromCharCode(Number.parseInt(unicode[1] ?? '', 16));
    else if (plain !== undefined) text += plain;
    else {
      throw syntaxError(
        jql,
        index,
        `'\\${escaped}' is an illegal JQL escape sequence. The valid escape sequences are \\', \\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX.`,
      );
    }
    index += unicode ? 5 : 1;
  }
  return text;
}
