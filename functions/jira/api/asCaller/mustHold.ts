import type { JqlClause } from '../jqlClauses.ts';
import { type JqlToken, jqlTokens, orderStart } from '../jqlTokens.ts';

/** Whether all that a query finds meets one of its conditions: no OR and no NOT is around it. */
export function mustHold({ start }: JqlClause, query: string): boolean {
  const all = jqlTokens(query) ?? [];
  const tokens = all.filter(token => token.start < orderStart(all, query));
  if (tokens.some((_, at) => isNegation(tokens, at))) return false;
  const groups = [{ hasOr: false }];
  let around: { hasOr: boolean }[] = [];
  for (const token of tokens) {
    if (token.start === start) around = [...groups];
    if (isSign(token, '(')) groups.push({ hasOr: false });
    if (isSign(token, ')')) groups.pop();
    const group = groups.at(-1);
    if (group && (isWord(token, 'or') || isSign(token, '|'))) group.hasOr = true;
  }
  return around.length > 0 && around.every(({ hasOr }) => !hasOr);
}

/** NOT before a condition or a parenthesis, and not as a part of an operator. */
function isNegation(tokens: readonly JqlToken[], at: number): boolean {
  const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (isSign(token, '!')) return !isSign(after, '=') && !isSign(after, '~');
  return isWord(token, 'not') && !isWord(before, 'is', 'was') && !isWord(after, 'in');
}

const isSign = (token: JqlToken | undefined, value: string) => token?.kind === 'sign' && token.value === value;
const isWord = (token: JqlToken | undefined, ...words: string[]) =>
  token?.kind === 'word' && words.includes(token.value.toLowerCase());
