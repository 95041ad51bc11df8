import { Failure } from '../../../shared/failure.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { soql } from '../../salesforce/api/soql.ts';
import { withVisibleFields } from '../../salesforce/api/visibleFields.ts';
import { fields, type Linkable, type LinkableType, toLinkable } from './linkable.ts';
import { subsidiariesNote, subsidiariesOf } from './subsidiaries.ts';

/** Of an account, so many records are looked at: three queries' worth of what Jira takes in one function, with the account. */
const MAX_CASES = 200;
const MAX_OPPORTUNITIES = 99;
/** Of several accounts together, twice as many. */
const SEVERAL = 2;

/** A record that belongs to customers, or is one. */
export interface OwnRecord extends Linkable {
  /** The IDs of the records that were asked for and that it belongs to, or is. */
  customerIds: string[];
}

export interface RecordsOf {
  /** Those that were asked for first; then the cases and opportunities of accounts, the open ones of each before the others. */
  records: OwnRecord[];
  /** What the user may not see. */
  notShown: string[];
  /** What the user should know of how far was looked. */
  notes: string[];
}

/** Records, and of accounts what belongs to them: in one request for one account, two more for each further five. */
export async function recordsOf(salesforce: Salesforce, asked: readonly Linkable[]): Promise<RecordsOf> {
  const accounts = asked.filter(({ objectType }) => objectType === 'Account');
  const records = new Map<string, OwnRecord>();
  const add = (record: Linkable, customerId: string) => {
    const known = records.get(record.recordId) ?? { ...record, customerIds: [] };
    records.set(record.recordId, { ...known, customerIds: [...new Set([...known.customerIds, customerId])] });
  };
  for (const record of asked) add(record, record.recordId);
  if (accounts.length === 0) return { records: [...records.values()], notShown: [], notes: [] };

  const accountIds = accounts.map(({ recordId }) => recordId);
  const most = (ofOne: number) => Math.min(ofOne, Math.floor((SEVERAL * ofOne) / accounts.length));
  const [maxCases, maxOpportunities] = [most(MAX_CASES), most(MAX_OPPORTUNITIES)];
  const notShown = new Set<string>();
  const { Case, Opportunity } = fields;
  const [below, ...answers] = await withVisibleFields(
    salesforce,
    { Case, Opportunity },
    select =>
      salesforce.queryTogether([
        subsidiariesOf(accountIds),
        ...accountIds.flatMap(accountId => [
          soql`SELECT ${select('Case')} FROM Case WHERE AccountId = ${accountId} ORDER BY IsClosed, CreatedDate DESC, Id LIMIT ${maxCases + 1}`,
          soql`SELECT ${select('Opportunity')} FROM Opportunity WHERE AccountId = ${accountId} ORDER BY IsClosed, CloseDate DESC, Id LIMIT ${maxOpportunities + 1}`,
        ]),
      ]),
    field => void notShown.add(field),
  );
  let isCut = false;
  for (const [at, answer] of answers.entries()) {
    const objectType: LinkableType = at % 2 === 0 ? 'Case' : 'Opportunity';
    if (answer instanceof Failure) {
      if (!isHidden(answer)) throw answer;
      notShown.add(objectType === 'Case' ? 'cases' : 'opportunities');
      continue;
    }
    const max = objectType === 'Case' ? maxCases : maxOpportunities;
    isCut ||= answer.length > max;
    for (const each of answer.slice(0, max)) {
      add(toLinkable(objectType, each, salesforce), accountIds[Math.floor(at / 2)] ?? '');
    }
  }
  const whose = accounts.length > 1 ? 'each account' : 'the account';
  const cut = `Only the latest ${maxCases} cases and ${maxOpportunities} opportunities of ${whose} were looked at, the open ones first.`;
  return {
    records: [...records.values()],
    notShown: [...notShown],
    notes: [isCut ? cut : undefined, subsidiariesNote(below, accountIds)].filter(note => note !== undefined),
  };
}
