import { type FieldType, parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import { invalidInput } from '../action/input.ts';
import { Soql } from './soql.ts';

/** A statement that only reads, and how much of it. */
export interface ReadOnlyQuery {
  objectType: string;
  /**
   * `rows` come in pages, and the statement is without LIMIT and OFFSET; a `count` answers a number, and `totals`
   * answer one row, neither of which takes a LIMIT.
   */
  kind: 'rows' | 'count' | 'totals';
  statement: Soql;
  /** The statement's own LIMIT and OFFSET. */
  total: number;
  start: number;
}

/**
 * Reads one SOQL statement. @throws Failure `invalid_input` with the reason when it cannot be read, does more than
 * read, or would go through all records of an object.
 */
export function readOnlyQuery(text: string): ReadOnlyQuery {
  const trimmed = text.trim().replace(/;$/, '').trimEnd();
  if (!/^select\b/i.test(trimmed)) {
    throw refused('Only a SELECT is taken here; to change records use createRecord or updateRecord.');
  }
  // Only the end of the statement is looked at, where no text can be: a text ends with a quote.
  const [bounds = '', limit, offset] =
    /(?:\sLIMIT\s{1,20}(\d{1,9}))?(?:\s{1,20}OFFSET\s{1,20}(\d{1,9}))?$/i.exec(trimmed) ?? [];
  const base = trimmed.slice(0, trimmed.length - bounds.length).trimEnd();
  const query = parse(base);
  if (query.for || query.update) throw refused('FOR and UPDATE clauses change something; leave them out.');
  const { fields = [], sObject: objectType = '' } = query;
  const kind = kindOf(query, fields);
  const isBound = query.where !== undefined || limit !== undefined || query.groupBy !== undefined || kind !== 'rows';
  if (!isBound) {
    throw refused(`It would go through all of ${objectType}. Add a WHERE, or a LIMIT when any records will do.`);
  }
  return {
    objectType,
    kind,
    statement: new Soql(kind === 'rows' ? base : trimmed),
    total: limit === undefined ? Number.POSITIVE_INFINITY : Number(limit),
    start: Number(offset ?? 0),
  };
}

/** Without GROUP BY, these make one row of all records. */
const aggregates = new Set(['AVG', 'COUNT', 'COUNT_DISTINCT', 'MAX', 'MIN', 'SUM']);

function kindOf(query: Query, fields: readonly FieldType[]): ReadOnlyQuery['kind'] {
  const [first] = fields;
  if (first?.type !== 'FieldFunctionExpression' || query.groupBy) return 'rows';
  const name = first.functionName.toUpperCase();
  if (name === 'COUNT' && first.parameters.length === 0) return 'count';
  return aggregates.has(name) ? 'totals' : 'rows';
}

function parse(text: string): Query {
  try {
    // Without options: with any, even the defaults, the library builds a new parser each time, which takes 30 ms.
    return parseQuery(text);
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw refused(`It is not valid SOQL: ${reason.replace(/:$/, '').slice(0, 200)}.`);
  }
}

function refused(message: string) {
  return invalidInput([{ field: 'soql', message }]);
}
