import { Failure } from '../../../shared/failure.ts';
import { beginning } from '../../../shared/text.ts';
import { field, recordShape } from '../../salesforce/api/recordShape.ts';
import type { Salesforce } from '../../salesforce/api/salesforce.ts';
import { findCase } from '../../salesforce/api/service/caseMeant.ts';
import type { CaseKey } from '../../salesforce/api/service/inputs.ts';
import { soql } from '../../salesforce/api/soql.ts';
import { withVisibleFields } from '../../salesforce/api/visibleFields.ts';
import { type Linkable, supportCase, toLinkable } from './linkable.ts';

/** What an issue about a case says beside what its link says. */
const text = recordShape('Case', { description: field.text('Description', 'Its text.') });

/** The longest text of a case that an issue repeats: with what stands above it, Jira takes 32,767 characters. */
const MAX_QUOTE = 20_000;

export interface CaseSource {
  record: Linkable;
  /** What the case says, as plain text: its account, priority, status and description. */
  quote: string;
  isCut: boolean;
}

/** A case that an issue is made of. Two requests. @throws Failure `not_found`, `ambiguous` */
export async function caseSource(salesforce: Salesforce, key: CaseKey): Promise<CaseSource> {
  const { id } = await findCase(salesforce, key);
  const fields = [...supportCase.fields, ...text.fields];
  const [found] = await withVisibleFields(salesforce, { Case: fields }, select =>
    salesforce.query(soql`SELECT ${select('Case')} FROM Case WHERE Id = ${id}`),
  );
  if (!found) throw new Failure('not_found', 'The case is not there any more. Find it again with findCases.');
  const { account, priority, status } = supportCase.read(found, salesforce);
  const { description = '' } = text.read(found, salesforce);
  const facts = [account && `Account: ${account}`, priority && `Priority: ${priority}`, status && `Status: ${status}`];
  return {
    record: toLinkable('Case', found, salesforce),
    quote: `${facts.filter(Boolean).join(' · ')}\n\n${beginning(description, MAX_QUOTE)}`,
    isCut: description.length > MAX_QUOTE,
  };
}
