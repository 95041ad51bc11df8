import { Failure } from '../../../shared/failure.ts';

/** A piece of SOQL whose values are escaped. Made by the functions of this file, or from a statement that was parsed. */
export class Soql {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Scalar = string | number | boolean | Date | Soql;

/**
 * Builds SOQL: a string becomes a quoted literal; a number, a boolean and a date-time stay bare; a list becomes
 * `('a', 'b')`; SOQL is inserted as it is. Every character that could end a literal is escaped. An empty value is an
 * error, because a condition must not be dropped.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
 */
export function soql(parts: TemplateStringsArray, ...values: (Scalar | readonly Scalar[])[]): Soql {
  return new Soql(String.raw({ raw: parts }, ...values.map(render)));
}

/** Joins conditions by AND. */
export function allOf(conditions: readonly Soql[]): Soql {
  if (conditions.length === 0) throw badValue('no conditions');
  return new Soql(conditions.map(({ text }) => `(${text})`).join(' AND '));
}

/** Joins conditions by OR, as one that can stand beside others. */
export function anyOf(conditions: readonly Soql[]): Soql {
  if (conditions.length === 0) throw badValue('no conditions');
  const [only, ...others] = conditions;
  return only && others.length === 0 ? only : soql`(${list(conditions, ' OR ')})`;
}

/** Pieces one after another, with this between them. */
export function list(pieces: readonly Soql[], between: string): Soql {
  return new Soql(pieces.map(({ text }) => text).join(between));
}

/** The right side of LIKE for values that contain the text; wildcards in the text are literal. */
export function containing(text: string): Soql {
  return new Soql(`'%${escaped(text).replace(/[%_]/g, '\\$&')}%'`);
}

/** The right side of LIKE for values that contain these digits in this order, however they are grouped. */
export function containingDigits(digits: string): Soql {
  if (!/^\d+$/.test(digits)) throw badValue('no digits');
  return new Soql(`'%${[...digits].join('%')}%'`);
}

/** A calendar date, `2026-11-15`, which is not quoted. */
export function day(date: string): Soql {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw badValue('no date');
  return new Soql(date);
}

const path = /^[A-Za-z]\w*(\.[A-Za-z]\w*){0,5}$/;

/** Names of objects or fields, paths over relationships included: `Name, Owner.Name`. */
export function names(...paths: readonly string[]): Soql {
  if (paths.length === 0 || !paths.every(name => path.test(name))) throw badValue('malformed names');
  return new Soql(paths.join(', '));
}

function render(value: Scalar | readonly Scalar[]): string {
  if (value instanceof Soql) return value.text;
  if (typeof value === 'string') return `'${escaped(value)}'`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return plainNumber(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (Array.isArray(value) && value.length > 0) return `(${value.map(render).join(', ')})`;
  throw badValue('empty value');
}

/** SOQL has no exponential form. The formatter that avoids it is too slow to be used for every number. */
function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 }) : text;
}

const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };

function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\\'"]/g, '\\$&')
      // SOQL has no escape for other control characters and line ends, and no record contains them.
      .replace(/[\p{Cc}\u2028\u2029]/gu, char => escapes[char] ?? ' ')
  );
}

function badValue(what: string): Failure {
  return new Failure('internal', 'A query was built from a bad value.', { cause: new TypeError(`SOQL: ${what}`) });
}
