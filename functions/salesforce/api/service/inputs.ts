import * as z from 'zod';
import { isRecordId, longRecordId } from '../recordId.ts';

/** What the IDs of cases begin with. */
const casePrefix = '500';

/** A case, by its ID or by its number, which people quote: `00012345`, `12345` or `#00012345`. */
export const caseId = z
  .string()
  .trim()
  .regex(
    /^(?:case\s{0,3})?#?\s{0,3}[\w-]{1,30}$/i,
    'It must be the number of a case, such as 00001026, or its ID, which begins with 500.',
  )
  .transform(text => caseKey(text.replace(/^(?:case\s+)?#?\s*/i, '')))
  .meta({ names: 'case', acronym: 'ID' });

/** The ID of a case, or its number as people write it. */
export type CaseKey = { id: string } | { number: string };

function caseKey(text: string): CaseKey {
  return text.startsWith(casePrefix) && isRecordId(text) ? { id: longRecordId(text) } : { number: text };
}

/** Who may read a comment on a case. */
const audiences = z.enum(['public', 'internal']);

export type Audience = z.infer<typeof audiences>;

export const audience = audiences.describe(
  'Who reads it: public is read by the customer, internal only by colleagues. Ask the user when it is not clear.',
);
