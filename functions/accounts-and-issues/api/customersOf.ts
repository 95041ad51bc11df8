import type * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import { objectOfId } from '../../salesforce/api/recordId.ts';
import type { RecordShape } from '../../salesforce/api/recordShape.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { names, soql } from '../../salesforce/api/soql.ts';
import { withVisibleFields } from '../../salesforce/api/visibleFields.ts';
import type { SalesforceRecord } from '../../salesforce/api/wire.ts';
import { account, fields, opportunity, supportCase } from './linkable.ts';
import { subsidiariesNote, subsidiariesOf } from './subsidiaries.ts';

/** The most records of a kind that are looked up. */
const MAX_RECORDS = 500;
/** The most other open opportunities. */
export const MAX_OTHERS = 200;

type Case = z.output<typeof supportCase.output>;
type Account = z.output<typeof account.output>;
type Opportunity = z.output<typeof opportunity.output>;

export interface Customers {
  cases: Case[];
  accounts: Account[];
  opportunities: Opportunity[];
  /** Those open of the accounts that are linked, by a case or an opportunity, too, that are not linked themselves. */
  others: Opportunity[];
  /** What the user may not see. */
  notShown: string[];
  /** What the user should know of how far was looked. */
  notes: string[];
}

/**
 * The records that an issue is linked to, as far as they are there and this caller may see them, and what else is open with
 * their customers. Two requests.
 * @param recordIds of cases, accounts and opportunities
 */
export async function customersOf(salesforce: Salesforce, recordIds: readonly string[]): Promise<Customers> {
  const notShown = new Set<string>();
  const leftOut = (field: string) => void notShown.add(field);
  const idsOf = (objectType: string) => recordIds.filter(id => objectOfId(id) === objectType);
  const ids = { cases: idsOf('Case'), accounts: idsOf('Account'), opportunities: idsOf('Opportunity') };

  const read = <Item>(
    part: SalesforceRecord[] | Failure | undefined,
    shape: RecordShape<Item>,
    what: string,
  ): Item[] => {
    if (!(part instanceof Failure)) return (part ?? []).map(record => shape.read(record, salesforce));
    if (!isHidden(part)) throw part;
    notShown.add(what);
    return [];
  };

  /** Asks for those of the kinds that there are IDs of. */
  const ask = async () => {
    const wanted = [
      { kind: 'cases', objectType: 'Case', order: soql`IsClosed, CreatedDate DESC, Id` },
      { kind: 'accounts', objectType: 'Account', order: soql`Name, Id` },
      { kind: 'opportunities', objectType: 'Opportunity', order: soql`IsClosed, CloseDate, Id` },
    ] as const;
    const asked = wanted.filter(({ kind }) => ids[kind].length > 0);
    if (asked.length === 0) return {};
    const used = Object.fromEntries(asked.map(({ objectType }) => [objectType, fields[objectType]]));
    const answers = await withVisibleFields(
      salesforce,
      used,
      select =>
        salesforce.queryTogether(
          asked.map(
            ({ kind, objectType, order }) =>
              soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE Id IN ${ids[kind].slice(0, MAX_RECORDS)} ORDER BY ${order} LIMIT ${MAX_RECORDS}`,
          ),
        ),
      leftOut,
    );
    return Object.fromEntries(asked.map(({ kind }, at) => [kind, answers[at]]));
  };

  const linked: Partial<Record<keyof typeof ids, SalesforceRecord[] | Failure>> = await ask();
  const cases = read(linked.cases, supportCase, 'cases');
  const accounts = read(linked.accounts, account, 'accounts');
  const opportunities = read(linked.opportunities, opportunity, 'opportunities');
  const accountIds = [
    ...new Set([...accounts, ...cases, ...opportunities].flatMap(({ accountId }) => accountId ?? [])),
  ];
  const { others, subsidiaries } = await besides(salesforce, accountIds, read, leftOut);
  const isCut = Object.values(ids).some(list => list.length > MAX_RECORDS);
  const cut = `Of each kind, only ${MAX_RECORDS} of the linked records were looked up.`;
  const isLinked = new Set(opportunities.map(({ opportunityId }) => opportunityId));
  return {
    cases,
    accounts,
    opportunities,
    others: others.filter(({ opportunityId }) => !isLinked.has(opportunityId)),
    notShown: [...notShown],
    notes: [isCut ? cut : undefined, subsidiaries].filter(note => note !== undefined),
  };
}

/** The open opportunities of accounts, and what to say of the accounts below them. */
async function besides(
  salesforce: Salesforce,
  accountIds: readonly string[],
  read: (
    part: SalesforceRecord[] | Failure | undefined,
    shape: RecordShape<Opportunity>,
    what: string,
  ) => Opportunity[],
  leftOut: (field: string) => void,
): Promise<{ others: Opportunity[]; subsidiaries?: string | undefined }> {
  if (accountIds.length === 0) return { others: [] };
  const [found, below] = await withVisibleFields(
    salesforce,
    { Opportunity: fields.Opportunity },
    select =>
      salesforce.queryTogether([
        soql`SELECT ${select('Opportunity')} FROM Opportunity WHERE AccountId IN ${accountIds} AND IsClosed = FALSE ORDER BY CloseDate, Id LIMIT ${MAX_OTHERS}`,
        subsidiariesOf(accountIds),
      ]),
    leftOut,
  );
  return { others: read(found, opportunity, 'opportunities'), subsidiaries: subsidiariesNote(below, accountIds) };
}
