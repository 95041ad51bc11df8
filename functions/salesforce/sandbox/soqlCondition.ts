import type {
  Condition,
  HavingClause,
  LiteralType,
  Operator,
  ValueQueryCondition,
  WhereClause,
} from '@jetstreamapp/soql-parser-js';
import { Refusal, soqlRefusal } from './errors.ts';
import type { Scope } from './fieldPath.ts';
import type { FieldValue } from './org.ts';
import { parseRecordId } from './recordId.ts';
import type { FieldType } from './schema.ts';
import { type Literal, likePattern, type Span, spanOf, textOf } from './soqlLiteral.ts';

/** The left side of a comparison: its name, its type, and how to read it from an item. */
export interface Operand<Item> {
  name: string;
  type: FieldType;
  filterable: boolean;
  read(item: Item): FieldValue;
  /** The amount in another currency, which a bound with a currency is compared with. */
  readIn?(item: Item, isoCode: string): FieldValue;
}

type Comparison = Exclude<Condition, { openParen: number }> | ValueQueryCondition;
type Test = (value: FieldValue) => boolean;
type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | { condition: Comparison };

/** Turns a WHERE or HAVING clause into a test of an item. Refuses AND beside OR without parentheses, as Salesforce does. */
export function compileClause<Item>(
  scope: Scope,
  clause: WhereClause | HavingClause,
  operandOf: (condition: Comparison) => Operand<Item>,
  valuesOf: (condition: ValueQueryCondition) => FieldValue[],
): (item: Item) => boolean {
  const tokens = tokensOf(clause);

  const expression = (): ((item: Item) => boolean) => {
    const terms = [term()];
    const operator = tokens[0];
    while (tokens[0] === 'AND' || tokens[0] === 'OR') {
      const next = tokens.shift();
      if (next !== operator) throw soqlRefusal('MALFORMED_QUERY', scope.soql, '', `unexpected token: '${next}'`);
      terms.push(term());
    }
    return operator === 'OR' ? item => terms.some(test => test(item)) : item => terms.every(test => test(item));
  };

  const term = (): ((item: Item) => boolean) => {
    const token = tokens.shift();
    if (token === 'NOT') {
      const negated = term();
      return item => !negated(item);
    }
    if (token === '(') {
      const inner = expression();
      tokens.shift();
      return inner;
    }
    if (typeof token !== 'object') {
      throw soqlRefusal('MALFORMED_QUERY', scope.soql, '', `unexpected token: '${token ?? '<EOF>'}'`);
    }
    const operand = operandOf(token.condition);
    if (!operand.filterable) {
      const sentence = `field '${operand.name}' can not be filtered in a query call`;
      throw soqlRefusal('INVALID_FIELD', scope.soql, operand.name, sentence);
    }
    const test = compileTest(scope, operand, token.condition, valuesOf);
    const isoCode = currencyIn(scope, operand, token.condition);
    return item => test(isoCode === undefined ? operand.read(item) : (operand.readIn?.(item, isoCode) ?? null));
  };

  return expression();
}

/** The currency of a bound such as `EUR5000`. */
function currencyIn<Item>(scope: Scope, operand: Operand<Item>, condition: Comparison): string | undefined {
  if ('valueQuery' in condition) return undefined;
  const [literal] = literalsOf(condition);
  if (!literal?.type?.endsWith('_WITH_CURRENCY_PREFIX')) return undefined;
  const isoCode = literal.text.slice(0, 3).toUpperCase();
  const { isMulti, isKnown } = scope.org.currencies;
  if (isMulti && operand.readIn && isKnown(isoCode)) return isoCode;
  throw soqlRefusal('MALFORMED_QUERY', scope.soql, literal.text, `Invalid currency code or value: '${literal.text}'`);
}

/** The tokens of a clause, which the parser gives as a linked list with the number of parentheses at each condition. */
function tokensOf(clause: WhereClause | HavingClause): Token[] {
  const tokens: Token[] = [];
  for (let at: WhereClause | HavingClause | undefined = clause; at; at = 'right' in at ? at.right : undefined) {
    const { left } = at;
    tokens.push(...Array<Token>(left?.openParen ?? 0).fill('('));
    if (left && 'operator' in left) {
      tokens.push({ condition: left }, ...Array<Token>(left.closeParen ?? 0).fill(')'));
    }
    if ('operator' in at) tokens.push(at.operator);
  }
  return tokens;
}

function compileTest<Item>(
  scope: Scope,
  operand: Operand<Item>,
  condition: Comparison,
  valuesOf: (condition: ValueQueryCondition) => FieldValue[],
): Test {
  if ('valueQuery' in condition) {
    const found = new Set(valuesOf(condition));
    return condition.operator === 'NOT IN' ? value => !found.has(value) : value => value !== null && found.has(value);
  }
  checkOperator(scope, operand, condition.operator);
  const literals = literalsOf(condition);
  for (const literal of literals) checkType(scope, operand, literal);
  return testOf(scope, operand, condition.operator, literals);
}

function literalsOf(condition: Exclude<Comparison, ValueQueryCondition>): Literal[] {
  const texts: string[] = [condition.value].flat();
  const types: (LiteralType | undefined)[] = [condition.literalType].flat();
  return texts.map((text, index) => ({ text, type: types[index] ?? types[0] ?? 'STRING' }));
}

