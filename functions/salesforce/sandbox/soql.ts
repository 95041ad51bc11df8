import {
  type FieldFunctionExpression,
  type FieldTypeOf,
  type FunctionExp,
  parseQuery,
  type Query,
  type QueryBase,
  type FieldType as SelectItem,
  type Subquery,
  type WhereClause,
} from '@jetstreamapp/soql-parser-js';
import { fieldsFor, rowsFor, schemaFor } from './access.ts';
import { currencyOf } from './currencies.ts';
import { noSuchChildren, noSuchRelationship, noSuchType, Refusal, soqlRefusal } from './errors.ts';
import { type FieldPath, follow, rawPath, readField, resolvePath, type Scope } from './fieldPath.ts';
import type { FieldValue, Located, Row } from './org.ts';
import { type FieldDefinition, findChildRelationship, findRelationship, type ObjectDefinition } from './schema.ts';
import { aggregate, functionOperand, isAggregate } from './soqlAggregate.ts';
import { compileClause } from './soqlCondition.ts';
import { sort } from './soqlOrder.ts';

export type QueryRecord = Record<string, unknown>;

export interface QueryResult {
  totalSize: number;
  records: QueryRecord[];
}

export interface QueryScope extends Scope {
  /** The `attributes` of a record in an answer: its type and URL. */
  attributes(type: string, located: Located): QueryRecord;
  /** Whether deleted records are found, too. */
  withDeleted?: boolean;
}

/** Carries out one SOQL statement. Throws a `Refusal` in Salesforce's words for a wrong one. */
export function runQuery(scope: QueryScope): QueryResult {
  const query = parseSoql(scope.soql);
  const object = schemaFor(scope.viewer, scope.org.schema).find(query.sObject ?? '');
  if (!object) throw noSuchType(scope.soql, query.sObject ?? '');
  requireOneSide(object, query);
  if ((query.offset ?? 0) > 2000) {
    throw new Refusal(400, {
      message: 'Maximum SOQL offset allowed is 2000',
      errorCode: 'NUMBER_OUTSIDE_VALID_RANGE',
    });
  }
  const mine = query.usingScope?.toLowerCase() === 'mine';
  const candidates = rowsOf(scope, object).filter(row => !mine || row.OwnerId === scope.viewer.Id);
  const rows = query.where
    ? candidates.filter(compileWhere(scope, object, query.where, query.sObjectAlias))
    : candidates;

  const [first] = query.fields ?? [];
  if (isCount(first)) return { totalSize: page(rows, query).length, records: [] };
  if (query.groupBy || query.fields?.some(isAggregate)) {
    const records = page(aggregate(scope, object, query, rows), query);
    return { totalSize: records.length, records };
  }
  const project = compileSelect(scope, object, query);
  const chosen = page(sort(scope, object, rows, query), query);
  return { totalSize: chosen.length, records: chosen.map(project) };
}

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocumentlink.htm */
function requireOneSide(object: ObjectDefinition, { where }: Query): void {
  if (object.name !== 'ContentDocumentLink') return;
  let isFiltered = false;
  for (let at = where; at; at = 'right' in at ? at.right : undefined) {
    const { left } = at;
    isFiltered ||=
      left !== null &&
      'field' in left &&
      /^(ContentDocumentId|LinkedEntityId)$/i.test(left.field) &&
      ['=', 'IN'].includes(left.operator);
  }
  if (isFiltered) return;
  throw new Refusal(400, {
    message:
      "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
    errorCode: 'MALFORMED_QUERY',
  });
}

/** Turns a SELECT list into the function that makes a record of an answer from a row. */
export function compileSelect(
  scope: QueryScope,
  object: ObjectDefinition,
  query: QueryBase,
): (row: Row) => QueryRecord {
  const seen = new Set<string>();
  const parts = (query.fields ?? []).flatMap(item => selectParts(scope, object, query, item));
  for (const { name } of parts) {
    if (seen.has(name)) {
      throw new Refusal(400, { message: `duplicate field selected: ${name}`, errorCode: 'INVALID_FIELD' });
    }
    seen.add(name);
  }
  return row => {
    const record: QueryRecord = { attributes: scope.attributes(object.name, { object, row }) };
    for (const part of parts) part.write(record, row);
    return record;
  };
}

export function rowsOf(scope: QueryScope, object: ObjectDefinition): Row[] {
  return rowsFor(scope.viewer, object, scope.org).filter(row => scope.withDeleted || row.IsDeleted === false);
}

