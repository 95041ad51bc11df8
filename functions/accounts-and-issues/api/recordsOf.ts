import { Failure } from '../../../shared/failure.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { soql } from '../../salesforce/api/soql.ts';
import { withVisibleFields } from '../../salesforce/api/visibleFields.ts';
import { fields, type Linkable, type LinkableType, toLinkable } from './linkable.ts';

/** Of an account, so many records are looked at: three queries' worth of what Jira takes in one function, with the account. */
export const MAX_CASES = 200;
export const MAX_OPPORTUNITIES = 99;

export interface RecordsOf {
  /** The record itself first; of an account then its cases and opportunities, the open ones before the others. */
  records: Linkable[];
  /** What the user may not see. */
  notShown: string[];
  /** Whether there are more than are looked at. */
  isCut: boolean;
}

/** A record, and of an account what belongs to it, in one request. */
export async function recordsOf(salesforce: Salesforce, record: Linkable): Promise<RecordsOf> {
  if (record.objectType !== 'Account') return { records: [record], notShown: [], isCut: false };
  const notShown: string[] = [];
  const { Case, Opportunity } = fields;
  const answers = await withVisibleFields(
    salesforce,
    { Case, Opportunity },
    select =>
      salesforce.queryTogether([
        soql`SELECT ${select('Case')} FROM Case WHERE AccountId = ${record.recordId} ORDER BY IsClosed, CreatedDate DESC, Id LIMIT ${MAX_CASES + 1}`,
        soql`SELECT ${select('Opportunity')} FROM Opportunity WHERE AccountId = ${record.recordId} ORDER BY IsClosed, CloseDate DESC, Id LIMIT ${MAX_OPPORTUNITIES + 1}`,
      ]),
    field => void notShown.push(field),
  );
  const [cases = [], opportunities = []] = answers.map((answer, at) => {
    const objectType: LinkableType = at === 0 ? 'Case' : 'Opportunity';
    if (!(answer instanceof Failure)) return answer.map(each => toLinkable(objectType, each, salesforce));
    if (!isHidden(answer)) throw answer;
    notShown.push(objectType === 'Case' ? 'cases' : 'opportunities');
    return [];
  });
  return {
    records: [record, ...cases.slice(0, MAX_CASES), ...opportunities.slice(0, MAX_OPPORTUNITIES)],
    notShown,
    isCut: cases.length > MAX_CASES || opportunities.length > MAX_OPPORTUNITIES,
  };
}
