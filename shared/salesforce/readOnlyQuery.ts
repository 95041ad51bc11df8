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
  const query = parse(trimmed);
  if (query.for || query.update) throw refused('FOR and UPDATE clauses change something; leave them out.');
  const { fields = [], limit, offset = 0, sObject: objectType = '' } = query;
  const kind = kindOf(query, fields);
  const isBound = query.where !== undefined || limit !== undefined || query.groupBy !== undefined || kind !== 'rows';
  if (!isBound) {
    throw refused(`It would go through all of ${objectType}. Add a WHERE, or a LIMIT when any records will do.`);
  }
  return {
    objectType,
    kind,
    // Only the end of the statement is cut, where no text can be: a text ends with a quote.
    statement: new Soql(kind === 'rows' ? trimmed.replace(/(\s+LIMIT\s+\d+)?(\s+OFFSET\s+\d+)?$/i, '') : trimmed),
    total: limit ?? Number.POSITIVE_INFINITY,
    start: offset,
  };
}

function kindOf(query: Query, fields: readonly FieldType[]): ReadOnlyQuery['kind'] {
  const [first] = fields;
  if (first?.type !== 'FieldFunctionExpression' || query.groupBy) return 'rows';
  if (first.functionName.toUpperCase() === 'COUNT' && first.parameters.length === 0) return 'count';
  return first.isAggregateFn ? 'totals' : 'rows';
}

function parse(text: string): Query {
  try {
    return parseQuery(text, { allowApexBindVariables: false });
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw refused(`It is not valid SOQL: ${reason.replace(/:$/, '').slice(0, 200)}.`);
  }
}

function refused(message: string) {
  return invalidInput([{ field: 'soql', message }]);
}