function compileWhere(
  scope: QueryScope,
  object: ObjectDefinition,
  where: WhereClause,
  alias?: string,
): (row: Row) => boolean {
  return compileClause<Row>(
    scope,
    where,
    condition => {
      if ('fn' in condition) return functionOperand(scope, object, condition.fn);
      const path = resolvePath(scope, object, condition.field, alias);
      const { name, field, read, readIn } = path;
      return { name, type: field.type, filterable: field.filterable, read, readIn };
    },
    ({ valueQuery }) => semiJoin(scope, valueQuery),
  );
}

export function parseSoql(soql: string): Query {
  try {
    // Given any options, even the defaults, the library builds a new parser, which takes 50 ms.
    return parseQuery(soql);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const token = /found:? ?(?:-->)? ?'([^']*)'/.exec(message)?.[1] ?? '';
    throw soqlRefusal('MALFORMED_QUERY', soql, token, `unexpected token: '${token || '<EOF>'}'`);
  }
}

const page = <Item>(items: Item[], { limit, offset = 0 }: QueryBase): Item[] =>
  items.slice(offset, limit === undefined ? undefined : offset + limit);

const isCount = (item: SelectItem | undefined): boolean =>
  item?.type === 'FieldFunctionExpression' &&
  item.functionName.toUpperCase() === 'COUNT' &&
  item.parameters.length === 0;

function semiJoin(scope: QueryScope, query: Query): FieldValue[] {
  const object = schemaFor(scope.viewer, scope.org.schema).find(query.sObject ?? '');
  if (!object) throw noSuchType(scope.soql, query.sObject ?? '');
  const [item, ...more] = query.fields ?? [];
  if (!item || more.length > 0 || !('field' in item)) {
    throw soqlRefusal('MALFORMED_QUERY', scope.soql, '', 'Inner select must select exactly one column');
  }
  const { read } = resolvePath(scope, object, rawPath(item));
  const rows = rowsOf(scope, object);
  return (query.where ? rows.filter(compileWhere(scope, object, query.where, query.sObjectAlias)) : rows).map(read);
}

interface SelectPart {
  name: string;
  write(record: QueryRecord, row: Row): void;
}

function selectParts(scope: QueryScope, object: ObjectDefinition, query: QueryBase, item: SelectItem): SelectPart[] {
  switch (item.type) {
    case 'FieldSubquery':
      return [childrenPart(scope, object, item.subquery)];
    case 'FieldTypeof':
      return [typeofPart(scope, object, item)];
    case 'FieldFunctionExpression':
      return functionParts(scope, object, query, item);
    default: {
      if ('alias' in item && item.alias) {
        const sentence = 'only aggregate expressions use field aliasing';
        throw soqlRefusal('MALFORMED_QUERY', scope.soql, item.alias, sentence);
      }
      return [fieldPart(scope, object, resolvePath(scope, object, rawPath(item), query.sObjectAlias))];
    }
  }
}

function fieldPart(
  scope: QueryScope,
  object: ObjectDefinition,
  path: FieldPath,
  read?: (row: Row) => FieldValue,
): SelectPart {
  return {
    name: path.name,
    write(record, row) {
      let at: Located = { object, row };
      let target = record;
      for (const step of path.steps) {
        const name = step.relationshipName ?? step.name;
        const parent = follow(scope, at, step);
        if (!parent) {
          target[name] = null;
          return;
        }
        const type = step.referenceTo.length > 1 ? 'Name' : parent.object.name;
        const nested = (target[name] ?? { attributes: scope.attributes(type, parent) }) as QueryRecord;
        target[name] = nested;
        target = nested;
        at = parent;
      }
      target[path.field.name] = read ? read(row) : readField(at, path.object, path.field);
    },
  };
}

function functionParts(
  scope: QueryScope,
  object: ObjectDefinition,
  query: QueryBase,
  item: FieldFunctionExpression,
): SelectPart[] {
  const [parameter = ''] = item.parameters.map(String);
  switch (item.functionName.toUpperCase()) {
    case 'FIELDS':
      return allFields(scope, object, query, parameter.toUpperCase()).map(field =>
        fieldPart(scope, object, resolvePath(scope, object, field.name)),
      );
    case 'TOLABEL':
    case 'FORMAT':
    case 'CONVERTCURRENCY': {
      const { path, read } = shownOperand(scope, object, query, item);
      const { alias } = item;
      if (alias) return [{ name: alias, write: (record, row) => Object.assign(record, { [alias]: read(row) }) }];
      return [fieldPart(scope, object, path, read)];
    }
    default:
      throw soqlRefusal('MALFORMED_QUERY', scope.soql, item.functionName, `Unknown function: ${item.functionName}`);
  }
}

