import type { Query, WhereClause } from '@jetstreamapp/soql-parser-js';

/**
 * The fields whose history a statement asks for, as `WHERE Field IN ('StageName', 'Owner') AND …`; undefined where it may ask
 * for others, too. Only a plain chain of ANDs is read.
 */
export function historyFieldsIn({ where }: Query): string[] | undefined {
  let found: string[] | undefined;
  for (let at: WhereClause | undefined = where; at; at = 'right' in at ? at.right : undefined) {
    const { left } = at;
    if ('operator' in at && at.operator !== 'AND') return undefined;
    if (!left || !('operator' in left) || left.openParen || left.closeParen) return undefined;
    const isField = 'field' in left && left.field.toLowerCase() === 'field' && 'value' in left;
    if (isField && (left.operator === 'IN' || left.operator === '=')) {
      found = [left.value].flat().map(value => String(value).replace(/^'|'$/g, ''));
    }
  }
  return found;
}
