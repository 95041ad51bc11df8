import { Failure } from '../../../shared/failure.ts';
import { type Soql, soql } from '../../salesforce/api/soql.ts';
import type { SalesforceRecord } from '../../salesforce/api/wire.ts';

/** So many are named. */
const NAMED = 5;

/** Asks for the accounts below these, which count as customers of their own. */
export function subsidiariesOf(accountIds: readonly string[]): Soql {
  return soql`SELECT Id, Name FROM Account WHERE ParentId IN ${accountIds} ORDER BY Id LIMIT ${NAMED + 1 + accountIds.length}`;
}

/** Says that they are left out; undefined where there are none, or none that this caller may see. */
export function subsidiariesNote(
  answer: readonly SalesforceRecord[] | Failure | undefined,
  accountIds: readonly string[],
): string | undefined {
  if (answer === undefined || answer instanceof Failure) return undefined;
  const names = answer
    .filter(({ Id: id }) => typeof id === 'string' && !accountIds.includes(id))
    .map(({ Id: id, Name: name }) => String(name ?? id));
  if (names.length === 0) return undefined;
  const rest = names.length > NAMED ? ' and others' : '';
  return `Subsidiaries are not included: ${names.slice(0, NAMED).join('; ')}${rest}.`;
}
