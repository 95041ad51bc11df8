import { Failure } from '../../../shared/failure.ts';

/** Where a list goes on that Jira counts from its start. @throws Failure `invalid_input` for a cursor that is no count */
export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,7}$/.test(cursor)) return Number(cursor);
  throw new Failure('invalid_input', 'pageToken: It is of no use here. Leave it out to start from the first page.');
}
