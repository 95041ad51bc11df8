import { Failure } from '../../../shared/failure.ts';

/** The offset at which a list goes on, from its cursor. @throws Failure `invalid_input` for a cursor that is not a number */
export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,7}$/.test(cursor)) return Number(cursor);
  throw new Failure('invalid_input', 'pageToken: It is not valid here. Leave it out to start from the first page.');
}
