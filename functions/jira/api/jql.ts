import { Failure } from '../../../shared/failure.ts';

/** A piece of JQL whose values are quoted. Made by the `jql` tag, or given by a caller. */
export class Jql {
  readonly text: string;
  /** True for a query that a caller wrote: it may mean its asker, as with `currentUser()`. */
  readonly isRaw: boolean;
  constructor(text: string, isRaw = false) {
    this.text = text;
    this.isRaw = isRaw;
  }
}

type JqlValue = string | number | Jql | readonly (string | number)[];

/**
 * Builds JQL: a text becomes a quoted string, a number stays bare, a list becomes `("a", "b")`, and JQL goes in as it is.
 * No text, whatever its characters, can end its string. An empty list is an error, never a condition that matches all.
 * https://support.atlassian.com/jira-software-cloud/docs/use-advanced-search-with-jira-query-language-jql/
 */
export function jql(parts: TemplateStringsArray, ...values: JqlValue[]): Jql {
  return new Jql(String.raw({ raw: parts }, ...values.map(render)));
}

/** A caller's own query. It is used alone, never as part of another. */
export function rawJql(text: string): Jql {
  return new Jql(text, true);
}

/** The issues of a project, by its key or its numeric ID. */
export function inProject(projectId: string): Jql {
  return /^\d+$/.test(projectId) ? new Jql(`project = ${projectId}`) : jql`project = ${projectId}`;
}

/** Joins conditions with AND. */
export function allOf(conditions: readonly Jql[]): Jql {
  return new Jql(conditions.map(condition => condition.text).join(' AND '));
}

/** Joins conditions with OR, as one condition that can stand beside others. */
export function anyOf(conditions: readonly Jql[]): Jql {
  const [only, ...others] = conditions;
  if (only && others.length === 0) return only;
  return new Jql(`(${conditions.map(condition => condition.text).join(' OR ')})`);
}

/**
 * The right side of `~`: words to look for, and nothing but words. Text search has the syntax of Lucene's query parser:
 * its signs are escaped, and its operators, which are written in capitals, become words in small letters.
 * https://lucene.apache.org/core/9_0_0/queryparser/org/apache/lucene/queryparser/classic/package-summary.html
 */
export function words(text: string): Jql {
  const plain = text.replace(/\b(AND|OR|NOT|TO)\b/g, operator => operator.toLowerCase());
  return new Jql(quote(plain.replace(/[+\-&|!(){}[\]^~*?\\:"/<>=]/g, '\\$&')));
}

/** Whether a text has a word to look for. Signs alone are passed over, so that everything would be found. */
export function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** The right side of a comparison with a date: a number of minutes ago. Unlike a date, it does not depend on a time zone. */
export function minutesAgo(minutes: number): Jql {
  return new Jql(quote(`-${Math.ceil(minutes)}m`));
}

/** The same for any whole number of minutes from now: those gone by are negative. */
export function minutesFromNow(minutes: number): Jql {
  return new Jql(quote(`${minutes}m`));
}

/** The right side of `~`: these very words one after another. */
export function phrase(text: string): Jql {
  return new Jql(quote(`"${text.replace(/[\\"]/g, '\\$&')}"`));
}

function render(value: JqlValue): string {
  if (value instanceof Jql) return value.text;
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' && Number.isFinite(value)) return plainNumber(value);
  if (Array.isArray(value) && value.length > 0) return `(${value.map(render).join(', ')})`;
  throw new Failure('internal', 'A search was built from an empty value.', { cause: new TypeError('empty JQL value') });
}

/** JQL has no exponential form. */
function plainNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 }) : text;
}

const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** JQL requires that control characters and noncharacters are escaped. */
function quote(text: string): string {
  const escaped = text
    .toWellFormed()
    .replace(/["\\]/g, '\\$&')
    .replace(
      /[\p{Cc}\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]/gu,
      char => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `"${escaped}"`;
}
