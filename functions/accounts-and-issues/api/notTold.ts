import { Failure } from '../../../shared/failure.ts';
import type { LeftItem } from '../../../shared/plan/plans.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import { objectOfId } from '../../salesforce/api/recordId.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { names, soql } from '../../salesforce/api/soql.ts';
import { withVisibleFields } from '../../salesforce/api/visibleFields.ts';
import { account, fields, opportunity } from './linkable.ts';

/** The most of each kind. */
const MAX_LEFT = 50;
const kinds = ['Account', 'Opportunity'] as const;

/**
 * The linked accounts and opportunities, on which nobody can be told anything, as far as this caller may see them. One request,
 * and none where there are none.
 * @param recordIds of cases, accounts and opportunities
 * @throws Failure
 */
export async function notTold(salesforce: Salesforce, recordIds: readonly string[]): Promise<LeftItem[]> {
  const sought = kinds
    .map(objectType => ({ objectType, ids: recordIds.filter(id => objectOfId(id) === objectType).slice(0, MAX_LEFT) }))
    .filter(({ ids }) => ids.length > 0);
  if (sought.length === 0) return [];
  const used = Object.fromEntries(sought.map(({ objectType }) => [objectType, fields[objectType]]));
  const answers = await withVisibleFields(salesforce, used, select =>
    salesforce.queryTogether(
      sought.map(
        ({ objectType, ids }) =>
          soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE Id IN ${ids} ORDER BY Id LIMIT ${MAX_LEFT}`,
      ),
    ),
  );
  return answers.flatMap((answer, at): LeftItem[] => {
    // Who may not see opportunities is told of none.
    if (answer instanceof Failure && !isHidden(answer)) throw answer;
    if (answer instanceof Failure) return [];
    return answer.map(record => {
      if (sought[at]?.objectType === 'Account') {
        const { accountId: key, name = key } = account.read(record, salesforce);
        return { key, cannot: `Account ${name} is linked itself, and only a case takes a comment. ${byHand}` };
      }
      const { opportunityId: key, name = key, account: customer } = opportunity.read(record, salesforce);
      const of = customer ? ` (${customer})` : '';
      return { key, cannot: `Opportunity ${name}${of} is linked itself, and only a case takes a comment. ${byHand}` };
    });
  });
}

const byHand = 'Its owner can tell the customer.';
