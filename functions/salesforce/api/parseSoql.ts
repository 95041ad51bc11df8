import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import { scopeClauses, soqlTokens } from './soqlTokens.ts';

/**
 * Parses a statement. The library knows one blank alone between ORDER and BY, and only some of the scopes, which narrow
 * what is found and reach nothing else: they are left out. @throws the library's error
 */
export function parseSoql(statement: string): Query {
  const tokens = soqlTokens(statement);
  const [next, ...scopes] = scopeClauses(tokens);
  let scope = next;
  let end = 0;
  let text = '';
  for (const token of tokens) {
    if (scope && token.start >= scope.end) scope = scopes.shift();
    if (token.start > end && text !== '') text += ' ';
    end = token.end;
    if (!scope || token.start < scope.start) text += token.value;
  }
  // Without options: with any, even the defaults, the library builds a new parser each time, which takes 30 ms.
  return parseQuery(text);
}
