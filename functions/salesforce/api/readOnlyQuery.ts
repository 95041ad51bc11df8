import type { FieldType, Query } from '@jetstreamapp/soql-parser-js';
import { invalidInput } from '../../../shared/failure.ts';
import { beginning } from '../../../shared/text.ts';
import { parseSoql } from './parseSoql.ts';
import { Soql } from './soql.ts';
import { soqlTokens } from './soqlTokens.ts';

/** A statement that only reads, and its bounds. */
export interface ReadOnlyQuery {
  objectType: string;
  /**
   * `rows` and `groups` are returned in pages, and the statement has no LIMIT and OFFSET; `rows` are ordered, with Id as
   * the last key. `count` returns a number and `totals` one row, and neither takes a LIMIT.
   */
  kind: 'rows' | 'groups' | 'count' | 'totals';
  statement: Soql;
  /** The statement's own LIMIT and OFFSET. */
  total: number;
  start: number;
}

/** Salesforce has no further pages for groups: this is the most that it returns. */
const MAX_GROUPS = 2000;
/** https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_fields.htm */
const MAX_ALL_FIELDS = 200;

/**
 * Parses one SOQL statement. @throws Failure `invalid_input` with the reason when it is not valid, does more than read,
 * or would return all records of an object.
 */
export function readOnlyQuery(text: string): ReadOnlyQuery {
  const trimmed = text.trim().replace(/;$/, '').trimEnd();
  if (!/^select\b/i.test(trimmed)) {
    throw refused('Only a SELECT statement is allowed; to change records use createRecord or updateRecord.');
  }
  const { end, limit: ownLimit, offset: ownOffset } = boundsOf(trimmed);
  const base = trimmed.slice(0, end);
  const limit = Number(ownLimit ?? Number.POSITIVE_INFINITY);
  const query = parse(base);
  const { fields = [], sObject: objectType = '' } = query;
  const children = fields.flatMap(field => (field.type === 'FieldSubquery' ? [field.subquery] : []));
  if ([query, ...children].some(part => part.for || part.update)) {
    throw refused('FOR and UPDATE clauses change data; leave them out.');
  }
  const kind = kindOf(query, fields);
  if (kind === 'rows' && !query.where && ownLimit === undefined) {
    throw refused(`It would return all records of ${objectType}. Add a WHERE, or a LIMIT when any records will do.`);
  }
  if (fields.some(isAllFields) && limit > MAX_ALL_FIELDS) {
    throw refused(`FIELDS(ALL) and FIELDS(CUSTOM) take a LIMIT of at most ${MAX_ALL_FIELDS}.`);
  }
  const isListed = kind === 'rows' || kind === 'groups';
  return {
    objectType,
    kind,
    statement: new Soql(isListed ? `${base}${kind === 'rows' ? tieBreaker(query) : ''}` : trimmed),
    total: kind === 'groups' ? Math.min(limit, MAX_GROUPS) : limit,
    start: Number(ownOffset ?? 0),
  };
}

/** The LIMIT and OFFSET at the end of a statement, and where what stands before them ends. */
function boundsOf(statement: string): { end: number; limit?: string; offset?: string } {
  const tokens = soqlTokens(statement);
  const take = (name: string): string | undefined => {
    const [word, count] = tokens.slice(-2);
    if (word?.value.toLowerCase() !== name || !count || !/^\d+$/.test(count.value)) return undefined;
    tokens.splice(-2);
    return count.value;
  };
  const offset = take('offset');
  const limit = take('limit');
  return { end: tokens.at(-1)?.end ?? 0, ...(limit && { limit }), ...(offset && { offset }) };
}

/** Without a total order, pages may repeat some records and leave out others. */
function tieBreaker({ orderBy }: Query): string {
  const orders = orderBy ? [orderBy].flat() : [];
  if (orders.some(order => 'field' in order && /^id$/i.test(order.field))) return '';
  return orders.length > 0 ? ', Id' : ' ORDER BY Id';
}

/** Without GROUP BY, these return one row for all records. */
const aggregates = new Set(['AVG', 'COUNT', 'COUNT_DISTINCT', 'MAX', 'MIN', 'SUM']);

function kindOf({ groupBy }: Query, fields: readonly FieldType[]): ReadOnlyQuery['kind'] {
  if (groupBy) return 'groups';
  const [first, ...others] = fields;
  if (
    others.length === 0 &&
    first?.type === 'FieldFunctionExpression' &&
    /^COUNT\(\s*\)$/i.test(first.rawValue ?? '')
  ) {
    return 'count';
  }
  const isTotal = (field: FieldType) =>
    field.type === 'FieldFunctionExpression' && aggregates.has(field.functionName.toUpperCase());
  return fields.every(isTotal) ? 'totals' : 'rows';
}

function isAllFields(field: FieldType): boolean {
  return field.type === 'FieldFunctionExpression' && /^FIELDS\(\s*(ALL|CUSTOM)\s*\)$/i.test(field.rawValue ?? '');
}

function parse(text: string): Query {
  try {
    return parseSoql(text);
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw refused(`It is not valid SOQL: ${beginning(reason.replace(/:$/, ''), 200)}.`);
  }
}

function refused(message: string) {
  return invalidInput([{ field: 'soql', message }]);
}
