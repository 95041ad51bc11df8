import { Failure } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import type { Salesforce } from '../salesforce.ts';
import { type Soql, soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';
import type { CaseKey } from './inputs.ts';

/** A case that somebody named. */
export interface MeantCase {
  id: string;
  /** Undefined where the user may not see it. */
  number: string | undefined;
  subject: string | undefined;
  url: string;
}

/** The condition that finds a case. The leading zeros of a number may be left out. */
function caseCondition(key: CaseKey): Soql {
  return 'id' in key ? soql`Id = ${key.id}` : soql`CaseNumber IN ${caseNumbers(key.number)}`;
}

/** The number as given and padded to eight digits, because users leave out the leading zeros. */
export function caseNumbers(given: string): string[] {
  return [...new Set([given, given.padStart(8, '0')])];
}

/** The case that is meant, in one request. @throws Failure `not_found`, and `ambiguous` for a number of several */
export async function findCase(salesforce: Salesforce, key: CaseKey): Promise<MeantCase> {
  const found = await withVisibleFields(salesforce, { Case: ['Id', 'CaseNumber', 'Subject'] }, select =>
    salesforce.query(soql`SELECT ${select('Case')} FROM Case WHERE ${caseCondition(key)} ORDER BY Id LIMIT 5`),
  );
  const { Id: id, CaseNumber: number, Subject: subject } = theCase(found, key);
  return {
    id: String(id),
    number: typeof number === 'string' ? number : undefined,
    subject: typeof subject === 'string' ? subject : undefined,
    url: salesforce.recordUrl('Case', String(id)),
  };
}

/** The one of the records that were found by a key. @throws Failure like `findCase` */
function theCase(found: readonly SalesforceRecord[], key: CaseKey): SalesforceRecord {
  const named = 'number' in key ? found.filter(({ CaseNumber }) => CaseNumber === key.number) : [];
  const [only, ...others] = named.length > 0 ? named : found;
  if (only && others.length === 0) return only;
  if (only) {
    const choices = found.map(({ Id, CaseNumber, Subject }) =>
      [Id, CaseNumber, Subject].filter(value => typeof value === 'string').join(', '),
    );
    const message = `Several cases have that number: ${choices.join('; ')}. Ask the user which one, and give its ID.`;
    throw new Failure('ambiguous', message, { errors: [{ field: 'caseId', message }] });
  }
  throw noCase(key);
}

export function noCase(key: CaseKey): Failure {
  const given = 'id' in key ? key.id : quoted(key.number);
  return new Failure(
    'not_found',
    `There is no case ${given} that this service may see. Find it with findCases, by its subject or account.`,
  );
}
