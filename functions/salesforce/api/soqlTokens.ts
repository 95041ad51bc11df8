/** A word (names and paths such as `Owner.Name`), a quoted text, a number or date, or a sign of a statement. */
export interface SoqlToken {
  kind: 'word' | 'string' | 'number' | 'sign';
  /** As it is written. */
  value: string;
  start: number;
  end: number;
}

const token = /\s+|([A-Za-z_][\w.]*)|('(?:[^'\\]|\\[\s\S])*(?:'|\\?$))|(\d[\w.:+-]*)|([\s\S])/gy;

/**
 * Splits SOQL into tokens, in linear time; a text that does not end goes to the end.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
 */
export function soqlTokens(statement: string): SoqlToken[] {
  return [...statement.matchAll(token)].flatMap((match): SoqlToken[] => {
    const [whole, word, string, number, sign] = match;
    if ((word ?? string ?? number ?? sign) === undefined) return [];
    const kind =
      word !== undefined ? 'word' : string !== undefined ? 'string' : number !== undefined ? 'number' : 'sign';
    return [{ kind, value: whole, start: match.index, end: match.index + whole.length }];
  });
}

export interface ScopeClause {
  /** `mine`, in lower case. */
  name: string;
  start: number;
  end: number;
}

/** The clauses `USING SCOPE …` of a statement, those of its subqueries, too. */
export function scopeClauses(tokens: readonly SoqlToken[]): ScopeClause[] {
  const words = tokens.map(({ kind, value }) => (kind === 'word' ? value.toLowerCase() : undefined));
  return tokens.flatMap((using, at): ScopeClause[] => {
    const scope = tokens[at + 2];
    return words[at] === 'using' && words[at + 1] === 'scope' && scope
      ? [{ name: scope.value.toLowerCase(), start: using.start, end: scope.end }]
      : [];
  });
}