function testOf<Item>(scope: Scope, operand: Operand<Item>, operator: Operator | '<>', literals: Literal[]): Test {
  const [literal] = literals;
  if (!literal) throw soqlRefusal('MALFORMED_QUERY', scope.soql, operand.name, "unexpected token: ')'");
  const any =
    (tests: Test[]): Test =>
    value =>
      tests.some(test => test(value));
  const not =
    (test: Test): Test =>
    value =>
      !test(value);
  const equal = (entry: Literal) => equality(scope, operand, entry);
  const equalsAny = () => any(literals.map(equal));
  const like = () => {
    const pattern = likePattern(literal, scope.soql);
    return (value: FieldValue) => value !== null && pattern.test(String(value));
  };
  const includes = () =>
    any(
      literals.map(entry => {
        const wanted = textOf(entry, scope.soql).toLowerCase().split(';');
        return value => {
          const chosen = String(value ?? '')
            .toLowerCase()
            .split(';');
          return wanted.every(choice => chosen.includes(choice));
        };
      }),
    );

  switch (operator) {
    case '=':
      return equal(literal);
    case '!=':
    case '<>':
      return not(equal(literal));
    case 'IN':
      return equalsAny();
    case 'NOT IN':
      return not(equalsAny());
    case 'LIKE':
      return like();
    case 'INCLUDES':
      return includes();
    case 'EXCLUDES':
      return not(includes());
    default:
      return ordering(scope, operand, operator, literal);
  }
}

function equality<Item>(scope: Scope, operand: Operand<Item>, literal: Literal): Test {
  if (literal.type === 'NULL') return value => value === null || value === '';
  const span = spanOf(literal, scope.org.now());
  if (span) return value => within(value, span);
  if (literal.type === 'BOOLEAN') return value => value === (literal.text.toUpperCase() === 'TRUE');
  if (literal.type !== 'STRING') return value => value !== null && Number(value) === numberOf(literal);

  const text = textOf(literal, scope.soql);
  if (operand.type === 'id' || operand.type === 'reference') {
    const id = parseRecordId(text);
    if (id === undefined && text !== '') {
      throw new Refusal(400, { message: `invalid ID field: ${text}`, errorCode: 'INVALID_QUERY_FILTER_OPERATOR' });
    }
    return value => value === (id ?? null);
  }
  const folded = text.toLowerCase();
  return value => String(value ?? '').toLowerCase() === folded;
}

function within(value: FieldValue, { from, to }: Span): boolean {
  const time = value === null ? Number.NaN : Date.parse(String(value));
  return time >= from && time < to;
}

/** A day or a month is compared as a whole: what is later than it begins after its end. */
function ordering<Item>(
  scope: Scope,
  { type }: Operand<Item>,
  operator: '<' | '<=' | '>' | '>=',
  literal: Literal,
): Test {
  const span = spanOf(literal, scope.org.now());
  if (span) {
    const compare: Record<typeof operator, (time: number) => boolean> = {
      '<': time => time < span.from,
      '<=': time => time < span.to,
      '>': time => time >= span.to,
      '>=': time => time >= span.from,
    };
    return value => value !== null && compare[operator](Date.parse(String(value)));
  }
  const isText = literal.type === 'STRING';
  // IDs are in the order of their characters, of which the case counts.
  const folded = (text: string) => (type === 'id' || type === 'reference' ? text : text.toLowerCase());
  const bound = isText ? folded(textOf(literal, scope.soql)) : numberOf(literal);
  const compare: Record<typeof operator, (left: number | string) => boolean> = {
    '<': left => left < bound,
    '<=': left => left <= bound,
    '>': left => left > bound,
    '>=': left => left >= bound,
  };
  return value => value !== null && compare[operator](isText ? folded(String(value)) : Number(value));
}

const numberOf = (literal: Literal): number => Number(literal.text.replace(/^[A-Za-z]{3}/, ''));

const numeric: LiteralType[] = ['INTEGER', 'DECIMAL', 'INTEGER_WITH_CURRENCY_PREFIX', 'DECIMAL_WITH_CURRENCY_PREFIX'];
const relative: LiteralType[] = ['DATE_LITERAL', 'DATE_N_LITERAL'];
const accepted: Partial<Record<FieldType, { literals: LiteralType[]; called: string }>> = {
  boolean: { literals: ['BOOLEAN'], called: 'boolean' },
  int: { literals: numeric, called: 'int' },
  double: { literals: numeric, called: 'double' },
  currency: { literals: numeric, called: 'currency' },
  percent: { literals: numeric, called: 'percent' },
  date: { literals: ['DATE', ...relative], called: 'date' },
  datetime: { literals: ['DATETIME', ...relative], called: 'dateTime' },
};

/** LIKE takes text, INCLUDES and EXCLUDES take multi-select picklists, and booleans have no order. */
function checkOperator<Item>({ soql }: Scope, { name, type }: Operand<Item>, operator: string): void {
  const isText = !(type in accepted) && type !== 'id' && type !== 'reference';
  const isMultiple = type === 'multipicklist';
  const fits: Record<string, boolean> = {
    LIKE: isText && !isMultiple,
    INCLUDES: isMultiple,
    EXCLUDES: isMultiple,
  };
  const ordered = type !== 'boolean' && !isMultiple;
  if (/[<>]/.test(operator) && operator !== '<>' ? ordered : (fits[operator] ?? true)) return;
  throw soqlRefusal('INVALID_QUERY_FILTER_OPERATOR', soql, name, `invalid operator on ${type} field`);
}

function checkType<Item>(scope: Scope, operand: Operand<Item>, literal: Literal): void {
  const rule = accepted[operand.type] ?? { literals: ['STRING'], called: 'string' };
  if (literal.type === 'NULL' || rule.literals.includes(literal.type)) return;
  const quotes = rule.called === 'string' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  throw soqlRefusal(
    'INVALID_FIELD',
    scope.soql,
    operand.name,
    `value of filter criterion for field '${operand.name}' must be of type ${rule.called} and ${quotes}`,
  );
}
