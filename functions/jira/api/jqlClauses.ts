import { type JqlToken, orderStart } from './jqlTokens.ts';

/** What a condition compares a field with: a value, or a call of a function. */
export interface JqlOperand {
  kind: 'value' | 'call';
  /** The value, or the function's name. */
  value: string;
  /** Of a call. */
  args: string[];
  start: number;
  end: number;
}

/** One condition of a query: `field operator operands`, as it stands there. */
export interface JqlClause {
  /** The field's name, `cf[10010]` for a custom one by its ID. */
  field: string;
  /** The field as it is written. */
  fieldText: string;
  /** In small letters, with one space between its words: `not in`, `was not`, `!=`. */
  operator: string;
  operands: JqlOperand[];
  /** Values that stand behind `was` and `changed`: `from X`, `by Y`. */
  predicates: JqlOperand[];
  /** True where an odd number of NOT stands around it. */
  isNegated: boolean;
  start: number;
  end: number;
}

interface JqlOutline {
  clauses: JqlClause[];
  /** The fields that the query is ordered by. */
  orderedBy: string[];
}

const isSign = (token: JqlToken | undefined, value: string) => token?.kind === 'sign' && token.value === value;
const isWord = (token: JqlToken | undefined, ...words: string[]) =>
  token?.kind === 'word' && words.includes(token.value.toLowerCase());

/** What may stand behind `was` and `changed`. */
const predicateWords = ['from', 'to', 'by', 'before', 'after', 'on', 'during'];

/**
 * The conditions of a query and what it is ordered by, in linear time.
 * https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/
 * @returns undefined for what is no JQL
 */
export function jqlOutline(query: string, tokens: readonly JqlToken[]): JqlOutline | undefined {
  const order = orderStart(tokens, query);
  const end = tokens.findIndex(({ start }) => start >= order);
  const conditions = end === -1 ? tokens : tokens.slice(0, end);
  const clauses: JqlClause[] = [];
  /** For each parenthesis that is open, whether what stands in it is negated. */
  const around: boolean[] = [];
  let isNegated = false;
  let isClauseNext = true;
  let at = 0;
  while (at < conditions.length) {
    const token = conditions[at];
    const outside = around.at(-1) ?? false;
    if (isClauseNext && (isSign(token, '!') || isWord(token, 'not'))) {
      isNegated = !isNegated;
      at += 1;
    } else if (isClauseNext && isSign(token, '(')) {
      around.push(isNegated);
      at += 1;
    } else if (!isClauseNext && isSign(token, ')')) {
      around.pop();
      isNegated = around.at(-1) ?? false;
      at += 1;
    } else if (!isClauseNext && (isWord(token, 'and', 'or') || isSign(token, '&') || isSign(token, '|'))) {
      at += isSign(token, '&') || isSign(token, '|') ? signsAt(conditions, at, ['&', '|']).length : 1;
      isNegated = outside;
      isClauseNext = true;
    } else if (isClauseNext) {
      const clause = clauseAt(query, conditions, at);
      if (!clause) return undefined;
      const { next, ...others } = clause;
      clauses.push({ ...others, isNegated });
      at = next;
      isNegated = outside;
      isClauseNext = false;
    } else return undefined;
  }
  if (isClauseNext && conditions.length > 0) return undefined;
  return { clauses, orderedBy: end === -1 ? [] : orderFields(tokens.slice(end + 2)) };
}

/** The signs that stand at a place with nothing between them. */
function signsAt(tokens: readonly JqlToken[], at: number, allowed: readonly string[]): string {
  let signs = '';
  for (let index = at; allowed.some(sign => isSign(tokens[index], sign)); index += 1) {
    if (index > at && tokens[index]?.start !== tokens[index - 1]?.end) break;
    signs += tokens[index]?.value ?? '';
  }
  return signs;
}

