import { invalidInput } from '../../../shared/failure.ts';
import { Soql } from './soql.ts';
import { changesSomething, type SelectItem, type SoqlOutline, soqlOutline } from './soqlOutline.ts';
import { soqlTokens } from './soqlTokens.ts';

/** A text that is put into a statement. */
export interface Addition {
  /** Where, in characters. */
  at: number;
  text: string;
}

/** A statement that only reads, and its bounds. */
export interface ReadOnlyQuery {
  objectType: string;
  /**
   * `rows` and `groups` are returned in pages, and the statement has no LIMIT and OFFSET; `rows` are ordered, with Id as
   * the last key. `count` returns a number and `totals` one row, and neither takes a LIMIT.
   */
  kind: 'rows' | 'groups' | 'count' | 'totals';
  outline: SoqlOutline;
  /** The statement with these additions. */
  statement(additions?: readonly Addition[]): Soql;
  /** Whether deleted records are meant, too. */
  withDeleted: boolean;
  /** The statement's own LIMIT and OFFSET. */
  total: number;
  start: number;
}

/** Salesforce has no further pages for groups: this is the most that it returns. */
const MAX_GROUPS = 2000;
/** https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm */
const MAX_ALL_FIELDS = 200;

/**
 * Reads one SOQL statement by its words: whether it is right, Salesforce knows. SOQL has no statement but SELECT, and
 * only the clauses FOR and UPDATE of it change anything. @throws Failure `invalid_input` with the reason when it does
 * more than read, or would return all records of an object.
 */
export function readOnlyQuery(text: string): ReadOnlyQuery {
  const trimmed = text.trim().replace(/;$/, '').trimEnd();
  if (!/^select\b/i.test(trimmed)) {
    throw refused('Only a SELECT statement is allowed; to change records use createRecord or updateRecord.');
  }
  const bounds = boundsOf(trimmed);
  const base = trimmed.slice(0, bounds.end);
  const outline = soqlOutline(base);
  if (!outline) throw refused('It is not valid SOQL: it must be SELECT … FROM an object.');
  const { objectType, items, clauses } = outline;
  const { tokens } = outline;
  if (tokens.some(({ kind, value }) => kind === 'sign' && value === ';')) {
    throw refused('It is not valid SOQL: give one statement at a time.');
  }
  const bound = tokens.find(({ kind }, at) => kind === 'word' && tokens[at - 1]?.value === ':');
  if (bound)
    throw refused(`It is not valid SOQL: there are no variables such as :${bound.value}; write the value itself.`);
  if (changesSomething(outline)) throw refused('FOR and UPDATE clauses change data; leave them out.');
  const limit = Number(bounds.limit ?? Number.POSITIVE_INFINITY);
  const kind = kindOf(outline);
  if (kind === 'rows' && !clauses.has('where') && bounds.limit === undefined) {
    throw refused(`It would return all records of ${objectType}. Add a WHERE, or a LIMIT when any records will do.`);
  }
  if (items.some(isAllFields) && limit > MAX_ALL_FIELDS) {
    throw refused(`FIELDS(ALL) and FIELDS(CUSTOM) take a LIMIT of at most ${MAX_ALL_FIELDS}.`);
  }
  const isListed = kind === 'rows' || kind === 'groups';
  const whole = isListed ? `${base}${kind === 'rows' ? tieBreaker(outline) : ''}` : trimmed.slice(0, bounds.wholeEnd);
  return {
    objectType,
    kind,
    outline,
    statement: (additions = []) => new Soql(withAdditions(whole, additions)),
    withDeleted: bounds.withDeleted,
    total: kind === 'groups' ? Math.min(limit, MAX_GROUPS) : limit,
    start: Number(bounds.offset ?? 0),
  };
}

function withAdditions(statement: string, additions: readonly Addition[]): string {
  let text = '';
  let from = 0;
  for (const { at, text: added } of additions.toSorted((one, other) => one.at - other.at)) {
    text += statement.slice(from, at) + added;
    from = at;
  }
  return text + statement.slice(from);
}

interface Bounds {
  limit?: string | undefined;
  offset?: string | undefined;
  withDeleted: boolean;
  /** Where what stands before LIMIT and OFFSET ends. */
  end: number;
  /** Where what stands before ALL ROWS ends, which the API has in its address. */
  wholeEnd: number;
}

/** What stands at the end of a statement. */
function boundsOf(statement: string): Bounds {
  const tokens = soqlTokens(statement);
  const take = (first: string, second: RegExp): string | undefined => {
    const [word, next] = tokens.slice(-2);
    if (word?.value.toLowerCase() !== first || !next || !second.test(next.value)) return undefined;
    tokens.splice(-2);
    return next.value;
  };
  const endOf = () => tokens.at(-1)?.end ?? 0;
  const withDeleted = take('all', /^rows$/i) !== undefined;
  const wholeEnd = endOf();
  const offset = take('offset', /^\d+$/);
  const limit = take('limit', /^\d+$/);
  return { withDeleted, wholeEnd, offset, limit, end: endOf() };
}

/** Without a total order, pages may repeat some records and leave out others. */
function tieBreaker({ clauses, orderedBy, objectType, alias }: SoqlOutline): string {
  const ids = new Set(['id', `${objectType.toLowerCase()}.id`, `${alias}.id`]);
  if (orderedBy.some(word => ids.has(word))) return '';
  return clauses.has('order') ? ', Id' : ' ORDER BY Id';
}

/** Without GROUP BY, these return one row for all records. */
const aggregates = new Set(['avg', 'count', 'count_distinct', 'max', 'min', 'sum']);

/** Whether an entry of a SELECT list is a total, also in another function: `FORMAT(SUM(Amount))`. */
function isTotal({ kind, tokens }: SelectItem): boolean {
  return (
    kind === 'function' &&
    tokens.some(({ value }, at) => aggregates.has(value.toLowerCase()) && tokens[at + 1]?.value === '(')
  );
}

function kindOf({ clauses, items }: SoqlOutline): ReadOnlyQuery['kind'] {
  if (clauses.has('group')) return 'groups';
  const [first, ...others] = items;
  if (others.length === 0 && first && !first.alias && /^count ?\( ?\)$/i.test(first.text)) return 'count';
  return items.every(isTotal) ? 'totals' : 'rows';
}

function isAllFields({ text }: SelectItem): boolean {
  return /^fields ?\( ?(all|custom) ?\)$/i.test(text);
}

function refused(message: string) {
  return invalidInput([{ field: 'soql', message }]);
}