/** `TYPEOF What WHEN Account THEN Phone ELSE Name END`: of each target the fields that are asked for. */
function typeofPart(scope: QueryScope, object: ObjectDefinition, { field, conditions }: FieldTypeOf): SelectPart {
  const step = findRelationship(object, field);
  if (!step) throw noSuchRelationship(scope.soql, field);
  const name = step.relationshipName ?? step.name;
  return {
    name,
    write(record, row) {
      const parent = follow(scope, { object, row }, step);
      if (!parent) {
        record[name] = null;
        return;
      }
      const asked = conditions.find(({ objectType }) => !objectType || objectType === parent.object.name);
      // ELSE takes what all targets share.
      const shared = asked?.objectType ? parent.object : scope.org.schema.target(step);
      const fields = (asked?.fieldList ?? []).map(path => resolvePath(scope, shared, path).field);
      record[name] = {
        attributes: scope.attributes(parent.object.name, parent),
        ...Object.fromEntries(fields.map(each => [each.name, readField(parent, shared, each)])),
      };
    },
  };
}

/** What FORMAT, toLabel and convertCurrency, one in another, make of a field. */
function shownOperand(
  scope: QueryScope,
  object: ObjectDefinition,
  query: QueryBase,
  { functionName, parameters = [] }: FunctionExp,
): { path: FieldPath; read(row: Row): FieldValue } {
  const [parameter = ''] = parameters;
  const name = (functionName ?? '').toUpperCase();
  if (typeof parameter !== 'string') {
    const inner = shownOperand(scope, object, query, parameter);
    return name === 'FORMAT' ? { ...inner, read: row => formatted(inner.path, inner.read(row)) } : inner;
  }
  const path = resolvePath(scope, object, parameter, query.sObjectAlias);
  const { currencies } = scope.org;
  if (name === 'CONVERTCURRENCY') {
    const own = scope.org.find(scope.viewer.Id)?.row.DefaultCurrencyIsoCode ?? currencies.corporate;
    return { path, read: row => path.readIn(row, String(own)) };
  }
  if (name !== 'FORMAT') return { path, read: path.read };
  return { path, read: row => formatted(path, path.read(row), currencyOf(row, currencies)) };
}

/** As the locale of US English writes it. */
function formatted({ field }: FieldPath, value: FieldValue, isoCode = ''): FieldValue {
  if (typeof value !== 'number') return value;
  const text = value.toLocaleString('en-US', { minimumFractionDigits: field.type === 'currency' ? 2 : 0 });
  return field.type === 'currency' ? `${isoCode} ${text}`.trim() : text;
}

function allFields(scope: QueryScope, object: ObjectDefinition, query: QueryBase, which: string): FieldDefinition[] {
  if (which !== 'STANDARD' && (query.limit ?? Number.POSITIVE_INFINITY) > 200) {
    throw soqlRefusal(
      'MALFORMED_QUERY',
      scope.soql,
      'FIELDS',
      'The SOQL FIELDS function must have a LIMIT of at most 200',
    );
  }
  const isCustom = (field: FieldDefinition) => field.name.endsWith('__c');
  return fieldsFor(scope.viewer, object).filter(field => which === 'ALL' || isCustom(field) === (which === 'CUSTOM'));
}

function childrenPart(scope: QueryScope, object: ObjectDefinition, query: Subquery): SelectPart {
  const relationship = findChildRelationship(schemaFor(scope.viewer, scope.org.schema), object, query.relationshipName);
  if (!relationship) throw noSuchChildren(scope.soql, query.relationshipName);
  const { name, object: child, field } = relationship;
  const matches = query.where ? compileWhere(scope, child, query.where, query.sObjectAlias) : () => true;
  const project = compileSelect(scope, child, query);
  const children = sort(scope, child, rowsOf(scope, child).filter(matches), query);
  return {
    name,
    write(record, { Id }) {
      const records = page(
        children.filter(row => row[field.name] === Id),
        query,
      ).map(project);
      record[name] = records.length === 0 ? null : { totalSize: records.length, done: true, records };
    },
  };
}