function clauseAt(query: string, tokens: readonly JqlToken[], from: number) {
  const named = fieldAt(query, tokens, from);
  if (!named) return undefined;
  const compared = operatorAt(tokens, named.next);
  if (!compared) return undefined;
  const { operator } = compared;
  const hasOperand = operator !== 'changed';
  const read = hasOperand ? operandsAt(tokens, compared.next) : { operands: [], next: compared.next };
  if (!read) return undefined;
  const predicates: JqlOperand[] = [];
  let { next } = read;
  while (/^(?:was|changed)/.test(operator) && isWord(tokens[next], ...predicateWords)) {
    const more = operandsAt(tokens, next + 1);
    if (!more) return undefined;
    predicates.push(...more.operands);
    next = more.next;
  }
  const start = tokens[from]?.start ?? 0;
  const { operands } = read;
  return { ...named, operator, operands, predicates, start, end: tokens[next - 1]?.end ?? start, next };
}

function fieldAt(query: string, tokens: readonly JqlToken[], at: number) {
  const token = tokens[at];
  if (!token || token.kind === 'sign') return undefined;
  // `cf [10010]` means `cf[10010]`, and an entity property may stand in quotation marks: `issue.property["a"].b`.
  let next = at + 1;
  let text = token.value;
  let depth = token.kind === 'word' ? bracketsIn(token.value) : 0;
  while (token.kind === 'word' && (depth > 0 || /^[[.\]]/.test(tokens[next]?.value ?? ''))) {
    const more = tokens[next];
    if (!more || more.kind === 'sign') return undefined;
    text += more.value;
    depth += more.kind === 'word' ? bracketsIn(more.value) : 0;
    next += 1;
  }
  return { field: text, fieldText: query.slice(token.start, tokens[next - 1]?.end), next };
}

function bracketsIn(text: string): number {
  return text.split('[').length - text.split(']').length;
}

function operatorAt(tokens: readonly JqlToken[], at: number): { operator: string; next: number } | undefined {
  const signs = signsAt(tokens, at, ['=', '!', '<', '>', '~']);
  if (signs) return { operator: signs, next: at + signs.length };
  const words: string[] = [];
  for (let next = at; words.length < 3 && isWord(tokens[next], 'in', 'not', 'is', 'was', 'changed'); next += 1) {
    words.push(tokens[next]?.value.toLowerCase() ?? '');
    if (words.at(-1) === 'changed') break;
  }
  return words.length === 0 ? undefined : { operator: words.join(' '), next: at + words.length };
}

/** One operand, or a list of them. */
function operandsAt(tokens: readonly JqlToken[], at: number): { operands: JqlOperand[]; next: number } | undefined {
  if (!isSign(tokens[at], '(')) {
    const one = operandAt(tokens, at);
    return one && { operands: [one.operand], next: one.next };
  }
  const operands: JqlOperand[] = [];
  let next = at + 1;
  for (;;) {
    const one = operandAt(tokens, next);
    if (!one) return undefined;
    operands.push(one.operand);
    next = one.next + 1;
    if (isSign(tokens[one.next], ')')) return { operands, next };
    if (!isSign(tokens[one.next], ',')) return undefined;
  }
}

function operandAt(tokens: readonly JqlToken[], at: number): { operand: JqlOperand; next: number } | undefined {
  const token = tokens[at];
  if (!token || token.kind === 'sign') return undefined;
  const { value, start, end } = token;
  if (!isSign(tokens[at + 1], '(')) return { operand: { kind: 'value', value, args: [], start, end }, next: at + 1 };
  const args: string[] = [];
  for (let next = at + 2; next < tokens.length; next += 1) {
    const inner = tokens[next];
    if (inner && isSign(inner, ')')) {
      return { operand: { kind: 'call', value, args, start, end: inner.end }, next: next + 1 };
    }
    if (inner && inner.kind !== 'sign') args.push(inner.value);
    else if (inner && !isSign(inner, ',')) return undefined;
  }
  return undefined;
}

function orderFields(tokens: readonly JqlToken[]): string[] {
  const fields: string[] = [];
  let isFieldNext = true;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    if (isSign(token, ',')) isFieldNext = true;
    else if (isFieldNext) {
      const named = fieldAt('', tokens, at);
      if (!named) break;
      fields.push(named.field);
      at = named.next - 1;
      isFieldNext = false;
    }
  }
  return fields;
}
