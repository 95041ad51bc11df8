import type { OrderByClause, QueryBase } from '@jetstreamapp/soql-parser-js';
import { soqlRefusal } from './errors.ts';
import { resolvePath, type Scope } from './fieldPath.ts';
import type { FieldValue, Row } from './org.ts';
import type { FieldDefinition, ObjectDefinition } from './schema.ts';

/** The rows in the order that ORDER BY asks for; without it, in the order of their creation. */
export function sort(scope: Scope, object: ObjectDefinition, rows: Row[], query: QueryBase): Row[] {
  const orders = [query.orderBy ?? []].flat().map(clause => {
    if ('fn' in clause) throw soqlRefusal('MALFORMED_QUERY', scope.soql, '', 'ORDER BY a function needs GROUP BY');
    const path = resolvePath(scope, object, clause.field, query.sObjectAlias);
    if (!path.field.filterable) {
      const sentence = `field '${path.name}' can not be sorted in a query call`;
      throw soqlRefusal('MALFORMED_QUERY', scope.soql, clause.field, sentence);
    }
    return { clause, field: path.field, read: path.read };
  });
  return rows.toSorted((a, b) => {
    for (const { clause, field, read } of orders) {
      const order = compareValues(read(a), read(b), clause, field);
      if (order !== 0) return order;
    }
    return 0;
  });
}

const collator = new Intl.Collator('en', { sensitivity: 'accent' });

/** Nulls come first unless NULLS LAST is given. Picklist values have the order of the picklist. */
export function compareValues(a: FieldValue, b: FieldValue, clause: OrderByClause, field?: FieldDefinition): number {
  if (a === null || b === null) {
    if (a === b) return 0;
    return (a === null) === (clause.nulls !== 'LAST') ? -1 : 1;
  }
  const sign = clause.order === 'DESC' ? -1 : 1;
  if (typeof a !== 'string') return sign * (Number(a) - Number(b));
  if (field?.values.length) return sign * (positionOf(a, field) - positionOf(b, field));
  return sign * (field?.type === 'id' ? Number(a > String(b)) - Number(a < String(b)) : collator.compare(a, String(b)));
}

const positionOf = (value: FieldValue, { values }: FieldDefinition): number =>
  values.findIndex(choice => choice.value === value);
