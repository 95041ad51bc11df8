import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import type { ItemResult, ItemState } from '../../../shared/plan/carryOut.ts';
import type { LeftItem, PlanItem } from '../../../shared/plan/plans.ts';
import { isHidden } from '../../salesforce/api/answerFailure.ts';
import { objectOfId } from '../../salesforce/api/recordId.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { addCaseComment } from '../../salesforce/api/service/caseComments.ts';
import { soql } from '../../salesforce/api/soql.ts';
import { withVisibleFields } from '../../salesforce/api/visibleFields.ts';
import { recordIdsIn } from './globalId.ts';
import type { Both } from './link.ts';
import { supportCase } from './linkable.ts';

/** As many cases as one plan tells something. */
export const MAX_TOLD = 100;
/** The most comments that are compared with a new one, the latest of all these cases. */
const MAX_COMPARED = 2_000;

/** What is needed to tell a customer, as it is kept until it is confirmed. */
export const toldCaseData = z.object({ issueKey: z.string(), comment: z.string() });

type ToldCase = PlanItem & { data: z.output<typeof toldCaseData> };

/** What would be told on which of these cases, and which are left alone. Two requests. @throws Failure */
export async function planToTell(
  salesforce: Salesforce,
  caseIds: readonly string[],
  data: ToldCase['data'],
): Promise<(ToldCase | LeftItem)[]> {
  const [cases, told] = await Promise.all([
    linkedCases(salesforce, caseIds),
    toldAlready(salesforce, caseIds, data.comment),
  ]);
  return cases.map(({ caseId: key, caseNumber = key, subject, account, isClosed }) => {
    const name = `Case ${caseNumber}${subject ? `: ${subject}` : ''}${account ? ` (${account})` : ''}`;
    if (isClosed === undefined) return { key, cannot: `${name}: this service may not see whether it is open.` };
    if (isClosed) return { key, cannot: `${name} is closed, so its customer is told nothing.` };
    if (told.has(key)) return { key, cannot: `${name} has this very comment already.` };
    return { key, what: `${name}: a comment that its customer can read.`, version: 'open', data };
  });
}

/** How the cases are now, and whether they are still linked, in three requests. @throws Failure */
export async function lookAtTold({ jira, salesforce }: Both, items: readonly ToldCase[]): Promise<ItemState[]> {
  const ids = items.map(({ key }) => key);
  const { issueKey = '', comment = '' } = items[0]?.data ?? {};
  const [cases, told, linked] = await Promise.all([
    linkedCases(salesforce, ids),
    toldAlready(salesforce, ids, comment),
    recordsOfIssue({ jira, salesforce }, issueKey).then(casesAmong),
  ]);
  const known = new Map(cases.map(each => [each.caseId, each]));
  return items.map(({ key }): ItemState => {
    const found = known.get(key);
    if (told.has(key)) return { is: 'done', url: found?.url };
    if (!found) return { is: 'changed', message: 'The case is not there any more, or may not be seen.' };
    if (found.isClosed !== false)
      return { is: 'changed', message: 'The case was closed in the meantime.', url: found.url };
    if (!linked.includes(key)) {
      return { is: 'changed', message: `The case is no longer linked to ${issueKey}.`, url: found.url };
    }
    return { is: 'asPlanned' };
  });
}

/** The IDs of the records that are linked to an issue. Two requests at most. @throws Failure */
export async function recordsOfIssue({ jira, salesforce }: Both, issueKey: string): Promise<string[]> {
  const [globalIds, orgId] = await Promise.all([jira.remoteLinks.globalIds(issueKey), salesforce.orgId()]);
  return recordIdsIn(globalIds, orgId);
}

export const casesAmong = (recordIds: readonly string[]) => recordIds.filter(id => objectOfId(id) === 'Case');

/** @throws Failure */
export async function tellCase(salesforce: Salesforce, { key, what, data }: ToldCase): Promise<ItemResult> {
  const { notes } = await addCaseComment(salesforce, key, data.comment, 'public');
  return { message: [what, ...notes].join(' '), url: salesforce.recordUrl('Case', key) };
}

async function linkedCases(salesforce: Salesforce, ids: readonly string[]) {
  const found = await withVisibleFields(salesforce, { Case: supportCase.fields }, select =>
    salesforce.query(
      soql`SELECT ${select('Case')} FROM Case WHERE Id IN ${ids} ORDER BY CreatedDate, Id LIMIT ${MAX_TOLD}`,
    ),
  );
  return found.map(record => supportCase.read(record, salesforce));
}

/** The cases that have the comment, for their customers to read. */
async function toldAlready(salesforce: Salesforce, ids: readonly string[], comment: string): Promise<Set<string>> {
  const wanted = folded(comment);
  const comments = await salesforce
    .query(
      soql`SELECT ParentId, CommentBody FROM CaseComment WHERE ParentId IN ${ids} AND IsPublished = TRUE ORDER BY CreatedDate DESC, Id LIMIT ${MAX_COMPARED}`,
    )
    .catch((error: unknown) => {
      // Who may not read comments may write one all the same.
      if (error instanceof Failure && isHidden(error)) return [];
      throw error;
    });
  return new Set(
    comments.flatMap(({ ParentId: id, CommentBody: body }) =>
      typeof id === 'string' && typeof body === 'string' && folded(body) === wanted ? [id] : [],
    ),
  );
}

/** Salesforce may trim a text and write its line ends otherwise. */
const folded = (text: string) => text.trim().replace(/\s+/g, ' ');
