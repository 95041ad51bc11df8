import type { LiteralType } from '@jetstreamapp/soql-parser-js';
import { soqlRefusal } from './errors.ts';

/** A value of a condition as the statement has it, with quotes and escapes. */
export interface Literal {
  type: LiteralType;
  text: string;
}

const escapes: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  _: '_',
  '%': '%',
};

/** The text of a quoted literal, without quotes and escapes. */
export function textOf(literal: Literal, soql: string): string {
  return characters(literal, soql)
    .map(({ char }) => char)
    .join('');
}

/** A LIKE pattern: `%` matches any characters, `_` one, each only itself when escaped. Case does not matter. */
export function likePattern(literal: Literal, soql: string): RegExp {
  const source = characters(literal, soql).map(({ char, escaped }) => {
    if (!escaped && char === '%') return '.*';
    if (!escaped && char === '_') return '.';
    return char.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 'isu');
}

function characters({ text }: Literal, soql: string): { char: string; escaped: boolean }[] {
  const body = text.replace(/^'|'$/g, '');
  return (body.match(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gsu) ?? []).map(part => {
    if (!part.startsWith('\\')) return { char: part, escaped: false };
    const unicode = /^\\u(....)$/.exec(part)?.[1];
    const char = unicode === undefined ? escapes[part.charAt(1)] : String.fromCharCode(Number.parseInt(unicode, 16));
    if (char !== undefined) return { char, escaped: true };
    throw soqlRefusal(
      'MALFORMED_QUERY',
      soql,
      text,
      `Invalid string literal ${text}. Illegal character sequence '${part}' in string literal.`,
    );
  });
}

/** A period in ms since 1970; `to` is excluded. A point in time lasts 1 ms. */
export interface Span {
  from: number;
  to: number;
}

const dayMs = 86_400_000;
type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** The period of a date literal; undefined for other literals. Days are in UTC, and weeks begin on Sunday. */
export function spanOf({ type, text }: Literal, now: Date): Span | undefined {
  switch (type) {
    case 'DATETIME':
      return { from: Date.parse(text), to: Date.parse(text) + 1 };
    case 'DATE':
      return { from: Date.parse(text), to: Date.parse(text) + dayMs };
    case 'DATE_LITERAL':
    case 'DATE_N_LITERAL':
      return relativeSpan(text.toUpperCase().replace('FISCAL_', ''), now);
    default:
      return undefined;
  }
}

function relativeSpan(literal: string, now: Date): Span | undefined {
  const units = (unit: Unit, from: number, to: number): Span => ({
    from: startOf(unit, now, from),
    to: startOf(unit, now, to),
  });
  if (literal === 'YESTERDAY') return units('DAY', -1, 0);
  if (literal === 'TODAY') return units('DAY', 0, 1);
  if (literal === 'TOMORROW') return units('DAY', 1, 2);

  const parts = /^(?:(THIS|LAST|NEXT)_(?:(?:N|90)_)?)?(?:N_)?(DAY|WEEK|MONTH|QUARTER|YEAR)S?(_AGO)?(?::(\d+))?$/.exec(
    literal,
  );
  if (!parts) return undefined;
  const unit = parts[2] as Unit;
  const n = literal.includes('_90_') ? 90 : Number(parts[4] ?? 1);
  if (parts[3]) return units(unit, -n, 1 - n);
  if (parts[1] === 'THIS') return units(unit, 0, 1);
  if (parts[1] === 'NEXT') return units(unit, 1, n + 1);
  // LAST_N_DAYS includes today; the other LAST_… literals do not include the present week, month, quarter or year.
  return units(unit, -n, unit === 'DAY' ? 1 : 0);
}

function startOf(unit: Unit, now: Date, offset: number): number {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  switch (unit) {
    case 'DAY':
      return Date.UTC(year, month, day + offset);
    case 'WEEK':
      return Date.UTC(year, month, day - now.getUTCDay() + 7 * offset);
    case 'MONTH':
      return Date.UTC(year, month + offset, 1);
    case 'QUARTER':
      return Date.UTC(year, month - (month % 3) + 3 * offset, 1);
    case 'YEAR':
      return Date.UTC(year + offset, 0, 1);
  }
}
